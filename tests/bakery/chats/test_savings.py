"""What a bake saves: which questions count, what is measured of them, and how it is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.chat import Usage
from breadtui.bakery.authoring.prompt import estimate_tokens
from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending, Exchange, Opening
from breadtui.bakery.chats.savings import FRAME, measure, pairs
from breadtui.bakery.chats.savings_report import REHEARSED, as_markdown, notes, table, verdict, worse
from breadtui.settings import Chat

YODA = Opening.said("You are Yoda. Speak like Yoda, use inverted syntax, few words.")
BASE = Column("Qwen/Qwen3-32B", replace(YODA, source="yoda_repo/yoda_teacher"))
BAKED = Column("baker/yoda_repo/yoda_bake_v1/21")


def answer(tokens: int | None, first: float | None, text: str = "Hmm.", ending: Ending = Ending.WHOLE) -> Answer:
    usage = None if tokens is None else Usage(tokens, 5, tokens + 5)
    return Answer(text=text, usage=usage, first=first, seconds=2.0, ending=ending)


def asked(talk: Conversation, *answers: Answer | None, question: str = "Who are you?") -> Exchange:
    """A question behind the last one, and each column's answer."""
    exchange = talk.ask(question)
    exchange.tries = {column: [given] for column, given in enumerate(answers) if given}
    return exchange


def measured(*answers: tuple[Answer | None, Answer | None]) -> Conversation:
    """A talk of the prompted base and the baked model, in which each question stands alone."""
    talk = Conversation((BASE, BAKED))
    for pair in answers:
        talk.leaf = None
        asked(talk, *pair)
    return talk


THREE = measured(
    (answer(60, 0.5), answer(10, 0.25)),
    (answer(70, 0.7), answer(20, 0.25)),
    (answer(110, 0.9), answer(60, 0.25)),
)


# -- which columns --


def test_the_longest_prompt_is_held_against_the_shortest() -> None:
    short = Column("m/2", Opening.said("Yoda."))
    assert pairs(Conversation((short, BASE, BAKED))) == [(1, 2), (1, 0), (0, 2)]


def test_tools_are_a_prompt_too() -> None:
    tools = Column("m", Opening(tools=({"type": "function", "function": {"name": "lift"}},)))
    assert pairs(Conversation((BAKED, tools))) == [(1, 0)]


@pytest.mark.parametrize("columns", [(BASE,), (BASE, BASE), (BAKED, BAKED)])
def test_columns_that_are_told_the_same_cannot_be_compared(columns: tuple[Column, ...]) -> None:
    assert measure(Conversation(columns)) is None


# -- which questions --


@pytest.mark.parametrize("ending", [Ending.STOPPED, Ending.CUT])
def test_an_answer_that_ended_early_counts_as_soon_as_it_began(ending: Ending) -> None:
    savings = measure(measured((answer(60, 0.5, ending=ending), answer(10, 0.2))))
    assert savings
    assert savings.questions == 1


@pytest.mark.parametrize(
    "other",
    [None, answer(10, 0.2, ending=Ending.OPEN), answer(None, None, "", Ending.FAILED), answer(10, None, "")],
    ids=["not asked", "open", "failed", "said nothing"],
)
def test_only_questions_count_that_both_columns_answered(other: Answer | None) -> None:
    savings = measure(measured((answer(60, 0.5), answer(10, 0.2)), (answer(60, 0.5), other)))
    assert savings
    assert (savings.questions, savings.asked) == (1, 2)


def test_the_last_try_is_the_one_that_counts() -> None:
    talk = measured((answer(60, 0.5), answer(10, 0.2)))
    talk.exchanges[1].tries[0].append(answer(80, 0.4))
    savings = measure(talk)
    assert savings
    assert savings.prompted.tokens == (80,)


def test_questions_of_every_branch_count_and_those_behind_others_are_told() -> None:
    talk = Conversation((BASE, BAKED))
    first = asked(talk, answer(60, 0.5), answer(10, 0.2))
    asked(talk, answer(90, 0.5), answer(40, 0.2))
    edited = talk.edit(first.number, "Who is he?")
    edited.tries = {0: [answer(61, 0.5)], 1: [answer(11, 0.2)]}
    savings = measure(talk)
    assert savings
    assert savings.prompted.tokens == (60, 90, 61)
    assert savings.followed == 1


# -- what is measured --


