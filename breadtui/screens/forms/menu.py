"""What shall be made: a menu, with the likely choice under the cursor."""

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
from breadtui.widgets.tree.repo_tree import Item, Kind

FOLDER = "folder"
"""The choice that makes many things at once."""
RECIPE = "recipe"
"""The choice that makes a bake again, of a file that tells how."""
CHOICES = (
    (Thing.REPO, "r", "Repository", "a workspace with a base model"),
    (Thing.PROMPT, "p", "Prompt", "a teacher or a student"),
    (Thing.TARGET, "t", "Target", "a teacher, a student and questions"),
    (Thing.BAKE, "b", "Bake", "training on one or several targets"),
    (FOLDER, "f", "Bake a folder", "each document a target, and one bake"),
    (RECIPE, "y", "Recipe", "a bake made again, as a YAML file tells"),
)
LIKELY = {
    Kind.PROMPTS: Thing.PROMPT,
    Kind.PROMPT: Thing.PROMPT,
    Kind.TARGETS: Thing.TARGET,
    Kind.TARGET: Thing.TARGET,
    Kind.BAKES: Thing.BAKE,
    Kind.BAKE: Thing.BAKE,
    Kind.CHECKPOINT: Thing.BAKE,
    Kind.REPO: Thing.PROMPT,
}


class NewMenu(ModalScreen[str | None]):
    """Answers with the kind of thing chosen, FOLDER, RECIPE or None. `item` is where the cursor stands in the tree."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    BINDINGS = [
        *bindings(MODAL),
        *(Binding(key, f"make('{kind}')", label, show=False) for kind, key, label, _ in CHOICES),
        Binding("escape,q", "dismiss(None)", "Back", show=False),
    ]

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self._item = item

    def compose(self) -> ComposeResult:
        """The choices; without a repository there is only one."""
        choices = [choice for choice in CHOICES if self._item or choice[0] == Thing.REPO]
        with Vertical(id="new-menu") as box:
            box.border_title = Content(f"New in {self._item.repo}" if self._item else "New")
            box.border_subtitle = "esc goes back"
            menu = Menu(*(Option(_line(key, label, text), str(kind)) for kind, key, label, text in choices))
            likely = LIKELY[self._item.kind] if self._item else Thing.REPO
            menu.highlighted = [kind for kind, *_ in choices].index(likely)
            yield menu

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.dismiss(event.option_id or Thing.REPO)

    def action_make(self, kind: str) -> None:
        """Choose by letter."""
        if self._item or kind == Thing.REPO:
            self.dismiss(kind)


ON_TOP = (
    (Thing.TARGET, "t", "Target", "responses that come from this model"),
    (Thing.BAKE, "b", "Bake", "training that goes on from it"),
)


class OnTopMenu(ModalScreen[Thing | None]):
    """Asks what is to be made on top of `model`: answers with the kind of thing, or None."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    BINDINGS = [
        *bindings(MODAL),
        *(Binding(key, f"make('{thing}')", label, show=False) for thing, key, label, _ in ON_TOP),
        Binding("escape,q", "dismiss(None)", "Back", show=False),
    ]

    def __init__(self, model: str) -> None:
        super().__init__()
        self._model = model

    def compose(self) -> ComposeResult:
        """Two choices: a bake learns best from responses of the very model it goes on from."""
        with Vertical(id="new-menu") as box:
            box.border_title = Content(f"On top of {self._model}")
            box.border_subtitle = "esc goes back"
            yield Menu(*(Option(_line(key, label, text), str(thing)) for thing, key, label, text in ON_TOP))

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.action_make(event.option_id or Thing.BAKE)

    def action_make(self, thing: str) -> None:
        """Choose by letter."""
        self.dismiss(Thing(thing))


def _line(key: str, label: str, text: str) -> Content:
    return Content.assemble((f" {key}  ", "bold $primary"), (f"{label:<14}", "bold"), (text, "$muted"))
