"""The rarer things that can be done in a chat, each with a letter; alt and the letter does it without the menu."""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets.option_list import Option

from breadtui.actions import MODAL, Action, bindings
from breadtui.actions.chat import CHAT_MENU
from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu


class ChatMenu(ModalScreen[str | None]):
    """Answers with what is to be run, or None. `can` says what can be done now; the rest is not offered."""

    CSS_PATH = sheet("chat")
    HELP = "Chat"
    BINDINGS = [*bindings(MODAL), Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(self, can: Callable[[str], bool]) -> None:
        super().__init__()
        self._actions = {_letter(action): action for action in CHAT_MENU if can(action.run)}

    def compose(self) -> ComposeResult:
        """One line each."""
        with Vertical(id="chat-menu") as box:
            box.border_title = "More"
            box.border_subtitle = "alt and the letter does it at once · esc goes back"
            yield Menu(*(Option(_line(letter, action), action.run) for letter, action in self._actions.items()))

    def on_key(self, event: events.Key) -> None:
        """Choose by letter; `j` and `k` move nothing here, for they may be such letters."""
        if action := self._actions.get(event.character or ""):
            event.stop()
            event.prevent_default()
            self.dismiss(action.run)

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.dismiss(event.option_id)


def _letter(action: Action) -> str:
    return action.keys[-1]


def _line(letter: str, action: Action) -> Content:
    return Content.assemble((f" {letter}  ", "bold $primary"), (f"{action.label:<17}", "bold"), (action.help, "$muted"))
