"""A line being typed: what each key makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from breadtui.widgets.fields.line_edit import LineEdit

KEYS = ("left", "right", "home", "end", "ctrl+left", "ctrl+right", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k")
LINES = st.builds(
    lambda text, at: LineEdit(text, min(at, len(text))),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40),
    st.integers(0, 40),
)


@pytest.mark.parametrize(
    ("key", "line", "made"),
    [
        ("backspace", LineEdit("yoda", 4), LineEdit("yod", 3)),
        ("backspace", LineEdit("yoda", 0), LineEdit("yoda", 0)),
        ("delete", LineEdit("yoda", 0), LineEdit("oda", 0)),
        ("delete", LineEdit("yoda", 4), LineEdit("yoda", 4)),
        ("home", LineEdit("yoda", 2), LineEdit("yoda", 0)),
        ("end", LineEdit("yoda", 2), LineEdit("yoda", 4)),
        ("left", LineEdit("yoda", 0), LineEdit("yoda", 0)),
        ("right", LineEdit("yoda", 4), LineEdit("yoda", 4)),
        ("ctrl+left", LineEdit("use the force", 13), LineEdit("use the force", 8)),
        ("ctrl+right", LineEdit("use the force", 3), LineEdit("use the force", 7)),
        ("ctrl+w", LineEdit("use the force", 13), LineEdit("use the ", 8)),
        ("ctrl+u", LineEdit("use the force", 4), LineEdit("the force", 0)),
        ("ctrl+k", LineEdit("use the force", 4), LineEdit("use ", 4)),
    ],
)
def test_a_key_edits_as_in_a_shell(key: str, line: LineEdit, made: LineEdit) -> None:
    assert line.press(key) == made


def test_a_key_that_edits_nothing_is_left_to_others() -> None:
    assert LineEdit("yoda", 4).press("f5") is None


def test_line_breaks_pasted_into_a_line_become_spaces() -> None:
    assert LineEdit("a", 1).insert("b\nc\r\nd") == LineEdit("ab c d", 6)


@given(LINES, st.lists(st.sampled_from(KEYS), max_size=12))
def test_the_cursor_never_leaves_the_line(line: LineEdit, keys: list[str]) -> None:
    for key in keys:
        pressed = line.press(key)
        assert pressed is not None
        line = pressed
        assert 0 <= line.at <= len(line.text)


@given(LINES, st.integers(1, 30))
def test_the_window_fits_and_holds_the_cursor(line: LineEdit, width: int) -> None:
    shown, at = line.window(width)
    assert cell_len(shown) <= width
    assert 0 <= at <= len(shown) or cell_len(line.text[line.at : line.at + 1]) > width - cell_len(shown)
