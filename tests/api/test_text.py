"""Remote text cannot drive the terminal, and stays what it was otherwise."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.text import DeltaCleaner, clean, clean_json, one_line

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
NASTY = st.text(st.sampled_from("ab\r\n\t\x1b\x00\x7f\x9b\u202e\ud83d\ude00é\u200d"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NASTY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY, inner, max_size=4),
    max_leaves=20,
)


def is_safe(text: str) -> bool:
    return not any((unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t") or sign in BIDI for sign in text)


@given(ANY_TEXT | NASTY)
def test_nothing_forbidden_is_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert is_safe(cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode()


@given(ANY_TEXT)
def test_what_is_safe_is_kept_as_it_is(text: str) -> None:
    if is_safe(text):
        assert clean(text) is text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "two\nlines\tand a tab",
        "naïve 中文 العربية עברית हिन्दी",
        "👩\u200d👩\u200d👧 🏳️\u200d🌈 👍🏽",
        "می\u200cخواهم",
        "e\u0301",
    ],
)
def test_legitimate_text_is_untouched(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]52;c;aGk=\x07", "]52;c;aGk="),
        ("\x9b31m", "31m"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\x08c\x7f", "abc"),
        ("\ud83d", "\ufffd"),
        ("\r\x00\n", "\n\n"),
    ],
)
def test_what_drives_a_terminal_is_removed(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.lists(NASTY, max_size=8))
def test_pieces_cleaned_one_by_one_read_as_the_whole_cleaned(pieces: list[str]) -> None:
    cleaner = DeltaCleaner()
    assert "".join(cleaner.feed(piece) for piece in pieces) == clean("".join(pieces))


def test_one_line_has_one_space_for_a_run_of_breaks() -> None:
    assert one_line("a\r\n\tb\u2028c\x1b") == "a b c"


@given(ANY_TEXT)
def test_one_line_is_one_line_and_idempotent(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert one_line(line) == line


@given(JSON)
def test_every_string_of_json_is_cleaned_and_nothing_else_changes(value: object) -> None:
    def expected(item: object) -> object:
        if isinstance(item, str):
            return clean(item)
        if isinstance(item, list):
            return [expected(inner) for inner in item]
        if isinstance(item, dict):
            return {clean(str(key)): expected(inner) for key, inner in item.items()}
        return item

    before = json.dumps(value)
    assert clean_json(value) == expected(value)
    assert json.dumps(value) == before, "the value itself must not change"


def test_json_of_any_depth_is_cleaned() -> None:
    depth = 20_000
    value: object = "\x1bx"
    for _ in range(depth):
        value = {"\x1bk": [value]}
    cleaned = clean_json(value)
    for _ in range(depth):
        assert isinstance(cleaned, dict)
        cleaned = cleaned["k"][0]
    assert cleaned == "x"


def test_the_last_of_two_keys_that_clean_to_the_same_counts() -> None:
    assert clean_json({"a\x00": 1, "a": 2}) == {"a": 2}
