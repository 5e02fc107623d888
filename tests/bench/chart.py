"""Measures the loss chart: `python -m tests.bench.chart [ROUNDS]`. Figures are the best of the rounds, in ms of CPU.

`rows` is what making curves of a server's rows takes (off the loop), `new` the first picture of new curves, `moved`
that of another window, `again` that of the same one, as when the crosshair moves, `smoothed` that of another window
with smoothing; each with rate and time below the loss.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from breadtui.api.models import MetricPoint
from breadtui.bakery.metrics import read_series
from breadtui.widgets.chart.picture import paint
from breadtui.widgets.chart.traces import Smoothing, Traces
from breadtui.widgets.chart.view import View
from tests.widgets.curves import training

SIZES = ((80, 22), (120, 34), (200, 48))
POINTS = (100, 10_000, 100_000)


def main(rounds: int = 15) -> None:
    """Measure and print."""
    print(f"{'points':>8}{'size':>8}{'rows':>9}{'new':>9}{'moved':>9}{'again':>9}{'smoothed':>10}")
    for points in POINTS:
        reading = _reading(points)
        for width, height in SIZES:
            figures = _measure(points, width, height, rounds)
            shown = "".join(f"{figure * 1000:9.1f}" for figure in (reading, *figures))
            print(f"{points:8,}{f'{width}x{height}':>8}{shown}")


def _reading(points: int) -> float:
    told = training(points)
    columns = zip(told.loss.steps, told.loss.values, told.rate.values, told.seconds.values, strict=True)
    rows = [MetricPoint(iter=s, loss=loss, lr=rate, step_time=spent) for s, loss, rate, spent in columns]
    return min(_timed(lambda: read_series("repo", "bake", rows)) for _ in range(3))


def _measure(points: int, width: int, height: int, rounds: int) -> tuple[float, ...]:
    shown = [training(points)]
    fresh = min(_timed(lambda: paint(shown, View(), width, height, Traces())) for _ in range(3))
    traces = Traces()
    moved, again, smoothed = [1.0], [1.0], [1.0]
    for turn in range(rounds):
        views = [View(window=(1 + turn / 100, points - 1), smoothing=much) for much in (Smoothing.OFF, Smoothing.LIGHT)]
        paint(shown, View(smoothing=Smoothing.LIGHT), width, height, traces)
        moved.append(_timed(lambda view=views[0]: paint(shown, view, width, height, traces)))
        again.append(_timed(lambda view=views[0]: paint(shown, view, width, height, traces)))
        smoothed.append(_timed(lambda view=views[1]: paint(shown, view, width, height, traces)))
    return fresh, min(moved), min(again), min(smoothed)


def _timed(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
