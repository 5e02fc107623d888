"""Chooses one of many on a single line: arrows step, typing finds. Nothing opens, so no key comes too early."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from breadtui.widgets.drawing import shorten


class Choice(Widget, can_focus=True):
    """Holds one of `options`, or None before one is chosen."""

    ALLOW_SELECT = False

    value: reactive[str | None] = reactive(None)
    query_text: reactive[str] = reactive("")

    def __init__(self, options: Sequence[str], *, empty: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self._empty = empty

    @property
    def matches(self) -> tuple[str, ...]:
        """The options that hold what was typed; those that begin with it first."""
        query = self.query_text.lower()
        held = [option for option in self.options if query in option.lower()]
        return tuple(sorted(held, key=lambda option: not option.lower().startswith(query)))

    def render(self) -> RenderResult:
        """The option, its place among those that match, and what was typed."""
        if not self.options:
            return Content.styled(self._empty, "$warning")
        matches = self.matches
        at = f"{matches.index(self.value) + 1} of {len(matches)}" if self.value in matches else f"{len(matches)}"
        typed = f"“{self.query_text}”  " if self.query_text else ""
        hint = f"{typed}{at}  ↓ ↑ or type" if self.has_focus else f"{at}"
        name = shorten(self.value or "none chosen", max(self.size.width - len(hint) - 2, 8))
        gap = " " * max(self.size.width - Content(name).cell_length - len(hint), 1)
        return Content.assemble((name, "" if self.value else "$muted"), gap, (hint, "$muted"))

    def on_key(self, event: events.Key) -> None:
        """Arrows step, letters find.

        Not by bindings: Textual 8.2 looks those up where the focus is when the key has come all the way up, and with
        keys that arrive together, as over a slow line, that may be the next field already.
        """
        match event.key:
            case "down" | "right":
                self._step(1)
            case "up" | "left":
                self._step(-1)
            case "backspace":
                self.query_text = self.query_text[:-1]
                self._settle()
            case _ if event.is_printable and event.character:
                self.query_text += event.character
                self._settle()
            case _:
                return
        event.stop()

    def on_blur(self) -> None:
        """What was typed has done its work."""
        self.query_text = ""

    def _step(self, rows: int) -> None:
        matches = self.matches
        if not matches:
            return
        at = matches.index(self.value) + rows if self.value in matches else 0
        self.value = matches[at % len(matches)]

    def _settle(self) -> None:
        matches = self.matches
        if not matches:
            self.app.bell()
            self.query_text = self.query_text[:-1]
        elif self.query_text and self.value not in matches[:1]:
            self.value = matches[0]
