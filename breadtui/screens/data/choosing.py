"""Asks which of a bake's targets one wants to see the data of."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets.option_list import Option

from breadtui.actions import MODAL, bindings
from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu


class ChooseTargets(ModalScreen[tuple[str, ...] | None]):
    """Answers with the names of the targets, one or all, or with None. `targets` have their weights beside them."""

    CSS_PATH = sheet("data")
    HELP = "Data"
    BINDINGS = [
        *bindings(MODAL),
        Binding("a", "all", "All", show=False),
        Binding("escape,q", "dismiss(None)", "Back", show=False),
    ]

    def __init__(self, bake: str, targets: Sequence[tuple[str, float]]) -> None:
        super().__init__()
        self._bake = bake
        self._targets = tuple(targets)

    def compose(self) -> ComposeResult:
        """All of them, and each."""
        with Vertical(id="choose-targets") as box:
            box.border_title = Content(f"Data of {self._bake}")
            box.border_subtitle = "a all · esc goes back"
            width = max(len(name) for name, _ in self._targets)
            whole = Content.styled(f" All {len(self._targets)} targets, one behind the other", "bold")
            each = (
                Option(Content.assemble(f" {name:<{width}}  ", (f"{weight:g}", "$muted")), str(at))
                for at, (name, weight) in enumerate(self._targets)
            )
            yield Menu(*each, Option(whole, "all"))

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        if event.option_id == "all":
            self.action_all()
        else:
            self.dismiss((self._targets[int(event.option_id or 0)][0],))

    def action_all(self) -> None:
        """All of them."""
        self.dismiss(tuple(name for name, _ in self._targets))
