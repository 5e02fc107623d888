"""The rows of several sources as those of one: the data of all targets of a bake."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from breadtui.bakery.data.remote import Remote
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import What


class Joined:
    """One behind the other, each as long as it was when it was first asked: else numbers would change their rows."""

    version = 0

    def __init__(self, name: str, what: What, parts: Sequence[Remote]) -> None:
        self.name = f"{name} {what}"
        self.what = what
        self.parts = tuple(parts)
        self._starts: list[int] = []
        self.known = 0
        self.whole = False

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        """See `Source`."""
        await self._count()
        rows: list[Row] = []
        stop = min(offset + limit, self.known)
        while (at := offset + len(rows)) < stop:
            which = bisect_right(self._starts, at) - 1
            start, end = self._starts[which], (*self._starts[1:], self.known)[which]
            part = self.parts[which]
            found = await part.page(at - start, min(stop, end) - at)
            rows += [replace(row, number=start + row.number, origin=part.target) for row in found]
            if not found:
                break
        return rows

    async def find_end(self) -> int:
        """How many rows all have together."""
        await self._count()
        return self.known

    async def _count(self) -> None:
        if not self.whole:
            counts = [await part.find_end() for part in self.parts]
            self._starts = [0, *accumulate(counts)][:-1]
            self.known, self.whole = sum(counts), True
