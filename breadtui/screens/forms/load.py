"""Asks for a file, by its path."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from breadtui.sheets import sheet


class Files(Suggester):
    """Completes a path with what is on disk; right arrow or end takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first file or folder whose path begins with `value`."""
        return await asyncio.to_thread(_completed, value) if value else None


class AskFile(ModalScreen[Path | None]):
    """Answers with the path of a file that exists, or None."""

    CSS_PATH = sheet("forms")
    BINDINGS = [Binding("escape", "dismiss(None)", "Back", show=False), Binding("f1", "app.help", "Help", show=False)]
    HELP = "Forms"

    def __init__(self, heading: str, what: str) -> None:
        super().__init__()
        self._heading = heading
        self._what = what

    def compose(self) -> ComposeResult:
        """One line."""
        with Vertical(classes="question") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = "enter loads · esc goes back"
            line = Input(placeholder=f"path of {self._what}; → completes", suggester=Files())
            line.cursor_blink = False
            yield line
            yield Static("", classes="problem", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        if path.is_file():
            self.dismiss(path)
            return
        wrong = "is a folder" if path.is_dir() else "is not there"
        self.query_one(".problem", Static).update(Content.styled(f"{event.value} {wrong}.", "$error"))


def _completed(value: str) -> str | None:
    typed = Path(value).expanduser()
    folder, begun = (typed, "") if value.endswith("/") else (typed.parent, typed.name)
    try:
        found = min((entry.name for entry in folder.iterdir() if entry.name.startswith(begun)), default=None)
    except OSError:
        return None
    return value + found[len(begun) :] if found else None
