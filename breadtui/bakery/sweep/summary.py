"""What a sweep tells of each model: how near it came to the teacher, how surely, and what it failed at."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt

from breadtui.bakery.sweep.agreement import likeness
from breadtui.bakery.sweep.sweep import Cell, Place, Standing, Sweep

NOTED = 0.005
"""How far two means must be apart for one to be called better."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A model in figures. `agreement` is the mean, `spread` the standard deviation; None where nothing tells.

    `tokens` and `first` (seconds to the first token) are medians.
    """

    answered: int = 0
    failed: int = 0
    empty: int = 0
    agreement: float | None = None
    spread: float | None = None
    tokens: float | None = None
    first: float | None = None


@dataclass(slots=True)
class _Column:
    answered: int = 0
    failed: int = 0
    empty: int = 0
    agreements: int = 0
    total: float = 0.0
    squares: float = 0.0
    tokens: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])


class Tally:
    """The summaries of a sweep's columns, kept up to date cell by cell: counting anew would take longer every time."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._counted: dict[Place, Cell] = {}
        self._columns = [_Column() for _ in sweep.columns]
        for place in sweep.cells:
            self.take(place)

    def __len__(self) -> int:
        """How many cells there are."""
        return self._sweep.size

    @property
    def done(self) -> int:
        """The cells that are answered or failed."""
        return len(self._counted)

    @property
    def failed(self) -> int:
        """The cells that failed."""
        return sum(column.failed for column in self._columns)

    def take(self, place: Place) -> None:
        """A cell is as it is now."""
        before, now = self._counted.pop(place, None), self._sweep.cell(*place)
        if before:
            _count(self._columns[place[1]], before, -1)
        if now.standing in (Standing.ANSWERED, Standing.FAILED):
            self._counted[place] = now
            _count(self._columns[place[1]], now, 1)

    def summary(self, column: int) -> Summary:
        """The figures of a column as they are now."""
        counted = self._columns[column]
        mean = counted.total / counted.agreements if counted.agreements else None
        variance = counted.squares / counted.agreements - mean * mean if mean is not None else 0.0
        return Summary(
            counted.answered,
            counted.failed,
            counted.empty,
            mean,
            sqrt(max(variance, 0.0)) if mean is not None else None,
            _median(counted.tokens),
            _median(counted.first),
        )

    def best_and_worst(self) -> tuple[int | None, int | None]:
        """The columns that agree most and least with the teacher; None where they do not differ."""
        found = [(mean, at) for at in range(len(self._columns)) if (mean := self.summary(at).agreement) is not None]
        if len(found) < 2 or max(found)[0] - min(found)[0] < NOTED:
            return None, None
        return max(found)[1], min(found)[1]


def disagreement(sweep: Sweep, row: int) -> float:
    """How far the models differ over a question, from 0 to 1; -1 where fewer than two answered.

    With a teacher, by how much more one agrees than another; without, how unlike those two are that differ most.
    """
    cells = [sweep.cell(row, column) for column in range(len(sweep.columns))]
    answered = [cell for cell in cells if cell.standing is Standing.ANSWERED]
    if len(answered) < 2:
        return -1.0
    agreements = [cell.agreement for cell in answered if cell.agreement is not None]
    if len(agreements) > 1:
        return max(agreements) - min(agreements)
    return 1 - min(likeness(one.text, other.text) for one, other in combinations(answered, 2))


def by_disagreement(sweep: Sweep) -> list[int]:
    """The questions, those first over which the models differ most."""
    return sorted(range(len(sweep.questions)), key=lambda row: -disagreement(sweep, row))


def by_agreement(sweep: Sweep, column: int) -> list[int]:
    """The questions, those first in which a model is farthest from the teacher; those that failed before all."""
    return sorted(range(len(sweep.questions)), key=lambda row: _worth(sweep.cell(row, column)))


def _worth(cell: Cell) -> float:
    if cell.standing is Standing.FAILED:
        return -1.0
    if cell.standing is not Standing.ANSWERED:
        return 3.0
    return 2.0 if cell.agreement is None else cell.agreement


def _count(column: _Column, cell: Cell, by: int) -> None:
    if cell.standing is Standing.FAILED:
        column.failed += by
        return
    column.answered += by
    column.empty += by * cell.empty
    if cell.agreement is not None:
        column.agreements += by
        column.total += by * cell.agreement
        column.squares += by * cell.agreement**2
    for values, value in ((column.tokens, cell.tokens), (column.first, cell.first)):
        if value is not None:
            _change(values, float(value), by)


def _change(values: list[float], value: float, by: int) -> None:
    if by > 0:
        insort(values, value)
    else:
        del values[bisect_left(values, value)]


def _median(values: Sequence[float]) -> float | None:
    """Of sorted values."""
    if not values:
        return None
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
