"""Asks which model is to be talked to: a checkpoint, a base model, one the server lists, or any that is typed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from breadtui.api.errors import BreadError
from breadtui.bakery.chats.models import Choice, Kind, Listing, all_choices, known_choices
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.screens.chat.choices import Columns, choice_line, columns, head_line
from breadtui.screens.chat.prompts import PromptPicker
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.pick_list import FilterLine, PickList

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

__all__ = ["ModelPicker", "PromptPicker"]

RESTED = 0.08
"""Seconds that the rows in view must rest before their losses are asked for."""
AT_ONCE = 4
"""Bakes asked about together, at most."""
GATHERED = 0.1
"""Seconds in which answers are gathered before the list is made anew: each may bring a hundred rows."""


class ModelPicker(ModalScreen[Choice | None]):
    """Answers with a model, or None. The cursor begins on `current`, and the models of its repository stand first."""

    CSS_PATH = sheet("picking")
    HELP = "Choosing a model or a prompt"

    def __init__(self, kitchen: Kitchen, current: str = "") -> None:
        super().__init__()
        self._kitchen = kitchen
        self._current = current
        known = known_choices(kitchen)
        self._near = next((choice.repo for choice in known if choice.model == current), "")
        self._listing = Listing(())
        self._words: list[str] = []  # what the filter looks through, for each choice
        self._found: list[Choice] = []
        self._columns = Columns(0, 0, 0, 0)
        self._asked: set[tuple[str, str]] = set()  # bakes whose losses were asked for
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Filter, list, a word on what there is and what is still to come, and the keys."""
        with Vertical(id="model-picker", classes="picking") as box:
            box.border_title = "Choose a model"
            yield FilterLine(placeholder="type to filter, or the name of any model")
            yield Static("", classes="heads", markup=False)
            yield PickList(id="picks")
            yield Static("", classes="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and ask for the rest."""
        steady(self)
        self._take(Listing(known_choices(self._kitchen, self._near), waiting=1))
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        """Columns are as wide as there is room."""
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """All repositories are listed as it is; and of nothing nothing can be chosen."""
        return action != "everywhere" and (action != "take" or self._under_cursor is not None)

    def action_move(self, rows: int) -> None:
        """Up and down."""
        self._list.move(rows)

    def action_turn(self, pages: int) -> None:
        """Up and down by pages."""
        self._list.turn(pages)

    @on(PickList.Taken)
    def action_take(self) -> None:
        """Choose the model under the cursor."""
        if choice := self._under_cursor:
            self.dismiss(choice)

    def action_back(self) -> None:
        """Choose none."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show("" if self._filter else self._current)

    @on(PickList.Moved)
    def _moved(self) -> None:
        """The whole name of what is under the cursor; and other bakes are in view."""
        choice = self._under_cursor
        self.query_one("#model-picker").border_subtitle = Content(choice.model if choice else "")
        self.refresh_bindings()
        if self._resting is None:
            self._resting = self.set_timer(RESTED, self._rest)
        else:
            self._resting.reset()

    @property
    def _list(self) -> PickList:
        return self.query_one(PickList)

    @property
    def _filter(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def _under_cursor(self) -> Choice | None:
        return self._found[self._list.cursor] if self._found else None

    def _take(self, listing: Listing) -> None:
        if listing.choices != self._listing.choices:
            self._words = [
                f"{choice.model} {choice.bake} {choice.parent} {choice.kind}".lower() for choice in listing.choices
            ]
        self._listing = listing
        self._show()

    def _show(self, held: str | None = None) -> None:
        """The choices that the filter leaves, and what was typed; the cursor on `held`, by default where it is."""
        if not self.is_attached:
            return
        if held is None:
            held = current.model if (current := self._under_cursor) else self._current
        typed = self._filter
        words = typed.lower().split()
        choices = self._listing.choices
        found = [choice for choice, text in zip(choices, self._words, strict=True) if all(w in text for w in words)]
        if typed and all(choice.model != typed for choice in found):
            found.append(Choice(typed, Kind.TYPED))
        self._found = found
        self._columns = columns(found, self._list.room)
        self.query_one(".heads", Static).update(head_line(self._columns))
        cursor = next((row for row, choice in enumerate(found) if choice.model == held), 0)
        self._list.show(len(found), self._draw, cursor)
        self._say()

    def _draw(self, row: int, width: int) -> Content:
        choice = self._found[row]
        return choice_line(choice, self._loss(choice), self._columns)

    def _loss(self, choice: Choice) -> float | None:
        """The loss of a bake is that of its latest checkpoint."""
        status = self._kitchen.watcher.status(JobKey(choice.repo, choice.bake, Phase.BAKE))
        return status.loss if status and choice.latest else None

    def _say(self) -> None:
        listing, typed = self._listing, bool(self._found and self._found[-1].kind is Kind.TYPED)
        told = f"{len(self._found) - typed:,} of {len(listing.choices):,} models"
        if listing.waiting:
            told += " · asking the server …"
        lines = [Content.styled(told, "$muted"), *(Content.styled(said, "$error") for said in listing.problems)]
        self.query_one(".word", Static).update(Content("\n").join(lines))

    @work(group="models", exit_on_error=False)
    async def _ask(self) -> None:
        told = time.monotonic()
        async for listing in all_choices(self._kitchen, self._near):
            if not listing.waiting or time.monotonic() - told >= GATHERED:
                self._take(listing)
                told = time.monotonic()

    def _rest(self) -> None:
        self._resting = None
        seen = [self._found[row] for row in self._list.in_view if row < len(self._found)]
        bakes = {(choice.repo, choice.bake) for choice in seen if choice.latest and self._loss(choice) is None}
        if unknown := bakes - self._asked:
            self._ask_losses(unknown)

    @work(group="losses", exclusive=True, exit_on_error=False)
    async def _ask_losses(self, bakes: set[tuple[str, str]]) -> None:
        """The losses of bakes in view, that no list tells; what scrolls away is not asked for."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(bake: tuple[str, str]) -> None:
            async with gate:
                with contextlib.suppress(BreadError):  # a row without a loss can be chosen all the same
                    await self._kitchen.look_at_bake(*bake)
                self._asked.add(bake)
                self._list.refresh()

        await asyncio.gather(*map(ask, sorted(bakes)))
