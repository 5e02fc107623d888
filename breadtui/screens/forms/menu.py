"""What shall be made: a menu of four, with the likely one under the cursor."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets.option_list import Option

from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu
from breadtui.widgets.repo_tree import Item, Kind

CHOICES = (
    (Kind.REPO, "r", "Repository", "a workspace with a base model"),
    (Kind.PROMPT, "p", "Prompt", "a teacher or a student"),
    (Kind.TARGET, "t", "Target", "a teacher, a student and questions"),
    (Kind.BAKE, "b", "Bake", "training on one or several targets"),
)
LIKELY = {
    Kind.PROMPTS: Kind.PROMPT,
    Kind.PROMPT: Kind.PROMPT,
    Kind.TARGETS: Kind.TARGET,
    Kind.TARGET: Kind.TARGET,
    Kind.BAKES: Kind.BAKE,
    Kind.BAKE: Kind.BAKE,
    Kind.CHECKPOINT: Kind.BAKE,
    Kind.REPO: Kind.PROMPT,
}


class NewMenu(ModalScreen[Kind | None]):
    """Answers with the kind chosen, or None. `item` is where the cursor stands in the tree."""

    CSS_PATH = sheet("forms")
    BINDINGS = [
        *(Binding(key, f"make('{kind}')", label, show=False) for kind, key, label, _ in CHOICES),
        Binding("escape,q", "dismiss(None)", "Back", show=False),
    ]

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self._item = item

    def compose(self) -> ComposeResult:
        """The four choices; without a repository there is only one."""
        choices = [choice for choice in CHOICES if self._item or choice[0] is Kind.REPO]
        with Vertical(id="new-menu") as box:
            box.border_title = Content(f"New in {self._item.repo}" if self._item else "New")
            box.border_subtitle = "esc goes back"
            menu = Menu(*(Option(_line(key, label, text), str(kind)) for kind, key, label, text in choices))
            likely = LIKELY[self._item.kind] if self._item else Kind.REPO
            menu.highlighted = [kind for kind, *_ in choices].index(likely)
            yield menu

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.dismiss(Kind(event.option_id or Kind.REPO))

    def action_make(self, kind: str) -> None:
        """Choose by letter."""
        if self._item or kind == Kind.REPO:
            self.dismiss(Kind(kind))


def _line(key: str, label: str, text: str) -> Content:
    return Content.assemble((f" {key}  ", "bold $primary"), (f"{label:<12}", "bold"), (text, "$muted"))
