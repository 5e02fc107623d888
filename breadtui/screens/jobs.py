"""All jobs of all repositories: which run, how far and how fast, and what can be done about them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer

from breadtui.actions import JOBS_SCREEN, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import Change, DownloadChanged, JobChanged, LinkChanged, PipelineChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase
from breadtui.bakery.metrics import Metrics
from breadtui.screens import describe, orders
from breadtui.screens.detail import detail, look_at
from breadtui.screens.linked import Linked
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.running import Running
from breadtui.sheets import sheet
from breadtui.widgets.chart.loss_chart import LossChart
from breadtui.widgets.chart.picture import MOST
from breadtui.widgets.details.download import download_detail
from breadtui.widgets.jobs.row import DownloadRow, JobRow
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.top_bar import TopBar
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

NO_JOBS = "No job has run yet. Select a target or a bake in the tree, and press r."
GATHERED = 0.05
"""Seconds in which changes are gathered before they are shown."""
STAYED = 0.1
"""Seconds the cursor must stay on a job before the server is asked about it, so that passing asks nothing."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where one can go from here: to a row of the tree, or to a chat with a model. `metrics` are shared with others."""

    go_to: Callable[[Item], None]
    chat: Callable[[str], None]
    metrics: Metrics


class Jobs(Linked):
    """A table, and below it, where there is room, the loss of the bake under the cursor, or what else is known."""

    CSS_PATH = sheet("jobs")
    HELP = "Jobs"
    BINDINGS = bindings(JOBS_SCREEN)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (46, "-high")]

    def __init__(
        self, kitchen: Kitchen, server: str, ways: Ways, *, rehearsal: bool = False, problem: str | None = None
    ) -> None:
        super().__init__(server, rehearsal=rehearsal, problem=problem)
        self._kitchen = self._served = kitchen
        self._ways = ways
        self._news: list[Change] = []
        self._gathering: Timer | None = None
        self._staying: Timer | None = None
        self._asking: Timer | None = None
        self._read: JobRow | DownloadRow | None = None  # what the detail is about

    def compose(self) -> ComposeResult:
        """The line at the top, the table, what is known of one job, and the keys."""
        yield TopBar()
        with Vertical(id="jobs-panes"):
            table = JobsTable(lambda key: describe.vitals(self._served, key), id="jobs-table", classes="scrolls")
            table.border_title = "Jobs"
            yield table
            yield Page(id="jobs-detail", classes="scrolls")
            curve = LossChart(id="jobs-curve")
            curve.can_focus = False  # it is looked at here, and worked with on a screen of its own
            yield curve
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show what is known."""
        table = self._table
        table.emptiness = NO_JOBS
        table.show(describe.job_rows(self._served))
        table.focus()
        self.link(self._problem)
        await self._warn()

    # -- what the app and the table tell --

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        """What comes together is shown together."""
        self._news.append(event.change)
        if self._gathering is None:
            self._gathering = self.set_timer(GATHERED, self._show_news)

    async def _show_news(self) -> None:
        news, self._news, self._gathering = self._news, [], None
        if all(isinstance(change, JobChanged | DownloadChanged) for change in news):
            self._table.put(describe.rows_told(self._served, news))
        else:
            # What was deleted has no job any more, and what is called off does not wait any more.
            self._table.show(describe.job_rows(self._served))
        for change in news:
            if isinstance(change, LinkChanged):
                self.link_changed(change)
        if any(isinstance(change, PipelineChanged) for change in news):
            await self._warn()
        self._show_detail()
        if self._asking is None:
            self._ask_later()
        self.show_place()

    @on(JobsTable.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()
        self._show_detail()
        self._look_soon()

    @on(JobsTable.Viewed)
    def _viewed(self) -> None:
        self._served.watcher.in_view(self._table.in_view)

    @on(JobsTable.Opened)
    def _opened(self, event: JobsTable.Opened) -> None:
        self.app.pop_screen()
        self._ways.go_to(describe.item_of(event.key))

    @on(Page.Widened)
    def _widened(self) -> None:
        self._show_detail()

    def on_resize(self) -> None:
        """There may be room now for what nobody has asked about."""
        self._look_soon()

    def on_screen_resume(self) -> None:
        """These jobs are in view again."""
        self._viewed()

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        if not self.is_mounted:
            return True
        match action:
            case "run_missing" | "copy_name":
                return bool(self._table.picked)
            case "loss":
                return bool(orders.bakes(self._items))
            case "chat":
                return self._model is not None
            case "download":
                return bool(orders.checkpoints(self._served, self._items))
            case "data":
                return isinstance(self._table.current, JobRow)
            case "call_off":
                return bool(self._table.downloads or orders.waiting(self._served, self._table.chosen))
            case "go_on":
                return bool(self._served.pipeline.paused)
            case _:
                return True

    def action_run_missing(self) -> None:
        """Run what the targets and bakes of the chosen jobs lack, from where they failed; it asks before it does.

        Downloads that are halted go on.
        """
        self._served.downloads.retry(self._table.downloads)
        if self._table.chosen:
            self._runs.run(_furthest(self._table.chosen))

    def action_call_off(self) -> None:
        """Take out the chosen steps, as far as they wait; halt the chosen downloads, or forget them."""
        self._runs.call_off(self._table.chosen, self._table.downloads)

    def action_go_on(self) -> None:
        """End a pause."""
        self._runs.go_on()

    def action_loss(self) -> None:
        """Show the loss of the chosen bakes."""
        from breadtui.screens.loss import LossScreen

        if bakes := orders.bakes(self._items):
            self.app.push_screen(LossScreen(self._served, bakes, self._ways.metrics))

    def action_download(self) -> None:
        """Ask where the weights of the latest checkpoints go, and fetch them."""
        from breadtui.screens.download import Download

        if models := orders.checkpoints(self._served, self._items):
            self.app.push_screen(Download(self._served, models))

    def action_data(self) -> None:
        """Show the stimuli or responses that the job under the cursor makes, or learns from."""
        from breadtui.screens.data.opening import Opening

        if isinstance(row := self._table.current, JobRow):
            Opening(self, self._served, self._complain).open_job(row.key)

    def action_chat(self) -> None:
        """Open the chat with what the bake under the cursor made."""
        if model := self._model:
            self.app.pop_screen()
            self._ways.chat(model)

    def action_copy_name(self) -> None:
        """Copy the names of the chosen jobs to the terminal's clipboard, one a line."""
        names = list(dict.fromkeys(key.name for key in self._table.picked))
        if names:
            self.app.copy_to_clipboard("\n".join(names))
            self.notify(f"Copied {names[0]}" if len(names) == 1 else f"Copied {len(names):,} names", markup=False)

    @work(group="refresh", exclusive=True, exit_on_error=False)
    async def action_refresh(self) -> None:
        """Ask about every job again, at once."""
        try:
            await self._served.refresh(None)
        except BreadError as error:
            self._complain(error)

    def action_back(self) -> None:
        """Go back."""
        self.app.pop_screen()

    # -- showing --

    def title_now(self) -> str:
        """How many jobs there are."""
        count = self._table.total
        return f"{count:,} jobs" if count != 1 else "1 job"

    async def _warn(self) -> None:
        await self.show_banner(describe.warning(self._served))
        self.refresh_bindings()

    def _show_detail(self) -> None:
        """The curves of the chosen bakes; where there are none, what is known of the job under the cursor.

        On the head of a group, what was shown before stays.
        """
        page, chart = self.query_one(Page), self.query_one(LossChart)
        row, bakes = self._table.current, orders.bakes(self._items)
        if isinstance(row, DownloadRow) and not self._table.marked:
            bakes = ()
        known = [series for bake in bakes if (series := self._ways.metrics.known(*bake)) and len(series.loss)]
        self.set_class(bool(known), "-curve")
        chart.show(known)
        chart.border_title = Content(", ".join(series.bake for series in known))
        row = self._read = row or self._read
        if row is None or known:
            return
        if isinstance(row, DownloadRow):
            page.head(Content(row.key.path.name))
            page.show(download_detail(row.transfer, max(page.room, 20)), row.key)
            return
        item = describe.item_of(row.key)
        page.head(Content(item.label))
        if page.display:
            page.show(detail(self._served, item, max(page.room, 20)), item)

    def _look_soon(self) -> None:
        if self._staying:
            self._staying.stop()
        self._staying = self.set_timer(STAYED, self._look_closer)

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look_closer(self) -> None:
        """Ask for what the detail would show, where it can be seen."""
        self._staying = None
        row = self._read
        if row is None or self.has_class("-short"):
            return
        with contextlib.suppress(BreadError):  # what is known stays; the link's own state is told above
            await look_at(self._served, describe.item_of(row.key))
            for repo, bake in orders.bakes(self._items)[:MOST]:
                status = self._served.watcher.status(JobKey(repo, bake, Phase.BAKE))
                if self._ways.metrics.wait(repo, bake, status) == 0:
                    await self._ways.metrics.fetch(repo, bake, status)
        self._show_detail()
        self._ask_later()

    def _ask_later(self) -> None:
        """Look at a training again when that pays."""
        look, metrics = self._served.watcher.status, self._ways.metrics
        bakes = () if self.has_class("-short") else orders.bakes(self._items)[:MOST]
        waits = [metrics.wait(repo, bake, look(JobKey(repo, bake, Phase.BAKE))) for repo, bake in bakes]
        later = [wait for wait in waits if wait]
        if self._asking:
            self._asking.stop()
        self._asking = self.set_timer(min(later), self._look_closer) if later else None

    def _complain(self, error: BreadError) -> None:
        self.learn_of(error)
        self.notify(str(error), severity="error", timeout=10, markup=False)

    @property
    def _table(self) -> JobsTable:
        return self.query_one(JobsTable)

    @property
    def _runs(self) -> Running:
        return Running(self, self._served, self._complain)

    @property
    def _items(self) -> list[Item]:
        return [describe.item_of(key) for key in self._table.picked]

    @property
    def _model(self) -> str | None:
        """The latest checkpoint of the bake under the cursor, or the one that is being downloaded."""
        match self._table.current:
            case JobRow(status=JobStatus(key=JobKey(phase=Phase.BAKE), models=(latest, *_))):
                return latest
            case DownloadRow(transfer=transfer):
                return transfer.key.model
            case _:
                return None


def _furthest(keys: tuple[JobKey, ...]) -> tuple[JobKey, ...]:
    """The jobs, without those that running another of them brings along."""
    targets = {(key.repo, key.name) for key in keys if key.phase is Phase.ROLLOUT}
    return tuple(key for key in keys if key.phase is not Phase.STIM or (key.repo, key.name) not in targets)
