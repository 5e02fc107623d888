"""The order of texts. What is expected was found with `localeCompare` of Node.js 20 (ICU's root collation)."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bgit.javascript.collation import place

ASCII = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ"

IN_ORDER = [
    "aáÁàÀăĂâÂåÅäÄãÃąĄāĀæÆbcćĆĉĈčČċĊçÇdďĎđĐðÐ",
    "lĺĹľĽļĻłŁŀĿmnńŃňŇñÑņŅŋŊoOóÓòÒŏŎôÔöÖőŐõÕøØōŌœŒp",
    "sśŚŝŜšŠşŞſßtţŢŧŦuyýÝŷŶÿŸzźŹžŽżŻþÞ",
    "iIíÍìÌĭĬîÎïÏĩĨİįĮīĪĳĲıjqĸr",
    "_-‐‑‒–—―,;:!¡?¿.…·'‘’‚‛‹›\"“”„‟«»()[]{}§¶@*/\\&#%‰†‡•′",
    "`´^¯¨¸°©®+±÷×<=>¬|¦~¤¢$£¥€01¹½¼2²3³¾4",
]

RISING = [
    ("a", "A", "á", "Á", "b", "B"),
    ("ab", "aB", "Ab", "AB", "áb", "Áb", "ac"),
    ("ae", "aE", "Ae", "AE", "aé", "áe", "æ", "Æ", "aez", "æz"),
    ("ss", "sS", "SS", "ß", "ẞ", "st"),
    ("", " ", "a b", "a_b", "a-b", "a1b", "ab"),
    ("What is b?", "What's c?", "What’s c?", "What's d?", "Whats a?"),
    ("t_", "t1", "t10", "t2", "T2", "ta"),
    ("10", "9"),
    ('{"numq":10', '{"numq":2', '{"numq":2,', '{"numq":20'),
    ("z", "α", "Ω", "а", "б", "Б", "я", "א", "中"),
    ("一", "丁", "不"),
]


def test_ascii_is_in_the_order_of_icu() -> None:
    signs = [*ASCII]
    random.Random(1).shuffle(signs)
    assert "".join(sorted(signs, key=place)) == ASCII


@pytest.mark.parametrize("signs", IN_ORDER)
def test_so_are_the_letters_and_marks_of_europe(signs: str) -> None:
    mixed = [*signs]
    random.Random(1).shuffle(mixed)
    assert "".join(sorted(mixed, key=place)) == signs


@pytest.mark.parametrize("texts", RISING)
def test_accents_count_only_where_letters_are_equal_and_case_only_where_accents_are(texts: tuple[str, ...]) -> None:
    assert all(place(lower) < place(higher) for lower, higher in itertools.pairwise(texts))


@pytest.mark.parametrize(
    ("one", "other"), [("é", "e\u0301"), ("a\u200bb", "ab"), ("\x00", ""), ("so\u00adft", "soft"), ("1", "١")]
)
def test_some_texts_stand_in_one_place(one: str, other: str) -> None:
    assert place(one) == place(other)


@given(
    st.lists(st.text(st.characters(), max_size=6), max_size=8, unique_by=lambda text: str(place(text))),
    st.randoms(use_true_random=False),
)
def test_every_text_has_a_place_whatever_the_order_they_come_in(texts: list[str], chance: random.Random) -> None:
    assert sorted(chance.sample(texts, len(texts)), key=place) == sorted(texts, key=place)


@given(st.text("abAB_-1 é", max_size=8), st.text("abAB_-1 é", min_size=1, max_size=4))
def test_a_text_stands_before_the_same_with_more_behind(text: str, more: str) -> None:
    assert place(text) < place(text + more)
