"""How fast a job goes, from the times at which its progress was seen to move, and how long it will still take.

Loads nothing heavy: the widgets that draw jobs need it before the server's library is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

KEPT = 24
"""Moves that a pace is measured by: the last stretch tells more of what is left than the whole."""
OUTLIER = 6.0
"""A move so many times slower or faster than the median is a stall or a jump, and tells nothing of the pace."""
SETBACK = 0.98
"""Progress that falls below so much of what it was has begun anew; less is a server that counts by and by."""
STALL = 60.0
"""Seconds without progress that are never a stall, however fast the job was."""
STALL_MOVES = 10
"""A job is stalled when nothing moved in the time of so many moves."""


class Basis(StrEnum):
    """What an estimate rests on, from the best to the worst."""

    PACE = "pace"
    """The job's own."""
    HISTORY = "history"
    """How long similar jobs took."""
    GUIDE = "guide"
    """What the vendor's guide says of such jobs."""


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds until a job is done, and what that rests on."""

    seconds: float
    basis: Basis


class Unit(StrEnum):
    """What a rate counts."""

    LINES = "lines"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Rate:
    """Lines (stimuli, responses) or percent of the whole that a job makes in a second; 0 while it is stalled."""

    a_second: float
    unit: Unit


LEAST = 1e-9
"""The least rise that counts as one: a smaller one divides into no pace a float can hold."""


class Pace:
    """When a number was seen to rise, and the seconds that one more of it takes."""

    __slots__ = ("_moves", "each", "gap")

    def __init__(self) -> None:
        self._moves: list[tuple[float, float]] = []
        self.each = 0.0
        """Seconds for one more; 0 before that is known."""
        self.gap = 0.0
        """Seconds between two moves; 0 before there were two."""

    @property
    def last(self) -> tuple[float, float] | None:
        """When it was last seen to rise, and to what."""
        return self._moves[-1] if self._moves else None

    @property
    def sure(self) -> bool:
        """Whether the pace is worth an estimate.

        Where the watch began amid the work, the first stretch may be any part of a move.
        """
        return self.each > 0 and (len(self._moves) > 2 or self._moves[0][1] == 0)

    def add(self, now: float, value: float) -> bool:
        """Take in a reading; False if it is so much lower than the last that all began anew."""
        went_on = not self._moves or value >= self._moves[-1][1] * SETBACK
        if not went_on:
            self.clear()
        if not self._moves or value > self._moves[-1][1] + LEAST:
            self._moves.append((now, value))
            del self._moves[:-KEPT]
            self._measure()
        return went_on

    def clear(self) -> None:
        """Forget all readings."""
        self._moves.clear()
        self.each = self.gap = 0.0

    def left(self, whole: float, now: float, seen: float) -> float:
        """Seconds until it comes to `whole`, given that it was last looked at at `seen`.

        While looks find nothing new, the time left stands still after a move's worth: it would run out in a stall.
        """
        if not self._moves:
            return 0.0
        moved, value = self._moves[-1]
        passed = min(max(seen - moved, 0.0), self.gap) + max(now - max(seen, moved), 0.0)
        return max(0.0, (whole - value) * self.each - passed)

    def _measure(self) -> None:
        steps = [(later - sooner, more - less) for (sooner, less), (later, more) in pairwise(self._moves)]
        if len(steps) > 1:
            del steps[0]  # it began before anybody looked, or holds the time in which the job warmed up
        if not steps:
            return
        speeds = sorted(seconds / rise for seconds, rise in steps)
        middle = speeds[len(speeds) // 2]
        kept = [step for step in steps if middle / OUTLIER <= step[0] / step[1] <= middle * OUTLIER]
        if kept and middle > 0:
            self.each = sum(seconds for seconds, _ in kept) / sum(rise for _, rise in kept)
            self.gap = sum(seconds for seconds, _ in kept) / len(kept)


def is_stalled(still: float, pace: Pace, whole: float | None) -> bool:
    """Whether a job without news for `still` seconds has come to a halt, against its own pace.

    Where it never showed one, against `whole`: the seconds that such a job takes from beginning to end.
    """
    if pace.gap > 0:
        return still > max(STALL, STALL_MOVES * pace.gap)
    return whole is not None and still > max(STALL, 2 * whole)
