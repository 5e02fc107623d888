"""The picture of curves: what is said and shown of them at any size, whatever was told."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from breadtui.bakery.metrics import Curve, Series
from breadtui.themes import DARK
from breadtui.widgets.chart.captions import COLOURS, SIGNS
from breadtui.widgets.chart.panels import Quantity, panel, rasters
from breadtui.widgets.chart.picture import GUTTER, MOST, Picture, paint
from breadtui.widgets.chart.svg import svg_of
from breadtui.widgets.chart.traces import Smoothing, Traces
from breadtui.widgets.chart.view import View, extent_of
from tests.widgets.curves import curve, series, training

PAPER: dict[str, str] = dict.fromkeys((*COLOURS, "background", "border", "muted", "success"), "#123456")


def plot(picture: Picture) -> list[str]:
    """The rows of the loss, without caption, legend and axes."""
    return [row[GUTTER:] for row in picture.text.split("\n") if len(row) > GUTTER - 1 and row[GUTTER - 1] in "│┤"]


def test_a_small_picture_is_known_to_the_cell() -> None:
    assert paint([series([4e-6, 2e-6, 1e-6, 1e-6])], View(), 58, 6).text == "\n".join(
        [
            " ● last 1e-06   ▾ min 1e-06 at step 3   log scale",
            "   4e-06 ┤⠒⠒⠒⠒⠤⠤⠤⢄⣀⣀⣀⡀",
            "   2e-06 ┤           ⠈⠉⠉⠉⠑⠒⠒⠒⠤⠤⠤⠤⣀⣀⣀⡀",
            "         │                          ⠈⠉⠉⠉⠒▾⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒●",
            "         │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 4e-07 good",
            "         └─────────────── 2 ──────────── 3 ───────── step",
        ]
    )


def test_the_last_and_the_lowest_are_marked_and_said() -> None:
    picture = paint([series([4e-7, 1e-7, 3e-7])], View(), 60, 8)
    assert "● last 3e-07" in picture.text
    assert "▾ min 1e-07 at step 2" in picture.text
    rows = plot(picture)
    assert [row.index("▾") for row in rows if "▾" in row] == [24]
    assert rows[-1].count("▾") == 1
    assert sum(row.endswith("●") for row in rows) == 1


def test_the_vendors_line_is_dashed_and_labelled_where_it_is_in_the_picture() -> None:
    assert "╌ 4e-07 good" in paint([training(100)], View(), 80, 12).text
    assert "good" not in paint([series([1.0, 2.0, 3.0])], View(), 80, 12).text


def test_its_label_covers_no_point() -> None:
    noisy = series([3e-7 if step % 2 else 5e-7 for step in range(4000)])
    rows = plot(paint([noisy], View(), 80, 12))
    marked = sum(char in "●▾" for row in rows for char in row)
    assert sum(0x2800 < ord(char) < 0x2900 for row in rows for char in row) + marked == dotted_cells(noisy, 80, 10)


def dotted_cells(one: Series, width: int, rows: int) -> int:
    """Cells in which there is a dot."""
    axis = View().axis(extent_of([one]))
    shown = panel(Quantity.LOSS, [one], Traces(), View(), axis, (width - GUTTER) * 2)
    return sum(bool(bits) for bits in rasters(shown, width - GUTTER, rows)[0].dots)


@pytest.mark.parametrize("gap", [math.nan, math.inf, -math.inf, 0.0, -1.0])
def test_what_cannot_be_drawn_leaves_a_gap(gap: float) -> None:
    losses = [2e-7] * 10 + [gap] * 10 + [2e-7] * 10
    row = next(
        row
        for row in plot(paint([series(losses)], View(), 70, 8))
        if "⠒" in row or "⣀" in row or "⠉" in row or "⠤" in row
    )
    left, _, right = row.partition(" " * 12)
    assert left.strip()
    assert right.strip()


def test_a_diverged_training_says_at_how_many_steps() -> None:
    one = replace(series([2e-7, math.nan, 3e-7]), lost=1)
    assert "✖ no number at 1 step" in paint([one], View(), 100, 8).text


def test_one_point_is_a_mark_in_the_middle_and_equal_losses_are_a_level_line() -> None:
    rows = plot(paint([series([2e-7])], View(), 60, 9))
    assert sum("●" in row for row in rows) == 1
    level = plot(paint([series([1e-5] * 50)], View(), 60, 9))
    assert sum(bool(row.strip()) for row in level) == 1


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], "No step of the training was told yet"),
        ([series([])], "No step of the training was told yet"),
        ([series([0.0, -1.0])], "No loss is above zero"),
        ([series([math.nan, math.inf])], "None of the losses told so far is a number"),
    ],
)
def test_where_there_is_no_curve_it_says_why(shown: Sequence[Series], said: str) -> None:
    assert said in paint(shown, View(), 100, 8).text


def test_rate_and_time_stand_below_the_loss_where_there_is_room() -> None:
    tall, short = paint([training(200)], View(), 100, 30).text, paint([training(200)], View(), 100, 10).text
    assert "learning rate" in tall
    assert "seconds a step" in tall
    assert "learning rate" not in short
    assert "learning rate" not in paint([series([1e-7, 2e-7])], View(), 100, 30).text


def test_the_crosshair_reads_what_was_told_at_its_step() -> None:
    told = training(200)
    text = paint([told], View(cross=50, smoothing=Smoothing.STRONG), 120, 30).text
    assert "step 50" in text
    assert f"loss {told.loss.values[49]:.2e}" in text
    assert f"learning rate {told.rate.values[49]:.2e}" in text
    assert f"seconds a step {told.seconds.values[49]:.3g}" in text


def test_several_bakes_are_told_apart_by_signs_in_the_plot_and_in_the_legend() -> None:
    bakes = [training(60 + 20 * number, f"bake{number}", seed=number) for number in range(MOST)]
    picture = paint(bakes, View(), 160, 40)
    for number, sign in enumerate(SIGNS):
        assert f"{sign} bake{number}" in picture.text
        assert sum(row.count(sign) for row in plot(picture)) >= 2


def test_a_ninth_bake_is_left_out() -> None:
    assert "bake8" not in paint([training(30, f"bake{number}") for number in range(9)], View(), 160, 40).text


def test_the_smoothed_line_stands_before_the_points_as_told() -> None:
    rows = paint([training(200)], View(smoothing=Smoothing.STRONG), 100, 14).rows
    styles = {style for row in rows for _, style in row}
    assert {"primary", "border"} <= styles
    assert "border" not in {style for row in paint([training(200)], View(), 100, 14).rows for _, style in row}


def test_a_zoomed_window_shows_its_steps_and_scales_to_them() -> None:
    spiked = series([2e-7] * 500 + [1.0] + [2e-7] * 500)
    whole = paint([spiked], View(log=False), 80, 12)
    part = paint([spiked], View(log=False, window=(1, 400)), 80, 12)
    assert "1 ┤" in whole.text
    assert "e-07 ┤" in part.text
    assert part.step_at(GUTTER) == pytest.approx(1, abs=4)
    assert part.step_at(79) == pytest.approx(400, abs=4)
    assert part.step_at(2) is None


def test_zoom_and_pan_stay_within_the_training() -> None:
    extent = extent_of([training(1000)])
    view = View().zoomed(extent, 0.5)
    assert view.window == pytest.approx((250.75, 750.25))
    assert view.panned(extent, -9).window == pytest.approx((1, 500.5))
    assert view.panned(extent, 9).window == pytest.approx((500.5, 1000))
    assert view.zoomed(extent, 2).window is None
    for _ in range(40):
        view = view.zoomed(extent, 0.5)
    assert view.window is not None
    assert view.window[1] - view.window[0] == pytest.approx(4, abs=0.1)


def test_the_window_follows_the_crosshair() -> None:
    extent = extent_of([training(1000)])
    view = View(window=(100, 200)).crossed(extent, 250)
    assert view.window == (150, 250)
    assert view.crossed(extent, 20).window == (20, 120)
    assert View().crossed(extent, 5000).cross == 1000


ANY = st.lists(st.floats() | st.sampled_from([0.0, math.nan, 2e-7, 4e-7]), max_size=40)
STEPS = st.lists(st.floats(-1e15, 1e15), max_size=40, unique=True).map(sorted)
VIEWS = st.builds(
    View,
    st.booleans(),
    st.sampled_from(Smoothing),
    st.none() | st.tuples(st.floats(-50, 50), st.floats(51, 100)),
    st.none() | st.floats(-100, 100),
)


def told(values: list[float], steps: list[float]) -> Series:
    """Whatever a server may say, at whatever steps."""
    least = min(len(values), len(steps))
    one = Curve(array("d", steps[:least]), array("d", values[:least]))
    return Series("yoda_repo", "any", one, one, curve(values))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.builds(told, ANY, STEPS), max_size=3), VIEWS, st.integers(0, 90), st.integers(0, 34))
def test_whatever_was_told_is_drawn_in_exactly_the_room_there_is(
    shown: list[Series], view: View, width: int, height: int
) -> None:
    picture = paint(shown, view, width, height)
    assert len(picture.rows) <= height
    for row in picture.rows:
        assert cell_len("".join(text for text, _ in row)) == width
    extent = extent_of(shown)
    looked = view.crossed(extent, 0.0).zoomed(extent, 0.1).panned(extent, 1)
    assert len(paint(shown, looked, width, height).rows) == len(picture.rows)
    if shown:
        ET.fromstring(svg_of(shown, view, PAPER))


def test_the_drawing_is_whole_and_takes_names_as_text() -> None:
    bakes = [training(300, "<b>&"), training(300, "other", 2)]
    svg = svg_of(bakes, View(smoothing=Smoothing.LIGHT), PAPER)
    root = ET.fromstring(svg)
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "● yoda_repo/<b>&" in texts
    assert "4e-07 good" in texts
    assert {"loss", "learning rate", "seconds a step"} <= set(texts)
    paths = root.findall("{http://www.w3.org/2000/svg}path")
    assert len(paths) == 8  # two bakes: the loss smoothed and as told, rate, time
    assert len({path.get("stroke-dasharray") for path in paths}) == 2


def test_a_gap_is_a_gap_in_the_drawing_too() -> None:
    svg = svg_of([series([2e-7, 2e-7, math.nan, 2e-7, 2e-7])], View(), PAPER)
    path = ET.fromstring(svg).find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    assert path.get("d", "").count("M") == 2


def test_every_colour_is_one_of_the_themes() -> None:
    known = {"primary", "secondary", "success", "error", "accent", "foreground", "warning", *DARK.variables}
    assert set(COLOURS) <= known
    assert len(set(COLOURS)) == len(set(SIGNS)) == MOST
