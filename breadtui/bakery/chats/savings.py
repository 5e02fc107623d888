"""What a bake saves, measured in a chat: prompt tokens and time to the first word, prompted against baked.

How that is written down is left to `savings_report`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from breadtui.bakery.authoring.prompt import estimate_tokens, lengths
from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending

FRAME = 4
"""Tokens that a chat template puts around a message, about."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two columns, over the questions that count: prompt tokens, and seconds to the first word.

    `prompt` names what the column is told first, empty for nothing. `estimated` of the token counts are estimates,
    because the server sent none.
    """

    column: int
    model: str
    prompt: str
    tokens: tuple[int, ...] = ()
    seconds: tuple[float, ...] = ()
    estimated: int = 0


@dataclass(frozen=True, slots=True)
class Savings:
    """Two columns, question by question. Of the `asked` questions only those count that both answered.

    `followed` of those that count came behind another, and carried along what had been said.
    """

    prompted: Side
    baked: Side
    asked: int
    followed: int = 0

    @property
    def questions(self) -> int:
        """How many count."""
        return len(self.baked.tokens)


def pairs(conversation: Conversation) -> list[tuple[int, int]]:
    """(prompted, baked): the columns that can be held against each other, the longest prompt and the shortest first."""
    told = [_opening_tokens(column) for column in conversation.columns]
    found = [(one, other) for one, other in permutations(range(len(told)), 2) if told[one] > told[other]]
    return sorted(found, key=lambda pair: (-told[pair[0]], told[pair[1]], pair))


def measure(conversation: Conversation, pair: tuple[int, int] | None = None) -> Savings | None:
    """What the second of a pair of columns saves; by default the first of `pairs`. None where there is no pair."""
    pair = pair or next(iter(pairs(conversation)), None)
    if pair is None:
        return None
    exchanges = conversation.exchanges
    counted = [
        number
        for number, exchange in exchanges.items()
        if all((answer := exchange.answer(column)) and _counts(answer) for column in pair)
    ]
    prompted, baked = (_side(conversation, column, counted) for column in pair)
    followed = sum(exchanges[number].parent is not None for number in counted)
    return Savings(prompted, baked, len(exchanges), followed)


def _counts(answer: Answer) -> bool:
    """Whether a first word came: one that was stopped or cut off later tells as much as a whole one."""
    return answer.first is not None and answer.ending in (Ending.WHOLE, Ending.STOPPED, Ending.CUT)


def _side(conversation: Conversation, column: int, counted: Sequence[int]) -> Side:
    estimates: Mapping[int, int] | None = None
    tokens: list[int] = []
    seconds: list[float] = []
    estimated = 0
    for number in counted:
        answer = conversation.exchanges[number].answer(column) or Answer()
        seconds.append(answer.first or 0.0)
        if answer.usage is None:
            estimates = estimates or _estimates(conversation, column)
            estimated += 1
        tokens.append(answer.usage.prompt_tokens if answer.usage else (estimates or {})[number])
    asked = conversation.columns[column]
    prompt = (asked.opening.source or "a typed prompt") if asked.opening.messages else ""
    return Side(column, asked.model, prompt, tuple(tokens), tuple(seconds), estimated)


def _estimates(conversation: Conversation, column: int) -> Mapping[int, int]:
    """About how many prompt tokens each question is for a column: its opening, the talk before, and the question."""
    opening = _opening_tokens(conversation.columns[column])
    before: dict[int | None, int] = {None: opening}
    found: dict[int, int] = {}
    for number, exchange in conversation.exchanges.items():  # a child is always younger than its parent
        question = FRAME + estimate_tokens(exchange.question)
        found[number] = before[exchange.parent] + question
        answer = exchange.answer(column)
        said = question + FRAME + estimate_tokens(answer.text) if answer and answer.text else 0
        before[number] = before[exchange.parent] + said
    return found


def _opening_tokens(column: Column) -> int:
    opening = column.opening
    tools = sum(estimate_tokens(json.dumps(tool, ensure_ascii=False, default=str)) for tool in opening.tools)
    return lengths(opening.messages)[1] + FRAME * len(opening.messages) + tools
