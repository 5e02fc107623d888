"""What is drawn where: the curve of the loss, and below it, where there is room, those of what goes with it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from breadtui.bakery.metrics import Curve, Series
from breadtui.widgets.chart.raster import DOTS_ACROSS, DOTS_DOWN, Raster
from breadtui.widgets.chart.scales import LEAST, MOST, Scale, scale_for
from breadtui.widgets.chart.traces import Column, Smoothing, Trace, Traces, column_of, draw
from breadtui.widgets.chart.view import View

GOOD = 4e-7
"""The loss that the vendor calls good."""
ROOMY = 15
"""Rows from which on the loss leaves some to the small ones."""


class Quantity(Enum):
    """What a panel shows. The value is its title."""

    LOSS = "loss"
    RATE = "learning rate"
    SECONDS = "seconds a step"

    def of(self, series: Series) -> Curve:
        """Its curve."""
        match self:
            case Quantity.LOSS:
                return series.loss
            case Quantity.RATE:
                return series.rate
            case Quantity.SECONDS:
                return series.seconds


@dataclass(frozen=True, slots=True)
class Line:
    """A curve in a panel: the trace that is drawn and its columns of dots; if it is smoothed, what was told as well."""

    trace: Trace
    columns: Sequence[Column]
    raw: Trace | None = None
    raw_columns: Sequence[Column] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves on one scale, one a series. `scale` is None where there is nothing to draw in the window."""

    quantity: Quantity
    lines: Sequence[Line]
    scale: Scale | None


def arrange(series: Sequence[Series], rows: int) -> list[tuple[Quantity, int]]:
    """The panels for so many rows, each with its own; those of a small one hold its title too."""
    others = [q for q in (Quantity.RATE, Quantity.SECONDS) if any(len(q.of(one)) for one in series)]
    if rows < ROOMY or not others:
        return [(Quantity.LOSS, rows)]
    small = 1 + min(max(rows // 8, 2), 6)
    return [(Quantity.LOSS, rows - small * len(others)), *((quantity, small) for quantity in others)]


def panel(quantity: Quantity, series: Sequence[Series], traces: Traces, view: View, axis: Scale, across: int) -> Panel:
    """The curves of a quantity for a window of steps, `across` dots wide. Only the loss is smoothed or logarithmic."""
    is_loss = quantity is Quantity.LOSS
    log, smoothing = (view.log, view.smoothing) if is_loss else (False, Smoothing.OFF)
    lines: list[Line] = []
    for one in series:
        trace = traces.of(quantity.of(one), log=log, smoothing=smoothing)
        raw = traces.of(quantity.of(one), log=log) if smoothing is not Smoothing.OFF else None
        lines.append(Line(trace, trace.columns(axis, across), raw, raw.columns(axis, across) if raw else ()))
    return Panel(quantity, lines, _scale(lines, across, log=log, near=GOOD if is_loss else None))


def rasters(shown: Panel, width: int, height: int) -> tuple[Raster, Raster]:
    """The curves in dots, and behind them, where they are smoothed, the points as told. Inks count lines from 1."""
    front, behind = Raster(width, height), Raster(width, height)
    if shown.scale is not None and height > 0:
        for ink, line in enumerate(shown.lines, 1):
            if line.raw is not None:
                draw(behind, line.raw, line.raw_columns, shown.scale, ink)
            draw(front, line.trace, line.columns, shown.scale, ink)
    return front, behind


def cell_of(shown: Panel, step: float, value: float, axis: Scale, raster: Raster) -> tuple[int, int] | None:
    """The cell in which a point lies; None outside of the picture."""
    if shown.scale is None or not raster.dots or not axis.low <= step <= axis.high:
        return None
    if not (LEAST if shown.scale.log else -MOST) < value <= MOST:
        return None
    x = column_of(step, axis, raster.across) // DOTS_ACROSS
    y = round(shown.scale.placing(raster.down)(value)) // DOTS_DOWN
    return (x, y) if 0 <= x < raster.width and 0 <= y < raster.height else None


def _scale(lines: Sequence[Line], across: int, *, log: bool, near: float | None) -> Scale | None:
    """A scale that holds all that is in the window."""
    inside = [c for line in lines for c in (*line.columns, *line.raw_columns) if 0 <= c.x < across]
    # Where a line only runs through the window, from one point outside to another, it is to be seen as well.
    inside = inside or [c for line in lines for c in (*line.columns, *line.raw_columns)]
    if not inside:
        return None
    return scale_for(min(c.low for c in inside), max(c.high for c in inside), log=log, near=near)
