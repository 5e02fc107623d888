"""Measures all rows of a source in one pass: lengths, repeats, and what else is wrong with them."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from breadtui.bakery.data.likeness import Likeness
from breadtui.bakery.data.rows import Reading, Row, read
from breadtui.bakery.data.scan import scan, whole
from breadtui.bakery.data.signs import Sign, signs_of
from breadtui.bakery.data.source import Source

LONGEST = 0xFFFFFFFF
OPENINGS = 5_000
"""Different openings of texts that are counted: the frequent ones are among the first."""
OPENING = 3
"""Words of an opening."""
CLASSES = 8
"""Classes of lengths, about."""
GROUPS = 200_000
"""Questions whose responses are counted."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Lengths are in characters of what each row is about."""

    rows: int
    signs: dict[Sign, int]
    histogram: tuple[tuple[int, int, int], ...]
    """(from, to, how many) of each class of lengths."""
    shortest: int
    low: int
    median: int
    high: int
    longest: int
    opening: tuple[str, int]
    """The words with which most rows begin, and how many do."""
    questions: int
    """Different questions, of responses; 0 of stimuli."""
    fewest: int
    most: int
    """Responses to a question: the fewest and the most."""
    tokens: int
    bounded: bool
    """Whether repeats were looked for among the first rows only."""


class Survey:
    """What was measured so far: a few bytes of each row are kept, so that filters need not ask again.

    `measured` counts rows from the first on; `done` says that those are all.
    """

    def __init__(self, most_tokens: int | None = None) -> None:
        self._most_tokens = most_tokens
        self._signs = bytearray()
        self._lengths = array("I")
        self._likeness = Likeness()
        self._openings: Counter[str] = Counter()
        self._groups: Counter[str] = Counter()
        self._sorted: array[int] | None = None
        self._tokens = 0
        self.done = False

    @property
    def measured(self) -> int:
        """How many rows."""
        return len(self._signs)

    def signs(self, number: int) -> Sign:
        """What was found of a row; nothing of one that was not measured."""
        return Sign(self._signs[number]) if number < len(self._signs) else Sign(0)

    def length(self, number: int) -> int:
        """The characters of a row that was measured."""
        return self._lengths[number]

    def share(self, part: float) -> int:
        """The length that so much of all rows does not exceed."""
        ordered = self._ordered
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0

    def take(self, rows: Sequence[Row]) -> None:
        """Measure the next rows."""
        self._sorted = None
        for row in rows:
            reading = read(row)
            signs = signs_of(row, reading, self._most_tokens)
            text = "" if row.why else reading.text
            if text.strip():
                same, near = self._likeness.take(text)
                signs |= Sign.DUPLICATE if same is not None else Sign.NEAR if near is not None else Sign(0)
                self._count(reading, text)
            self._lengths.append(min(len(text), LONGEST))
            self._signs.append(signs)

    def count(self, sign: Sign) -> int:
        """How many rows show a sign."""
        return sum(number for value, number in Counter(self._signs).items() if value & sign)

    @property
    def figures(self) -> Figures:
        """What it comes to so far."""
        ordered, groups = self._ordered, self._groups.values()
        return Figures(
            self.measured,
            {sign: self.count(sign) for sign in Sign},
            _histogram(ordered),
            ordered[0] if ordered else 0,
            self.share(0.05),
            self.share(0.5),
            self.share(0.95),
            ordered[-1] if ordered else 0,
            max(self._openings.items(), key=lambda item: item[1], default=("", 0)),
            len(groups),
            min(groups, default=0),
            max(groups, default=0),
            self._tokens,
            self._likeness.full,
        )

    @property
    def _ordered(self) -> array[int]:
        if self._sorted is None:
            self._sorted = array("I", sorted(self._lengths))
        return self._sorted

    def _count(self, reading: Reading, text: str) -> None:
        self._tokens += reading.tokens or 0
        opening = " ".join(re.findall(r"[\w'’]+", text[:120].lower())[:OPENING])
        if opening and (opening in self._openings or len(self._openings) < OPENINGS):
            self._openings[opening] += 1
        asked = reading.stimulus or reading.question
        if reading.response is not None and asked and (asked in self._groups or len(self._groups) < GROUPS):
            self._groups[asked[:80]] += 1


async def measure(source: Source, survey: Survey, told: Callable[[], None] = lambda: None) -> None:
    """Measure the rows that `survey` has not seen, slice by slice; `told` is called after each. Cancel it to stop.

    What was measured stays: called again, it goes on from there.

    Raises:
        BreadError, Unreadable: rows could not be had.
    """
    survey.done = False
    async with aclosing(scan(source, survey.measured)) as slices:
        async for rows in slices:
            await whole(partial(survey.take, rows))
            told()
    survey.done = True
    told()


def _histogram(ordered: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """Classes of lengths: as wide as each other, or, where they differ much, each twice as wide as the last."""
    if not ordered:
        return ()
    edges = _even_edges(ordered[0], ordered[-1]) if ordered[-1] <= 8 * ordered[0] else _doubling_edges(ordered[-1])
    classes = [(low, high - 1, bisect_left(ordered, high) - bisect_left(ordered, low)) for low, high in pairwise(edges)]
    first = next(at for at, (_, _, count) in enumerate(classes) if count)
    return tuple(classes[first:])


def _even_edges(shortest: int, longest: int) -> list[int]:
    wanted = max((longest - shortest) / CLASSES, 1)
    step = next(step for power in range(10) for step in (10**power, 2 * 10**power, 5 * 10**power) if step >= wanted)
    return [*range(shortest // step * step, longest + step + 1, step)]


def _doubling_edges(longest: int) -> list[int]:
    edges = [0, 1, 16]
    while edges[-1] <= longest:
        edges.append(edges[-1] * 2)
    return edges