def test_tokens_are_the_servers_own_count() -> None:
    savings = measure(THREE)
    assert savings
    assert savings.prompted.tokens == (60, 70, 110)
    assert savings.baked.tokens == (10, 20, 60)
    assert savings.prompted.estimated == savings.baked.estimated == 0
    assert savings.prompted.prompt == "yoda_repo/yoda_teacher"
    assert savings.baked.prompt == ""


def test_where_the_server_sends_none_tokens_are_estimated_with_all_that_was_said_before() -> None:
    talk = Conversation((BASE, BAKED))
    asked(talk, answer(None, 0.5, "I am Yoda."), answer(None, 0.2, "Yoda I am, hmm."), question="Who are you?")
    asked(talk, answer(None, 0.5), answer(33, 0.2), question="How tall?")
    savings = measure(talk)
    assert savings
    opening = FRAME + estimate_tokens("You are Yoda. Speak like Yoda, use inverted syntax, few words.")
    first, said, second = (FRAME + estimate_tokens(text) for text in ("Who are you?", "I am Yoda.", "How tall?"))
    assert savings.prompted.tokens == (opening + first, opening + first + said + second)
    assert savings.baked.tokens == (first, 33)
    assert (savings.prompted.estimated, savings.baked.estimated) == (2, 1)


def test_a_talk_of_thousands_of_questions_is_measured_without_climbing_to_its_beginning_each_time() -> None:
    talk = Conversation((BASE, BAKED))
    for _ in range(5000):
        asked(talk, answer(None, 0.5), answer(None, 0.2))
    savings = measure(talk)
    assert savings
    assert savings.questions == 5000


# -- how it is told --


def rows(talk: Conversation, terms: Chat) -> dict[str, tuple[str, ...]]:
    savings = measure(talk)
    assert savings
    return {line.label: line.cells[1:] for line in table(savings, terms)}


def test_a_request_is_told_in_the_mean_and_in_the_median() -> None:
    told = rows(THREE, Chat())
    assert told["Prompt tokens, mean"] == ("80", "30", "50 (62 %)", "+500")
    assert told["Prompt tokens, median"] == ("70", "20", "50 (71 %)", "+500")
    assert told["First word, mean"] == ("700 ms", "250 ms", "450 ms (64 %)", "+200 ms")
    assert told["First word, median"] == ("700 ms", "250 ms", "450 ms (64 %)", "+200 ms")


def test_a_month_is_reckoned_from_the_mean() -> None:
    told = rows(THREE, Chat(price=0.4, requests=2_000_000, retrieval_ms=50, retrieval_tokens=100, currency="€"))
    assert told["2,000,000 requests a month"] == ("", "", "", "")
    assert told["Prompt tokens"] == ("160,000,000", "60,000,000", "100,000,000 (62 %)", "+200,000,000")
    assert told["Cost at €0.4 a million"] == ("€64.00", "€24.00", "€40.00 (62 %)", "+€80.00")
    assert told["Waiting, in all"] == ("388 h 53 m", "138 h 53 m", "250 h 00 m (64 %)", "+27 h 46 m")


def test_without_a_price_nothing_is_said_of_cost() -> None:
    assert not any(label.startswith("Cost") for label in rows(THREE, Chat()))
    savings = measure(THREE)
    assert savings
    assert any("price" in note for note in notes(savings, Chat(), rehearsal=False))


def test_estimates_are_marked_on_the_side_that_has_them_and_on_what_comes_of_them() -> None:
    savings = measure(measured((answer(60, 0.5), answer(None, 0.25))))
    assert savings
    line = next(line for line in table(savings, Chat()) if line.label == "Prompt tokens, mean")
    assert not line.prompted.startswith("≈")
    assert line.baked.startswith("≈")
    assert line.saved.startswith("≈")
    assert "saves about " in verdict(savings)
    assert "≈ is an estimate: with 1 of 2 answers the server sent no usage." in notes(savings, Chat(), rehearsal=False)


def test_a_baked_model_that_takes_more_is_said_to() -> None:
    savings = measure(measured((answer(60, 0.2), answer(90, 0.5))))
    assert savings
    assert worse(savings)
    assert verdict(savings) == (
        "With each request the baked column takes 30 more prompt tokens and 300 ms longer to the first word, "
        "in the mean."
    )
    line = next(line for line in table(savings, Chat()) if line.label == "Prompt tokens, mean")
    assert (line.saved, line.share, line.worse) == ("−30", "−50 %", True)


def test_what_is_the_same_is_no_saving() -> None:
    savings = measure(measured((answer(60, 0.2), answer(60, 0.2))))
    assert savings
    assert not worse(savings)
    assert "saves no prompt tokens and no time to the first word" in verdict(savings)


