"""Curves made ready to be drawn: what cannot stand on the scale is marked, and each column gets its extremes. Pure.

Preparing takes as long as the curve is; drawing from then on as long as the picture is wide.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from breadtui.bakery.metrics import Curve
from breadtui.widgets.chart.raster import Raster
from breadtui.widgets.chart.scales import LEAST, MOST, Scale

BLOCK = 32
"""Points whose lowest and highest are found beforehand."""


class Smoothing(StrEnum):
    """How much a curve is smoothed."""

    OFF = "as told"
    LIGHT = "smoothed a little"
    STRONG = "smoothed a lot"

    @property
    def after(self) -> Smoothing:
        """The next one, around and around."""
        every = list(Smoothing)
        return every[(every.index(self) + 1) % len(every)]


class Column(NamedTuple):
    """What stands in one column of dots: the curve enters at `first`, leaves at `last`, and lies between the others.

    `begin` and `end` are the points it enters and leaves with.
    """

    x: int
    first: float
    low: float
    high: float
    last: float
    begin: int
    end: int


class Trace:
    """A curve on a scale, linear or logarithmic: values that cannot stand there are left out and break the line."""

    def __init__(self, curve: Curve, *, log: bool) -> None:
        self.steps = curve.steps
        self.values = curve.values
        least = LEAST if log else -MOST
        if not self.values or _all_within(self.values, least):
            self.lows = self.highs = self.values
            self.absent = array("l")
        else:
            # Infinite, so that they are neither the lowest nor the highest of any others. NaN fails every comparison.
            self.lows = array("d", [v if least < v <= MOST else math.inf for v in self.values])
            self.highs = array("d", [v if least < v <= MOST else -math.inf for v in self.values])
            self.absent = array("l", [at for at, value in enumerate(self.lows) if value == math.inf])
        self._columns: tuple[Scale, int, list[Column]] = (Scale(0, 0), 0, [])  # those found last, as a rule asked again
        blocks = [slice(at, at + BLOCK) for at in range(0, len(self.values), BLOCK)]
        self._block_lows = array("d", [min(self.lows[block]) for block in blocks])
        self._block_highs = array("d", [max(self.highs[block]) for block in blocks])

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def empty(self) -> bool:
        """Whether nothing of it can be drawn."""
        return len(self.absent) == len(self.steps)

    def joined(self, one: int, other: int) -> bool:
        """Whether the line runs from a point to a later one: nothing between them is missing."""
        if not self.absent:
            return True
        return bisect_left(self.absent, one) == bisect_left(self.absent, other)

    def lowest(self) -> int | None:
        """The point of the lowest value, the first of several; None where there is none."""
        if self.empty:
            return None
        least = min(self._block_lows)
        return self.lows.index(least, self._block_lows.index(least) * BLOCK)

    def newest(self) -> int | None:
        """The last point that can be drawn."""
        return None if self.empty else _present(self, len(self) - 1, -1, -1)

    def nearest(self, step: float) -> int | None:
        """The point nearest to a step, whether it can be drawn or not; None where there is none."""
        if not self.steps:
            return None
        after = min(bisect_left(self.steps, step), len(self) - 1)
        before = max(after - 1, 0)
        return before if step - self.steps[before] < self.steps[after] - step else after

    def extremes(self, begin: int, end: int) -> tuple[float, float]:
        """The lowest and highest value of the points from `begin` up to `end`; (inf, -inf) where there is none."""
        lows, highs = self.lows, self.highs
        first, last = -(-begin // BLOCK), end // BLOCK
        if first >= last:
            return min(lows[begin:end], default=math.inf), max(highs[begin:end], default=-math.inf)
        low, high = min(self._block_lows[first:last]), max(self._block_highs[first:last])
        for edge in (slice(begin, first * BLOCK), slice(last * BLOCK, end)):
            if edge.start < edge.stop:
                low, high = min(low, min(lows[edge])), max(high, max(highs[edge]))  # noqa: PLW3301 - half as fast in one
        return low, high

    def columns(self, window: Scale, across: int) -> list[Column]:
        """The columns of dots in which there is something to draw, from left to right.

        With the nearest point outside the window at either side, so that the line runs to the edge.
        """
        if self._columns[:2] == (window, across):
            return self._columns[2]
        begin, end = bisect_left(self.steps, window.low), bisect_right(self.steps, window.high)
        found = self._within(begin, end, window, across)
        if (before := _present(self, begin - 1, -1, max(begin - 2, -1))) is not None:
            found.insert(0, self._single(before, min(column_of(self.steps[before], window, across), -1)))
        if (after := _present(self, end, 1, min(end + 1, len(self)))) is not None:
            found.append(self._single(after, max(column_of(self.steps[after], window, across), across)))
        self._columns = (window, across, found)
        return found

    def _within(self, begin: int, end: int, window: Scale, across: int) -> list[Column]:
        steps, lows, at, low = self.steps, self.lows, begin, window.low
        each = (window.high - low) / max(across - 1, 1)
        found: list[Column] = []
        while at < end:
            x = min(int((steps[at] - low) / each + 0.5), across - 1)
            to = end if x == across - 1 else bisect_left(steps, low + (x + 0.5) * each, at + 1, end)
            first, last = at, to - 1
            if self.absent:
                first, last = _present(self, first, 1, to), _present(self, last, -1, at - 1)
            if first is not None and last is not None:
                enters, leaves = lows[first], lows[last]
                extremes = self.extremes(at, to) if last > first + 1 else (min(enters, leaves), max(enters, leaves))
                found.append(Column(x, enters, *extremes, leaves, first, last))
            at = to
        return found

    def _single(self, at: int, x: int) -> Column:
        value = self.lows[at]
        return Column(x, value, value, value, value, at, at)


class Traces:
    """Traces, each made once and kept while its curve is shown."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, bool, Smoothing], tuple[Curve, Trace]] = {}

    def of(self, curve: Curve, *, log: bool = False, smoothing: Smoothing = Smoothing.OFF) -> Trace:
        """The curve, smoothed, on a scale."""
        key = id(curve), log, smoothing
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = (curve, Trace(smoothed(curve, smoothing), log=log))
        return made[1]

    def keep(self, curves: Iterable[Curve]) -> None:
        """Let go of all but the traces of these."""
        shown = {id(curve) for curve in curves}
        self._made = {key: made for key, made in self._made.items() if key[0] in shown}


