"""A conversation handed on: nothing in it can break the document, and messages are as a request holds them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from breadtui.api.chat import Usage
from breadtui.api.text import clean
from breadtui.bakery.authoring.prompt import load
from breadtui.bakery.chats.conversation import (
    Answer,
    Call,
    Column,
    Conversation,
    Ending,
    Opening,
    Settings,
)
from breadtui.bakery.chats.export import as_json, as_markdown, as_messages


def talked(*pairs: tuple[str, str], opening: Opening | None = None) -> Conversation:
    """Questions, and what a single column answered."""
    conversation = Conversation((Column("u/r/b/21", opening or Opening()),), begun=0.0)
    for question, text in pairs:
        exchange = conversation.ask(question)
        exchange.tries[0] = [Answer(text, ending=Ending.WHOLE)]
    return conversation


def fences(markdown: str) -> list[str]:
    return [token.content for token in MarkdownIt().parse(markdown) if token.type == "fence"]


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt().parse(markdown)
    return [
        "".join(child.content for child in tokens[place + 1].children or ())
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def test_a_document_tells_whom_one_talked_to_and_how_it_went() -> None:
    column = Column("u/r/b/21", Opening.said("You are Yoda."), Settings(temperature=0.5, thinking=False))
    conversation = Conversation((column, Column("Qwen")), "Size", begun=0.0)
    exchange = conversation.ask("How tall?")
    exchange.tries[0] = [
        Answer("Small.", "Hm.", usage=Usage(12, 1400, 1412), first=0.25, seconds=2, ending=Ending.WHOLE)
    ]
    exchange.tries[1] = [Answer(calls={0: Call("measure", '{"who": "me"}')}, ending=Ending.STOPPED)]
    told = as_markdown(conversation)
    assert headings(told) == ["Size", "Question 1"]
    assert fences(told) == ["You are Yoda.\n", "How tall?\n", "Hm.\n", "Small.\n", '{"who": "me"}\n']
    for fact in (
        "`u/r/b/21` (temperature 0.5, thinking off)",
        "2. `Qwen`",
        "*first word after 0.25 s · 2.00 s in all · 12 + 1,400 tokens*",
        "Calls `measure`:",
        "Stopped.",
    ):
        assert fact in told


def test_other_branches_stand_at_the_end() -> None:
    conversation = talked(("One?", "1"), ("Two?", "2"))
    conversation.edit(2, "Or two?").tries[0] = [Answer("2b", ending=Ending.WHOLE)]
    told = as_markdown(conversation)
    assert headings(told) == ["One?", "Question 1", "Question 3", "Other branches", "Question 2, behind question 1"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.text(st.sampled_from("`~#>-* \n\tab日<[|"), max_size=30).map(clean)] * 3), max_size=3))
def test_nothing_that_was_said_breaks_out_of_its_place(said: list[tuple[str, str, str]]) -> None:
    conversation = talked(*((question, text) for question, text, _ in said), opening=Opening.said("x"))
    for exchange, (_, _, thought) in zip(conversation.path(), said, strict=True):
        exchange.tries[0][0].reasoning = thought
    wanted = ["x"]
    for question, text, thought in said:
        wanted += [question, *([thought] if thought else []), *([text] if text else [])]
    told = as_markdown(conversation)
    assert [found.removesuffix("\n") for found in fences(told)] == [text.removesuffix("\n") for text in wanted]
    assert len(headings(told)) == 1 + len(said)


@pytest.mark.parametrize("title", ["# not *a* heading", "`code` <b>", "[link](x) | a_b_c", "1. ~one~"])
def test_a_title_reads_as_it_is(title: str) -> None:
    conversation = talked(("One?", "1"))
    conversation.title = title
    (text,) = headings(as_markdown(conversation))[:1]
    assert text == title


def test_messages_are_the_opening_and_the_branch_one_is_in() -> None:
    conversation = talked(("One?", "1"), ("Two?", "2"), opening=Opening.said("Be short."))
    conversation.edit(2, "Or two?").tries[0] = [Answer("2b", ending=Ending.CUT)]
    conversation.ask("Unanswered?")
    assert as_messages(conversation, 0) == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "Or two?"},
        {"role": "assistant", "content": "2b"},
    ]


def test_calls_stand_in_their_message_each_with_an_id() -> None:
    conversation = talked(("One?", ""))
    conversation.exchanges[1].tries[0][0].calls = {1: Call("b", "{}"), 0: Call("a", '{"x": 1}')}
    message = as_messages(conversation, 0)[1]
    assert message == {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {"id": "call_1_0", "type": "function", "function": {"name": "a", "arguments": '{"x": 1}'}},
            {"id": "call_1_1", "type": "function", "function": {"name": "b", "arguments": "{}"}},
        ],
    }


def test_the_json_is_what_a_request_and_the_form_of_a_prompt_take(tmp_path_factory: pytest.TempPathFactory) -> None:
    tool = {"type": "function", "function": {"name": "a"}}
    conversation = talked(("日本?", "🍞"), opening=Opening(({"role": "system", "content": "S"},), (tool,)))
    told = as_json(conversation, 0)
    assert json.loads(told) == {"model": "u/r/b/21", "messages": as_messages(conversation, 0), "tools": [tool]}
    file = tmp_path_factory.mktemp("out") / "chat.json"
    file.write_text(told, encoding="utf-8")
    loaded = load(file)
    assert loaded.messages
    assert len(loaded.messages) == 3
