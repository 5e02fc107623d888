"""The history of a bgit directory: the family of models over all branches and tags, or the commits that changed it.

It is read from git's objects, in a thread; the server, where it can be asked, tells states and losses.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.history import HISTORY
from breadtui.api.errors import BreadError
from breadtui.api.models import RepoTree
from breadtui.bakery.changes import CatalogChanged, JobChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase
from breadtui.bgit.history import History, read_history
from breadtui.bgit.history.report import NOTHING_BAKED
from breadtui.bgit.problems import ProjectError
from breadtui.screens.history.commit_list import CommitList
from breadtui.screens.history.drawing import moment_detail, node_detail
from breadtui.screens.history.kin import Kin, kin_of
from breadtui.screens.history.subject import Subject, of_moment, of_node
from breadtui.screens.lineage import Chosen
from breadtui.screens.losses import Losses
from breadtui.screens.messages import KitchenChanged
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.lineage_list import LineageList
from breadtui.widgets.page import Page
from breadtui.widgets.top_bar import Place, TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

WIDE = 150
"""Columns from which on the detail stands beside the list, and not below it."""


class HistoryScreen(Screen[Chosen | None]):
    """The history of `directory`. Answers with what was chosen, or None."""

    CSS_PATH = sheet("history")
    HELP = "History"
    BINDINGS = bindings(HISTORY)
    AUTO_FOCUS = "LineageList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, kitchen: Kitchen, directory: Path) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._directory = directory
        self._history: History | None = None
        self._kin: Kin | None = None
        self._losses: Losses | None = None
        self._commits = False  # whether they are shown, or else the models
        self._asked = False  # whether the server was, and has answered or not
        self._problems: tuple[str, ...] = ("Reading what git has …",)

    def compose(self) -> ComposeResult:
        """Place, the two lists of which one is shown, detail, a word, and the keys."""
        bar = TopBar()
        bar.place = Place(f"History of {self._directory.name}", rehearsal=self._kitchen.client.rehearsal)
        yield bar
        with Container(id="history"):
            yield LineageList(id="history-models", classes="scrolls")
            yield CommitList(id="history-commits", classes="scrolls")
            yield Page(id="history-detail", classes="scrolls")
        yield Static("", id="history-word", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read git, then ask the server."""
        self.query_one("#history-models").border_title = "Models of all branches and tags"
        self.query_one("#history-commits").border_title = "Commits that changed what was baked"
        self.query_one("#history-commits").display = False
        self._draw()
        self._read()

    # -- what happens elsewhere --

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        repo = self._repo
        match event.change:
            case CatalogChanged(repo=changed) if repo and changed == repo:
                self._draw()
            case JobChanged(status=JobStatus(key=JobKey(repo=changed, phase=Phase.BAKE))) if changed == repo:
                self._draw()
            case _:
                pass

    @on(LineageList.Moved)
    @on(CommitList.Moved)
    def _moved(self) -> None:
        """Something else is under the cursor, or other bakes are in view."""
        self._show_detail()
        self.refresh_bindings()
        if self._losses and not self._commits:
            self._losses.moved(self.query_one(LineageList))

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        subject = self._subject
        match action:
            case "chat" | "bake" | "copy":
                return subject is not None and subject.model is not None
            case "show":
                return self._item is not None
            case "loss" | "recipe":
                tree = self._tree
                return bool(subject and tree and subject.bake in tree.bakes)
            case "turn":
                return self._history is not None
            case _:
                return True

    def action_chat(self) -> None:
        """Talk to the model under the cursor."""
        self._choose("chat")

    def action_bake(self) -> None:
        """Bake on top of the model under the cursor."""
        self._choose("bake")

    def action_show(self) -> None:
        """Go to it in the tree of repositories."""
        self._choose("show")

    def action_turn(self) -> None:
        """From the models to the commits, or back; the cursor goes to the same model there."""
        found = self._subject
        self._commits = not self._commits
        models, commits = self.query_one(LineageList), self.query_one(CommitList)
        models.display, commits.display = not self._commits, self._commits
        if found and found.model and self._commits:
            commits.reveal(found.model)
        elif found:
            models.reveal(found.bake or "", found.name)
        (commits if self._commits else models).focus()
        self._moved()

    def action_loss(self) -> None:
        """Show the loss of the bake under the cursor."""
        from breadtui.screens.loss import LossScreen

        if (subject := self._subject) and subject.bake:
            self.app.push_screen(LossScreen(self._kitchen, [(self._repo, subject.bake)]))

    def action_recipe(self) -> None:
        """Show how the bake under the cursor was made; what is chosen there is gone to."""
        from breadtui.screens.recipe.screen import RecipeScreen

        if (subject := self._subject) and subject.bake:
            self.app.push_screen(RecipeScreen(self._kitchen, self._repo, subject.bake), self._seen_recipe)

    def action_copy(self) -> None:
        """Copy the model's whole name to the terminal's clipboard."""
        if (subject := self._subject) and subject.model:
            self.app.copy_to_clipboard(subject.model)
            self.notify(f"Copied {subject.model}", markup=False)

    def action_next_pane(self) -> None:
        """To the other pane."""
        self.screen.focus_next()

    def action_refresh(self) -> None:
        """Read git again, and ask the server."""
        self._read(again=True)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    # -- what is known --

    @property
    def _repo(self) -> str:
        return self._history.repo if self._history else ""

    @property
    def _tree(self) -> RepoTree | None:
        """The server's own tree, where it was told."""
        shelf = self._kitchen.catalog.shelf(self._repo) if self._repo else None
        return shelf.tree if shelf else None

    @property
    def _stands(self) -> bool:
        """Whether there is something to draw on: not before it is composed, nor after it was left."""
        return self.is_attached and bool(self.query(Page))

    @property
    def _subject(self) -> Subject | None:
        if not self._stands or self._kin is None:
            return None
        if self._commits:
            moment = self.query_one(CommitList).current
            return of_moment(moment, self._kin.base, self._kin.owners) if moment else None
        node = self.query_one(LineageList).current
        return of_node(node) if node else None

    @property
    def _item(self) -> Item | None:
        subject = self._subject
        return subject.item(self._repo, self._tree) if subject else None

    def _status(self, bake: str) -> JobStatus | None:
        return self._kitchen.watcher.status(JobKey(self._repo, bake, Phase.BAKE))

    # -- the work --

    @work(group="history", exclusive=True, exit_on_error=False)
    async def _read(self, *, again: bool = False) -> None:
        try:
            self._history = await asyncio.to_thread(read_history, self._directory)
        except ProjectError as error:
            self._problems = (f"{error} R reads again.",)
            self._draw()
            return
        self._problems = (self._history.problem,)
        first, self._losses = self._losses is None, self._losses or Losses(self, self._kitchen, self._repo)
        self._draw()
        if first:
            self._begin_here()
        await self._ask(again=again)

    async def _ask(self, *, again: bool) -> None:
        try:
            if again:
                await self._kitchen.reopen(self._repo)
            elif self._tree is None:
                await self._kitchen.open(self._repo)
        except BreadError as error:
            self._problems = (*self._problems, f"The server does not tell of {self._repo}: {error}")
        self._asked = True
        self._draw()

    def _begin_here(self) -> None:
        """The cursor begins on the model that the next bake would be on."""
        if self._stands and (kin := self._kin):
            self.query_one(LineageList).reveal(kin.bake_of(kin.here), kin.here)

    def _choose(self, what: Literal["chat", "bake", "show"]) -> None:
        if subject := self._subject:
            home = Item(Kind.REPO, self._repo) if self._tree else None
            self.dismiss(Chosen(what, subject.model, self._item or home))

    def _seen_recipe(self, item: Item | None) -> None:
        if item is not None:
            self.dismiss(Chosen("show", None, item))

    # -- showing --

    def _draw(self) -> None:
        if not self._stands:
            return
        if self._history:
            base = self._kitchen.catalog.base_model(self._repo)
            self._kin = kin = kin_of(self._history, self._tree, base, self._status)
            self.query_one(LineageList).show(kin.branches, kin.labels)
            self.query_one(CommitList).show(self._history.moments, kin.base, time.time())
            self.query_one(TopBar).place = Place(f"History of {self._repo}", rehearsal=self._kitchen.client.rehearsal)
        self._say()
        self._moved()

    def _say(self) -> None:
        nothing = NOTHING_BAKED if self._asked and self._kin and not self._kin.parents else ""
        said = "\n".join(words for words in (*self._problems, nothing) if words)
        word = self.query_one("#history-word", Static)
        word.display = bool(said)
        word.update(said)

    def _show_detail(self) -> None:
        page, kin = self.query_one(Page), self._kin
        if kin is None or self._history is None:
            return
        if self._commits:
            moment = self.query_one(CommitList).current
            page.show(moment_detail(moment, kin.base) if moment else Content(""), moment)
            return
        if (node := self.query_one(LineageList).current) is None:
            page.show(Content(""))
            return
        refs, parent = kin.refs.get(node.name, ()), kin.parents.get(node.name, "")
        known = self._tree is None or node.bake in self._tree.bakes
        page.show(node_detail(node, parent, refs, self._history, known=known), (node.origin, node.name))
