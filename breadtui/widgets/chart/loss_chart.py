"""The chart of one or several bakes, drawn by line: only what looks otherwise than before is written again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from breadtui.actions import CURVE, bindings
from breadtui.bakery.metrics import Series
from breadtui.widgets.chart.picture import MOST, Picture, paint
from breadtui.widgets.chart.raster import DOTS_ACROSS
from breadtui.widgets.chart.svg import svg_of
from breadtui.widgets.chart.traces import Traces
from breadtui.widgets.chart.view import View, extent_of

PANNED = 0.1
"""Part of the window that one press moves it."""


class LossChart(Widget, can_focus=True):
    """Shows the series it is given, at any size: from 6 rows on the loss, in tall ones what goes with it as well.

    Its keys zoom, pan, smooth and read; where it stands as a picture only, set `can_focus` to False.
    """

    ALLOW_SELECT = False
    BINDINGS = bindings(CURVE)

    emptiness: reactive[str] = reactive("", repaint=False)
    """What to read where there is no curve; of itself it says that nothing was told yet."""
    view: reactive[View] = reactive(View(), repaint=False)
    """How one looks at it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._series: tuple[Series, ...] = ()
        self._traces = Traces()
        self._picture = Picture(())
        self._strips: dict[int, Strip] = {}

    @property
    def series(self) -> tuple[Series, ...]:
        """What is shown."""
        return self._series

    @property
    def picture(self) -> Picture:
        """What there is to see."""
        return self._picture

    def show(self, series: Sequence[Series]) -> None:
        """Show `series`, `MOST` at most. The same objects as before cost nothing."""
        shown = tuple(series[:MOST])
        if len(shown) == len(self._series) and all(a is b for a, b in zip(shown, self._series, strict=True)):
            return
        self._series = shown
        self._traces.keep([curve for one in shown for curve in (one.loss, one.rate, one.seconds)])
        self._paint()

    def svg(self) -> str:
        """The same picture as a drawing."""
        return svg_of(self._series, self.view, self.app.theme_variables, self._traces)

    def render_line(self, y: int) -> Strip:
        """One row of the picture."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._picture.rows):
            return Strip.blank(width, base)
        if y not in self._strips:
            runs = (Segment(text, base + self._style(style)) for text, style in self._picture.rows[y])
            self._strips[y] = Strip(runs).adjust_cell_length(width, base)
        return self._strips[y]

    def watch_view(self) -> None:
        """It is looked at otherwise; other keys may make sense."""
        self._paint()
        self.refresh_bindings()

    def watch_emptiness(self) -> None:
        """Another word."""
        self._paint()

    def on_resize(self) -> None:
        """Everything is drawn for a size."""
        self._paint()

    def notify_style_update(self) -> None:
        """Colours are part of what is kept."""
        super().notify_style_update()
        self._strips.clear()

    def on_click(self, event: events.Click) -> None:
        """A click puts the crosshair there."""
        at = event.get_content_offset(self)
        step = self._picture.step_at(at.x) if at else None
        if step is not None:
            self._cross_at(step)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A crosshair that is not there cannot be taken away: escape then does what it does around the chart."""
        return self.view.cross is not None if action == "uncross" else True

    def action_zoom(self, factor: float) -> None:
        """Show so many times as many steps."""
        self.view = self.view.zoomed(extent_of(self._series), factor)

    def action_go(self, by: int) -> None:
        """Move the crosshair by a point or by what can be told apart; or, without one, the window."""
        extent = extent_of(self._series)
        if self.view.cross is None:
            self.view = self.view.panned(extent, by * PANNED)
        elif (longest := self._longest) is not None and self._picture.width:
            steps, axis = longest.loss.steps, self.view.axis(extent)
            dot = (axis.high - axis.low) / (self._picture.width * DOTS_ACROSS)
            apart = (steps[-1] - steps[0]) / max(len(steps) - 1, 1)
            trace = self._traces.of(longest.loss, log=self.view.log)
            here, there = trace.nearest(self.view.cross), trace.nearest(self.view.cross + by * max(dot, apart))
            if here is not None and there is not None:
                at = there if there != here else here + (1 if by > 0 else -1)
                self._cross_at(steps[min(max(at, 0), len(steps) - 1)])

    def action_all(self) -> None:
        """Show the whole training."""
        self.view = self.view.whole()

    def action_cross(self) -> None:
        """Read values off at a step, from the middle on; or no more."""
        if self.view.cross is not None:
            self.action_uncross()
        elif self._longest is not None:
            axis = self.view.axis(extent_of(self._series))
            self._cross_at((axis.low + axis.high) / 2)

    def action_uncross(self) -> None:
        """Take the crosshair away."""
        self.view = self.view.crossed(extent_of(self._series), None)

    def action_smooth(self) -> None:
        """Smooth the loss a little, a lot, or not at all."""
        self.view = replace(self.view, smoothing=self.view.smoothing.after)

    def action_scale(self) -> None:
        """Draw the loss on a logarithmic or a linear scale."""
        self.view = replace(self.view, log=not self.view.log)

    @property
    def _longest(self) -> Series | None:
        """The bake whose steps the crosshair follows."""
        longest = max(self._series, key=lambda one: len(one.loss), default=None)
        return longest if longest and len(longest.loss) else None

    def _cross_at(self, step: float) -> None:
        """The crosshair at the point nearest to a step."""
        if (longest := self._longest) is not None:
            at = self._traces.of(longest.loss, log=self.view.log).nearest(step)
            nearest = None if at is None else longest.loss.steps[at]
            self.view = self.view.crossed(extent_of(self._series), nearest)

    def _paint(self) -> None:
        width, height = self.size
        if not width or not height:
            return
        before = self._picture.rows
        self._picture = paint(self._series, self.view, width, height, self._traces, self.emptiness)
        after = self._picture.rows
        for y in range(max(len(before), len(after))):
            if before[y : y + 1] != after[y : y + 1]:
                self._strips.pop(y, None)
                self.refresh(Region(0, y, width, 1))

    def _style(self, style: str) -> Style:
        words = style.split()
        colour = next((self.app.theme_variables[word] for word in words if word != "bold"), None)
        return Style(color=colour, bold="bold" in words or None)
