"""Screens drawn with ASCII alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from breadtui.bakery.jobs import State
from breadtui.bakery.recipes.foresight import Standing
from breadtui.terminal.plain_signs import PlainSigns, needed, plain
from tests.support.program import PROGRAM
from tests.support.terminal import Terminal, isolated

EVERYTHING = [chr(code) for code in (*range(0x2500, 0x25A0), *range(0x2800, 0x2900))] + [*"·…×“”→←↑↓≠≈∅▸▾■□▲▼◇◆●"]


def test_every_sign_that_screens_draw_has_a_twin_of_its_width() -> None:
    for sign in (*EVERYTHING, *(state.sign for state in State), *(standing.sign for standing in Standing)):
        assert plain(sign).isascii(), sign
        assert len(plain(sign)) == cell_len(sign) == 1, sign


def test_states_stay_apart() -> None:
    assert len({plain(state.sign) for state in State}) == len({state.sign for state in State})
    assert len({plain(standing.sign) for standing in Standing}) == len({standing.sign for standing in Standing})


def test_words_of_other_languages_are_left_as_they_are() -> None:
    assert plain("Größe 日本語 ✔") == "Größe 日本語 +"


def test_a_line_keeps_its_cells_and_its_colours() -> None:
    red = Style(color="red")
    line = [Segment("│ ", red), Segment("plain"), Segment(" ◐ 45 %", red)]
    drawn = PlainSigns().apply(line, Color(0, 0, 0))
    assert [(segment.text, segment.style) for segment in drawn] == [("| ", red), ("plain", None), (" % 45 %", red)]


@pytest.mark.parametrize(
    ("terminal", "lacks"), [("linux", True), ("vt100", True), ("xterm-256color", False), ("", False)]
)
def test_a_terminal_tells_by_its_name_whether_it_lacks_them(terminal: str, lacks: bool) -> None:
    assert needed(terminal) is lacks


@pytest.mark.parametrize(("flags", "terminal"), [((), "linux"), (("--ascii",), "xterm-256color")])
def test_such_a_terminal_is_drawn_with_ascii_alone(flags: tuple[str, ...], terminal: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"question": "Who?", "response": "I"}\n')
    environ = isolated(tmp_path, TERM=terminal)
    shown = Terminal([*PROGRAM, *flags, "data", str(rows)], environ=environ, columns=80, rows=24)
    try:
        screen = shown.wait_for("Who[?]")
        assert screen.isascii(), screen
        assert "+-" in screen
    finally:
        shown.close()
