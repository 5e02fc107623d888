"""The three panes of the workspace: tree, detail, jobs. They show the kitchen, and ask it for what is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from breadtui.actions import PANE, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import CatalogChanged, DownloadForgotten, JobChanged, PipelineChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.screens import describe, orders, standing
from breadtui.screens.detail import detail, look_at
from breadtui.widgets.jobs.row import JobRow, Vitals
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.page import Page
from breadtui.widgets.tree.repo_tree import Item, Kind, Note, RepoTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from breadtui.bakery.catalog import Shelf
    from breadtui.bakery.changes import Change
    from breadtui.bakery.downloads.transfer import DownloadKey
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.known import Known

NO_JOBS = "No job has run yet. Select a target or a bake and press r."
PANES = ("tree", "detail", "jobs")
GATHERED = 0.02
"""Seconds in which changes are gathered before they are shown."""
STAYED = 0.08
"""Seconds the cursor must stay on a row before the server is asked about it, so that passing asks nothing."""


class Worktop(Vertical):
    """Lays out the panes; one at a time where the terminal is narrow."""

    BINDINGS = bindings(PANE)

    raw: reactive[bool] = reactive(False)
    """Whether prompts are shown as they are sent, not as they read."""

    class Selected(Message):
        """The cursor came to another row, or what is known of its row changed."""

    class Refused(Message):
        """The server could not tell what was asked of it."""

        def __init__(self, error: BreadError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__(classes="-on-tree")
        self._kitchen: Kitchen | None = None
        self._wanted: Item | None = None  # to be revealed as soon as the tree has it
        self._told = ""
        self._unfold: str | None = None  # the repository to unfold as soon as its contents are there
        self._leading = "tree"  # the list that was in focus last: it says what the detail is about
        self._shown: dict[str, Shelf] = {}
        self._read: Item | None = None  # what the detail is about
        self._news: list[Change] = []
        self._gathering: Timer | None = None

    def compose(self) -> ComposeResult:
        """Tree and detail side by side, jobs below."""
        with Horizontal(id="upper"):
            tree = RepoTree(self._note, self._ranks, id="tree", classes="scrolls")
            tree.border_title = "Repositories"
            yield tree
            yield Page(id="detail", classes="scrolls")
        jobs = JobsTable(self._vitals, id="jobs", classes="scrolls")
        jobs.border_title = "Jobs"
        yield jobs

    def on_mount(self) -> None:
        """The tree is where one begins."""
        self.query_one(RepoTree).focus()

    @property
    def current(self) -> Item | None:
        """The row of the tree under the cursor."""
        return self.query_one(RepoTree).current

    @property
    def subject(self) -> Item | None:
        """What the detail is about and keys act upon: the row of the tree, or of the jobs where those lead."""
        jobs = self.query_one(JobsTable)
        if self._leading != "jobs" or not jobs.lines:
            return self.current
        if job := jobs.current:
            return describe.item_of(job.key)
        return Item(Kind.REPO, jobs.repo) if jobs.repo else None

    @property
    def phase(self) -> Phase | None:
        """The phase of the job that leads; None where the tree does."""
        job = self.query_one(JobsTable).current
        return job.key.phase if isinstance(job, JobRow) and self._leading == "jobs" else None

    @property
    def chosen(self) -> tuple[Item, ...]:
        """What an action on several acts upon: what is marked, else the subject."""
        return self.marked or ((self.subject,) if self.subject else ())

    @property
    def marked(self) -> tuple[Item, ...]:
        """What is marked, in the list that leads."""
        if self._leading == "tree":
            return self.query_one(RepoTree).marked
        return tuple(dict.fromkeys(map(describe.item_of, self.query_one(JobsTable).marked)))

    @property
    def jobs(self) -> tuple[JobKey, ...]:
        """The jobs that an action on jobs acts upon: those of what is chosen, in the list of jobs those alone."""
        return self.query_one(JobsTable).chosen if self._leading == "jobs" else orders.jobs_of(self.chosen)

    @property
    def downloads(self) -> tuple[DownloadKey, ...]:
        """The downloads that are chosen in the list of jobs, where that leads."""
        return self.query_one(JobsTable).downloads if self._leading == "jobs" else ()

    # -- showing --

    def serve(self, kitchen: Kitchen) -> None:
        """Show this kitchen from now on."""
        self._kitchen = kitchen
        self._shown.clear()
        if kitchen.catalog.repos is not None:
            self._show_repos()

    def show_known(self, known: Known) -> None:
        """Show the names of last time, until the server tells today's."""
        tree = self.query_one(RepoTree)
        tree.show_repos(known.repos)
        tree.show_shelf(known.repos[0], known.prompts, known.targets, known.bakes, lambda _: ())
        tree.expand_repo(known.repos[0])

    def tell(self, text: str) -> None:
        """Say something where the detail stands; in the tree, while that hides the detail and is empty."""
        self._told = text
        self.query_one(Page).show(Content(text))
        self.query_one(RepoTree).emptiness = "" if self.query_one(Page).display else text

    def on_resize(self) -> None:
        """Another pane may be hidden now."""
        self.call_after_refresh(self._tell_again)

    def _tell_again(self) -> None:
        self.query_one(RepoTree).emptiness = "" if self.query_one(Page).display else self._told

    def notice(self, change: Change) -> None:
        """Something is new. What comes together is shown together: a large repository tells hundreds of things."""
        self._news.append(change)
        if self._gathering is None:
            self._gathering = self.set_timer(GATHERED, self._show_news)

    def show_jobs(self) -> None:
        """The table of jobs, anew."""
        if self._kitchen:
            jobs = self.query_one(JobsTable)
            jobs.emptiness = NO_JOBS if self._kitchen.catalog.repos else ""
            jobs.show(describe.job_rows(self._kitchen))

    def show_detail(self) -> None:
        """What is known of the subject."""
        if self._kitchen is None:
            return
        if self.subject:
            self._read = self.subject
            self._lay_out(self._kitchen, self.subject)
        elif self._kitchen.catalog.repos == ():
            self.tell("This server holds no repository yet.\n\nPress n to make the first one.")

    def _lay_out(self, kitchen: Kitchen, item: Item) -> None:
        page = self.query_one(Page)
        page.head(Content(item.label + (" · as it is sent" if self.raw and item.kind is Kind.PROMPT else "")))
        page.show(detail(kitchen, item, max(page.room, 20), raw=self.raw), item)

    def unfold(self, repo: str) -> None:
        """Unfold a repository, as soon as its contents are known."""
        if not self.query_one(RepoTree).expand_repo(repo):
            self._unfold = repo

    def go_to(self, item: Item) -> None:
        """Put the cursor on `item`, as soon as it is known."""
        if not self.query_one(RepoTree).reveal(item):
            self._wanted = item
            self._open(item.repo)
        self.turn_to("tree")

    def _show_news(self) -> None:
        news, self._news, self._gathering = self._news, [], None
        catalogs = [change.repo for change in news if isinstance(change, CatalogChanged)]
        statuses = list({c.status.key: c.status for c in news if isinstance(c, JobChanged)}.values())
        if None in catalogs:
            self._show_repos()
        for repo in {repo for repo in catalogs if repo is not None}:
            self._show_shelf(repo)
        self._show_statuses(statuses)
        if any(isinstance(change, PipelineChanged | DownloadForgotten) for change in news):
            self._show_pipeline()
        elif catalogs:
            self.show_jobs()  # what was deleted has no job any more
        elif self._kitchen:
            self.query_one(JobsTable).put(describe.rows_told(self._kitchen, news))
        self.show_detail()
        self.post_message(self.Selected())

    def _show_repos(self) -> None:
        if self._kitchen:
            self.query_one(RepoTree).show_repos(repo.repo_name for repo in self._kitchen.catalog.repos or ())

    def _show_shelf(self, repo: str) -> None:
        """What a repository holds is new, or what is known of one thing in it: then its names are the same object."""
        kitchen = self._kitchen
        shelf = kitchen.catalog.shelf(repo) if kitchen else None
        if kitchen is None or shelf is None:
            return
        tree = self.query_one(RepoTree)
        if self._shown.get(repo) is not shelf:
            self._shown[repo] = shelf
            models = {bake: describe.models_of(kitchen, repo, bake) for bake in shelf.bakes}
            tree.show_shelf(repo, shelf.prompts, shelf.targets, shelf.bakes, models.__getitem__)
        else:
            tree.refresh_items([item for item in tree.in_view if item.repo == repo and item.kind is Kind.PROMPT])
        if self._unfold == repo:
            self._unfold = None
            tree.expand_repo(repo)
        if self._wanted and self._wanted.repo == repo and tree.reveal(self._wanted):
            self._wanted = None

    def _show_statuses(self, statuses: Sequence[JobStatus]) -> None:
        tree = self.query_one(RepoTree)
        for status in statuses:
            if status.key.phase is Phase.BAKE and status.state is State.COMPLETE:
                tree.show_checkpoints(status.key.repo, status.key.name, status.models)
        items = {describe.item_of(status.key): None for status in statuses}
        tree.refresh_items([*items, *{Item(Kind.REPO, item.repo): None for item in items}])

    def _show_pipeline(self) -> None:
        self.show_jobs()
        if self._kitchen:
            self.query_one(RepoTree).refresh_items([describe.item_of(key) for key in self._kitchen.pipeline.waiting])

    # -- panes --

    def turn_to(self, name: str) -> None:
        """Bring a pane forward and give it the focus."""
        for pane in PANES:
            self.set_class(pane == name, f"-on-{pane}")
        self.query_one(f"#{name}", Widget).focus()

    def action_next_pane(self) -> None:
        """Turn to the pane after the one in focus."""
        self.turn_to(PANES[(self._pane + 1) % len(PANES)])

    def action_previous_pane(self) -> None:
        """Turn to the pane before the one in focus."""
        self.turn_to(PANES[(self._pane - 1) % len(PANES)])

    def action_pane(self, name: str) -> None:
        """Turn to a pane by name."""
        self.turn_to(name)

    def action_zoom(self) -> None:
        """Give the whole screen to the pane in focus, or take it back."""
        self.toggle_class("-zoomed")

    def on_descendant_focus(self) -> None:
        """A click turns to a pane as well. The detail is about the list one comes from."""
        focused = next((name for name in PANES if self.query_one(f"#{name}", Widget).has_focus), None)
        for pane in PANES if focused else ():
            self.set_class(pane == focused, f"-on-{pane}")
        if focused in ("tree", "jobs") and focused != self._leading:
            self._leading = focused
            self._turned()
        self.post_message(self.Selected())

    @property
    def _pane(self) -> int:
        return next((i for i, name in enumerate(PANES) if self.has_class(f"-on-{name}")), 0)

    # -- looking --

    @on(RepoTree.Moved)
    @on(JobsTable.Moved)
    def _turned(self) -> None:
        self.show_detail()
        self._look_closer()
        self.post_message(self.Selected())

    @on(JobsTable.Viewed)
    def tell_view(self) -> None:
        """Tell the watcher which jobs can be seen, here and in the tree: they come first where not all can."""
        if self._kitchen:
            in_tree = orders.jobs_of(self.query_one(RepoTree).in_view)
            self._kitchen.watcher.in_view({*self.query_one(JobsTable).in_view, *in_tree})

    @on(RepoTree.Opened)
    def _opened(self, event: RepoTree.Opened) -> None:
        item = event.item
        if item.kind is Kind.REPO and self._kitchen and self._kitchen.catalog.shelf(item.repo) is None:
            self._open(item.repo)

    @on(RepoTree.Sifted)
    def _sifted(self) -> None:
        self.post_message(self.Selected())

    @on(RepoTree.Rested)
    def _rested(self, event: RepoTree.Rested) -> None:
        self.tell_view()
        self._look_at_all([item for item in event.items if item.kind is Kind.TARGET and not self._known(item)])

    @on(Page.Widened)
    def _widened(self) -> None:
        """Where a filter finds nothing, what was shown before stays, and has to fit as well."""
        if self._kitchen and self._read and not self.subject:
            self._lay_out(self._kitchen, self._read)
        self.show_detail()

    @on(JobsTable.Opened)
    def _job_opened(self, event: JobsTable.Opened) -> None:
        self.go_to(describe.item_of(event.key))
        self._read_on()

    @on(RepoTree.Chosen)
    def _read_on(self) -> None:
        """Where one pane is shown at a time, what was asked for is in the detail."""
        if not self.query_one(Page).display:
            self.turn_to("detail")

    def watch_raw(self) -> None:
        """The detail reads otherwise."""
        if self.is_mounted:
            self.show_detail()

    @work(group="open", exit_on_error=False)
    async def _open(self, repo: str) -> None:
        if self._kitchen:
            self.unfold(repo)
            try:
                await self._kitchen.open(repo)
            except BreadError as error:
                self.post_message(self.Refused(error))

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look_closer(self) -> None:
        await asyncio.sleep(STAYED)
        item = self.subject
        if item and self._kitchen:
            try:
                await look_at(self._kitchen, item)
            except BreadError as error:
                if item == self.subject:
                    self.tell(str(error))
                return
            self.show_detail()
            self.query_one(RepoTree).refresh_items([item])

    @work(group="look-all", exclusive=True, exit_on_error=False)
    async def _look_at_all(self, items: Iterable[Item]) -> None:
        """Ask about what is in view; what was in view before and was not asked about yet is dropped."""
        names: dict[str, list[str]] = {}
        for item in items:
            names.setdefault(item.repo, []).append(item.name)
        try:
            for repo, targets in names.items():
                if self._kitchen:
                    await self._kitchen.look_at_all(repo, targets)
        except BreadError as error:
            self.post_message(self.Refused(error))

    def _known(self, item: Item) -> bool:
        return bool(self._kitchen and self._kitchen.watcher.status(JobKey(item.repo, item.name, Phase.STIM)))

    def _vitals(self, key: JobKey) -> Vitals:
        return describe.vitals(self._kitchen, key) if self._kitchen else Vitals()

    def _note(self, item: Item) -> Note:
        return describe.note(self._kitchen, item) if self._kitchen else Note()

    def _ranks(self, items: Sequence[Item]) -> list[int]:
        return standing.ranks(self._kitchen, items) if self._kitchen else [0] * len(items)
