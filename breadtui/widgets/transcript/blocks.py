"""Where everything on the page is: entries above each other, of blocks that are drawn once for a width.

What was not drawn yet has a height that is guessed, so that a page of ten thousand entries is there at once.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.strip import Strip

from breadtui.widgets.transcript.sums import Sums

AT_ONCE = 8
"""Blocks that are drawn as they come, seen or not: more come together only where much text does."""
KEPT = 20_000
"""Rows that are kept drawn; of what else was drawn the height is remembered."""

Draw = Callable[[int], list[Strip]]
"""Rows at a width in cells."""


class Block:
    """Rows that belong together. `skip` characters at the beginning of each are not part of its text. A `fleeting` one
    will soon be another's."""

    __slots__ = ("draw", "drawn_for", "fleeting", "height", "known_for", "skip", "strips")

    def __init__(self, draw: Draw, height: int = 1, skip: int = 0, *, fleeting: bool = False) -> None:
        self.draw = draw
        self.height = height
        self.skip = skip
        self.fleeting = fleeting
        self.known_for = -1  # the edition its height is exact in
        self.drawn_for = -1
        self.strips: list[Strip] = []


class Section:
    """An entry. Until somebody looks at it, it has no blocks but a height; `unfold` gives the blocks."""

    __slots__ = ("blocks", "height", "source", "tops", "unfold")

    def __init__(self, unfold: Callable[[], Sequence[Block]], height: int, source: str) -> None:
        self.unfold: Callable[[], Sequence[Block]] | None = unfold
        self.height = height
        self.source = source  # what it says, for who copies it unseen
        self.blocks: list[Block] = []
        self.tops: list[int] = []

    def place(self, since: int = 0) -> None:
        """Find the tops of the blocks from `since` on, and the height."""
        del self.tops[since:]
        top = self.tops[-1] + self.blocks[since - 1].height if since else 0
        for block in self.blocks[since:]:
            self.tops.append(top)
            top += block.height
        self.height = top


class Place(NamedTuple):
    """A row of the page: of which entry, which of its blocks, which row of that."""

    section: int
    block: int
    row: int


