"""Traces: extremes of every column, gaps, smoothing."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.widgets.chart.raster import Raster
from breadtui.widgets.chart.scales import Scale
from breadtui.widgets.chart.traces import BLOCK, Smoothing, Trace, Traces, draw, smoothed
from tests.widgets.curves import curve

VALUES = st.lists(st.floats() | st.floats(1e-8, 1e-6), max_size=5 * BLOCK)


def drawn(values: list[float], width: int, height: int, *, log: bool = False) -> list[str]:
    """What is drawn of values at steps from 1 on, between 0 and 1 (or 0.01 and 1), over the whole raster."""
    trace, raster = Trace(curve(values), log=log), Raster(width, height)
    columns = trace.columns(Scale(1, max(len(values), 2)), raster.across)
    draw(raster, trace, columns, Scale(0.01, 1, log=True) if log else Scale(0, 1))
    return [raster.row(y) for y in range(height)]


def test_points_are_joined_to_a_line() -> None:
    assert drawn([0, 1], 2, 1) == ["⡠⠊"]
    assert drawn([1, 0, 0, 1], 2, 1) == ["⢱⡸"]


def test_one_point_is_one_dot() -> None:
    assert drawn([1], 2, 1) == ["⠁ "]


@pytest.mark.parametrize("gap", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_breaks_the_line(gap: float) -> None:
    assert drawn([1, 1, gap, 1, 1, 1], 3, 1) == ["⠉⠈⠉"]


@pytest.mark.parametrize("gap", [0.0, -1.0])
def test_what_is_not_above_zero_breaks_the_line_on_a_logarithmic_scale_alone(gap: float) -> None:
    assert drawn([1, 1, gap, 1, 1, 1], 3, 1, log=True) == ["⠉⠈⠉"]
    assert drawn([1, 1, 0.0, 1, 1, 1], 3, 1) == ["⠉⡾⠉"]


def test_a_decade_is_as_high_wherever_it_is_on_a_logarithmic_scale() -> None:
    assert drawn([1, 0.1, 0.01], 3, 1, log=True) == drawn([1, 0.5, 0], 3, 1)


def test_a_spike_of_a_single_point_among_many_is_drawn_to_its_height() -> None:
    values = [0.0] * 10_000
    values[5000] = 1.0
    rows = drawn(values, 20, 3)
    assert sum(char != " " for char in rows[0]) == 1
    assert rows[2].count(" ") == 0


@settings(max_examples=100)
@given(VALUES, st.data())
def test_the_extremes_of_any_stretch_are_found_as_by_looking_at_every_point(
    values: list[float], data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(values)))
    end = data.draw(st.integers(begin, len(values)))
    trace = Trace(curve(values), log=False)
    there = [value for value in values[begin:end] if -1e300 < value <= 1e300]
    assert trace.extremes(begin, end) == (min(there, default=math.inf), max(there, default=-math.inf))


@settings(max_examples=100)
@given(VALUES, st.integers(1, 40), st.floats(-5, 60), st.floats(0.01, 100))
def test_columns_hold_every_point_in_the_window_once(
    values: list[float], across: int, start: float, width: float
) -> None:
    trace, window = Trace(curve(values), log=True), Scale(start, start + width)
    columns = trace.columns(window, across)
    assert [column.x for column in columns] == sorted(column.x for column in columns)
    inside = [column for column in columns if 0 <= column.x < across]
    seen = [(step, value) for step, value in enumerate(values, 1) if window.low <= step <= window.high]
    there = [value for _, value in seen if 1e-300 < value <= 1e300]
    if there:
        assert min(column.low for column in inside) == min(there)
        assert max(column.high for column in inside) == max(there)
    else:
        assert not inside


@pytest.mark.parametrize("smoothing", [Smoothing.LIGHT, Smoothing.STRONG])
def test_smoothing_calms_the_line_keeps_its_gaps_and_begins_where_it_begins(smoothing: Smoothing) -> None:
    noisy = [1.0 + (0.5 if step % 2 else -0.5) for step in range(400)]
    noisy[200] = math.nan
    calm = smoothed(curve(noisy), smoothing).values
    assert calm[0] == noisy[0]
    assert math.isnan(calm[200])
    assert all(abs(value - 1) < 0.2 for value in calm[50:200])
    assert max(calm[50:200]) - min(calm[50:200]) < 0.4


def test_stronger_smoothing_is_calmer() -> None:
    noisy = curve([1.0 + (0.5 if step % 2 else -0.5) for step in range(400)])
    light, strong = (smoothed(noisy, much).values[100:] for much in (Smoothing.LIGHT, Smoothing.STRONG))
    assert max(strong) - min(strong) < max(light) - min(light)


def test_off_is_what_comes_after_the_strongest() -> None:
    assert Smoothing.OFF.after.after.after is Smoothing.OFF


def test_a_trace_is_made_once_and_let_go_with_its_curve() -> None:
    traces, one, other = Traces(), curve([1, 2]), curve([1, 2])
    first = traces.of(one, log=True)
    assert traces.of(one, log=True) is first
    assert traces.of(one) is not first
    traces.keep([other])
    assert traces.of(one, log=True) is not first


def test_the_lowest_and_the_newest_are_of_those_that_can_be_drawn() -> None:
    trace = Trace(curve([3, -1, 2, 2, math.nan]), log=True)
    assert (trace.lowest(), trace.newest()) == (2, 3)
    nothing = Trace(curve([math.nan]), log=True)
    assert (nothing.lowest(), nothing.newest(), nothing.empty) == (None, None, True)
