"""Asks, when a form is left, what becomes of what was written."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets.option_list import Option

from breadtui.actions import MODAL, bindings
from breadtui.bakery.things import Thing
from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu

CHOICES = (
    ("keep", "s", "Save draft", "it is here again next time"),
    ("discard", "d", "Throw away", "nothing of it stays"),
    ("stay", "escape", "Go on", "back to the form"),
)


class Leave(ModalScreen[bool | None]):
    """Answers True to keep it, False to throw it away, None to go on writing."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    BINDINGS = [
        *bindings(MODAL),
        *(Binding(key, f"choose('{name}')", label, show=False) for name, key, label, _ in CHOICES),
    ]

    def __init__(self, thing: Thing) -> None:
        super().__init__()
        self._thing = thing

    def compose(self) -> ComposeResult:
        """Three choices, the safe one first."""
        with Vertical(classes="question") as box:
            box.border_title = Content(f"This {self._thing} is not made yet")
            yield Menu(*(Option(_line(key, label, text), name) for name, key, label, text in CHOICES))

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.action_choose(event.option_id or "stay")

    def action_choose(self, name: str) -> None:
        """Answer."""
        self.dismiss({"keep": True, "discard": False}.get(name))


def _line(key: str, label: str, text: str) -> Content:
    shown = {"escape": "esc"}.get(key, key)
    return Content.assemble((f" {shown:<4}", "bold $primary"), (f"{label:<13}", "bold"), (text, "$muted"))