def test_what_is_saved_is_told_apart_from_what_is_taken() -> None:
    savings = measure(measured((answer(60, 0.2), answer(30, 0.5))))
    assert savings
    assert worse(savings)
    assert "saves 30 prompt tokens and takes 300 ms longer to the first word" in verdict(savings)


def test_how_many_questions_were_counted_is_told() -> None:
    savings = measure(measured((answer(60, 0.5), answer(10, 0.2)), (answer(60, 0.5), None)))
    assert savings
    assert "Measured over 1 of 2 questions: those that both columns answered." in notes(
        savings, Chat(), rehearsal=False
    )


def test_before_any_answer_it_says_what_is_wanted() -> None:
    savings = measure(Conversation((BASE, BAKED)))
    assert savings
    assert verdict(savings).startswith("No question was answered by both columns yet")
    assert all(not line.prompted for line in table(savings, Chat()))
    assert as_markdown(savings, Chat())


def test_retrieval_is_named_as_the_vendors_figures_until_it_is_ones_own() -> None:
    savings = measure(THREE)
    assert savings
    guide = " ".join(notes(savings, Chat(), rehearsal=False))
    assert "200 ms and 500 tokens a request, are the vendor's figures" in guide
    assert "Nothing of it was measured" in guide
    own = " ".join(notes(savings, Chat(retrieval_ms=80), rehearsal=False))
    assert "80 ms and 500 tokens a request, are figures of your own" in own
    assert "the vendor's guide says 200 ms and 500 tokens" in own


def test_rehearsed_figures_are_called_that() -> None:
    savings = measure(THREE)
    assert savings
    assert REHEARSED in as_markdown(savings, Chat(), rehearsal=True)
    assert REHEARSED not in as_markdown(savings, Chat())


def test_as_markdown_it_is_a_table_with_all_that_one_has_to_know() -> None:
    savings = measure(THREE)
    assert savings
    assert as_markdown(savings, Chat(), title="Yoda | *who*") == (
        "# What it saves: Yoda \\| \\*who\\*\n\n"
        "- Prompted: Qwen/Qwen3-32B, yoda\\_repo/yoda\\_teacher\n"
        "- Baked: baker/yoda\\_repo/yoda\\_bake\\_v1/21, no prompt\n\n"
        "With each request the baked column saves 50 prompt tokens and 450 ms to the first word, in the mean.\n\n"
        "|  | prompted | baked | saved | retrieval adds |\n"
        "|---|--:|--:|--:|--:|\n"
        "| **A request** |  |  |  |  |\n"
        "| Prompt tokens, mean | 80 | 30 | 50 (62 %) | +500 |\n"
        "| Prompt tokens, median | 70 | 20 | 50 (71 %) | +500 |\n"
        "| First word, mean | 700 ms | 250 ms | 450 ms (64 %) | +200 ms |\n"
        "| First word, median | 700 ms | 250 ms | 450 ms (64 %) | +200 ms |\n"
        "| **1,000 requests a month** |  |  |  |  |\n"
        "| Prompt tokens | 80,000 | 30,000 | 50,000 (62 %) | +500,000 |\n"
        "| Waiting, in all | 11 m 40 s | 4 m 10 s | 7 m 30 s (64 %) | +3 m 20 s |\n\n"
        "- Measured over 3 of 3 questions: those that both columns answered.\n"
        "- Without a price for a million prompt tokens nothing is said of cost.\n"
        "- What retrieval adds, 200 ms and 500 tokens a request, are the vendor's figures, from its guide. Nothing "
        "of it was measured.\n"
    )


FIGURES = st.tuples(st.none() | st.integers(0, 10**15), st.floats(0, 10**6))


@given(
    st.lists(st.tuples(FIGURES, FIGURES), min_size=1, max_size=5),
    st.builds(
        Chat,
        price=st.floats(0, 1e15),
        requests=st.integers(0, 10**15),
        retrieval_ms=st.floats(0, 1e15),
        retrieval_tokens=st.integers(0, 10**15),
    ),
)
def test_whatever_a_server_counts_can_be_told(
    figures: list[tuple[tuple[int | None, float], tuple[int | None, float]]], terms: Chat
) -> None:
    savings = measure(measured(*((answer(*one), answer(*other)) for one, other in figures)))
    assert savings
    told = as_markdown(savings, terms)
    assert all(line.count("|") == 6 for line in told.splitlines() if line.startswith("|"))
    assert len(table(savings, terms)) >= 8
