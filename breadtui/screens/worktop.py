"""The three panes of the workspace: tree, detail, jobs. They show the kitchen, and ask it for what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, Tree

from breadtui.actions import PANE, READING, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.screens import describe
from breadtui.widgets.jobs_table import JobsTable
from breadtui.widgets.repo_tree import Item, Kind, Note, RepoTree

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.known import Known

NO_JOBS = "No job has run yet. Select a target or a bake and press r."
PANES = ("tree", "detail", "jobs")


class Detail(VerticalScroll, can_focus=True):
    """The pane that is read: it scrolls by the same keys as all else."""

    BINDINGS = bindings(READING)

    class Widened(Message):
        """There is another width to write for."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="detail-text", markup=False)

    def on_resize(self) -> None:
        """What it shows is laid out for its width."""
        self.post_message(self.Widened())


class Worktop(Vertical):
    """Lays out the panes; one at a time where the terminal is narrow."""

    BINDINGS = bindings(PANE)

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

    def compose(self) -> ComposeResult:
        """Tree and detail side by side, jobs below."""
        with Horizontal(id="upper"):
            tree = RepoTree(self._note, id="tree", classes="scrolls")
            tree.border_title = "Repositories"
            yield tree
            yield Detail(id="detail", classes="scrolls")
        jobs = JobsTable(id="jobs", classes="scrolls")
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
        """What keys act upon: the job under the cursor where the jobs have the focus, else the row of the tree."""
        jobs = self.query_one(JobsTable)
        if jobs.has_focus and jobs.current:
            return describe.item_of(jobs.current.status.key)
        return self.current

    # -- showing --

    def serve(self, kitchen: Kitchen) -> None:
        """Show this kitchen from now on."""
        self._kitchen = kitchen
        if kitchen.catalog.repos is not None:
            self.show_repos()

    def show_known(self, known: Known) -> None:
        """Show the names of last time, until the server tells today's."""
        tree = self.query_one(RepoTree)
        tree.show_repos(known.repos)
        tree.show_shelf(known.repos[0], known.prompts, known.targets, known.bakes, lambda _: ())
        tree.expand_repo(known.repos[0])

    def tell(self, text: str) -> None:
        """Say something where the detail stands; in the tree, while that hides the detail and is empty."""
        self._told = text
        self.query_one("#detail-text", Static).update(Content(text))
        self.query_one(RepoTree).emptiness = "" if self.query_one(Detail).display else text

    def on_resize(self) -> None:
        """Another pane may be hidden now."""
        self.call_after_refresh(self._tell_again)

    def _tell_again(self) -> None:
        self.query_one(RepoTree).emptiness = "" if self.query_one(Detail).display else self._told

    def show_catalog(self, repo: str | None) -> None:
        """The list of repositories is new, or what is known of one."""
        if repo is None:
            self.show_repos()
        else:
            self.show_shelf(repo)
            self.show_detail()

    def show_repos(self) -> None:
        """The list of repositories is new."""
        if self._kitchen:
            self.query_one(RepoTree).show_repos(repo.repo_name for repo in self._kitchen.catalog.repos or ())
            self.show_detail()

    def show_shelf(self, repo: str) -> None:
        """What a repository holds is new."""
        kitchen = self._kitchen
        shelf = kitchen.catalog.shelf(repo) if kitchen else None
        if kitchen is None or shelf is None:
            return
        tree = self.query_one(RepoTree)
        tree.show_shelf(
            repo,
            shelf.prompts,
            shelf.targets,
            shelf.bakes,
            lambda bake: describe.models_of(kitchen, repo, bake),
        )
        if self._unfold == repo:
            self._unfold = None
            tree.expand_repo(repo)
        if self._wanted and self._wanted.repo == repo and tree.reveal(self._wanted):
            self._wanted = None

    def show_job(self, status: JobStatus) -> None:
        """A job is not what it was."""
        key = status.key
        if key.phase is Phase.BAKE and status.state is State.COMPLETE:
            self.show_shelf(key.repo)  # its checkpoints are there now
        self.query_one(RepoTree).refresh_items([describe.item_of(key), Item(Kind.REPO, key.repo)])
        self.show_jobs()
        if (current := self.current) and current.repo == key.repo:
            self.show_detail()
            self.post_message(self.Selected())

    def show_jobs(self) -> None:
        """The table of jobs, anew."""
        if self._kitchen:
            jobs = self.query_one(JobsTable)
            jobs.emptiness = NO_JOBS if self._kitchen.catalog.repos else ""
            jobs.show(describe.job_rows(self._kitchen))

    def show_pipeline(self) -> None:
        """Steps wait that did not, or no more."""
        self.show_jobs()
        self.show_detail()
        if self._kitchen:
            self.query_one(RepoTree).refresh_items(describe.item_of(key) for key in self._kitchen.pipeline.waiting)

    def show_detail(self) -> None:
        """What is known of the row under the cursor."""
        if self._kitchen is None:
            return
        pane, item = self.query_one(Detail), self.current
        if item is None:
            if self._kitchen.catalog.repos == ():
                self.tell("This server holds no repository yet.\n\nPress n to make the first one.")
            return
        pane.border_title = Content(item.label)  # a string would be read as markup
        width = max(pane.content_size.width - 2, 20)
        self.query_one("#detail-text", Static).update(describe.detail(self._kitchen, item, width))

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
        """A click turns to a pane as well."""
        focused = next((name for name in PANES if self.query_one(f"#{name}", Widget).has_focus), None)
        for pane in PANES if focused else ():
            self.set_class(pane == focused, f"-on-{pane}")
        self.post_message(self.Selected())

    @property
    def _pane(self) -> int:
        return next((i for i, name in enumerate(PANES) if self.has_class(f"-on-{name}")), 0)

    # -- looking --

    @on(Tree.NodeHighlighted, "#tree")
    def _highlighted(self) -> None:
        self.show_detail()
        self._look_closer()
        self.post_message(self.Selected())

    @on(Tree.NodeExpanded, "#tree")
    def _expanded(self, event: Tree.NodeExpanded[Item]) -> None:
        item = event.node.data
        if item and item.kind is Kind.REPO and self._kitchen and self._kitchen.catalog.shelf(item.repo) is None:
            self._open(item.repo)

    @on(RepoTree.Rested)
    def _rested(self, event: RepoTree.Rested) -> None:
        unknown = [item for item in event.items if item.kind is Kind.TARGET and not self._known(item)]
        if unknown:
            self._look_at_all(unknown)

    @on(Detail.Widened)
    def _widened(self) -> None:
        self.show_detail()

    @on(JobsTable.Opened)
    def _job_opened(self, event: JobsTable.Opened) -> None:
        self.go_to(describe.item_of(event.key))
        self._read_on()

    @on(JobsTable.Moved)
    def _job_moved(self) -> None:
        self.post_message(self.Selected())

    @on(Tree.NodeSelected, "#tree")
    def _selected(self, event: Tree.NodeSelected[Item]) -> None:
        if not event.node.allow_expand:
            self._read_on()

    def _read_on(self) -> None:
        """Where one pane is shown at a time, what was asked for is in the detail."""
        if not self.query_one(Detail).display:
            self.turn_to("detail")

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
        item = self.current
        if item and self._kitchen:
            try:
                await describe.look_at(self._kitchen, item)
            except BreadError as error:
                if item == self.current:
                    self.tell(str(error))
                return
            self.show_detail()
            self.query_one(RepoTree).refresh_items([item])

    @work(group="look-all", exclusive=True, exit_on_error=False)
    async def _look_at_all(self, items: list[Item]) -> None:
        try:
            for item in items:
                if self._kitchen and not self._known(item):
                    await self._kitchen.look_at_target(item.repo, item.name)
        except BreadError as error:
            self.post_message(self.Refused(error))

    def _known(self, item: Item) -> bool:
        return bool(self._kitchen and self._kitchen.watcher.status(JobKey(item.repo, item.name, Phase.STIM)))

    def _note(self, item: Item) -> Note:
        return describe.note(self._kitchen, item) if self._kitchen else Note()
