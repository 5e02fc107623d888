"""What stands below what in the tree, what is open, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from breadtui.widgets.tree.items import FOLDERS, Item, Kind
from breadtui.widgets.tree.order import Order, Ranks, arranged


class Row(NamedTuple):
    """A line of the tree. `folds`: something stands below it, or may; `hits`: the letters that were looked for."""

    item: Item
    depth: int
    folds: bool
    opened: bool
    hits: tuple[int, ...] = ()


class Outline:
    """Repositories, their folders and what is in them; `ranks` tells how they stand by state."""

    def __init__(self, ranks: Ranks) -> None:
        self.opened: set[Item] = set()
        self.order = Order.LISTED
        self._ranks = ranks
        self._below: dict[Item | None, tuple[Item, ...]] = {None: ()}
        self._arranged: dict[Item | None, Sequence[Item]] = {}

    def below(self, item: Item | None) -> tuple[Item, ...]:
        """What stands below a row, as listed; the repositories below None."""
        return self._below.get(item, ())

    def knows(self, item: Item) -> bool:
        """Whether what stands below a row is known."""
        return item in self._below

    def put(self, item: Item | None, below: tuple[Item, ...]) -> bool:
        """Let `below` stand below a row from now on; False if it did."""
        if self._below.get(item) == below:
            return False
        self._below[item] = below
        self._arranged.pop(item, None)
        return True

    def rearrange(self) -> None:
        """Order or states are not what they were."""
        self._arranged.clear()

    def everything(self) -> Iterator[Item]:
        """All that has a name, as listed."""
        for repo in self.below(None):
            yield repo
            for folder in self.below(repo):
                for item in self.below(folder):
                    yield item
                    yield from self.below(item)

    def rows(self) -> list[Row]:
        """The rows of all that is open."""
        found: list[Row] = []
        self._gather(None, 0, found)
        return found

    def rows_of(self, hits: Mapping[Item, tuple[int, ...]], shut: Collection[Item]) -> list[Row]:
        """The rows of `hits` and of what stands above them, open but for what is `shut`."""
        kept: dict[Item | None, dict[Item, None]] = {}
        for item in hits:
            upper: Item | None = None
            for link in (*item.above, item):
                kept.setdefault(upper, {})[link] = None
                upper = link
        found: list[Row] = []

        def gather(upper: Item | None, depth: int) -> None:
            for item in arranged(tuple(kept.get(upper, ())), self.order, self._ranks):
                opened = item in kept and item not in shut
                found.append(Row(item, depth, self._folds(item), opened, hits.get(item, ())))
                if opened:
                    gather(item, depth + 1)

        gather(None, 0)
        return found

    def _gather(self, upper: Item | None, depth: int, found: list[Row]) -> None:
        items = self._arranged.get(upper)
        if items is None:
            items = self._arranged[upper] = arranged(self.below(upper), self.order, self._ranks)
        opened, below = self.opened, self._below
        for item in items:
            if item.kind in (Kind.PROMPT, Kind.TARGET, Kind.CHECKPOINT):
                found.append(Row(item, depth, False, False))
                continue
            folds = self._folds(item)
            is_open = folds and item in opened
            found.append(Row(item, depth, folds, is_open))
            if is_open and item in below:
                self._gather(item, depth + 1, found)

    def _folds(self, item: Item) -> bool:
        return item.kind is Kind.REPO or item.kind in FOLDERS or bool(self.below(item))