class Layout:
    """All entries, and what stands in which row. An edition is a width and a look; a new one makes heights guesses."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._sums = Sums()
        self._width = 0
        self._edition = 0
        self._kept: deque[tuple[Block, int]] = deque()
        self._rows_kept = 0
        self._measured = Place(0, 0, 0)  # from here to the end no height is a guess

    @property
    def height(self) -> int:
        """Rows of all."""
        return self._sums.before(len(self.sections))

    def renew(self, width: int) -> None:
        """All is to be drawn anew, at this width."""
        self._width = width
        self._edition += 1

    def append(self, section: Section) -> None:
        """One more entry."""
        self.sections.append(section)
        self._sums.append(section.height)

    def load(self, sections: Sequence[Section]) -> None:
        """Other entries."""
        self.sections = list(sections)
        self._sums = Sums([section.height for section in sections])
        self._measured = Place(0, 0, 0)
        self._kept.clear()
        self._rows_kept = 0

    def top(self, place: Place) -> int:
        """The row of the page that a place is."""
        section = self.sections[place.section]
        inside = section.tops[place.block] + place.row if section.tops else place.row
        return self._sums.before(place.section) + inside

    def at(self, line: int) -> Place:
        """What stands in a row of the page. There must be such a row."""
        index = self._sums.find(line)
        section, rest = self.sections[index], line - self._sums.before(index)
        if not section.tops:
            return Place(index, 0, rest)
        block = bisect_right(section.tops, rest) - 1
        return Place(index, block, rest - section.tops[block])

    def row(self, place: Place) -> tuple[Strip, int]:
        """A row, drawn, and how many of its characters are not text."""
        block = self.block(place)
        if block is None:
            return Strip([]), 0
        strips = self._drawn(block)
        return (strips[place.row] if place.row < len(strips) else Strip([])), block.skip

    def block(self, place: Place) -> Block | None:
        """The block of a place, if its entry has any yet."""
        blocks = self.sections[place.section].blocks
        return blocks[place.block] if place.block < len(blocks) else None

    def part(self, place: Place) -> float:
        """How much of its block lies above a place."""
        block = self.block(place)
        return place.row / max(block.height if block else self.sections[place.section].height, 1)

    def bring(self, y: int, rows: int, still: int = 0) -> int:
        """Make exact what is in view with `y` as the first of some rows; tells which is the first one then.

        What stands in row `still`, or in the first one if that is further down, keeps its place in the view: who
        scrolls up reads on where he was.
        """
        below = max(still - y, 0)
        place = self._block_at(y)
        while place and (top := self.top(place)) < y + rows:
            if self.exact(place):
                place = self._behind(place)
                continue
            grew = self.settle(place)
            if top < y + below:
                y = max(y + grew, 0)
                place = self._block_at(y)
        return y

    def splice(self, index: int, start: int, stop: int, blocks: Sequence[Block]) -> None:
        """Put other blocks of an entry where those from `start` to `stop` are. The heights of very many are guesses."""
        self.sections[index].blocks[start:stop] = blocks
        if len(blocks) <= AT_ONCE:
            for block in blocks:
                self._settled(block)
        self._place(index, start)

    def forget(self, index: int) -> None:
        """Draw an entry anew when it is seen next."""
        for block in self.sections[index].blocks:
            block.drawn_for = -1

    def exact(self, place: Place) -> bool:
        """Whether the height of this block is known."""
        section = self.sections[place.section]
        if section.unfold is not None:
            return False
        return not section.blocks or section.blocks[place.block].known_for == self._edition

    def measure_anew(self) -> None:
        """There are guesses: `measure` is to begin again, with the last entry."""
        self._measured = Place(len(self.sections), 0, 0)

    def measure(self, y: int, until: float) -> tuple[int, bool]:
        """Make guessed heights exact until that time. Tells in which row then stands what stood in row `y`, and
        whether there is more to do."""
        while self._measured.section or self._measured.block:
            if not self._measured.block:
                self._measured = Place(self._measured.section - 1, 0, 0)
            y = self._measure_entry(self._measured.section, y, until)
            if time.perf_counter() > until:
                break
        return y, bool(self._measured.section or self._measured.block)

    def settle(self, place: Place, *, keep: bool = True) -> int:
        """Make the height of a block exact, or unfold its entry; tells by how much the page grew."""
        section = self.sections[place.section]
        before = section.height
        if section.unfold is not None:
            section.blocks, section.unfold = list(section.unfold()), None
            self._place(place.section, 0)
        else:
            block = section.blocks[place.block]
            self._settled(block, keep=keep)
            self._place(place.section, place.block)
        return section.height - before

    def _measure_entry(self, index: int, y: int, until: float) -> int:
        """Measure blocks of an entry, from where it was left; notes how far that was, or that all is done."""
        section, top, first = self.sections[index], self._sums.before(index), self._measured.block
        if section.unfold is not None:
            grew = self.settle(Place(index, 0, 0))
            y += grew if top < y else 0
        line = top + (section.tops[first] if first < len(section.tops) else 0)
        number = first
        while number < len(section.blocks) and (number == first or time.perf_counter() < until):
            block = section.blocks[number]
            before = block.height
            self._settled(block, keep=False)
            y += block.height - before if line < y else 0
            line += block.height
            number += 1
        self._place(index, first)
        self._measured = Place(index, number if number < len(section.blocks) else 0, 0)
        return y

    def _block_at(self, line: int) -> Place | None:
        return self.at(min(line, self.height - 1))._replace(row=0) if self.height else None

    def _behind(self, place: Place) -> Place | None:
        if place.block + 1 < len(self.sections[place.section].blocks):
            return Place(place.section, place.block + 1, 0)
        return Place(place.section + 1, 0, 0) if place.section + 1 < len(self.sections) else None

    def _place(self, index: int, since: int) -> None:
        section = self.sections[index]
        before = section.height
        section.place(since)
        self._sums.add(index, section.height - before)

    def _settled(self, block: Block, *, keep: bool = True) -> None:
        if block.known_for != self._edition:
            block.height, block.known_for = len(self._drawn(block, keep=keep)), self._edition

    def _drawn(self, block: Block, *, keep: bool = True) -> list[Strip]:
        if block.drawn_for == self._edition:
            return block.strips
        strips = block.draw(self._width)
        if keep:
            block.strips, block.drawn_for = strips, self._edition
        if keep and not block.fleeting:
            self._keep(block)
        return strips

    def _keep(self, block: Block) -> None:
        self._kept.append((block, len(block.strips)))
        self._rows_kept += len(block.strips)
        while self._rows_kept > KEPT and len(self._kept) > 1:
            dropped, rows = self._kept.popleft()
            self._rows_kept -= rows
            dropped.strips, dropped.drawn_for = [], -1
