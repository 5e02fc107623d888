"""What a chat is made of, without a terminal: pastes, the way back, figures, settings, entries of a page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from breadtui.api.chat import Usage
from breadtui.bakery.chats.conversation import Answer, Call, Column, Conversation, Ending, Opening, Settings
from breadtui.screens.chat.figures import figures, heading, settings_of, short_name
from breadtui.screens.chat.pages import entries_of
from breadtui.screens.chat.pastes import LONGEST, MOST_LINES, Pastes
from breadtui.screens.chat.recall import Recall
from breadtui.screens.chat.sheet import read_settings, texts_of
from breadtui.terminal.alt_digits import hear_alt_digits
from breadtui.widgets.transcript import Question, Remark, Reply

LARGE = "x" * (LONGEST + 1)
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from([LARGE, LARGE + "y", "z" * len(LARGE)])), max_size=6))
def test_what_was_folded_unfolds_to_what_it_was(parts: list[str]) -> None:
    pastes = Pastes()
    folded = [pastes.fold(part) for part in parts]
    assert pastes.unfold(" | ".join(folded)) == " | ".join(parts)
    assert all(len(word) < 100 for word in folded)


def test_many_short_lines_are_folded_too() -> None:
    assert Pastes().fold("\n" * (MOST_LINES + 1)).startswith("[pasted ")
    assert Pastes().fold("\n" * MOST_LINES) == "\n" * MOST_LINES


@QUICK
@given(st.lists(st.text(max_size=5), max_size=5), st.lists(st.booleans(), max_size=20), st.text(max_size=5))
def test_as_many_steps_forth_as_back_lead_to_what_was_written(asked: list[str], steps: list[bool], typed: str) -> None:
    recall, now, back = Recall(lambda: asked), typed, 0
    for older in steps:
        text = recall.older(now) if older else recall.newer(now)
        if text is not None:
            now, back = text, back + (1 if older else -1)
    for _ in range(back):
        now = recall.newer(now) or ""
    assert now == typed


def test_what_was_changed_on_the_way_back_is_not_lost() -> None:
    recall = Recall(lambda: ["two", "one"])
    assert recall.older("") == "two"
    assert recall.older("two, changed") == "one"
    assert recall.newer("one") == "two, changed"


def test_figures_are_the_servers_and_estimates_are_marked() -> None:
    usage = Usage(1500, 101, 1601)
    assert figures(Answer("a", usage=usage, first=0.2, seconds=2.2), 7) == (
        "first word 200 ms · 50 tokens/s · 1,500 + 101 tokens"
    )
    assert figures(Answer("one two", first=1.5, seconds=1.5), 7) == "first word 1.5 s · ≈ 7 + 2 tokens"
    assert figures(Answer(), 7) == ""


@pytest.mark.parametrize("width", range(1, 120, 7))
def test_a_heading_is_never_wider_than_its_column(width: int) -> None:
    column = Column("baker/repo/" + "bake" * 20 + "/21", Opening.said("Speak."), Settings(0.5, 100, False, 3))
    for number in (None, 0):
        assert heading(number, column, width, active=True).cell_length <= max(width, 12)


def test_models_are_called_by_what_tells_them_apart() -> None:
    assert short_name("baker/yoda_repo/yoda_bake_v1/21") == "yoda_bake_v1/21"
    assert short_name("Qwen/Qwen3-32B") == "Qwen3-32B"
    assert settings_of(Settings(0.5, 1000, False, 3)) == (
        "temperature 0.5 · at most 1,000 tokens · no thinking · seed 3"
    )


@QUICK
@given(
    st.builds(
        Settings,
        st.none() | st.floats(0, 2).map(lambda value: round(value, 3)),
        st.none() | st.integers(1, 10**6),
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**62), 2**62),
    )
)
def test_settings_read_back_as_they_were_told(chosen: Settings) -> None:
    assert read_settings(texts_of(chosen)) == (chosen, {})


@QUICK
@given(st.dictionaries(st.sampled_from(["temperature", "max_tokens", "seed", "thinking"]), st.text(max_size=12)))
def test_whatever_is_typed_is_a_setting_in_its_bounds_or_a_fault(texts: dict[str, str]) -> None:
    found, faults = read_settings(texts)
    assert found.temperature is None or 0 <= found.temperature <= 2
    assert found.max_tokens is None or found.max_tokens >= 1
    for name in ("temperature", "max_tokens", "seed"):
        assert (getattr(found, name) is None) == (name in faults or not texts.get(name, "").strip())


def test_a_page_holds_the_branch_one_is_in_and_says_what_was_not_answered() -> None:
    conversation = Conversation((Column("one"), Column("two")))
    first = conversation.ask("A?")
    first.tries[0] = [Answer("a", calls={0: Call("look", "{}")}, ending=Ending.WHOLE)]
    first.tries[1] = [Answer(ending=Ending.FAILED, why="No.")]
    conversation.edit(first.number, "B?")
    assert entries_of(conversation, 0, rehearsal=False) == [
        Question("B?"),
        Remark("Version 2 of 2; alt+← and alt+→ go to the others."),
        Remark("Not asked."),
    ]
    conversation.turn_to(first.number)
    question, version, reply = entries_of(conversation, 0, rehearsal=False)
    assert (question, version) == (Question("A?"), Remark("Version 1 of 2; alt+← and alt+→ go to the others."))
    assert isinstance(reply, Reply)
    assert reply.calls[0].name == "look"
    assert entries_of(conversation, 1, rehearsal=True)[-1] == Remark("No.", "error")


def test_alt_and_a_digit_is_a_key_in_terminals_that_send_escape_before_it() -> None:
    hear_alt_digits()
    keys = [event.key for event in XTermParser().feed("\x1b1\x1b4¡") if isinstance(event, events.Key)]
    assert keys == ["alt+1", "alt+4", "inverted_exclamation_mark"]
