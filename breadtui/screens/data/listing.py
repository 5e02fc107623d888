"""The rows and what is said of the one under the cursor: which pages are asked for, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.timer import Timer

from breadtui.api.errors import BreadError
from breadtui.bakery.changes import JobChanged, LinkChanged
from breadtui.bakery.data.grouped import group_around, responses_to
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.pages import PAGE
from breadtui.bakery.data.remote import Remote
from breadtui.bakery.data.rows import Row, read
from breadtui.bakery.data.source import REFUSALS, Source, What
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.screens.data.tab import Tab
from breadtui.screens.linked import Linked
from breadtui.screens.messages import KitchenChanged
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.rows.row_detail import row_detail
from breadtui.widgets.rows.row_list import RowList
from breadtui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

STAYED = 0.1
"""Seconds the cursor must stay on a row before those of the same stimulus are looked for."""
FILE_EVERY = 2.0
"""Seconds between two looks whether a file has grown."""
SOONEST, LATEST = 2.0, 30.0
"""Seconds until rows that did not come are asked for again, the first time and after many."""
PHASES = {What.STIMULI: Phase.STIM, What.RESPONSES: Phase.ROLLOUT}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen is opened on. `title` names it; `at` is the source that is shown first.

    `repo` and `targets` say whose data it is, where it is a server's.
    """

    title: str
    sources: Sequence[Source]
    at: int = 0
    repo: str = ""
    targets: tuple[str, ...] = ()


