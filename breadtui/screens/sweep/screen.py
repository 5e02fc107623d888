"""The answers of a sweep as a grid, as they come; from here it is begun, stopped, resumed, sorted and exported."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.sweep import SWEEP
from breadtui.bakery.chats.conversation import Column
from breadtui.bakery.jobs import format_span
from breadtui.bakery.sweep.asking import Asking
from breadtui.bakery.sweep.kept import InUse, Sweeps, sweeps_of
from breadtui.bakery.sweep.plan import Asked, Plan, Source
from breadtui.bakery.sweep.records import exported
from breadtui.bakery.sweep.summary import Tally, by_agreement, by_disagreement
from breadtui.bakery.sweep.sweep import AT_ONCE, Place, Sweep, short_name
from breadtui.screens.exports import write_here
from breadtui.screens.sweep.answer import SweepAnswer
from breadtui.screens.sweep.kept import KeptSweeps
from breadtui.screens.sweep.setup import Begun, SweepSetup
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.sweep.grid import SweepGrid
from breadtui.widgets.top_bar import Place as Bar
from breadtui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

GATHERED = 0.1
"""Seconds in which answers are gathered before they are shown."""
AS_ASKED, DIFFERING, WORST = "as asked", "most differing first", "worst of {} first"


class SweepScreen(Screen[None]):
    """A sweep over `models` (names, or columns of a chat) and, where `target` of `repo` is given, over its stimuli.

    It opens on the choice of all that; `sweep` is one to be shown instead.
    """

    CSS_PATH = sheet("sweep")
    HELP = "Sweep"
    BINDINGS = bindings(SWEEP)
    AUTO_FOCUS = "SweepGrid"

    def __init__(
        self,
        kitchen: Kitchen,
        models: Sequence[str | Column] = (),
        *,
        repo: str = "",
        target: str = "",
        sweep: Sweep | None = None,
    ) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._repo = repo
        asked = [_asked(model) for model in models]
        self._plan = Plan(
            Source.STIMULI if target else Source.TYPED, target=f"{repo}/{target}" if target else "", asked=asked
        )
        self._sweep = sweep
        self._tally: Tally | None = None
        self._asking: Asking | None = None
        self._at_once = AT_ONCE
        self._sorted = AS_ASKED
        self._problem = ""
        self._told_before: object = None
        self._news: set[Place] = set()
        self._gathering: Timer | None = None
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Place and progress, a word where the server has one, the grid, and the keys."""
        yield TopBar()
        yield Static("", id="sweep-word", markup=False)
        yield SweepGrid(id="sweep-grid", classes="scrolls")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the sweep, or ask what it shall be."""
        self._counting = self.set_interval(1.0, self._tell, pause=True)
        self._tell()
        if self._sweep:
            self._show(self._sweep)
        else:
            self.action_anew()

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing now are neither bound nor shown."""
        if not self.is_mounted:
            return True
        tally, done = self._tally, self._tally.done if self._tally else 0
        match action:
            case "go_on":
                return bool(self._sweep and done < self._sweep.size and not self._busy)
            case "retry":
                return bool(tally and tally.failed and not self._busy)
            case "stop":
                return self._busy
            case "back" | "anew" | "kept":
                return not self._busy
            case "sort" | "open" | "copy" | "cursor_left" | "cursor_right":
                return self._sweep is not None
            case "export":
                return done > 0
            case _:
                return True

    def action_anew(self) -> None:
        """Choose what another sweep shall be."""
        self.app.push_screen(SweepSetup(self._kitchen, self._plan, self._repo), self._chosen)

    def action_kept(self) -> None:
        """Choose one that was kept."""
        shown = self._sweep.id if self._sweep else ""
        self.app.push_screen(KeptSweeps(self._sweeps, shown), self._reopened)

    def action_go_on(self) -> None:
        """Ask what is missing."""
        self._ask(failed_too=False)

    def action_retry(self) -> None:
        """Ask again what failed."""
        self._ask(failed_too=True)

    def action_stop(self) -> None:
        """Stop asking; what was answered is kept."""
        if self._asking:
            self._asking.stop()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_cursor_left(self) -> None:
        """To the model before."""
        self._grid.move_beside(-1)

    def action_cursor_right(self) -> None:
        """To the next model."""
        self._grid.move_beside(1)

    @on(SweepGrid.Opened)
    def action_open(self) -> None:
        """Read the whole answer beside the teacher's."""
        if self._sweep and (place := self._grid.place):
            self.app.push_screen(SweepAnswer(self._sweep, self._grid.order, place), self._looked_at)

    def action_copy(self) -> None:
        """Copy the answer under the cursor."""
        if self._sweep and (place := self._grid.place):
            self.app.copy_to_clipboard(self._sweep.cell(*place).text)
            self.notify("Copied the answer", markup=False)

    def action_sort(self) -> None:
        """The next order: as asked, by disagreement, by the model under the cursor."""
        orders = [AS_ASKED, DIFFERING, WORST]
        at = orders.index(self._sorted)
        if at == 0 and self._sweep and len(self._sweep.columns) < 2:
            at = 1  # one model does not differ from itself
        self._sorted = orders[(at + 1) % len(orders)]
        self._sort()

    @work(group="export", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write the answers into the current folder, beside whatever is there."""
        if self._sweep is None:
            return
        sweep = self._sweep
        name = "sweep-" + sweep.title.replace(" · ", "-").replace(", ", "-").replace("/", "-").replace(" ", "-")
        await write_here(self, [(name, ".jsonl", b"".join(exported(sweep)).decode)])

    # -- what comes back --

    def _chosen(self, begun: Begun | None) -> None:
        if begun is None:
            if self._sweep is None:
                self.dismiss(None)
        elif begun.sweep is None:
            self.action_kept()
        else:
            self._at_once = begun.at_once
            self._show(begun.sweep)
            self._ask(failed_too=False)

    def _reopened(self, sweep: Sweep | None) -> None:
        if sweep:
            self._show(sweep)
        elif self._sweep is None:
            self.action_anew()

    def _looked_at(self, place: Place | None) -> None:
        if place:
            self._grid.go_to(place)

    # -- asking --

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def _ask(self, *, failed_too: bool) -> None:
        sweep = self._sweep
        if sweep is None:
            return
        self._problem = ""
        try:
            journal = await asyncio.to_thread(self._sweeps.journal, sweep)
        except (InUse, OSError) as error:
            self._problem = str(error) if isinstance(error, InUse) else f"It cannot be kept on disk: {error.strerror}."
            self._tell()
            return
        self._asking = Asking(lambda: self._kitchen.client, sweep, journal, self._told, at_once=self._at_once)
        try:
            await self._asking.run(failed_too=failed_too)
        finally:
            self._problem = journal.problem
            journal.close()
            if self.is_mounted:
                self._show_news()
                self._sort()
                self._tell()

    def _told(self, place: Place | None) -> None:
        if place is None:
            self._tell()
            return
        self._news.add(place)
        if self._gathering is None:
            self._gathering = self.set_timer(GATHERED, self._show_news)

    def _show_news(self) -> None:
        news, self._news, self._gathering = self._news, set(), None
        if self._tally:
            for place in news:
                self._tally.take(place)
        self._grid.changed(news)
        for screen in self.app.screen_stack:
            if isinstance(screen, SweepAnswer):
                screen.changed(news)
        self._tell()

    # -- showing --

    def _show(self, sweep: Sweep) -> None:
        self._sweep, self._tally, self._asking, self._problem = sweep, Tally(sweep), None, ""
        self._sorted = AS_ASKED
        self._grid.show(sweep, self._tally)
        self._tell()

    @work(group="sort", exclusive=True, exit_on_error=False)
    async def _sort(self) -> None:
        """Put the questions in order: again, when answers came meanwhile."""
        sweep, tally, place = self._sweep, self._tally, self._grid.place
        if sweep is None or tally is None or place is None:
            return
        told = self._sorted.format(short_name(sweep.columns[place[1]].model))
        ways = {DIFFERING: partial(by_disagreement, sweep), WORST: partial(by_agreement, sweep, place[1])}
        way = ways.get(self._sorted)
        self._grid.show(sweep, tally, await asyncio.to_thread(way) if way else None, told)

    def _tell(self) -> None:
        """How far it is, and what the server says."""
        self.query_one(TopBar).place = Bar(self._title, rehearsal=self._kitchen.client.rehearsal)
        words, tally = self._words, self._tally
        known = words, self._busy, tally and (tally.done > 0, tally.failed > 0, tally.done == len(tally))
        if known == self._told_before:
            return
        self._told_before = known
        word = self.query_one("#sweep-word", Static)
        word.display = bool(words)
        word.update(Content(words))
        if self._counting:
            (self._counting.resume if self._busy else self._counting.pause)()
        self.refresh_bindings()

    @property
    def _title(self) -> str:
        sweep, tally = self._sweep, self._tally
        if sweep is None or tally is None:
            return "Sweep"
        told = [f"Sweep · {tally.done:,} of {sweep.size:,}"]
        if tally.failed:
            told.append(f"✖ {tally.failed:,} failed")
        eta = self._asking.eta if self._asking else None
        if eta is not None:
            told.append(f"{format_span(eta)} left")
        elif self._busy:
            told.append("asking")
        elif tally.done < sweep.size:
            told.append("a asks the rest")
        return " · ".join(told)

    @property
    def _words(self) -> str:
        asking = self._asking
        if self._problem or asking is None:
            return self._problem
        if asking.waiting:
            return f"{asking.waiting} It goes on by itself in {format_span(asking.wait)}."
        return f"{asking.halted} a goes on with the rest." if asking.halted else ""

    @property
    def _busy(self) -> bool:
        return self._asking is not None and self._asking.busy

    @property
    def _grid(self) -> SweepGrid:
        return self.query_one(SweepGrid)

    @property
    def _sweeps(self) -> Sweeps:
        return sweeps_of(self._kitchen)


def _asked(model: str | Column) -> Asked:
    if isinstance(model, str):
        return Asked(model)
    return Asked(model.model, opening=model.opening if model.opening.messages else None)
