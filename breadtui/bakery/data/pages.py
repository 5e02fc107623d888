"""The pages of a source that are held: those that are looked at, those beside them, and some that were."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import REFUSALS, Source

PAGE = 100
"""Rows of a page: what a server gives when it is not told otherwise."""
MOST_ROWS = 4_000
MOST_BYTES = 32 * 1024 * 1024
AT_ONCE = 8
"""Pages under way together, at most."""


@dataclass(slots=True)
class _Page:
    rows: tuple[Row, ...] = ()
    weight: int = 0


class Pages:
    """Asks a source for what is wanted, once for whoever wants it, and forgets what was not wanted for longest.

    `arrived` is called with the numbers of rows that came, `refused` with the error when some did not: then nothing
    more is asked until `retry`.
    """

    def __init__(
        self,
        source: Source,
        arrived: Callable[[range], None] = lambda _: None,
        refused: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self.source = source
        self._arrived = arrived
        self._refused = refused
        self._held: OrderedDict[int, _Page] = OrderedDict()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._queue: deque[int] = deque()
        self._in_view: tuple[int, ...] = ()
        self._rows = 0
        self._bytes = 0
        self._version = source.version
        self.problem: Exception | None = None
        """Why the last page did not come; None once one did."""

    @property
    def held(self) -> Iterable[Row]:
        """All rows that are in memory, in their order."""
        return (row for number in sorted(self._held) for row in self._held[number].rows)

    @property
    def busy(self) -> bool:
        """Whether pages are under way."""
        return bool(self._under_way)

    def row(self, number: int) -> Row | None:
        """A row, if it is held."""
        page = self._held.get(number // PAGE)
        at = number % PAGE
        return page.rows[at] if page and at < len(page.rows) else None

    def want(self, numbers: Sequence[int]) -> None:
        """These rows are looked at: see that they come, then those beside them. What was wanted before is dropped."""
        self._look_for_another_version()
        self._in_view = tuple(dict.fromkeys(number // PAGE for number in numbers)) or (0,)
        for page in self._in_view:
            if page in self._held:
                self._held.move_to_end(page)
        beside = (self._in_view[-1] + 1, self._in_view[0] - 1) if self.source.known else ()
        self._queue = deque(page for page in (*self._in_view, *beside) if self._lacks(page))
        if self.problem is None:
            self._go_on()

    def retry(self) -> None:
        """Ask again for what did not come."""
        self.problem = None
        self.want([page * PAGE for page in self._in_view])

    async def rows(self, start: int, stop: int) -> list[Row]:
        """The rows from `start` to `stop`, as far as there are such; raises as the source does."""
        self._look_for_another_version()
        for page in range(max(start, 0) // PAGE, -(-stop // PAGE)):
            while self._lacks(page):
                had = self._version, self._length(page)
                await asyncio.shield(self._task(page))
                if self.problem is not None:
                    raise self.problem
                if had == (self._version, self._length(page)):
                    break  # there is no more of it yet
        return [row for number in range(start, stop) if (row := self.row(number)) is not None]

    def close(self) -> None:
        """Ask for nothing more."""
        self._queue.clear()
        for task in self._under_way.values():
            task.cancel()

    def _look_for_another_version(self) -> None:
        if self._version != self.source.version:
            self._version = self.source.version
            self._held.clear()
            self._rows = self._bytes = 0

    def _length(self, page: int) -> int:
        held = self._held.get(page)
        return len(held.rows) if held else 0

    def _lacks(self, page: int) -> bool:
        """Whether more of a page is there than is held; of a source that nobody has asked yet, of its first page."""
        if page < 0:
            return False
        there = min(PAGE, self.source.known - page * PAGE)
        if page == 0 and not self.source.known:
            return not self.source.whole and page not in self._held
        return self._length(page) < there

    def _go_on(self) -> None:
        while self._queue and len(self._under_way) < AT_ONCE:
            page = self._queue.popleft()
            if self._lacks(page):
                self._task(page)

    def _task(self, page: int) -> asyncio.Task[None]:
        if page not in self._under_way:
            self._under_way[page] = asyncio.create_task(self._load(page))
        return self._under_way[page]

    async def _load(self, number: int) -> None:
        version, had = self._version, self._length(number)
        try:
            rows = await self.source.page(number * PAGE + had, PAGE - had)
        except REFUSALS as error:
            self.problem = error
            self._queue.clear()
        else:
            self.problem = None
            self._look_for_another_version()
            if version == self._version:
                self._keep(number, rows)
        finally:
            del self._under_way[number]
        if self.problem is not None:
            self._refused(self.problem)
            return
        self._arrived(range(number * PAGE, (number + 1) * PAGE))
        self._go_on()

    def _keep(self, number: int, rows: Sequence[Row]) -> None:
        page = self._held.setdefault(number, _Page())
        weight = sum(row.weight for row in rows)
        page.rows += tuple(rows)
        page.weight += weight
        self._held.move_to_end(number)
        self._rows += len(rows)
        self._bytes += weight
        old = [other for other in self._held if other not in self._in_view and other != number]
        for other in old:
            if self._rows <= MOST_ROWS and self._bytes <= MOST_BYTES:
                break
            gone = self._held.pop(other)
            self._rows -= len(gone.rows)
            self._bytes -= gone.weight
