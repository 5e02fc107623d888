"""What a bake's training told, step by step: asked for no more often than it pays, and kept as plain columns.

How it is drawn is left to others.
"""

from __future__ import annotations

import asyncio
import math
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError

if TYPE_CHECKING:
    from breadtui.api.client import BreadClient
    from breadtui.api.models import MetricPoint
    from breadtui.bakery.jobs import JobStatus

MOST = 100_000
"""Points kept of a bake; of longer trainings the older half is thinned out."""
KEPT = 16
"""Bakes kept, those asked for last."""
APART = 5.0
"""Seconds between two looks at a training, at least."""
COST = 20
"""And so many times as long as the last look took: a long training's points come all of them, every time."""
FAR = 8
"""A step so many times as far from the one before as those around it are begins after a gap."""
FURTHEST = 1e15
"""Steps beyond cannot be told from one another."""

_AXES = ("iter", "global_step", "epoch")


@dataclass(frozen=True, slots=True)
class Curve:
    """Values by step, ascending. A value that is no number breaks the line: it was not told, or there is a gap."""

    steps: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class Series:
    """The curves of one bake: loss, learning rate, and seconds a step. Made anew when there is more, never changed."""

    repo: str
    bake: str
    loss: Curve = field(default_factory=Curve)
    rate: Curve = field(default_factory=Curve)
    seconds: Curve = field(default_factory=Curve)
    unit: str = "step"
    """What the steps count: `step` or `epoch`."""
    lost: int = 0
    """Steps whose loss was told and is no finite number: the training diverged."""


@dataclass(slots=True)
class _Look:
    """What came of the last question about a bake."""

    series: Series
    at: float
    took: float
    status: JobStatus | None


class Metrics:
    """Asks `client` for the metrics of bakes, and keeps the last answers.

    `clock` gives seconds; tests bring their own.
    """

    def __init__(self, client: BreadClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._looks: dict[tuple[str, str], _Look] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[Series]] = {}
        self._tried: dict[tuple[str, str], float] = {}
        self._refused: dict[tuple[str, str], JobStatus | None] = {}
        """Bakes that the server would not tell about, and where they stood."""

    def known(self, repo: str, bake: str) -> Series | None:
        """What was told last, if anything was asked."""
        look = self._looks.get((repo, bake))
        return look.series if look else None

    def wait(self, repo: str, bake: str, status: JobStatus | None) -> float | None:
        """Seconds until asking pays, 0 for now; None where nothing new can have come since.

        `status` is where the bake stands, as far as that is known.
        """
        tried = self._tried.get((repo, bake))
        if tried is None:
            return 0.0
        look = self._looks.get((repo, bake))
        if look and (status is None or status == look.status):
            return None
        if (repo, bake) in self._refused and self._refused[repo, bake] == status:
            return None  # the same question would get the same answer
        apart = max(APART, COST * look.took) if look else APART
        if look and look.at == tried and status and status.state.settled:
            apart = 0.0  # it ended: the last points are those that count
        return max(0.0, tried + apart - self._clock())

    async def fetch(self, repo: str, bake: str, status: JobStatus | None = None) -> Series:
        """Ask now, or join the question that is under way; `status` is where the bake stands when it is asked.

        What was known is given again, the same object, where nothing came of it.

        Raises:
            BreadError: the server refuses, or cannot be reached; what was known stays.
        """
        key = repo, bake
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(repo, bake, status))
            asking.add_done_callback(lambda done: self._asked(key, done))
        # Who stops waiting must not take the answer from those who wait as well.
        return await asyncio.shield(asking)

    def forget(self, repo: str, bake: str) -> None:
        """Drop what is known of a bake, as when it was deleted."""
        self._looks.pop((repo, bake), None)
        self._tried.pop((repo, bake), None)
        self._refused.pop((repo, bake), None)

    async def _ask(self, repo: str, bake: str, status: JobStatus | None) -> Series:
        key, began = (repo, bake), self._clock()
        self._tried[key] = began
        try:
            rows = await self._client.metrics(repo, bake)
        except BreadError as error:
            if not error.retryable:
                self._refused[key] = status
            self._tried[key] = began + max((error.retry_after or 0.0) - APART, 0.0)
            raise
        self._refused.pop(key, None)
        # Off the loop: of a long training this takes longer than a key may wait.
        series = await asyncio.to_thread(read_series, repo, bake, rows)
        known = self._looks.pop(key, None)
        if known and _same(known.series, series):
            series = known.series
        self._looks[key] = _Look(series, began, self._clock() - began, status)
        while len(self._looks) > KEPT:
            oldest = next(iter(self._looks))
            self.forget(*oldest)
        return series

    def _asked(self, key: tuple[str, str], done: asyncio.Task[Series]) -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            done.exception()  # it was raised to those who waited, if anybody still did


def read_series(repo: str, bake: str, rows: Sequence[MetricPoint]) -> Series:
    """The curves in a bake's metrics, which may come in any order, twice, and with anything missing.

    A training that is started again tells steps that it told before: what it said the first time, from there on, is
    of a run that was given up, and is left out.
    """
    axis = _axis(rows)
    told = [(step, row) for number, row in enumerate(rows, 1) if (step := _step(row, axis, number)) is not None]
    latest = _latest_run(_merged(told))
    loss = [(step, _none_is_nan(row.value)) for step, row in latest]
    rate = [(step, row.lr) for step, row in latest if row.lr is not None]
    seconds = [(step, spent) for step, row in latest if (spent := _seconds(row)) is not None]
    return Series(
        repo,
        bake,
        _curve(loss),
        _curve(rate),
        _curve(seconds),
        "epoch" if axis == "epoch" else "step",
        sum(row.value is not None and not math.isfinite(row.value) for _, row in latest),
    )


