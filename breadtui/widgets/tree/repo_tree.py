"""The tree of repositories: prompts, targets, bakes and checkpoints by name, folded, filtered, sorted and marked.

It shows names it is given and notes it is lent; it asks nobody for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from textual.binding import Binding
from textual.message import Message

from breadtui.actions import TREE, bindings
from breadtui.widgets.filtered import Filtered
from breadtui.widgets.tree.items import FOLDERS, MARKABLE, Item, Kind, Note
from breadtui.widgets.tree.order import Order
from breadtui.widgets.tree.query import Query
from breadtui.widgets.tree.rows import Outline, Row
from breadtui.widgets.tree.view import TreeView

__all__ = ["Item", "Kind", "Note", "RepoTree"]

SHORT = 30
"""Names in a folder that is unfolded along with its repository, at most."""


class RepoTree(TreeView, Filtered):
    """`note` lends the sign and words of a row when it is drawn; `ranks` tells, of a folder's
    items, how much the state of each asks for attention: 0 the most."""

    HELP = "Tree of repositories"
    BINDINGS = [*bindings(TREE), Binding("enter", "select", "Open", show=False)]

    class Opened(Message):
        """A repository or a folder was opened."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    class Chosen(Message):
        """What has nothing below it was chosen: there is more to read of it than its row."""

    class Sifted(Message):
        """There are other marks than before, another filter, or another order."""

    def __init__(
        self,
        note: Callable[[Item], Note],
        ranks: Callable[[Sequence[Item]], Sequence[int]] = lambda items: [0] * len(items),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(note, id=id, classes=classes)
        self._outline = Outline(ranks)
        self._marks: dict[Item, None] = {}
        self._query = Query()
        self._unfolded: set[str] = set()  # repositories that were opened once

    @property
    def order(self) -> Order:
        """How folders are sorted."""
        return self._outline.order

    @property
    def marked(self) -> tuple[Item, ...]:
        """What is marked, in the order of the marking."""
        return tuple(self._marks)

    @property
    def signed(self) -> Container[Item]:
        """The same, to be looked up row by row."""
        return self._marks

    # -- names --

    def show_repos(self, names: Iterable[str]) -> None:
        """Make the repositories `names` the top of the tree; those that stay keep their folding."""
        if self._outline.put(None, tuple(Item(Kind.REPO, name) for name in names)):
            self._renew()

    def show_shelf(
        self,
        repo: str,
        prompts: Sequence[str],
        targets: Sequence[str],
        bakes: Sequence[str],
        checkpoints: Callable[[str], tuple[str, ...]],
    ) -> None:
        """Make these the contents of `repo`; `checkpoints` gives the models of a bake, the latest first."""
        folders = tuple(Item(kind, repo) for kind in FOLDERS)
        changed = [self._outline.put(Item(Kind.REPO, repo), folders)]
        for folder, names in zip(folders, (prompts, targets, bakes), strict=True):
            below = tuple(Item(FOLDERS[folder.kind], repo, name) for name in names)
            changed.append(self._outline.put(folder, below))
        changed += [self._put_checkpoints(repo, bake, checkpoints(bake)) for bake in bakes]
        if any(changed):
            self._renew()

    def show_checkpoints(self, repo: str, bake: str, models: tuple[str, ...]) -> None:
        """Make `models` the checkpoints of a bake, the latest first."""
        if self._put_checkpoints(repo, bake, models):
            self._renew()

    def refresh_items(self, items: Sequence[Item]) -> None:
        """Draw rows again whose notes changed; where that is the order, they may stand elsewhere now."""
        if self.order is Order.STATE and any(item in self._line for item in items):
            self._outline.rearrange()
            self._rebuild()
        super().refresh_items(items)

    # -- folding --

    def reveal(self, item: Item) -> bool:
        """Open the folders above `item` and put the cursor on it, without a filter; False if it is not there."""
        above = item.above
        if item not in self._outline.below(above[-1] if above else None):
            return False
        self._query = Query()
        for folder in above:
            self._open(folder)
        self._rebuild(item)
        self.tell()
        return True

    def expand_repo(self, repo: str) -> bool:
        """Open a repository and its folders, those that are not long; False if its contents are not there yet."""
        item = Item(Kind.REPO, repo)
        if not self._outline.knows(item):
            return False
        self._open(item)
        self._rebuild()
        return True

    def action_open_node(self) -> None:
        """Unfold the row under the cursor."""
        if (row := self._row) and row.folds and not row.opened:
            self.action_select()

    def action_close_node(self) -> None:
        """Fold the row under the cursor, or go to the one above."""
        if (row := self._row) and row.opened:
            self._toggle(row)
        elif row and row.item.above:
            self.move_to(self._line[row.item.above[-1]])

    def action_select(self) -> None:
        """Fold or unfold; in what a filter shows, go on to what was found; of a leaf, read on."""
        row = self._row
        if row is None:
            return
        if self._query and not row.opened:
            self.reveal(row.item)
        if not row.folds:
            self.post_message(self.Chosen())
        elif row.opened or row.item not in self._outline.opened:
            self._toggle(row)

    @property
    def _row(self) -> Row | None:
        return self._rows[self._cursor] if self._rows else None

    def _toggle(self, row: Row) -> None:
        """`row` may be of what a filter showed a moment ago."""
        if self._query:
            self._query.shut ^= {row.item}
        elif row.opened:
            self._outline.opened.discard(row.item)
        else:
            self._open(row.item)
            self.post_message(self.Opened(row.item))
        self._rebuild()

    def _open(self, item: Item) -> None:
        """Open a row; the first time, what is not long in a repository is opened with it."""
        self._outline.opened.add(item)
        if item.kind is Kind.REPO and self._outline.knows(item) and item.repo not in self._unfolded:
            self._unfolded.add(item.repo)
            short = (folder for folder in self._outline.below(item) if len(self._outline.below(folder)) <= SHORT)
            self._outline.opened.update(short)

    # -- filter --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be something to clear, and something that can be marked."""
        match action:
            case "clear":
                return bool(self._query or self._marks)
            case "mark":
                return bool(self.current and self.current.kind in MARKABLE)
            case _:
                return True

    def action_filter(self) -> None:
        """Take what is typed from now on for a filter; one that is there is typed on."""
        if not self._query:
            self._query = Query(cursor=self.current, scrolled=self.scroll_y)
        self._query.typing = True
        self.tell()

    def action_clear(self) -> None:
        """Take the filter away, and be where one was; without a filter, take the marks away."""
        if self._query:
            self.end_filter()
        else:
            self.unmark(self.marked)

    @property
    def typed(self) -> Query:
        """The filter."""
        return self._query

    def sift(self) -> None:
        """Show what is found, with the cursor on what fits best."""
        query = self._query
        query.shut.clear()
        query.find(self._outline.everything())
        self._rebuild(query.found.best if query.found else query.cursor)
        self.tell()

    def end_filter(self) -> None:
        """Take the filter away, and be where one was."""
        query, self._query = self._query, Query()
        self._rebuild(query.cursor)
        self.scroll_to(y=query.scrolled, animate=False, immediate=True)
        self.keep_in_view()
        self.tell()

    # -- order and marks --

    def action_sort(self) -> None:
        """The next order."""
        self._outline.order = self._outline.order.following
        self._outline.rearrange()
        self._rebuild()
        self.tell()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or no more; and on to the next."""
        if (item := self.current) is None:
            return
        if item in self._marks:
            del self._marks[item]
        else:
            self._marks[item] = None
        super().refresh_items([item])
        self.move_to(self._cursor + 1)
        self.tell()

    def unmark(self, items: Iterable[Item]) -> None:
        """Take marks away."""
        for item in (gone := tuple(items)):
            self._marks.pop(item, None)
        super().refresh_items(gone)
        self.tell()

    # -- keeping up --

    def _put_checkpoints(self, repo: str, bake: str, models: tuple[str, ...]) -> bool:
        item = Item(Kind.BAKE, repo, bake)
        return self._outline.put(item, tuple(Item(Kind.CHECKPOINT, repo, model, bake=bake) for model in models))

    def _renew(self) -> None:
        """There are other names than before."""
        self._query.forget()
        self._query.find(self._outline.everything())
        if self._marks:
            there = set(self._outline.everything())
            self._marks = {item: None for item in self._marks if item in there}
        self._rebuild()
        self.tell()

    def _rebuild(self, cursor: Item | None = None) -> None:
        query = self._query
        self.show_rows(
            self._outline.rows_of(query.found.hits, query.shut) if query.found else self._outline.rows(), cursor
        )

    def tell(self) -> None:
        """Below the tree: filter, marks, order. In it, where a filter finds nothing, how to go on."""
        count = f"{len(self._marks):,} marked" if self._marks else ""
        if self.say_below(self._query.told, count, str(self.order)):
            self.post_message(self.Sifted())

    def _empty_line(self, y: int) -> str:
        if not self._query:
            return super()._empty_line(y)
        return ("Nothing known here is called that.", "", "esc takes the filter away.", "")[min(y, 3)]
