"""Axes: where values stand, and which of them get a label."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.widgets.chart.scales import LEAST, MOST, Scale, label, number, scale_for

PLACEABLE = st.floats(-MOST, MOST)
ABOVE_ZERO = st.floats(LEAST, MOST)


@pytest.mark.parametrize(
    ("low", "high", "log", "most", "labels"),
    [
        (2e-7, 1.2e-6, True, 5, ["2e-07", "5e-07", "1e-06"]),
        (1e-7, 1.5e-6, True, 3, ["1e-07", "1e-06"]),
        (1e-9, 1e3, True, 5, ["1e-09", "1e-06", "0.001", "1", "1,000"]),
        (2e-7, 2.2e-7, True, 3, ["2e-07", "2.1e-07", "2.2e-07"]),
        (1e-7, 1.5e-6, False, 3, ["5e-07", "1e-06", "1.5e-06"]),
        (0, 5000, False, 5, ["0", "2,000", "4,000"]),
        (-1, 1, False, 5, ["-1", "-0.5", "0", "0.5", "1"]),
        (3e-7, 3e-7, True, 3, ["3e-07", "4e-07"]),
        (0, 0, False, 3, ["-1", "0", "1"]),
    ],
)
def test_ticks_are_round_and_readable(low: float, high: float, log: bool, most: int, labels: list[str]) -> None:
    assert [text for _, text in scale_for(low, high, log=log).ticks(most)] == labels


def test_equal_values_stand_in_the_middle() -> None:
    for log in (True, False):
        assert scale_for(3e-7, 3e-7, log=log).at(3e-7) == pytest.approx(0.5, abs=0.05)


def test_a_line_that_is_near_is_taken_in_and_one_that_is_far_is_not() -> None:
    assert scale_for(1e-7, 3e-7, log=True, near=4e-7).high > 4e-7
    assert scale_for(5e-7, 1e-6, log=True, near=4e-7).low < 4e-7
    assert scale_for(1.0, 3.0, log=True, near=4e-7).low > 4e-7
    assert scale_for(1.0, 3.0, log=False, near=4e-7).low > 4e-7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2e-7, "2e-07"),
        (1.93456e-7, "1.93e-07"),
        (0.0, "0"),
        (21, "21"),
        (1250, "1,250"),
        (0.05, "0.05"),
        (2.0412, "2.04"),
        (1e9, "1e+09"),
        (-3.5, "-3.5"),
    ],
)
def test_a_number_is_never_written_with_fixed_decimals(value: float, text: str) -> None:
    assert number(value) == text


@settings(max_examples=150)
@given(PLACEABLE, PLACEABLE, st.integers(1, 12))
def test_a_linear_axis_holds_any_values_and_its_ticks_lie_on_it(one: float, other: float, most: int) -> None:
    scale = scale_for(min(one, other), max(one, other), log=False, near=4e-7)
    check(scale, min(one, other), max(one, other), most)


@settings(max_examples=150)
@given(ABOVE_ZERO, ABOVE_ZERO, st.integers(1, 12))
def test_a_logarithmic_axis_holds_any_values_above_zero(one: float, other: float, most: int) -> None:
    scale = scale_for(min(one, other), max(one, other), log=True, near=4e-7)
    check(scale, min(one, other), max(one, other), most)


def check(scale: Scale, low: float, high: float, most: int) -> None:
    assert scale.low < scale.high
    assert -0.01 <= scale.at(low) <= scale.at(high) <= 1.01
    place = scale.placing(40)
    assert -1 < place(high) <= place(low) < 40
    ticks = scale.ticks(most)
    assert len(ticks) <= most
    assert len({text for _, text in ticks}) == len(ticks), "no two read alike"
    for value, _ in ticks:
        assert math.isfinite(value)
        assert -1e-6 <= scale.at(value) <= 1 + 1e-6


def test_labels_have_the_figures_that_tell_them_apart_and_no_more() -> None:
    assert [text for _, text in label([1e-7, 1.25e-7])] == ["1e-07", "1.25e-07"]
    assert [text for _, text in label([1000.0, 1500.0])] == ["1,000", "1,500"]
