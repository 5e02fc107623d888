"""How an answer is split while it streams in: whatever way it was torn, and however long it is."""

import re
from collections.abc import Generator
from contextlib import contextmanager, nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.markdown import Markdown

from breadtui.themes import DARK
from breadtui.widgets.transcript import splitting
from breadtui.widgets.transcript.code import code_blocks
from breadtui.widgets.transcript.look import Look, look_of
from breadtui.widgets.transcript.markdown import draw_piece
from breadtui.widgets.transcript.pieces import Code, Piece, Prose
from breadtui.widgets.transcript.splitting import Splitter
from breadtui.widgets.transcript.wrapping import PlainSplitter, plain_pieces
from tests.widgets.conversations import CUTS, DOCUMENTS, MARKUP, torn

LOOK: Look = look_of({**DARK.variables, "primary": DARK.primary}, dark=True)


@contextmanager
def small_windows() -> Generator[None]:
    """Cut where no document of a test is too short for it."""
    names = ("WINDOW", "LINES", "ITEMS", "CODE")
    before = {name: getattr(splitting, name) for name in names}
    for name, value in zip(names, (60, 6, 3, 4), strict=True):
        setattr(splitting, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(splitting, name, value)


def split(*pieces: str) -> list[Piece]:
    splitter = Splitter()
    finished = [piece for text in pieces for piece in splitter.feed(text)]
    return [*finished, *splitter.finish()]


def drawn(pieces: list[Piece], width: int = 40) -> list[str]:
    return [strip.text.rstrip() for piece in pieces for strip in draw_piece(piece, width, LOOK)]


def ink(lines: list[str]) -> str:
    """The text alone, without what stands beside it."""
    return re.sub(r"[\s▌•]", "", "".join(lines))


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS, CUTS)
def test_however_a_text_is_torn_it_is_split_alike(text: str, cuts: list[int]) -> None:
    assert split(*torn(text, cuts)) == split(text)
    with small_windows():
        assert split(*torn(text, cuts)) == split(text)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_a_text_that_comes_sign_by_sign_is_split_alike(text: str) -> None:
    with small_windows():
        assert split(*text) == split(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(MARKUP), max_size=40), st.booleans(), st.sampled_from([12, 40]))
def test_no_word_is_lost_and_no_row_is_too_wide(lines: list[str], small: bool, width: int) -> None:
    """Every line that may hold words gets one of its own."""
    bare = {"", "-", "#", "---", "===", "- - -", "|---|---|", "```py", "```", "~~~", "   ```", "> ```"}
    named = [
        line if line in bare else f"| w{n}w | 2 |" if line.startswith("|") else f"{line} w{n}w"
        for n, line in enumerate(lines)
    ]
    with small_windows() if small else nullcontext():
        pieces = split("\n".join(named))
    strips = [strip for piece in pieces for strip in draw_piece(piece, width, LOOK)]
    assert all(strip.cell_length <= width for strip in strips)
    text = ink([strip.text for strip in strips])
    assert [f"w{n}w" for n, line in enumerate(named) if line not in bare and f"w{n}w" not in text] == []


@pytest.mark.parametrize(
    "text",
    [
        "One **bold** line.\nAnd more.\n\n- a\n- b\n  - c\n\n1. x\n2. y\n\n> quoted\n\n# Head\n\nEnd.",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\ntext\n\n---\n\ntext",
        "A list:\n\n3. three\n4. four\n\n* * *\n\nEnd",
    ],
)
def test_blocks_drawn_apart_look_like_the_whole(text: str) -> None:
    console = LOOK.console
    whole = console.render_lines(Markdown(text, hyperlinks=False), console.options.update(width=40), pad=False)
    lines = ["".join(segment.text for segment in line).rstrip() for line in whole]
    apart = drawn(split(text))
    assert [line for line in apart if line] == [line for line in lines if line]


def test_nothing_is_hidden() -> None:
    text = "<b>html</b>\n\n<div>block</div>\n\n[1]: http://example.com\n\n<!-- note -->"
    shown = "\n".join(drawn(split(text)))
    for part in ("<b>html</b>", "<div>block</div>", "[1]: http://example.com", "<!-- note -->"):
        assert part in shown


