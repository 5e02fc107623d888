"""What happens in a conversation, as records for the lines of a file. `replay` reads them back.

An answer comes in pieces, as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from breadtui.api.text import one_line
from breadtui.bakery.chats.conversation import Answer, Call, Column, Conversation, Ending, Exchange, Settings

VERSION = 1
LONGEST_TITLE = 72

Record = dict[str, object]


@dataclass(slots=True)
class Said:
    """How much of a try has been told already."""

    answer: Answer
    place: int
    """The how manieth try it is, from 0."""
    text: int = 0
    reasoning: int = 0
    calls: dict[int, tuple[bool, int]] = field(default_factory=dict[int, tuple[bool, int]])
    """Of each call, whether its name was told, and how many characters of its arguments."""


def line(record: Record) -> bytes:
    """A record as it stands in the file."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(errors="replace") + b"\n"


def title_of(conversation: Conversation) -> str:
    """What a chat is called: its title, or how its first question begins."""
    first = next(iter(conversation.exchanges.values()), None)
    return conversation.title or (beginning(first.question) if first else "")


def beginning(question: str) -> str:
    """The first words of a question, on one line."""
    words = " ".join(one_line(question[: 4 * LONGEST_TITLE]).split())
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1].rstrip()}…"


def whole(conversation: Conversation) -> Iterator[Record]:
    """All of a conversation; of an answer that still comes, what came so far."""
    yield {
        "is": "chat",
        "version": VERSION,
        "begun": conversation.begun,
        "title": conversation.title,
        "columns": [_column(column) for column in conversation.columns],
    }
    for exchange in conversation.exchanges.values():
        yield asked(exchange)
        for column, tries in exchange.tries.items():
            for place, answer in enumerate(tries):
                yield more(exchange, column, Said(answer, place))
                if answer.ending is not Ending.OPEN:
                    yield ended(exchange, column, place)
    yield leaf(conversation)


def columns(conversation: Conversation, came_from: Iterable[int | None] | None) -> Record:
    """The columns as they are now, and where each of them was before, if not where it is."""
    told: Record = {"is": "columns", "columns": [_column(column) for column in conversation.columns]}
    return told if came_from is None else {**told, "from": [*came_from]}


def title(conversation: Conversation) -> Record:
    """What it is called now."""
    return {"is": "title", "title": conversation.title}


def asked(exchange: Exchange) -> Record:
    """A question."""
    return {
        "is": "asked",
        "q": exchange.number,
        "parent": exchange.parent,
        "text": exchange.question,
        "at": exchange.asked,
    }


def taken_back(number: int) -> Record:
    """A question is gone."""
    return {"is": "gone", "q": number}


def leaf(conversation: Conversation) -> Record:
    """Where the talk goes on."""
    return {"is": "leaf", "q": conversation.leaf}


def more(exchange: Exchange, column: int, said: Said) -> Record:
    """What came of an answer since; from then on it counts as told. The first one of a try begins it."""
    answer = said.answer
    record: Record = {"is": "more", "q": exchange.number, "c": column, "try": said.place}
    if len(answer.text) > said.text:
        record["text"] = answer.text[said.text :]
    if len(answer.reasoning) > said.reasoning:
        record["reasoning"] = answer.reasoning[said.reasoning :]
    if calls := [_more_of_call(index, call, said) for index, call in answer.calls.items()]:
        record["calls"] = [call for call in calls if call]
    said.text, said.reasoning = len(answer.text), len(answer.reasoning)
    return record


def ended(exchange: Exchange, column: int, place: int) -> Record:
    """How a try ended."""
    answer = exchange.tries[column][place]
    usage = answer.usage
    return {
        "is": "ended",
        "q": exchange.number,
        "c": column,
        "try": place,
        "ending": answer.ending.value,
        "why": answer.why,
        "first": answer.first,
        "seconds": answer.seconds,
        "usage": usage and [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens],
        "finish": answer.finish_reason,
    }


def _more_of_call(index: int, call: Call, said: Said) -> list[object] | None:
    named, length = said.calls.get(index, (False, 0))
    name = "" if named else call.name
    if index in said.calls and not name and len(call.arguments) == length:
        return None
    said.calls[index] = bool(call.name), len(call.arguments)
    return [index, name, call.arguments[length:]]


def _column(column: Column) -> Record:
    opening, settings = column.opening, column.settings
    given = {name: getattr(settings, name) for name in Settings.__slots__}
    told: Record = {
        "model": column.model,
        "messages": [*opening.messages],
        "tools": [*opening.tools],
        "source": opening.source,
        "settings": {name: value for name, value in given.items() if value is not None},
    }
    return {name: value for name, value in told.items() if value or name == "model"}
