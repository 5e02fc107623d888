"""What is said above the curves: the last and the lowest loss, what the crosshair reads, a legend of several. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from breadtui.bakery.metrics import Series
from breadtui.widgets.chart.panels import Quantity
from breadtui.widgets.chart.scales import number
from breadtui.widgets.chart.traces import Smoothing, Traces
from breadtui.widgets.chart.view import View
from breadtui.widgets.drawing import fit, shorten

SIGNS = "●▲■◆○△□◇"
COLOURS = ("primary", "secondary", "error", "foreground", "success", "accent", "muted", "warning")
"""Sign and theme variable of each bake, as many as can be laid over one another."""
ENTRY = 46
"""Cells for a bake in the legend."""

Run = tuple[str, str]
"""Text and its style: `bold`, or the name of a theme variable, or both."""
Row = tuple[Run, ...]


def head(series: Sequence[Series], view: View, traces: Traces, width: int, height: int) -> Iterator[Row]:
    """The rows above a picture of `width` by `height` cells: one of a single bake, or a legend."""
    if len(series) == 1:
        yield fitted(_caption(series[0], view, traces), width)
        return
    how = f" {len(series)} bakes   {_how(view)}"
    cross = () if view.cross is None else ((f"   {_at(series[0], view.cross)}", "bold accent"),)
    yield fitted(((how, "muted"), *cross), width)
    most = max(height // 4, 1)
    abreast = max(width // ENTRY, -(-len(series) // most), 1)
    for start in range(0, len(series), abreast):
        entries = range(start, min(start + abreast, len(series)))
        yield fitted([run for i in entries for run in _entry(series, i, view, traces, width // abreast)], width)


def read(value: float) -> str:
    """A value for people, also one that is none."""
    return number(value) if math.isfinite(value) else "no number"


def fitted(runs: Sequence[Run], width: int) -> Row:
    """The runs in exactly `width` cells, cut or filled at the end."""
    row: list[Run] = []
    room = width
    for text, style in runs:
        taken = text if cell_len(text) <= room else fit(text.rstrip(), room)
        row.append((taken, style))
        room -= cell_len(taken)
        if room <= 0:
            return tuple(row)
    return (*row, (" " * room, ""))


def _caption(one: Series, view: View, traces: Traces) -> list[Run]:
    """Of a single bake: the last and the lowest loss, or what the crosshair reads."""
    trace = traces.of(one.loss, log=view.log)
    last, least = trace.newest(), trace.lowest()
    if view.cross is not None:
        told, *others = _readings(one, view.cross, traces)
        runs: list[Run] = [(f" {_at(one, view.cross)}", "bold accent"), *told, *_lost(one)]
        return [*runs, *(run for reading in others for run in reading), (f"   {_how(view)}", "muted")]
    if last is None or least is None:
        return [*_lost(one), (f"   {_how(view)}", "muted")]
    return [
        (f" {SIGNS[0]} ", "bold primary"),
        ("last ", "muted"),
        (number(trace.values[last]), "bold"),
        ("   ▾ ", "bold foreground"),
        ("min ", "muted"),
        (number(trace.values[least]), "bold"),
        (f" at {_at(one, trace.steps[least])}", "muted"),
        *_lost(one),
        (f"   {_how(view)}", "muted"),
    ]


def _readings(one: Series, step: float, traces: Traces) -> Iterator[list[Run]]:
    """What was told of each quantity nearest to a step."""
    for quantity in Quantity:
        trace = traces.of(quantity.of(one))
        at = trace.nearest(step)
        yield [] if at is None else [(f"   {quantity.value} ", "muted"), (read(trace.values[at]), "bold")]


def _lost(one: Series) -> list[Run]:
    """Where the training diverged."""
    steps = "1 step" if one.lost == 1 else f"{one.lost:,} steps"
    return [(f"   ✖ no number at {steps}", "error")] if one.lost else []


def _entry(series: Sequence[Series], index: int, view: View, traces: Traces, width: int) -> list[Run]:
    """A bake in the legend: its sign, its name, and the last and lowest loss or what the crosshair reads."""
    one = series[index]
    trace = traces.of(one.loss, log=view.log)
    name = one.bake if len({other.repo for other in series}) == 1 else f"{one.repo}/{one.bake}"
    last, least = trace.newest(), trace.lowest()
    if view.cross is not None and (at := trace.nearest(view.cross)) is not None:
        told = read(trace.values[at])
    elif last is None or least is None:
        told = "no loss yet"
    else:
        told = f"last {number(trace.values[last])} min {number(trace.values[least])}"
    room = width - 4 - cell_len(told) - 1
    if room < 8:
        return [(f" {SIGNS[index]} ", f"bold {COLOURS[index]}"), (fit(name, max(width - 3, 1)), "")]
    shown = shorten(name, room)
    gap = " " * (width - 3 - cell_len(shown) - 1 - cell_len(told))
    return [(f" {SIGNS[index]} ", f"bold {COLOURS[index]}"), (f"{shown} ", ""), (told + gap, "muted")]


def _how(view: View) -> str:
    scale = "log scale" if view.log else "linear scale"
    return scale if view.smoothing is Smoothing.OFF else f"{scale}, {view.smoothing}"


def _at(one: Series, step: float) -> str:
    return f"{one.unit} {number(step, 6)}"