def test_a_list_that_is_cut_goes_on_counting() -> None:
    text = "\n".join(f"{n}. item" for n in range(1, 201))
    pieces = split(text)
    assert len(pieces) > 3
    assert [line.split() for line in drawn(pieces)] == [[str(n), "item"] for n in range(1, 201)]


def test_code_that_is_cut_is_whole_again_when_drawn() -> None:
    code = [f"value_{n} = {n}" for n in range(500)]
    pieces = split("```python\n" + "\n".join(code) + "\n```\nbehind")
    assert len(pieces) > 10
    assert drawn(pieces) == ["", *(f" {line}" for line in code), "", "", "behind"]


def test_code_within_a_long_item_of_a_list_stays_there() -> None:
    code = [f"line {n}" for n in range(300)]
    text = "1. Write this:\n   ```\n" + "".join(f"   {line}\n" for line in code) + "   ```\n2. Then that.\n\nEnd."
    shown = drawn(split(text))
    assert [line.strip() for line in shown if line.strip().startswith("line ")] == code
    assert shown[0].split() == ["1", "Write", "this:"]
    assert [line.split() for line in shown[-3:]] == [["2", "Then", "that."], [], ["End."]]


def test_a_long_quote_stays_a_quote() -> None:
    shown = drawn(split("".join(f"> line {n}\n>\n" for n in range(200)) + "\nout"))
    quoted = [line for line in shown if "line" in line]
    assert len(quoted) == 200
    assert all(line.startswith("▌") for line in quoted)
    assert shown[-1] == "out"


def test_a_long_table_repeats_its_header() -> None:
    pieces = split("| one | two |\n|---|---|\n" + "".join(f"| r{n} | x |\n" for n in range(300)))
    shown = drawn(pieces)
    assert [line.split()[0] for line in shown if "x" in line] == [f"r{n}" for n in range(300)]
    assert sum("one" in line for line in shown) == len(pieces) > 2


@pytest.mark.parametrize("before", ["", "- ", "> ", "# ", "```\n", "| a |\n|---|\n| "])
def test_a_line_without_an_end_is_cut_and_whole(before: str) -> None:
    text = before + "x" * 100_000
    splitter, pieces = Splitter(), list[Piece]()
    for start in range(0, len(text), 999):
        pieces += splitter.feed(text[start : start + 999])
        assert sum(len(piece.source) for piece in splitter.open()) <= 2 * splitting.WINDOW
    pieces += splitter.finish()
    assert ink(drawn(pieces)).count("x") == 100_000


def test_a_table_wider_than_the_page_is_shown_as_written() -> None:
    row = "|" + "word|" * 60
    shown = ink(drawn(split(f"{row}\n|{'---|' * 60}\n{row}")))
    assert shown.count("word") == 120


def test_a_word_wider_than_its_column_is_not_cut() -> None:
    assert "y" * 90 in re.sub(r"[^y]", "", "".join(drawn(split(f"| a | b |\n|---|---|\n| {'y' * 90} | b |"))))


@given(st.text(alphabet="ab \n", max_size=300), CUTS)
def test_plain_text_is_split_alike_however_it_is_torn(text: str, cuts: list[int]) -> None:
    splitter = PlainSplitter()
    pieces = [piece for part in torn(text * 20, cuts) for piece in splitter.feed(part)]
    assert [*pieces, *splitter.finish()] == plain_pieces(text * 20)
    assert "".join(piece.source for piece in plain_pieces(text * 20)) == (text * 20).rstrip()


def test_code_blocks_are_found_with_what_they_hold() -> None:
    text = "a\n```py\nx = 1\n\ny\n```\n- item\n  ~~~\n  in it\n  ~~~\n\n```\nopen"
    assert code_blocks(text) == ("x = 1\n\ny", "in it", "open")


def test_a_code_block_is_open_before_its_end_came() -> None:
    splitter = Splitter()
    assert splitter.feed("```py\nx = 1\n") == []
    assert splitter.open() == [Code("x = 1\n", "py", opens=True, closes=True)]
    assert splitter.feed("```\nso") == [Code("x = 1\n", "py", opens=True, closes=True)]
    assert splitter.open() == [Prose("so", gap=True)]