def smoothed(curve: Curve, smoothing: Smoothing) -> Curve:
    """The exponential moving average of a curve, over about a hundredth, or a fifteenth, of its points.

    Without the pull towards zero at the beginning. What is no number stays none, and is not averaged.
    """
    if smoothing is Smoothing.OFF:
        return curve
    part, least = (100, 2) if smoothing is Smoothing.LIGHT else (15, 5)
    keep = 1 - 1 / max(len(curve) / part, least)
    total = weight = 0.0
    values = array("d")
    for value in curve.values:
        if -MOST < value < MOST:
            total = keep * total + (1 - keep) * value
            weight = keep * weight + (1 - keep)
            values.append(total / weight)
        else:
            values.append(value)
    return Curve(curve.steps, values)


def column_of(step: float, axis: Scale, across: int) -> int:
    """The column of dots that a step falls into; -1 or less, or `across` or more, outside."""
    at = (step - axis.low) / ((axis.high - axis.low) / max(across - 1, 1))
    return math.floor(min(max(at + 0.5, -1e9), 1e9))


def draw(raster: Raster, trace: Trace, columns: Sequence[Column], scale: Scale, ink: int = 1) -> None:
    """Draw a trace over the whole raster; `columns` are those of the trace for as many dots as the raster has."""
    place = scale.placing(raster.down)
    before: Column | None = None
    left = 0.0  # where the column before left off
    for column in columns:
        top = round(place(column.high))
        bottom = top if column.low == column.high else round(place(column.low))
        if before is not None and trace.joined(before.end, column.begin):
            if column.x == before.x + 1:
                # Reaches for the dot beside it: the line has no hole, and is as thin as can be.
                beside = round(left)
                top, bottom = min(top, beside + 1), max(bottom, beside - 1)
            else:
                raster.line(before.x, left, column.x, place(column.first), ink)
        raster.bar(column.x, top, bottom, ink)
        left = place(column.last)
        before = column


def _all_within(values: array[float], least: float) -> bool:
    """Whether all are numbers that can be drawn; a sum that is none tells of NaN, which comparisons would miss."""
    return math.isfinite(sum(values)) and min(values) > least and max(values) <= MOST


def _present(trace: Trace, at: int, by: int, end: int) -> int | None:
    """The first point from `at` on, before `end`, that can be drawn."""
    for index in range(at, end, by):
        if 0 <= index < len(trace) and trace.lows[index] != math.inf:
            return index
    return None