def csv_of(series: Sequence[Series]) -> str:
    """The points as CSV, one line a step of a bake. What was not told is empty."""
    lines = [f"repository,bake,{series[0].unit if series else 'step'},loss,learning_rate,step_seconds"]
    for one in series:
        columns = [dict(zip(c.steps, c.values, strict=True)) for c in (one.loss, one.rate, one.seconds)]
        names = f"{_cell(one.repo)},{_cell(one.bake)}"
        for step in sorted({step for column in columns for step in column}):
            values = [_figure(column.get(step, math.nan)) for column in columns]
            if any(values):
                lines.append(f"{names},{step:.15g},{','.join(values)}")
    return "\n".join(lines) + "\n"


def _same(one: Series, other: Series) -> bool:
    curves = ((one.loss, other.loss), (one.rate, other.rate), (one.seconds, other.seconds))
    # By their bytes: what is no number is not equal to itself.
    return (one.unit, one.lost) == (other.unit, other.lost) and all(
        a.steps == b.steps and a.values.tobytes() == b.values.tobytes() for a, b in curves
    )


def _axis(rows: Sequence[MetricPoint]) -> str:
    """What most of the rows are counted by; empty where it is their number."""
    counts = {axis: sum(_finite(getattr(row, axis)) for row in rows) for axis in _AXES}
    best = max(_AXES, key=lambda axis: counts[axis])  # of equals the first
    return best if counts[best] else ""


def _step(row: MetricPoint, axis: str, number: int) -> float | None:
    step = getattr(row, axis) if axis else float(number)
    return step if _finite(step) and abs(step) <= FURTHEST else None


def _merged(told: Sequence[tuple[float, MetricPoint]]) -> list[tuple[float, MetricPoint]]:
    """Rows of the same step that follow one another made one: an evaluation's, or a summary's, says less."""
    merged: list[tuple[float, MetricPoint]] = []
    for step, row in told:
        if merged and merged[-1][0] == step:
            before = merged[-1][1]
            # A summary's `train_loss` is the mean of the whole training.
            kept = {"loss": before.value} if row.loss is None else {}
            kept |= {name: getattr(before, name) for name in ("lr", "step_time") if getattr(row, name) is None}
            merged[-1] = (step, row.model_copy(update=kept))
        else:
            merged.append((step, row))
    return merged


def _latest_run(told: Sequence[tuple[float, MetricPoint]]) -> list[tuple[float, MetricPoint]]:
    """The rows of the run that was told last, and what led up to it, in the order of their steps."""
    seen: set[float] = set()
    again: list[bool] = []
    for step, _ in told:
        again.append(step in seen)
        seen.add(step)
    latest: list[tuple[float, MetricPoint]] = []
    given_up = math.inf  # from this step on
    for (step, row), repeats in zip(reversed(told), reversed(again), strict=True):
        if step >= given_up:
            continue
        latest.append((step, row))
        if repeats:
            given_up = step
    return sorted(latest, key=lambda entry: entry[0])


def _curve(points: Sequence[tuple[float, float]]) -> Curve:
    points = _thinned(_with_gaps(points))
    return Curve(array("d", [step for step, _ in points]), array("d", [value for _, value in points]))


def _with_gaps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points, with one that is no number wherever steps are missing."""
    steps = [step for step, _ in points]
    apart = [after - before for before, after in pairwise(steps)]
    if not apart or max(apart) <= FAR * min(apart):
        return [*points]
    found: list[tuple[float, float]] = [*points[:1]]
    for at, (point, distance) in enumerate(zip(points[1:], apart, strict=True)):
        around = apart[max(at - 1, 0) : at] + apart[at + 1 : at + 2]
        if len(around) == 2 and distance > FAR * max(around):
            found.append((point[0] - distance / 2, math.nan))
        found.append(point)
    return found


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `MOST` points: the newer half as they are, of the older in turn the lowest, the highest and a gap."""
    if len(points) <= MOST:
        return points
    newer = MOST // 2
    older = points[:-newer]
    size = 3 * -(-len(older) // (MOST - newer - 3))
    kept: list[tuple[float, float]] = []
    for start in range(0, len(older), size):
        group = range(start, min(start + size, len(older)))
        kept += [older[at] for at in sorted(_telling(older, group))]
    return kept + points[-newer:]


def _telling(points: Sequence[tuple[float, float]], group: range) -> set[int]:
    """Those of a group of points that must not be lost: the lowest, the highest, and the first that is no number."""
    there = [at for at in group if math.isfinite(points[at][1])]
    gone = {at for at in group if not math.isfinite(points[at][1])}
    ends = {choose(there, key=lambda at: points[at][1]) for choose in (min, max)} if there else set[int]()
    return ends | {min(gone)} if gone else ends


def _seconds(row: MetricPoint) -> float | None:
    return row.step_time if row.step_time is not None else row.iter_time


def _none_is_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _figure(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


def _cell(text: str) -> str:
    """A text as a cell; one that a spreadsheet would take for a formula is quoted for it as well."""
    text = f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text
