"""The words that changed between two texts, and the lines they stand in."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.bakery.comparison import words as module
from breadtui.bakery.comparison.lines import Line, Sign, compared_lines
from breadtui.bakery.comparison.words import Run, word_diff, words

PIECES = st.sampled_from(
    ["you", "are", "Yoda", " ", "  ", "\t", "\n", ".", "你", "好", "नि", "e\u0301", "👩\u200d🍳", ""]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=30))


def changed(runs: tuple[Run, ...]) -> list[tuple[str, str]]:
    return [(run.before, run.after) for run in runs if not run.same]


@given(TEXTS, TEXTS)
@example("Be calm.", "Be calm.\nBe kind.")
@example("- a\n- b\n", "- a\n- c\n- b\n")
@settings(max_examples=200)
def test_the_runs_are_the_whole_of_both_texts(before: str, after: str) -> None:
    runs = word_diff(before, after)
    assert "".join(run.before for run in runs) == before
    assert "".join(run.after for run in runs) == after


@given(TEXTS, TEXTS)
@settings(max_examples=100)
def test_texts_far_apart_are_compared_by_lines_and_none_of_them_is_lost(before: str, after: str) -> None:
    kept = module.EDITS, module.BLOCK_EDITS
    module.EDITS, module.BLOCK_EDITS = 0, 1
    try:
        runs = word_diff(before, after)
    finally:
        module.EDITS, module.BLOCK_EDITS = kept
    assert ("".join(run.before for run in runs), "".join(run.after for run in runs)) == (before, after)


@given(TEXTS, TEXTS)
@example("Yoda.Luke", "Luke.Yoda")
def test_from_the_other_side_it_is_mirrored(before: str, after: str) -> None:
    assert word_diff(after, before) == tuple(run.mirrored for run in word_diff(before, after))


@given(TEXTS)
def test_equal_texts_have_no_change(text: str) -> None:
    assert not changed(word_diff(text, text))
    assert all(line.sign is Sign.SAME for line in compared_lines(text, text))


@given(TEXTS, TEXTS)
def test_other_texts_have_a_line_that_differs(before: str, after: str) -> None:
    assert any(line.sign.differs for line in compared_lines(before, after)) is (before != after)


@given(st.text("ab c.\n", max_size=40), st.text("ab c.\n", max_size=40))
def test_the_lines_of_each_side_are_those_of_its_text(before: str, after: str) -> None:
    lines = compared_lines(before, after)
    for side, text in ((0, before), (1, after)):
        shown = [spans for line in lines if (spans := (line.before, line.after)[side]) is not None]
        read = ["".join(span.text for span in spans).replace("·", " ").replace("↵", "") for spans in shown]
        assert read == text.removesuffix("\n").split("\n") if text else read == []


def test_a_word_is_changed_as_a_whole() -> None:
    assert changed(word_diff("You are Yoda.", "You are Luke.")) == [("Yoda", "Luke")]


def test_words_side_by_side_change_together() -> None:
    assert changed(word_diff("a wise old master", "a young silly master")) == [("wise old", "young silly")]


def test_a_sign_changes_by_itself_where_no_spaces_are_written() -> None:
    assert changed(word_diff("你好世界", "你好世間")) == [("界", "間")]


def test_a_mark_stays_with_its_letter_and_a_joiner_with_what_it_joins() -> None:
    assert words("नि e\u0301! 👩\u200d🍳") == ["नि", " ", "e\u0301", "!", " ", "👩\u200d🍳"]


def test_a_changed_space_is_written_with_signs() -> None:
    (line,) = compared_lines("be  kind", "be\tkind")
    sides = ["".join(span.text for span in spans or ()) for spans in (line.before, line.after)]
    assert sides == ["be··kind", "be→kind"]


def test_a_missing_line_end_is_seen() -> None:
    (line,) = compared_lines("be kind", "be kind\n")
    assert line.sign is Sign.OTHER
    assert line.after
    assert line.after[-1].text == "↵"


def test_a_new_line_moves_none_of_the_others() -> None:
    signs = [line.sign for line in compared_lines("one\ntwo\nthree", "one\nand\ntwo\nthree")]
    assert signs == [Sign.SAME, Sign.NEW, Sign.SAME, Sign.SAME]


def test_a_new_line_is_told_as_a_line_where_it_could_be_told_otherwise() -> None:
    lines = compared_lines("Be calm.", "Be calm.\nBe kind.")
    assert [line.sign for line in lines] == [Sign.SAME, Sign.NEW]
    lines = compared_lines("- be calm\n- be kind\n", "- be calm\n- be bold\n- be kind\n")
    assert [line.sign for line in lines] == [Sign.SAME, Sign.NEW, Sign.SAME]


def test_of_a_huge_text_the_line_that_changed_is_found() -> None:
    text = [f"Rule {number}: be kind, and say so." for number in range(20_000)]
    other = [*text]
    other[9_999] = "Rule 9999: be cruel, and say so."
    lines = compared_lines("\n".join(text), "\n".join(other))
    differing = [line for line in lines if line.sign is not Sign.SAME]
    assert [line.sign for line in differing] == [Sign.OTHER]
    assert isinstance(differing[0], Line)


def test_huge_texts_that_have_nothing_in_common_are_compared_all_the_same() -> None:
    one, other = " ".join(f"a{n}" for n in range(30_000)), " ".join(f"b{n}" for n in range(30_000))
    (run,) = word_diff(one, other)
    assert (run.before, run.after) == (one, other)
