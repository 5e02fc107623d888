"""The loss curves of one bake, or of several laid over one another, on the whole screen; live while they train."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from breadtui.actions import LOSS, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import JobChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase
from breadtui.bakery.metrics import Metrics, csv_of
from breadtui.screens.exports import write_here
from breadtui.screens.messages import KitchenChanged
from breadtui.sheets import sheet
from breadtui.widgets.chart.loss_chart import LossChart
from breadtui.widgets.chart.picture import MOST
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import Place, TopBar

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

ASKING = "Asking the server …"


class LossScreen(Screen[None]):
    """The curves of `bakes`, as (repository, bake), the first `MOST` of them.

    `metrics` are those that others show too, so that nothing is asked for twice; without, it has its own.
    """

    CSS_PATH = sheet("loss")
    HELP = "Loss"
    BINDINGS = bindings(LOSS)
    AUTO_FOCUS = "LossChart"

    def __init__(self, kitchen: Kitchen, bakes: Sequence[tuple[str, str]], metrics: Metrics | None = None) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._bakes = tuple(dict.fromkeys(bakes))
        self._metrics = metrics or Metrics(kitchen.client)
        self._waiting: Timer | None = None
        self._asking: set[tuple[str, str]] = set()
        self._problems: dict[tuple[str, str], str] = {}

    def compose(self) -> ComposeResult:
        """Place, curves, a word where the server does not tell, and the keys."""
        bar = TopBar()
        bar.place = Place(self._title, rehearsal=self._kitchen.client.rehearsal)
        yield bar
        yield LossChart(id="loss")
        yield Static("", id="loss-word", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and ask for the rest."""
        self._show()
        self._ask_what_pays()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        match event.change:
            case JobChanged(status=JobStatus(key=JobKey(repo=repo, name=name, phase=Phase.BAKE))):
                if (repo, name) in self._shown:
                    self._ask_what_pays()
            case _:
                pass

    def action_refresh(self) -> None:
        """Ask again, whether it pays or not."""
        self._ask([bake for bake in self._shown if bake not in self._asking])

    @work(group="export", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write points and picture into the current folder."""
        chart = self.query_one(LossChart)
        if not any(len(one.loss) for one in chart.series):
            self.notify("There is no curve to write yet.", severity="warning")
            return
        name, svg, series = self._file_name, chart.svg(), chart.series
        await write_here(self, [(name, ".csv", lambda: csv_of(series)), (name, ".svg", lambda: svg)])

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @property
    def _shown(self) -> tuple[tuple[str, str], ...]:
        return self._bakes[:MOST]

    @property
    def _title(self) -> str:
        if len(self._bakes) == 1:
            return "loss of {}/{}".format(*self._bakes[0])
        few = len(self._bakes) <= MOST
        return f"loss of {len(self._bakes)} bakes" if few else f"loss of {MOST} of {len(self._bakes)} bakes"

    @property
    def _file_name(self) -> str:
        first = "{}-{}-loss".format(*self._bakes[0])
        return first if len(self._shown) == 1 else f"{first}-and-{len(self._shown) - 1}-more"

    def _ask_what_pays(self) -> None:
        """Ask about the bakes of which there may be more, now or when it is time."""
        waits = {bake: self._metrics.wait(*bake, self._status(bake)) for bake in self._shown}
        due = [bake for bake, wait in waits.items() if wait == 0 and bake not in self._asking]
        if due:
            self._ask(due)
        later = [wait for wait in waits.values() if wait]
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(min(later), self._ask_what_pays) if later else None

    @work(group="metrics", exit_on_error=False)
    async def _ask(self, bakes: Sequence[tuple[str, str]]) -> None:
        self._asking.update(bakes)
        self._show()
        try:
            await asyncio.gather(*map(self._ask_one, bakes))
        finally:
            self._asking.difference_update(bakes)
        self._show()
        self._ask_what_pays()  # more may have come meanwhile

    async def _ask_one(self, bake: tuple[str, str]) -> None:
        try:
            await self._metrics.fetch(*bake, self._status(bake))
        except BreadError as error:
            self._problems[bake] = str(error)
        else:
            self._problems.pop(bake, None)

    def _show(self) -> None:
        chart, word = self.query_one(LossChart), self.query_one("#loss-word", Static)
        chart.emptiness = ASKING if self._asking else ""
        chart.show([known for bake in self._shown if (known := self._metrics.known(*bake))])
        said = "\n".join(dict.fromkeys(self._problems.values()))
        word.display = bool(said)
        word.update(said)

    def _status(self, bake: tuple[str, str]) -> JobStatus | None:
        return self._kitchen.watcher.status(JobKey(*bake, Phase.BAKE))