class Listing(Linked):
    """A list for each source, one at a time, and the row under the cursor beside or below it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(
        self,
        shown: Shown,
        kitchen: Kitchen | None = None,
        server: str = "",
        *,
        rehearsal: bool = False,
        problem: str | None = None,
    ) -> None:
        super().__init__(server, rehearsal=rehearsal, problem=problem)
        self._kitchen = kitchen
        self._shown = shown
        self._tabs = [Tab(source, self._arrived, self._refused) for source in shown.sources]
        self._tab = self._tabs[shown.at]
        self._trajectories: int | None = None
        self._group: tuple[Tab, int, Sequence[Row]] | None = None
        self._unfolded = False
        self._doing = ""
        """How far what is under way is."""
        self._staying: Timer | None = None
        self._retrying: Timer | None = None
        self._wait = SOONEST
        self._learnt = False

    def compose(self) -> ComposeResult:
        """The line at the top, the list, the row, the teacher prompt, and the keys."""
        yield TopBar()
        with Container(id="data-panes"):
            yield RowList(self._tab.line, self._tab.marks, id="data-list", classes="scrolls")
            with Horizontal(id="data-reading"):
                yield Page(id="data-detail", classes="scrolls")
                yield Page(id="data-prompt", classes="scrolls")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the first page, and for nothing else before it is there."""
        self._list.focus()
        self.link(self._problem)
        self._know_target()
        self._turn_to(self._tab)
        if self._tab.begun:
            self._arrived(self._tab, range(PAGE))  # it was quicker
        elif self._tab.pages.problem:
            self._refused(self._tab, self._tab.pages.problem)
        if isinstance(self._tab.source, Local):
            self.set_interval(FILE_EVERY, self._look_at_file)

    def ask_first(self) -> None:
        """Ask for the first page while the screen is being put up."""
        self._tab.pages.want(())

    def on_unmount(self) -> None:
        """Ask for nothing more."""
        for tab in self._tabs:
            tab.pages.close()

    def on_screen_resume(self) -> None:
        """These jobs are in view now."""
        if self._kitchen:
            self._kitchen.watcher.in_view(self._keys)

    # -- what the app and the list tell --

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        match event.change:
            case JobChanged(status=status, before=before):
                for tab in self._tabs:
                    if isinstance(tab.source, Remote) and _key(tab.source) == status.key:
                        tab.source.learn(status, before)
                        self._recount(tab)
            case LinkChanged() as change:
                self.link_changed(change)
                if change.problem is None:
                    self._retry()
            case _:
                pass
        self.show_place()

    @on(RowList.Viewed)
    def _viewed(self) -> None:
        self._tab.pages.want(self._list.in_view)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._tab.cursor = self._list.current
        self.show_detail()
        if self._staying:
            self._staying.stop()
        self._staying = self.set_timer(STAYED, self._look_around)

    @on(Page.Widened)
    def _widened(self) -> None:
        self.show_detail()

    # -- showing --

    def title_now(self) -> str:
        """Whose data it is."""
        return self._shown.title

    def show_rows(self) -> None:
        """The list and the lines around it, as things stand."""
        self._list.show(self._tab.shown, self._tab.cursor)
        self.tell()

    def tell(self) -> None:
        """What stands above and below the list."""
        titles = (Content.styled(tab.title, "bold $primary" if tab is self._tab else "$muted") for tab in self._tabs)
        self._list.head(Content.styled(" │ ", "$border").join(list(titles)))
        self._list.tell(" · ".join(part for part in self.told() if part))

    def told(self) -> Sequence[str]:
        """What stands below the list."""
        return (self._doing, f"{len(self._tab.marks):,} marked" if self._tab.marks else "")

    def show_detail(self) -> None:
        """What is said of the row under the cursor."""
        page, number = self._page, self._list.current
        row = None if number is None else self._tab.pages.row(number)
        if number is None:
            page.head(Content(""))
            page.show(Content(""))
            return
        page.head(Content(f"row {number + 1:,}"))
        if row is None:
            page.show(Content.styled("…", "$muted"))
            return
        reading, group = read(row), self._group
        around = group[2] if group and group[:2] == (self._tab, number) else ()
        signs = self._tab.signs(row, reading)
        said = row_detail(row, reading, signs, max(page.room, 20), group=around, unfolded=self._unfolded)
        page.show(said, (self._tab.source.name, number))

    def turned(self) -> None:
        """Another list is shown."""

    def _turn_to(self, tab: Tab) -> None:
        self._tab = tab
        self._list.lend, self._list.marked = tab.line, tab.marks
        self._list.keep_words(tab.words)
        tab.cursor = tab.cursor or 0
        tab.pages.want(())
        self.show_rows()
        self._list.tell_why_empty(f"There are no {tab.source.what} yet." if tab.begun else "…")
        self._list.redraw()
        self._moved()
        self.turned()

    # -- what comes --

    def _arrived(self, tab: Tab, numbers: range) -> None:
        if not self.is_mounted:
            return
        if self._wait != SOONEST or self._warned:
            self._wait = SOONEST
            self.learn_of(None)
            self.call_later(self.show_banner, "")
        if tab is self._tab:
            self._list.tell_why_empty(f"There are no {tab.source.what} yet.")
            self.show_rows()
            self._list.redraw(numbers)
            if self._list.current is None or self._list.current in numbers:
                self._moved()
            self._viewed_again()
        if not self._learnt:
            self._learnt = True
            self._learn_more()

    def _viewed_again(self) -> None:
        """Ask for what is in view and did not come yet, as after an interruption."""
        if any(self._tab.pages.row(number) is None for number in self._list.in_view):
            self._viewed()

    def _refused(self, tab: Tab, error: Exception) -> None:
        if not self.is_mounted:
            return
        if isinstance(error, BreadError) and self._kitchen:
            self.learn_of(error)
        if tab is self._tab and not tab.source.known:
            self._list.tell_why_empty("")
            self._page.show(Content(f"{error}\n\nIt is asked again by itself; R asks at once."))
        else:
            self.call_later(self.show_banner, f"{error} What is loaded stays.")
        if self._retrying:
            self._retrying.stop()
        self._retrying = self.set_timer(self._wait, self._retry)
        self._wait = min(self._wait * 2, LATEST)

    def _retry(self) -> None:
        if self._retrying:
            self._retrying.stop()
            self._retrying = None
        for tab in self._tabs:
            if tab.pages.problem is not None:
                tab.pages.retry()

    def _recount(self, tab: Tab) -> None:
        """There may be more rows of a list, or others."""
        anew = tab.grown()
        if tab is not self._tab:
            self.tell()
            return
        self.show_rows()
        if anew:
            self._group = None
            self._list.redraw()
            self.show_detail()
        self._viewed_again()

    # -- looking further --

    @work(group="learn", exit_on_error=False)
    async def _learn_more(self) -> None:
        """What the first page did not need: how the target is set, how the jobs stand; or how long the file is."""
        if isinstance(source := self._tab.source, Local):
            with suppress(*REFUSALS):
                await source.index(self._indexed)
        elif self._kitchen:
            repo, kitchen = self._shown.repo, self._kitchen
            for target in self._shown.targets:
                keys = [JobKey(repo, target, phase) for phase in PHASES.values()]
                if kitchen.catalog.known_target(repo, target) is None or None in map(kitchen.watcher.status, keys):
                    with suppress(BreadError):
                        await kitchen.look_at_target(repo, target)
            self._know_target()
            self.on_screen_resume()

    def _know_target(self) -> None:
        """What is known of the target that tells more of its rows."""
        if self._kitchen is None or len(self._shown.targets) != 1:
            return
        target = self._kitchen.catalog.known_target(self._shown.repo, self._shown.targets[0])
        if target is None:
            return
        self._trajectories = target.config.num_traj_per_stimulus
        for tab in self._tabs:
            if tab.source.what is What.RESPONSES:
                tab.learn(target.config.max_tokens)

    def _indexed(self) -> None:
        source = self._tab.source
        if not self.is_mounted or not isinstance(source, Local):
            return
        self._doing = "" if source.whole else f"counting, {source.indexed:.0%}".replace("%", " %")
        self._tab.count_anew()
        self.show_rows()
        self._viewed_again()

    @work(group="file", exclusive=True, exit_on_error=False)
    async def _look_at_file(self) -> None:
        source = self._tab.source
        if isinstance(source, Local) and source.whole:
            try:
                changed = await source.refresh()
            except REFUSALS as error:
                self.call_later(self.show_banner, f"{error} What is loaded stays.")
                return
            if changed:
                self._recount(self._tab)

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look_around(self) -> None:
        """The rows of the same stimulus, where it can be seen what they are."""
        tab, number = self._tab, self._list.current
        row = None if number is None else tab.pages.row(number)
        if number is None or row is None or row.why:
            return
        reading = read(row)
        group: Sequence[Row] = ()
        with suppress(*REFUSALS):
            if reading.response is not None:
                group = await group_around(tab.pages, number)
            elif others := next((other for other in self._tabs if other.source.what is What.RESPONSES), None):
                group = await responses_to(reading, number, others.pages, tab.source.known, self._trajectories)
                self.tell()
        if (tab, number) == (self._tab, self._list.current):
            self._group = tab, number, group
            self.show_detail()

    @property
    def _list(self) -> RowList:
        return self.query_one("#data-list", RowList)

    @property
    def _page(self) -> Page:
        return self.query_one("#data-detail", Page)

    @property
    def _keys(self) -> list[JobKey]:
        return [_key(tab.source) for tab in self._tabs if isinstance(tab.source, Remote)]


def _key(source: Remote) -> JobKey:
    return JobKey(source.repo, source.target, PHASES[source.what])
