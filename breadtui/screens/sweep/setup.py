"""Asks what a sweep shall be: where its questions are from, which models are asked, and how they are to answer."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from breadtui.actions import bindings
from breadtui.actions.sweep import SWEEP_SETUP
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import CatalogChanged
from breadtui.bakery.sweep.plan import Plan, make
from breadtui.bakery.sweep.questions import NoQuestions
from breadtui.bakery.sweep.sweep import AT_ONCE, Sweep
from breadtui.screens.forms import asides
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.steady import steady
from breadtui.screens.sweep import rows
from breadtui.sheets import sheet
from breadtui.widgets.fields.field_list import FieldList
from breadtui.widgets.fields.rows import Key, Row, RowKind
from breadtui.widgets.fields.text_pane import TextPane
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


@dataclass(frozen=True, slots=True)
class Begun:
    """A sweep that shall be asked now, so many questions at once. Without one: a sweep that was kept is sought."""

    sweep: Sweep | None
    at_once: int = AT_ONCE


class SweepSetup(ModalScreen[Begun | None]):
    """Answers with a sweep to begin, or None. What is chosen is in `plan`, for the next time too."""

    CSS_PATH = sheet("sweep")
    HELP = "Beginning a sweep"
    BINDINGS = bindings(SWEEP_SETUP)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, kitchen: Kitchen, plan: Plan, repo: str = "") -> None:
        super().__init__()
        self._kitchen = kitchen
        self._plan = plan
        self._repo = repo
        self._offer = rows.Offer()
        self._wrong: dict[str, tuple[str, str]] = {}  # what was typed for a number, and what is wrong with it
        self._list = FieldList(self, id="sweep-fields", classes="fields scrolls")
        self._page = Page(id="sweep-aside", classes="aside scrolls")
        self._page.can_focus = False
        self._pane = TextPane(self, id="sweep-text", classes="text scrolls")

    def compose(self) -> ComposeResult:
        """The rows, beside them what is said about one of them or the questions themselves, and the keys."""
        with Vertical(id="sweep-setup", classes="form") as box:
            box.border_title = "Sweep: many questions, several models"
            with Container(classes="halves"):
                yield self._list
                yield self._page
                yield self._pane
            yield Static("", id="sweep-said", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin with what was chosen before, and look for more models."""
        steady(self)
        self._pane.load_text(self._plan.text)
        self._pane.border_title = "A question a line · tab leaves"
        self._offer = rows.offer(self._kitchen, self._repo)
        self._redraw()
        self._list.focus()
        self._look_around()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        if isinstance(event.change, CatalogChanged):
            self._offer = rows.offer(self._kitchen, self._repo)
            self._redraw()

    # -- what the fields tell: see `Host` --

    def edited(self, key: Key, text: str) -> None:
        """A field was typed or chosen."""
        wrong = rows.change(self._plan, key, text)
        if key == rows.SOURCE:
            rows.choose_target(self._plan, self._offer, self._repo)
        self._wrong.pop(str(key[0]), None)
        if wrong:
            self._wrong[str(key[0])] = text, wrong
        self._redraw()

    def stepped(self, key: Key, option: str) -> None:
        """No label can be stepped on."""

    def pressed(self, row: Row, option: str) -> None:
        """Add models, or begin."""
        if row.key == rows.ADD:
            rows.add(self._plan, self._offer, option)
            self._redraw()
        elif row.key == rows.BEGIN:
            self.action_begin()

    def opened(self, key: Key, typed: str) -> None:
        """Go on in the text."""
        self._pane.focus()
        if typed:
            self._pane.insert(typed)

    def ordered(self, key: Key, order: str) -> None:
        """No row has orders of its own."""

    def stepped_out(self, by: int) -> None:
        """The text was left."""
        self._list.focus()
        self._list.step(by)

    @on(TextArea.Changed)
    def _written(self) -> None:
        self._plan.text = self._pane.text
        self._redraw()

    @on(FieldList.Moved)
    def _show_aside(self) -> None:
        row = self._list.current
        if row is None:
            return
        self.set_class(row.key == rows.TEXT, "-long")
        meant = rows.help_of(row.key)
        if row.kind in (RowKind.CHOICE, RowKind.BUTTON) and row.options:
            chosen = self._list.picked if row.kind is RowKind.BUTTON else row.value
            told = asides.of_choice(row, meant, self._list.matches, chosen, self._page.size.height)
        else:
            told = asides.joined([asides.of_row(row, None), Content(meant)])
        self._page.show(told, row.key)
        self._say()
        self.refresh_bindings()

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a model can be taken out."""
        return self._model_here is not None if action == "remove" else True

    def action_begin(self) -> None:
        """Read the questions, look up the prompts, and answer with the sweep."""
        if self._wrong:
            self._say(next(iter(self._wrong.values()))[1])
            return
        self._plan.asked = [asked for asked in self._plan.asked if asked.model]
        self._redraw()
        self._make()

    def action_remove(self) -> None:
        """Take the model under the cursor out."""
        at = self._model_here
        if at is not None:
            del self._plan.asked[at]
            self._redraw(anew=True)

    def action_kept(self) -> None:
        """Leave it to choose a sweep that was kept."""
        self.dismiss(Begun(None))

    def action_back(self) -> None:
        """From the text to the fields, from there back."""
        if self.focused is self._pane:
            self._list.focus()
        else:
            self.dismiss(None)

    # -- showing --

    @property
    def _model_here(self) -> int | None:
        row = self._list.current if self.is_mounted else None
        match row.key if row else ():
            case ("#model" | "#prompt", int(at)):
                return at
            case _:
                return None

    def _redraw(self, *, anew: bool = False) -> None:
        typed = {name: text for name, (text, _) in self._wrong.items()}
        self._list.show(list(rows.rows(self._plan, self._offer, typed)), anew=anew)
        self._show_aside()

    def _say(self, text: str = "", colour: str = "error") -> None:
        """Say something below the fields; without it, what is wrong with the row under the cursor."""
        row = self._list.current
        wrong = self._wrong.get(str(row.key[0]), ("", ""))[1] if row else ""
        told = Content.styled(text or wrong, f"${colour}") if text or wrong else Content("")
        self.query_one("#sweep-said", Static).update(told, layout=False)

    def _read(self, done: int, of: int | None) -> None:
        self._say(f"Reading rows: {done:,} of {of:,} …" if of else f"Reading rows: {done:,} …", "muted")

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look_around(self) -> None:
        """Ask for what else there is to choose from."""
        from breadtui.bakery.chats.models import all_choices

        if self._repo and self._kitchen.catalog.shelf(self._repo) is None:
            try:
                await self._kitchen.open(self._repo)
            except BreadError as error:
                self._say(str(error))
        async with aclosing(all_choices(self._kitchen, self._repo)) as listings:
            async for _ in listings:
                found = rows.offer(self._kitchen, self._repo)
                if found != self._offer:
                    self._offer = found
                    self._redraw()

    @work(group="make", exclusive=True, exit_on_error=False)
    async def _make(self) -> None:
        try:
            sweep = await make(self._kitchen, self._plan, self._read)
        except (NoQuestions, BreadError) as error:
            self._say(str(error))
            return
        self.dismiss(Begun(sweep, self._plan.at_once or AT_ONCE))
