"""The picture of some bakes' curves in cells: caption, legend, panels with their axes. Pure, in theme colours only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from breadtui.bakery.metrics import Series
from breadtui.widgets.chart.captions import COLOURS, SIGNS, Row, Run, fitted, head, read
from breadtui.widgets.chart.panels import GOOD, Panel, Quantity, arrange, cell_of, panel, rasters
from breadtui.widgets.chart.raster import BRAILLE, DOTS_ACROSS, DOTS_DOWN, Raster
from breadtui.widgets.chart.scales import Scale
from breadtui.widgets.chart.traces import Traces, column_of
from breadtui.widgets.chart.view import View, extent_of
from breadtui.widgets.drawing import fit, shorten

MOST = len(SIGNS)
"""Bakes that can be laid over one another."""
GOOD_LABEL = "4e-07 good"
NARROWEST = 20
"""Cells, of which the axis takes some, in which a curve can still be read."""
GUTTER = 10
"""Cells of the axis at the left: always as many, so that the curve stands still while its scale follows a training."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of runs; and where the plot stands in them, so that a click finds its step."""

    rows: tuple[Row, ...]
    axis: Scale | None = None
    left: int = 0
    width: int = 0

    @property
    def text(self) -> str:
        """As plain text."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self.rows)

    def step_at(self, x: int) -> float | None:
        """The step at a column of cells; None beside the plot."""
        if self.axis is None or not self.left <= x < self.left + self.width:
            return None
        part = (x - self.left + 0.5) / self.width
        return self.axis.low + part * (self.axis.high - self.axis.low)


@dataclass(slots=True)
class _Cells:
    """A panel while it is drawn: its curves, what lies behind them, and what is placed over both, by row and column."""

    front: Raster
    behind: Raster
    placed: dict[int, dict[int, Run]] = field(default_factory=dict[int, dict[int, Run]])

    def free(self, x: int, y: int) -> bool:
        """Whether nothing stands in a cell."""
        if not 0 <= y < self.front.height or x in self.placed.get(y, ()):
            return False
        at = y * self.front.width + x
        return not self.front.dots[at] and not self.behind.dots[at]

    def put(self, x: int, y: int, sign: str, style: str) -> None:
        """Place a sign."""
        self.placed.setdefault(y, {})[x] = (sign, style)


def paint(
    series: Sequence[Series], view: View, width: int, height: int, traces: Traces | None = None, emptiness: str = ""
) -> Picture:
    """The picture, `width` by `height` cells. `emptiness` is said where there is no curve."""
    series = series[:MOST]
    traces = traces or Traces()
    if width < 1 or height < 1:
        return Picture(())
    if said := _nothing(series, view, traces, emptiness):
        return _word(said, width, height)
    above = list(head(series, view, traces, width, height))
    rows = height - len(above) - 1  # of the axis of steps
    if rows < 1 or width < NARROWEST:
        return Picture(tuple(above[:height]))
    axis = view.axis(extent_of(series))
    plot = width - GUTTER
    body: list[Row] = []
    for quantity, tall in arrange(series, rows):
        shown = panel(quantity, series, traces, view, axis, plot * DOTS_ACROSS)
        if quantity is not Quantity.LOSS:
            body.append(_title(shown, view, width))
        body += _panel_rows(shown, view, axis, plot, tall if quantity is Quantity.LOSS else tall - 1)
    return Picture((*above, *body, _foot(axis, series[0].unit, plot)), axis, GUTTER, plot)


def _nothing(series: Sequence[Series], view: View, traces: Traces, emptiness: str) -> str:
    """Why there is no curve; empty where there is one."""
    if not any(len(one.loss) for one in series):
        return emptiness or "No step of the training was told yet: the curve begins with the first."
    if any(not traces.of(one.loss, log=view.log).empty for one in series):
        return ""
    if view.log and any(not traces.of(one.loss).empty for one in series):
        return "No loss is above zero, as a logarithmic scale needs it. A linear one shows them."
    return "None of the losses told so far is a number that can be drawn."


def _word(said: str, width: int, height: int) -> Picture:
    blank: Row = ((" " * width, ""),)
    line: Row = ((fit(f" {said}", width), "muted"),)
    return Picture((*[blank] * ((height - 1) // 2), line, *[blank] * (height - 1 - (height - 1) // 2)))


def _title(shown: Panel, view: View, width: int) -> Row:
    """The name of a small panel, and where there is but one curve, its value."""
    runs: list[Run] = [(f" {shown.quantity.value}", "muted")]
    if len(shown.lines) == 1 and (last := shown.lines[0].trace.newest()) is not None:
        value = _value_at(shown, 0, view.cross) if view.cross is not None else shown.lines[0].trace.values[last]
        runs.append((f" {read(math.nan if value is None else value)}", ""))
    return fitted(runs, width)


def _value_at(shown: Panel, line: int, step: float) -> float | None:
    """What a curve was told to be nearest to a step: not the smoothed value."""
    trace = shown.lines[line].raw or shown.lines[line].trace
    at = trace.nearest(step)
    return None if at is None else trace.values[at]


def _panel_rows(shown: Panel, view: View, axis: Scale, width: int, height: int) -> Iterator[Row]:
    cells = _Cells(*rasters(shown, width, height))
    _mark(cells, shown, view, axis)
    if shown.quantity is Quantity.LOSS:
        _mark_good(cells, shown)
    labels = _tick_rows(shown.scale, cells.front)
    for y in range(height):
        text = shorten(labels.get(y, ""), GUTTER - 2)
        edge = f"{text:>{GUTTER - 2}} ┤" if text else f"{'│':>{GUTTER}}"
        yield ((edge, "muted"), *_cell_runs(cells, y))


def _tick_rows(scale: Scale | None, raster: Raster) -> dict[int, str]:
    """The labels by the row on which they stand."""
    if scale is None or not raster.down:
        return {}
    place = scale.placing(raster.down)
    return {round(place(value)) // DOTS_DOWN: text for value, text in scale.ticks(max(raster.height // 3, 2))}


def _mark(cells: _Cells, shown: Panel, view: View, axis: Scale) -> None:
    """The crosshair, the lowest and the last point, and along the lines of several bakes their signs."""
    width, several = cells.front.width, len(shown.lines) > 1
    if view.cross is not None and axis.low <= view.cross <= axis.high and width:
        x = column_of(view.cross, axis, cells.front.across) // DOTS_ACROSS
        for y in range(cells.front.height):
            if cells.free(x, y):
                cells.put(x, y, "│", "accent")
    for index, line in enumerate(shown.lines):
        style = f"bold {COLOURS[index]}"
        told = line.raw or line.trace
        if several:
            _strew(cells, shown, index, axis, style)
        if shown.quantity is Quantity.LOSS and not several and (least := told.lowest()) is not None:
            _put(cells, shown, axis, told.steps[least], told.values[least], "▾", "bold foreground")
        if (last := line.trace.newest()) is not None:
            _put(cells, shown, axis, line.trace.steps[last], line.trace.values[last], SIGNS[index], style)
        if view.cross is not None and (at := line.trace.nearest(view.cross)) is not None:
            _put(cells, shown, axis, line.trace.steps[at], line.trace.values[at], SIGNS[index], "bold accent")


def _strew(cells: _Cells, shown: Panel, index: int, axis: Scale, style: str) -> None:
    """Put a bake's sign on its line here and there, beside those of the others."""
    line = shown.lines[index]
    inside = [column for column in line.columns if 0 <= column.x < cells.front.across]
    each = len(inside) / 4
    for turn in range(4 if len(inside) >= 2 * MOST else 0):
        column = inside[int((turn + (index + 0.5) / MOST) * each)]
        _put(cells, shown, axis, line.trace.steps[column.begin], column.first, SIGNS[index], style)


