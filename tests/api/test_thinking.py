"""Reasoning inside the text is told apart wherever the text was torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.thinking import ThinkSplitter

PARTS = st.lists(st.sampled_from(["<think>", "</think>", "<thi", "nk>", "<", "</", ">", "a", "\n", "é", "<think >"]))


def split(pieces: list[str]) -> tuple[str, str]:
    """(reasoning, answer) of a text that comes in `pieces`."""
    splitter = ThinkSplitter()
    found = [out for piece in pieces for out in splitter.feed(piece)] + splitter.finish()
    assert all(text for _, text in found)
    return "".join(text for thinking, text in found if thinking), "".join(
        text for thinking, text in found if not thinking
    )


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("plain", "", "plain"),
        ("<think>hm</think>yes", "hm", "yes"),
        ("a<think>b</think>c<think>d</think>e", "bd", "ace"),
        ("<think></think>x", "", "x"),
        ("<think>never closed", "never closed", ""),
        ("a </think> b", "", "a </think> b"),
        ("1 < 2 <thinking> <think", "", "1 < 2 <thinking> <think"),
        ("<think>a <think> b</thin</think>c", "a <think> b</thin", "c"),
        ("<<think>x</think>", "x", "<"),
        ("<THINK>", "", "<THINK>"),
    ],
)
def test_at_every_boundary_the_split_is_the_same(text: str, reasoning: str, answer: str) -> None:
    assert split([text]) == (reasoning, answer)
    assert split(list(text)) == (reasoning, answer)
    for first in range(len(text)):
        for second in range(first, len(text)):
            assert split([text[:first], text[first:second], text[second:]]) == (reasoning, answer)


@given(PARTS, st.data())
def test_any_tearing_gives_what_the_whole_gives(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(pieces) == split([text])


def test_nothing_certain_is_held_back() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("hello <") == [(False, "hello ")]
    assert splitter.feed("b>") == [(False, "<b>")]
