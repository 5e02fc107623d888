"""Asks for the title of a chat."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from breadtui.screens.steady import steady
from breadtui.sheets import sheet


class Title(ModalScreen[str | None]):
    """Answers with what the chat is called from now on, or None."""

    CSS_PATH = sheet("chat")
    BINDINGS = [Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """One line."""
        with Vertical(id="chat-title") as box:
            box.border_title = "Title of this chat"
            box.border_subtitle = "enter keeps it · esc goes back"
            yield Input(self._title, placeholder="as its first question begins")

    def on_mount(self) -> None:
        """Nothing blinks."""
        steady(self)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
