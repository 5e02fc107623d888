"""A conversation to hand on: as Markdown for people, as messages in OpenAI's form for programs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping

from breadtui.bakery.chats.conversation import Answer, Call, Column, Conversation, Ending, Exchange, Settings
from breadtui.bakery.chats.records import title_of

ENDINGS = {
    Ending.OPEN: "It still came when this was written.",
    Ending.STOPPED: "Stopped.",
}
_MARKED = re.compile(r"([\\`*_\[\]<>#|&~!$-])")
_TICKS = re.compile("`+")


def as_markdown(conversation: Conversation) -> str:
    """All of it, other branches at the end. What was said stands in fences that nothing in it can close."""
    path = conversation.path()
    taken = {exchange.number for exchange in path}
    others = [exchange for exchange in conversation.exchanges.values() if exchange.number not in taken]
    parts = [f"# {_plain(title_of(conversation) or 'Chat')}", f"Begun {_when(conversation.begun)}."]
    parts += _told_first(conversation.columns)
    for exchange in path:
        parts += _exchange(conversation, exchange, f"## Question {exchange.number}")
    if others:
        parts.append("## Other branches")
    for exchange in others:
        behind = f"behind question {exchange.parent}" if exchange.parent else "at the beginning"
        parts += _exchange(conversation, exchange, f"### Question {exchange.number}, {behind}")
    return "\n\n".join(parts) + "\n"


def as_messages(conversation: Conversation, column: int) -> list[dict[str, object]]:
    """The branch that the talk is in, as a column was told and answered it; questions it did not answer are left out.

    Tools' calls stand in the messages, under ids of ours: servers' are not kept.
    """
    told = [{**message} for message in conversation.columns[column].opening.messages]
    for exchange in conversation.path():
        answer = exchange.answer(column)
        if answer and (answer.text or answer.calls):
            told.append({"role": "user", "content": exchange.question})
            told.append(_message(exchange, answer))
    return told


def as_json(conversation: Conversation, column: int) -> str:
    """An object of `model`, `messages` and, where there are any, `tools`: what a request is made of."""
    asked = conversation.columns[column]
    told: dict[str, object] = {"model": asked.model, "messages": as_messages(conversation, column)}
    if asked.opening.tools:
        told["tools"] = [*asked.opening.tools]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


# -- messages --


def _message(exchange: Exchange, answer: Answer) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant", "content": answer.text}
    if answer.calls:
        message["tool_calls"] = [
            _call(f"call_{exchange.number}_{index}", call) for index, call in sorted(answer.calls.items())
        ]
    return message


def _call(id: str, call: Call) -> dict[str, object]:
    return {"id": id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


# -- Markdown --


def _told_first(columns: Iterable[Column]) -> Iterator[str]:
    """Whom one talked to."""
    for number, column in enumerate(columns, 1):
        yield f"{number}. {_code(column.model)}{_settings(column.settings)}"
    for number, column in enumerate(columns, 1):
        opening = column.opening
        if opening.messages:
            source = f", {_code(opening.source)}" if opening.source else ""
            yield f"What {number} was told first{source}:"
            for message in opening.messages:
                yield from _said_as(message)
        if opening.tools:
            yield f"Tools of {number}:"
            yield _fenced(json.dumps([*opening.tools], ensure_ascii=False, indent=2), "json")


def _said_as(message: Mapping[str, object]) -> Iterator[str]:
    content, more = message.get("content"), {key: value for key, value in message.items() if key != "content"}
    yield f"{_plain(str(message.get('role', '')))}:"
    if isinstance(content, str) and more.keys() <= {"role"}:
        yield _fenced(content)
    else:
        yield _fenced(json.dumps({**message}, ensure_ascii=False, indent=2), "json")


def _exchange(conversation: Conversation, exchange: Exchange, heading: str) -> Iterator[str]:
    yield heading
    yield _fenced(exchange.question)
    for number, column in enumerate(conversation.columns):
        if answer := exchange.answer(number):
            yield f"**{number + 1}.** {_code(column.model)}"
            yield from _answer(answer)


def _answer(answer: Answer) -> Iterator[str]:
    if answer.reasoning:
        yield "Reasoning:"
        yield _fenced(answer.reasoning)
    if answer.text:
        yield _fenced(answer.text, "markdown")
    for _, call in sorted(answer.calls.items()):
        yield f"Calls {_code(call.name)}:"
        yield _fenced(call.arguments, "json")
    if told := [*_figures(answer)]:
        yield f"*{' · '.join(told)}*"
    if why := answer.why or ENDINGS.get(answer.ending, ""):
        yield _plain(why)


def _figures(answer: Answer) -> Iterator[str]:
    if answer.first is not None:
        yield f"first word after {answer.first:.2f} s"
    if answer.seconds:
        yield f"{answer.seconds:.2f} s in all"
    if usage := answer.usage:
        yield f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"


def _settings(settings: Settings) -> str:
    given = {name: getattr(settings, name) for name in Settings.__slots__}
    told = [f"{name.replace('_', ' ')} {_value(value)}" for name, value in given.items() if value is not None]
    return f" ({', '.join(told)})" if told else ""


def _value(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value}"


def _when(begun: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(begun))


def _plain(words: str) -> str:
    """Words on one line in which no sign means anything to Markdown."""
    return _MARKED.sub(r"\\\1", " ".join(words.split()))


def _code(name: str) -> str:
    fence = "`" * (1 + _longest(name))
    room = " " if name.startswith("`") or name.endswith("`") else ""
    return f"{fence}{room}{name}{room}{fence}"


def _fenced(text: str, language: str = "text") -> str:
    fence = "`" * max(3, 1 + _longest(text))
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}{language}\n{text}{end}{fence}"


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
