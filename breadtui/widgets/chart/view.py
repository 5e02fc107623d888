"""How one looks at the curves: the window of steps, the scale, the smoothing, the crosshair. Values, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from breadtui.bakery.metrics import Curve, Series
from breadtui.widgets.chart.scales import Scale
from breadtui.widgets.chart.traces import Smoothing

FEWEST = 4
"""Steps, as far apart as they are on average, that are still shown at the nearest."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The first and the last step of all that is shown, and how many there are of the bake with the most."""

    first: float = 0.0
    last: float = 1.0
    points: int = 0

    @property
    def nearest(self) -> float:
        """The width of the narrowest window."""
        return (self.last - self.first) * min(FEWEST / max(self.points, 1), 1.0)


@dataclass(frozen=True, slots=True)
class View:
    """`window` is None while everything is shown, which then grows as a training goes on; `cross` is a step."""

    log: bool = True
    smoothing: Smoothing = Smoothing.OFF
    window: tuple[float, float] | None = None
    cross: float | None = None

    def axis(self, extent: Extent) -> Scale:
        """The steps that are shown."""
        low, high = self.window or (extent.first, extent.last)
        return Scale(low, high)

    def zoomed(self, extent: Extent, factor: float) -> View:
        """A window so many times as wide, around the crosshair where there is one, else around the middle."""
        axis = self.axis(extent)
        width = max((axis.high - axis.low) * factor, extent.nearest)
        about = self.cross if self.cross is not None else (axis.low + axis.high) / 2
        low = about - (about - axis.low) * width / (axis.high - axis.low)
        return self._over(extent, low, width)

    def panned(self, extent: Extent, part: float) -> View:
        """The window moved by that part of its width, to the right where it is above zero."""
        axis = self.axis(extent)
        width = axis.high - axis.low
        return self._over(extent, axis.low + part * width, width)

    def whole(self) -> View:
        """Everything."""
        return replace(self, window=None)

    def crossed(self, extent: Extent, step: float | None) -> View:
        """The crosshair at a step, which the window is moved to show; None takes it away."""
        if step is None:
            return replace(self, cross=None)
        step = min(max(step, extent.first), extent.last)
        axis = self.axis(extent)
        width = axis.high - axis.low
        low = min(max(axis.low, step - width), step)
        return replace(self, cross=step, window=(low, low + width) if self.window else None)

    def _over(self, extent: Extent, low: float, width: float) -> View:
        if width >= (extent.last - extent.first) * 0.999:
            return self.whole()
        low = min(max(low, extent.first), extent.last - width)
        return replace(self, window=(low, low + width))


def extent_of(series: Sequence[Series]) -> Extent:
    """The steps of all curves; of a single step, a little around it."""
    curves = [curve for curve in _curves(series) if len(curve)]
    if not curves:
        return Extent()
    first = min(curve.steps[0] for curve in curves)
    last = max(curve.steps[-1] for curve in curves)
    if not last > first:
        air = max(1.0, abs(first) * 1e-9)
        first, last = first - air, last + air
    return Extent(first, last, max(map(len, curves)))


def _curves(series: Iterable[Series]) -> Iterable[Curve]:
    return (curve for one in series for curve in (one.loss, one.rate, one.seconds))
