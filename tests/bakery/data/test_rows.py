"""What a row says, whatever shape it has."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.data.rows import Reading, Row, Turn, as_json, read, searched
from breadtui.bakery.data.signs import Sign, is_truncated, signs_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ("question", "Response", "messages", "stimulus", "tokens", "choices", "reasoning", "temperature", "usage", "odd")
)


def reading(**fields: object) -> Reading:
    return read(Row(0, fields))


def test_a_row_of_the_contract_is_read_whole() -> None:
    found = reading(
        stimulus_id=3, trajectory_id=1, stimulus="How tall?", response="Small.", model="Q", temperature=0.7, tokens=12
    )
    assert found == Reading("How tall?", "Small.", (), "", 12, None, "Q", 0.7, "", "3", "1", ())


def test_a_stimulus_has_no_response() -> None:
    found = reading(stimulus_id=0, question="Why?", trajectory_override_stimulus="Because")
    assert (found.question, found.response, found.text) == ("Why?", None, "Why?")
    assert found.rest == (("trajectory_override_stimulus", "Because"),)


def test_an_empty_response_is_a_response() -> None:
    assert reading(question="Why?", response="").response == ""


def test_a_conversation_ends_in_the_question_and_its_answer() -> None:
    said = [{"role": role, "content": role.upper()} for role in ("system", "user", "assistant", "user", "assistant")]
    found = reading(messages=said)
    assert (found.question, found.response) == ("USER", "ASSISTANT")
    assert found.history == (Turn("system", "SYSTEM"), Turn("user", "USER"), Turn("assistant", "ASSISTANT"))


def test_the_other_forms_of_conversations_are_read_too() -> None:
    turns = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]
    assert (reading(conversations=turns).question, reading(conversations=turns).response) == ("Hi", "Ho")
    alpaca = reading(instruction="Sum up", input="A text", output="Short")
    assert (alpaca.question, alpaca.response) == ("Sum up\n\nA text", "Short")
    openai = reading(
        prompt=[{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        choices=[{"message": {"content": "Ho", "reasoning_content": "hm"}, "finish_reason": "length"}],
        usage={"completion_tokens": 9},
    )
    assert (openai.question, openai.response, openai.reasoning) == ("Hi", "Ho", "hm")
    assert (openai.finish, openai.tokens) == ("length", 9)


def test_reasoning_within_the_response_is_told_from_it() -> None:
    found = reading(response="<think>Let me see.</think>\n\nIt is 4.")
    assert (found.reasoning, found.response) == ("Let me see.", "It is 4.")


def test_of_keys_nobody_knows_the_longest_text_is_what_it_is_about() -> None:
    found = reading(a="short", b="much longer than that", c=3)
    assert (found.question, found.rest) == ("much longer than that", (("a", "short"), ("c", 3)))


def test_words_are_looked_for_in_values_and_not_in_keys() -> None:
    row = Row(0, {"response": "Ümlaut", "deep": [{"more": ["inside"]}], "n": 42})
    assert all(word in searched(row) for word in ("Ümlaut", "inside", "42"))
    assert "more" not in searched(row)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(KEYS | st.text(max_size=6), JSON, max_size=6))
def test_nothing_that_may_come_is_too_much_for_it(fields: dict[str, object]) -> None:
    row = Row(0, fields)
    found = read(row)
    assert all(isinstance(text, str) for text in (found.question, found.text, found.reasoning, found.model))
    assert found.temperature is None or math.isfinite(found.temperature)
    assert row.weight > 0
    assert isinstance(signs_of(row, found), Sign)
    assert isinstance(searched(row), str)
    json.loads(as_json(fields), parse_constant=lambda _: pytest.fail("that is no JSON"))


REFUSALS = ("I'm sorry, but I can’t help with that.", "As an AI language model, I do not bake.", "I cannot assist you.")
ANSWERS = (
    "Certainly. Preheat the oven.",
    "The word sorry is not in it.",
    "You cannot open it while it is hot.",
    "I am sorry that it gives you trouble, so let us put it right.",
)


@pytest.mark.parametrize("said", REFUSALS)
def test_a_refusal_is_known_by_how_it_begins(said: str) -> None:
    assert signs_of(Row(0, {"response": said})) == Sign.REFUSAL


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_is_none(said: str) -> None:
    assert signs_of(Row(0, {"response": said})) == Sign(0)


def test_a_response_is_cut_where_it_says_so_or_has_all_its_tokens_and_no_end() -> None:
    assert is_truncated(reading(response="and then", finish_reason="length"))
    assert is_truncated(reading(response="and then", tokens=100), 100)
    assert is_truncated(reading(response="and then", tokens=100, max_tokens=100))
    assert not is_truncated(reading(response="and then.", tokens=100), 100)
    assert not is_truncated(reading(response="and then", tokens=99), 100)
    assert not is_truncated(reading(response="and then", tokens=100, finish_reason="stop"), 100)


def test_a_row_that_says_nothing_is_empty() -> None:
    assert signs_of(Row(0, {"question": "Why?", "response": " \n"})) == Sign.EMPTY
    assert signs_of(Row(0, {"question": ""})) == Sign.EMPTY
