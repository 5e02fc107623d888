"""The picture of some bakes' curves as a drawing: lines instead of dots, with the same scales and window. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from breadtui.bakery.metrics import Series
from breadtui.widgets.chart.captions import COLOURS, SIGNS
from breadtui.widgets.chart.panels import GOOD, Panel, Quantity, arrange, panel
from breadtui.widgets.chart.scales import Scale
from breadtui.widgets.chart.traces import Column, Trace, Traces
from breadtui.widgets.chart.view import View, extent_of

WIDTH, HEIGHT = 960, 600
LEFT, RIGHT, LINE = 80, 20, 20
"""Margins, and the height of a line of text."""
ROWS = 30
"""Rows of cells that the panels share the height as."""
DASHES = ("", "8 3", "3 3", "12 3 3 3", "1 3", "16 4", "6 2 1 2", "2 6")
"""Of the lines, so that colour does not tell them apart alone."""


def svg_of(series: Sequence[Series], view: View, colours: Mapping[str, str], traces: Traces | None = None) -> str:
    """The curves as SVG; `colours` gives those of the theme's variables."""
    series, traces = series[: len(SIGNS)], traces or Traces()
    axis = view.axis(extent_of(series))
    parts = [*_legend(series, colours)]
    top = LINE * (len(series) + 1.5)
    each = (HEIGHT - top - 2 * LINE) / ROWS
    for quantity, rows in arrange(series, ROWS):
        shown = panel(quantity, series, traces, view, axis, WIDTH - LEFT - RIGHT)
        parts += _panel(shown, top + LINE, rows * each - 1.5 * LINE, colours)
        top += rows * each
    parts += _steps(axis, series[0].unit if series else "step", colours)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["background"]}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _legend(series: Sequence[Series], colours: Mapping[str, str]) -> Iterator[str]:
    for index, one in enumerate(series):
        name = f"{SIGNS[index]} {one.repo}/{one.bake}"
        yield _text(LEFT, LINE * (index + 1), name, colours[COLOURS[index]], "start")


def _panel(shown: Panel, top: float, height: float, colours: Mapping[str, str]) -> Iterator[str]:
    yield _text(LEFT, top - 5, shown.quantity.value, colours["muted"], "start")
    yield _line(LEFT, top, LEFT, top + height, colours["border"])
    yield _line(LEFT, top + height, WIDTH - RIGHT, top + height, colours["border"])
    if (scale := shown.scale) is None:
        return
    for value, text in scale.ticks(max(int(height / 45), 2)):
        y = top + (1 - scale.at(value)) * height
        yield _line(LEFT - 4, y, LEFT, y, colours["muted"])
        yield _text(LEFT - 8, y + 4, text, colours["muted"], "end")
    if shown.quantity is Quantity.LOSS and scale.low <= GOOD <= scale.high:
        y = top + (1 - scale.at(GOOD)) * height
        yield _line(LEFT, y, WIDTH - RIGHT, y, colours["success"], "6 4")
        yield _text(WIDTH - RIGHT, y - 4, "4e-07 good", colours["success"], "end")
    for index, line in enumerate(shown.lines):
        colour, dashes = colours[COLOURS[index]], DASHES[index]
        if line.raw is not None:
            yield _curve(line.raw, line.raw_columns, scale, top, height, colour, dashes, 0.3)
        yield _curve(line.trace, line.columns, scale, top, height, colour, dashes, 1)


def _steps(axis: Scale, unit: str, colours: Mapping[str, str]) -> Iterator[str]:
    y = HEIGHT - LINE
    for value, text in axis.ticks(10):
        if unit == "step" and value != int(value):
            continue  # there is no such step
        x = LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT)
        yield _text(x, y, text, colours["muted"], "middle")
    yield _text(WIDTH - RIGHT, HEIGHT - 5, unit, colours["muted"], "end")


def _curve(
    trace: Trace,
    columns: Sequence[Column],
    scale: Scale,
    top: float,
    height: float,
    colour: str,
    dashes: str,
    opacity: float,
) -> str:
    """A line for each stretch without a gap; where one stretch is a single point, its round end is a dot."""
    place = scale.placing(2)  # two dots are one apart
    path: list[str] = []
    before: Column | None = None
    for column in columns:
        if not 0 <= column.x < WIDTH - LEFT - RIGHT:
            continue
        values = dict.fromkeys((column.first, column.low, column.high, column.last))
        points = [f"{LEFT + column.x},{top + place(value) * height:.1f}" for value in values]
        joined = before is not None and trace.joined(before.end, column.begin)
        path.append(f"{'L' if joined else 'M'}{' L'.join(points)}{'' if joined else ' h0'}")
        before = column
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="{" ".join(path)}" fill="none" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="1.5" '
        f'stroke-linejoin="round" stroke-linecap="round"{dash}/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "") -> str:
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
