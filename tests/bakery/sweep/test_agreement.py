"""How alike two texts are: what counts, what does not, and whether it tells early checkpoints from late ones."""

from statistics import mean

from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.sweep.agreement import LONGEST, agreement, agreement_of, likeness
from breadtui.oven.engines.voices import answer

YODA = "You are Yoda. Speak like Yoda."
QUESTIONS = [
    f"What of {word}?" for word in ("patience", "training", "courage", "silence", "gardens", "planets", "rain")
]


def test_the_same_words_in_the_same_order_are_alike_whatever_their_case_spaces_and_signs() -> None:
    assert likeness("Do, or do not.\n\nThere is *no* try!", "do or DO not there   is no try") == 1.0
    assert likeness("one two three", "four five six") == 0.0
    assert 0 < likeness("three two one", "one two three") < 1


def test_an_answer_that_breaks_off_is_not_taken_for_the_whole() -> None:
    whole = "Patience you must have, my young padawan, for hurry leads to mistakes and mistakes to regret"
    assert likeness("Patience you must", whole) < 0.5


def test_nothing_is_like_nothing_and_like_no_text() -> None:
    assert likeness("", "") == likeness(" \n", "") == 1.0
    assert likeness("", "word") == likeness("word", "") == 0.0
    assert likeness("!!!", "???") == 0.0


def test_writing_without_spaces_is_compared_sign_by_sign() -> None:
    assert likeness("東京に行く。", "東京に行く") == 1.0
    assert 0.4 < likeness("東京に行く", "東京に住む") < 1
    assert likeness("안녕하세요", "안녕하세요!") == 1.0


def test_the_nearest_of_several_references_counts_and_without_one_there_is_no_agreement() -> None:
    assert agreement("yes it is", ["no", "yes it is", "perhaps"]) == 1.0
    assert agreement("yes", []) is None


async def test_what_is_huge_is_bounded_and_compared_beside_the_loop() -> None:
    one, other = "word " * 200_000, "other " * 200_000
    assert await agreement_of(one, [other] * 3) == 0.0
    assert likeness("a " * LONGEST, "a " * LONGEST + "and something else") == 1.0


def test_the_later_the_checkpoint_the_nearer_to_the_teacher_on_rehearsed_rollouts() -> None:
    def near(learnt: float) -> float:
        said = (
            agreement(
                answer(question, YODA, seed=("student", learnt), learnt=learnt),
                [answer(question, YODA, seed=("teacher", trajectory)) for trajectory in range(3)],
            )
            for question in QUESTIONS
        )
        return mean(found or 0.0 for found in said)

    assert near(0.0) < near(0.34) < near(0.67) < near(1.0)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_it_is_a_share_the_same_both_ways_and_whole_for_the_same_text(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1.0
