"""Asks which comparison a chat is to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from breadtui.actions import MODAL, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.chats.conversation import Column
from breadtui.bakery.chats.presets import Preset, presets
from breadtui.screens.chat.choices import short_model
from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


class PresetPicker(ModalScreen[Preset | None]):
    """Answers with a preset that has columns, or None. What cannot be had is listed too, and says what it lacks.

    A base model is compared with a checkpoint that came of it, first of the repository `near`.
    """

    CSS_PATH = sheet("picking")
    HELP = "Choosing a model or a prompt"
    BINDINGS = [*bindings(MODAL), Binding("escape,q", "dismiss(None)", "Back", show=False)]

    def __init__(self, kitchen: Kitchen, model: str, near: str = "") -> None:
        super().__init__()
        self._kitchen = kitchen
        self._model = model
        self._near = near
        self._presets: list[Preset] = []

    def compose(self) -> ComposeResult:
        """The comparisons, each with its columns."""
        with Vertical(id="preset-picker", classes="picking") as box:
            box.border_title = Content(f"Compare {self._model}")
            box.border_subtitle = "enter begins · esc goes back"
            yield Menu(classes="scrolls")
            yield Static("Asking the server …", classes="word", markup=False)

    def on_mount(self) -> None:
        """Find out what there is."""
        self._find()

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.dismiss(self._presets[event.option_index])

    @work(exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        word, menu = self.query_one(".word", Static), self.query_one(Menu)
        try:
            self._presets = await presets(self._kitchen, self._model, self._near)
        except BreadError as error:
            word.update(Content.styled(str(error), "$error"))
            return
        word.display = False
        menu.add_options([Option(_lines(preset), disabled=bool(preset.missing)) for preset in self._presets])
        menu.action_first()
        menu.focus()


def _lines(preset: Preset) -> Content:
    """What it is called, what it shows, and whom it asks; or what it lacks."""
    lines = [Content.styled(preset.name, "bold"), Content.styled(preset.why, "$muted")]
    if preset.missing:
        lines.append(Content.styled(f"✖ {preset.missing}", "$warning"))
    lines += [_column(number, column) for number, column in enumerate(preset.columns, 1)]
    return Content("\n").join([*lines, Content("")])


def _column(number: int, column: Column) -> Content:
    told = column.opening.source or ("a typed prompt" if column.opening.messages else "no prompt")
    told += "" if column.opening.messages or not column.opening.source else " (empty)"
    return Content.assemble((f"  {number} ", "bold $primary"), short_model(column.model), (f"  {told}", "$muted"))
