"""Dots and cells: known input, known cells."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.widgets.chart.raster import Raster


def rows(raster: Raster) -> list[str]:
    return [raster.row(y) for y in range(raster.height)]


def lit(raster: Raster) -> set[tuple[int, int]]:
    """The dots that are set, read from the characters."""
    places = {0x01: (0, 0), 0x02: (0, 1), 0x04: (0, 2), 0x08: (1, 0), 0x10: (1, 1), 0x20: (1, 2), 0x40: (0, 3)}
    places[0x80] = (1, 3)
    found: set[tuple[int, int]] = set()
    for y, row in enumerate(rows(raster)):
        for x, char in enumerate(row):
            bits = 0 if char == " " else ord(char) - 0x2800
            found |= {(2 * x + dx, 4 * y + dy) for bit, (dx, dy) in places.items() if bits & bit}
    return found


def test_each_dot_of_a_cell_is_where_braille_has_it() -> None:
    for (x, y), char in zip([(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)], "⠁⠂⠄⡀⠈⠐⠠⢀", strict=True):
        raster = Raster(1, 1)
        raster.bar(x, y, y)
        assert raster.row(0) == char


def test_a_bar_fills_the_column_of_dots_across_cells() -> None:
    raster = Raster(2, 3)
    raster.bar(1, 2, 9)
    raster.bar(2, 11, 4)  # from below
    assert rows(raster) == ["⢠ ", "⢸⡇", "⠘⡇"]


def test_a_diagonal_goes_down_dot_by_dot() -> None:
    raster = Raster(2, 1)
    raster.line(0, 0, 3, 3)
    assert raster.row(0) == "⠑⢄"


def test_a_level_line_is_one_dot_high() -> None:
    raster = Raster(3, 1)
    raster.line(0, 1, 5, 1)
    assert raster.row(0) == "⠒⠒⠒"


def test_a_line_that_comes_from_outside_is_drawn_from_the_edge_on() -> None:
    raster = Raster(2, 1)
    raster.line(-4, -4, 3, 3)
    assert raster.row(0) == "⠑⢄"


def test_an_ink_is_kept_for_each_cell_it_drew_in() -> None:
    raster = Raster(2, 2)
    raster.bar(0, 0, 0, ink=1)
    raster.bar(3, 0, 7, ink=2)
    assert list(raster.inks) == [1, 2, 0, 2]


COORDINATES = st.integers(-40, 60)


@settings(max_examples=60)
@given(COORDINATES, COORDINATES, COORDINATES, COORDINATES)
def test_a_line_has_no_hole(x0: int, y0: int, x1: int, y1: int) -> None:
    x0, x1 = sorted((x0, x1))
    raster = Raster(10, 8)
    raster.line(x0, y0, x1, y1)
    by_column = {x: sorted(y for at, y in lit(raster) if at == x) for x in range(raster.across)}
    inside = [x for x in range(max(x0, 0), min(x1, 19) + 1) if by_column[x]]
    for x in inside:
        assert by_column[x] == list(range(by_column[x][0], by_column[x][-1] + 1))
    for one, other in pairwise(inside):
        assert other == one + 1, "columns follow one another"
        apart = max(by_column[one][0] - by_column[other][-1], by_column[other][0] - by_column[one][-1])
        assert apart <= 1, "and touch"


@settings(max_examples=60)
@given(st.integers(0, 5), st.integers(0, 5), COORDINATES, COORDINATES, COORDINATES)
def test_a_bar_sets_its_dots_and_no_others(width: int, height: int, x: int, top: int, bottom: int) -> None:
    raster = Raster(width, height)
    raster.bar(x, top, bottom)
    low, high = sorted((top, bottom))
    assert lit(raster) == {(x, y) for y in range(low, high + 1) if 0 <= x < 2 * width and 0 <= y < 4 * height}
