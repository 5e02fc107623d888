"""A conversation: the columns that are asked, the questions, every column's answers, and the branches of all that.

Questions form a tree: a question that was edited stands beside the one it came of, and one of the leaves is where the
talk goes on. An answer that was asked for again stands behind the earlier tries, and the last one counts.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breadtui.api.chat import Usage

MOST_COLUMNS = 4

Message = Mapping[str, object]
"""A message in OpenAI's form, as prompts hold them and requests carry them."""


class Ending(StrEnum):
    """How an answer ended; `OPEN` is one that still comes, or whose program was killed meanwhile."""

    OPEN = "open"
    WHOLE = "whole"
    STOPPED = "stopped"
    CUT = "cut"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is to answer; None leaves it to the server."""

    temperature: float | None = None
    max_tokens: int | None = None
    thinking: bool | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a model is told before the first question. `source` names the prompt it is from, as `repo/prompt`."""

    messages: tuple[Message, ...] = ()
    tools: tuple[Message, ...] = ()
    source: str = ""

    @classmethod
    def said(cls, words: str) -> Opening:
        """A system prompt that was typed."""
        return cls(({"role": "system", "content": words},)) if words else cls()


@dataclass(frozen=True, slots=True)
class Column:
    """One of those that are asked: a model, what it is told first, and how it is to answer."""

    model: str
    opening: Opening = field(default_factory=Opening)
    settings: Settings = field(default_factory=Settings)


@dataclass(slots=True)
class Call:
    """A tool's call as the model wrote it; whole, its arguments are JSON."""

    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Answer:
    """What came of a question. Times are in seconds from the moment the request was sent.

    `why` says, for people, what went wrong. `usage` is the server's own count, None where it sent none.
    """

    text: str = ""
    reasoning: str = ""
    calls: dict[int, Call] = field(default_factory=dict[int, Call])
    usage: Usage | None = None
    first: float | None = None
    """Until the first word of answer, reasoning or call."""
    seconds: float = 0.0
    ending: Ending = Ending.OPEN
    why: str = ""
    finish_reason: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing came."""
        return not (self.text or self.reasoning or self.calls)

    def lengthen(self, text: str = "", reasoning: str = "") -> None:
        """Put pieces behind what came so far.

        Python lengthens a text where it lies if nobody else holds it; a copy for every piece is quadratic (13 s for
        100,000 pieces with Python 3.11).
        """
        if text:
            held, self.text = self.text, ""
            held += text
            self.text = held
        if reasoning:
            held, self.reasoning = self.reasoning, ""
            held += reasoning
            self.reasoning = held


@dataclass(slots=True)
class Exchange:
    """A question, and what each column answered: every try, the last one counts. `asked` is a Unix time."""

    number: int
    parent: int | None
    question: str
    asked: float
    tries: dict[int, list[Answer]] = field(default_factory=dict[int, list[Answer]])

    def answer(self, column: int) -> Answer | None:
        """The answer that counts; None where a column was never asked."""
        tries = self.tries.get(column)
        return tries[-1] if tries else None

    def forget_vain_try(self, column: int) -> None:
        """Let a last try of which nothing came not stand before an earlier answer."""
        tries = self.tries.get(column, [])
        if len(tries) > 1 and tries[-1].empty and tries[-1].ending is not Ending.WHOLE and not tries[-2].empty:
            tries.pop()


@dataclass(slots=True)
class Conversation:
    """All that was said with one or several models. `leaf` is the question that the next one follows."""

    columns: tuple[Column, ...]
    title: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    begun: float = field(default_factory=time.time)
    exchanges: dict[int, Exchange] = field(default_factory=dict[int, Exchange])
    leaf: int | None = None

    def path(self) -> tuple[Exchange, ...]:
        """From the first question to the leaf."""
        found: list[Exchange] = []
        number = self.leaf
        while number is not None:
            found.append(self.exchanges[number])
            number = found[-1].parent
        return tuple(reversed(found))

    def ask(self, question: str) -> Exchange:
        """A question behind the last one."""
        return self._add(self.leaf, question)

    def edit(self, number: int, question: str) -> Exchange:
        """The same place in the talk, asked otherwise: a branch beside it, where the talk goes on."""
        return self._add(self.exchanges[number].parent, question)

    def take_back(self, number: int) -> None:
        """Forget a question that nothing was answered to."""
        gone = self.exchanges.pop(number)
        if self.leaf == number:
            self.leaf = gone.parent

    def siblings(self, number: int) -> tuple[Exchange, ...]:
        """The questions at the same place of the talk, in the order in which they were asked, itself among them."""
        parent = self.exchanges[number].parent
        return tuple(exchange for exchange in self.exchanges.values() if exchange.parent == parent)

    def turn_to(self, number: int) -> None:
        """Go on in the branch of that question, behind what was asked last in it."""
        self.leaf = number
        for exchange in self.exchanges.values():  # a child is always younger than its parent
            if exchange.parent == self.leaf:
                self.leaf = exchange.number

    def messages(self, column: int) -> list[Message]:
        """What a column is sent for the leaf: its opening, then the talk. Questions it never answered are left out."""
        *before, last = self.path()
        said = list(self.columns[column].opening.messages)
        for exchange in before:
            answer = exchange.answer(column)
            if answer and answer.text:
                said += ({"role": "user", "content": exchange.question}, {"role": "assistant", "content": answer.text})
        return [*said, {"role": "user", "content": last.question}]

    def answers(self) -> Iterator[tuple[Exchange, int, Answer]]:
        """Every answer that counts, of every branch, with its question and its column."""
        for exchange in self.exchanges.values():
            for column in range(len(self.columns)):
                if answer := exchange.answer(column):
                    yield exchange, column, answer

    def _add(self, parent: int | None, question: str) -> Exchange:
        number = max(self.exchanges, default=0) + 1
        exchange = Exchange(number, parent, question, time.time())
        self.exchanges[number] = exchange
        self.leaf = number
        return exchange
