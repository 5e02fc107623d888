"""Asks before the program is left while something would halt with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    from breadtui.bakery.kitchen import Kitchen


def leave(app: App[None], kitchen: Kitchen | None) -> None:
    """Leave at once if nothing is being downloaded; else ask, and take being asked again for a yes."""
    active = kitchen.downloads.active if kitchen else []
    if not active:
        app.exit()
        return
    from textual.content import Content

    from breadtui.screens.question import Answer, Question

    if isinstance(app.screen, Question) and app.screen.id == "leaving":
        app.exit()
        return

    def answered(name: str | None) -> None:
        if name == "leave":
            app.exit()

    what = "A download is" if len(active) == 1 else f"{len(active):,} downloads are"
    lines = [
        Content(f"{what} under way, and halts with breadtui:"),
        *(Content("  ".join(["", each.key.path.name, each.percent])) for each in active[:8]),
        Content(""),
        Content("What came is kept. The next start lists it under Jobs, where r goes on."),
    ]
    answers = (Answer("enter", "Leave", "leave"), Answer("escape", "Stay"))
    question = Question("Leave", Content("\n").join(lines), answers)
    question.id = "leaving"
    app.push_screen(question, answered)