def _put(cells: _Cells, shown: Panel, axis: Scale, step: float, value: float, sign: str, style: str) -> None:
    at = cell_of(shown, step, value, axis, cells.front)
    if at is not None:
        cells.put(*at, sign, style)


def _mark_good(cells: _Cells, shown: Panel) -> None:
    """The vendor's line, dashed behind the curves, and its label where it covers none of them."""
    scale = shown.scale
    if scale is None or not scale.low <= GOOD <= scale.high or not cells.front.down:
        return
    y = round(scale.placing(cells.front.down)(GOOD)) // DOTS_DOWN
    width, room = cells.front.width, len(GOOD_LABEL) + 2
    for row in (y, y - 1, y + 1):
        free = [cells.free(x, row) for x in range(width)]
        start = next((x for x in range(width - room, -1, -1) if all(free[x : x + room])), None)
        if start is not None:
            for x, char in enumerate(f" {GOOD_LABEL} ", start):
                cells.put(x, row, char, "success")
            break
    for x in range(width):
        if cells.free(x, y):
            cells.put(x, y, "╌", "success")


def _cell_runs(cells: _Cells, y: int) -> Iterator[Run]:
    """A row of a panel: curves over what lies behind them, and over both what was placed."""
    front, width = cells.front, cells.front.width
    start = y * width
    dots, inks = front.dots[start : start + width], front.inks[start : start + width]
    chars = [BRAILLE[bits] for bits in dots]
    styles = [COLOURS[ink - 1] if ink else "" for ink in inks]
    far = cells.behind.dots[start : start + width]
    if any(far):
        for x, bits in enumerate(far):
            if bits and not dots[x]:
                chars[x], styles[x] = BRAILLE[bits], "border"
    for x, (char, style) in cells.placed.get(y, {}).items():
        chars[x], styles[x] = char, style
    at = 0
    for style, length in _stretches(styles):
        yield "".join(chars[at : at + length]), style
        at += length


def _stretches(styles: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Styles and for how many cells each holds. Empty cells go with what is before: each change is written out."""
    held, length = "", 0
    for style, group in groupby(styles):
        if style and held and style != held:
            yield held, length
            length = 0
        held = style or held
        length += len(list(group))
    yield held, length


def _foot(axis: Scale, unit: str, width: int) -> Row:
    """The axis of the steps, with their numbers on it."""
    line = ["─"] * width
    name = f" {unit} "
    room = width - len(name)
    if room > 8:
        line[room:] = name
    end = 0
    for value, text in axis.ticks(max(width // 12, 1)):
        if unit == "step" and value != int(value):
            continue  # there is no such step
        written = f" {text} "
        x = int(axis.at(value) * (width - 1) + 0.5) - len(written) // 2
        if end <= x and x + len(written) < room:
            line[x : x + len(written)] = written
            end = x + len(written) + 1
    return ((f"{'└':>{GUTTER}}{''.join(line)}", "muted"),)
