"""Reads records back into the conversation that they tell of.

Lines that cannot be understood are passed over, so that neither a torn end nor a stranger's line takes the rest away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import isfinite

from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.text import clean_json
from breadtui.bakery.chats.conversation import (
    Answer,
    Call,
    Column,
    Conversation,
    Ending,
    Exchange,
    Opening,
    Settings,
)
from breadtui.bakery.chats.records import VERSION, Record

KILLED = "breadtui ended before the answer did. What came stands; ask again for a whole one."


def replay(lines: Iterable[bytes]) -> Conversation | None:
    """The conversation that lines tell of; None if they do not begin one that this program knows to read."""
    conversation: Conversation | None = None
    for found in lines:
        record = read(found)
        if conversation is not None:
            _happen(conversation, record)
        elif (conversation := _begin(record)) is None:
            return None
    if conversation is not None:
        for exchange in conversation.exchanges.values():
            _close(exchange)
    return conversation


def read(found: bytes) -> Record:
    """A line as a record, cleaned; an empty one if it is none."""
    try:
        told = clean_json(json.loads(found))
    except (ValueError, RecursionError):
        return {}
    return {**told} if is_object(told) else {}


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return found if isfinite(found := float(value)) else None
    except OverflowError:  # an integer of any length is JSON
        return None


def models(value: object) -> tuple[str, ...]:
    """The models of columns as they stand in a record."""
    return tuple(column.model for column in _columns(value))


def _begin(record: Mapping[str, object]) -> Conversation | None:
    found = _columns(record.get("columns"))
    if record.get("is") != "chat" or record.get("version") != VERSION or not found:
        return None
    return Conversation(found, _text(record.get("title")), begun=number(record.get("begun")) or 0.0)


def _happen(conversation: Conversation, record: Mapping[str, object]) -> None:
    at = _whole(record.get("q"))
    exchange = conversation.exchanges.get(at) if at is not None else None
    match record.get("is"):
        case "columns":
            _rearrange(conversation, record)
        case "title":
            conversation.title = _text(record.get("title"))
        case "asked" if at is not None and exchange is None:
            _ask(conversation, at, record)
        case "gone" if exchange:
            _take_back(conversation, exchange)
        case "leaf" if exchange or record.get("q") is None:
            conversation.leaf = at
        case "more" if exchange:
            _grow(exchange, record)
        case "ended" if exchange:
            _finish(exchange, record)
        case _:
            pass


def _ask(conversation: Conversation, at: int, record: Mapping[str, object]) -> None:
    parent = _whole(record.get("parent"))
    if at < max(conversation.exchanges, default=0):  # a child is always younger than its parent
        return
    if record.get("parent") is not None and parent not in conversation.exchanges:
        return
    when = number(record.get("at")) or 0.0
    conversation.exchanges[at] = Exchange(at, parent, _text(record.get("text")), when)
    conversation.leaf = at


def _take_back(conversation: Conversation, exchange: Exchange) -> None:
    if all(other.parent != exchange.number for other in conversation.exchanges.values()):
        conversation.take_back(exchange.number)


def _rearrange(conversation: Conversation, record: Mapping[str, object]) -> None:
    found = _columns(record.get("columns"))
    if not found:
        return
    conversation.columns = found
    if "from" not in record:
        return
    came_from = [_whole(place) for place in items(record.get("from"))]
    for exchange in conversation.exchanges.values():
        before, exchange.tries = exchange.tries, {}
        for now, then in enumerate(came_from):
            if then is not None and then in before:
                exchange.tries[now] = before[then]


def _grow(exchange: Exchange, record: Mapping[str, object]) -> None:
    answer = _try(exchange, record, new=True)
    if answer is None:
        return
    answer.lengthen(_text(record.get("text")), _text(record.get("reasoning")))
    for told in items(record.get("calls")):
        match items(told):
            case [int(index), str(name), str(arguments)]:
                call = answer.calls.setdefault(index, Call())
                call.name = call.name or name
                call.arguments += arguments
            case _:
                pass


def _finish(exchange: Exchange, record: Mapping[str, object]) -> None:
    answer = _try(exchange, record, new=False)
    if answer is None:
        return
    word, finish = record.get("ending"), record.get("finish")
    answer.ending = Ending(word) if word in [ending.value for ending in Ending] else Ending.CUT
    answer.why = _text(record.get("why"))
    answer.first, answer.seconds = number(record.get("first")), number(record.get("seconds")) or 0.0
    answer.finish_reason = finish if isinstance(finish, str) else None
    match [_whole(count) for count in items(record.get("usage"))]:
        case [int(prompt), int(completion), int(total)]:
            from breadtui.api.chat import Usage

            answer.usage = Usage(prompt, completion, total)
        case _:
            pass
    exchange.forget_vain_try(_whole(record.get("c")) or 0)


def _try(exchange: Exchange, record: Mapping[str, object], *, new: bool) -> Answer | None:
    column, place = _whole(record.get("c")), _whole(record.get("try"))
    if column is None or place is None or column < 0:
        return None
    tries = exchange.tries.get(column, [])
    if new and place == len(tries):
        exchange.tries.setdefault(column, []).append(Answer())
    return exchange.tries[column][place] if 0 <= place < len(exchange.tries.get(column, [])) else None


def _close(exchange: Exchange) -> None:
    """What nobody ended was ended by a kill."""
    for column, tries in exchange.tries.items():
        for answer in tries:
            if answer.ending is Ending.OPEN:
                answer.ending, answer.why = Ending.CUT, KILLED
        exchange.forget_vain_try(column)


def _columns(value: object) -> tuple[Column, ...]:
    found = (_read_column(as_object(column)) for column in items(value))
    return tuple(column for column in found if column)


def _read_column(told: Mapping[str, object]) -> Column | None:
    model, given = told.get("model"), as_object(told.get("settings"))
    if not isinstance(model, str) or not model:
        return None
    messages, tools = (tuple(filter(is_object, items(told.get(name)))) for name in ("messages", "tools"))
    thinking = given.get("thinking")
    settings = Settings(
        number(given.get("temperature")),
        _whole(given.get("max_tokens")),
        thinking if isinstance(thinking, bool) else None,
        _whole(given.get("seed")),
    )
    return Column(model, Opening(messages, tools, _text(told.get("source"))), settings)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
