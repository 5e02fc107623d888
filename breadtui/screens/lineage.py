"""The family tree of a repository's models: what was baked on what, and what one may go on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.actions import LINEAGE, bindings
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import CatalogChanged, JobChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase
from breadtui.bakery.lineage import NOT_TOLD, Node, Origin, family, walk
from breadtui.screens.losses import Losses
from breadtui.screens.messages import KitchenChanged
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.lineage_list import LineageList
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be done: chat with `model`, bake on top of it, or show the row `item` of the tree."""

    what: Literal["chat", "bake", "show"]
    model: str | None
    item: Item | None


class Lineage(ModalScreen[Chosen | None]):
    """Answers with what was chosen, or None. `item` is where the cursor begins."""

    CSS_PATH = sheet("lineage")
    HELP = "Lineage"
    BINDINGS = bindings(LINEAGE)

    def __init__(self, kitchen: Kitchen, repo: str, item: Item | None = None) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._repo = repo
        self._item = item
        self._losses = Losses(self, kitchen, repo)

    def compose(self) -> ComposeResult:
        """The tree, a word where there is none, and the keys."""
        with Vertical(id="lineage") as box:
            box.border_title = Content(f"Lineage of {self._repo}")
            yield LineageList(id="lineage-list", classes="scrolls")
            yield Static("", id="lineage-word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and ask where nothing is."""
        self._draw()
        if self._item:
            self._list.reveal(self._item.bake or self._item.name, self._item.name if self._item.bake else "")
        if self._kitchen.catalog.shelf(self._repo) is None:
            self._open()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        match event.change:
            case CatalogChanged(repo=self._repo):
                self._draw()
            case JobChanged(status=JobStatus(key=JobKey(repo=self._repo, phase=Phase.BAKE))):
                self._draw()
            case _:
                pass

    @on(LineageList.Moved)
    def _moved(self) -> None:
        """Other keys may make sense, and other bakes are in view."""
        self.refresh_bindings()
        self._call_it()
        self._losses.moved(self._list)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only of a model can be made use."""
        match action:
            case "chat" | "bake":
                return self._model is not None
            case "show" | "copy":
                return self._list.current is not None if self.is_mounted else False
            case _:
                return True

    def action_chat(self) -> None:
        """Talk to the model under the cursor."""
        self.dismiss(Chosen("chat", self._model, self._row))

    def action_bake(self) -> None:
        """Bake on top of the model under the cursor."""
        self.dismiss(Chosen("bake", self._model, self._row))

    def action_show(self) -> None:
        """Go to it in the tree of repositories."""
        if self._row:
            self.dismiss(Chosen("show", self._model, self._row))

    def action_copy(self) -> None:
        """Copy the name under the cursor to the terminal's clipboard."""
        if node := self._list.current:
            self.app.copy_to_clipboard(node.name)
            self.notify(f"Copied {node.name}", markup=False)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @property
    def _list(self) -> LineageList:
        return self.query_one(LineageList)

    @property
    def _model(self) -> str | None:
        """The model that the node under the cursor is, or the latest that it made."""
        node = self._list.current if self.is_mounted else None
        if node is None or node.name == NOT_TOLD:
            return None
        if node.origin is not Origin.BAKE:
            return node.name
        return next((child.name for child in node.children if child.origin is Origin.CHECKPOINT), None)

    @property
    def _row(self) -> Item | None:
        """The row of the tree of repositories that the node under the cursor has there."""
        node = self._list.current
        match node:
            case Node(origin=Origin.BAKE, name=name):
                return Item(Kind.BAKE, self._repo, name)
            case Node(origin=Origin.CHECKPOINT, name=name, bake=bake):
                return Item(Kind.CHECKPOINT, self._repo, name, bake)
            case Node(origin=Origin.BASE):
                return Item(Kind.REPO, self._repo)
            case _:
                return None

    def _draw(self) -> None:
        shelf = self._kitchen.catalog.shelf(self._repo)
        if shelf is not None:
            roots = family(shelf.tree, self._kitchen.catalog.base_model(self._repo), self._status)
            self._list.show(tuple(walk(roots)))
        self._say("Asking the server …" if shelf is None else "" if shelf.tree.bakes else "Nothing was baked here yet.")
        self._moved()

    def _say(self, words: str) -> None:
        word = self.query_one("#lineage-word", Static)
        word.display = bool(words)
        word.update(words)

    def _call_it(self) -> None:
        """The whole name under the cursor, of which its row may show the end alone."""
        node = self._list.current
        self.query_one("#lineage").border_subtitle = Content(node.name) if node else None

    def _status(self, bake: str) -> JobStatus | None:
        return self._kitchen.watcher.status(JobKey(self._repo, bake, Phase.BAKE))

    @work(group="open", exit_on_error=False)
    async def _open(self) -> None:
        try:
            await self._kitchen.open(self._repo)
        except BreadError as error:
            self._say(str(error))
