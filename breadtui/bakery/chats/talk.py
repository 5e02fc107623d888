"""Asks the columns of a conversation side by side, and takes in what streams back. How it looks is left to screens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from breadtui.api.chat import ChatEvent, Done, Reasoning, Text, ToolCall, Usage
from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError
from breadtui.bakery.chats.conversation import Answer, Call, Column, Conversation, Ending, Exchange, Message
from breadtui.bakery.chats.journal import Journal

CUT_OFF = "The answer was cut off by the server or on the way. What came stands; ask again for a whole one."
SAID_NOTHING = "The model said nothing."
ONLY_REASONED = "The model reasoned, and said nothing."
TOO_LONG = "The answer was ended at the most tokens that it may have."


@dataclass(frozen=True, slots=True)
class Began:
    """A column was asked."""

    exchange: Exchange
    column: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A column's answer is over, in whatever way; the answer tells. `error` is what the request came to, if to one."""

    exchange: Exchange
    column: int
    answer: Answer
    error: BreadError | None = None


Told = Callable[[Exchange, int, Began | ChatEvent | Ended], None]


class Talk:
    """Carries a conversation on; `told` hears of everything, on the loop, once it is in the conversation.

    What goes wrong is no exception: it is in the answer's `ending` and `why`. `client` gives the connection of the
    moment, `clock` seconds.
    """

    def __init__(
        self,
        client: Callable[[], BreadClient],
        conversation: Conversation,
        journal: Journal,
        told: Told,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.conversation = conversation
        self.journal = journal
        self._client = client
        self._told = told
        self._clock = clock
        self._open: dict[int, asyncio.Task[None]] = {}
        self._mistake: Exception | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer still comes."""
        return bool(self._open)

    @property
    def open_columns(self) -> frozenset[int]:
        """The columns whose answer still comes."""
        return frozenset(self._open)

    async def ask(self, question: str, *, instead_of: int | None = None) -> Exchange:
        """Ask every column, behind the last question or `instead_of` an earlier one; returns when all have ended.

        A question to which no column answered anything is taken back: it is in the conversation no more.
        Cancelling stops every answer, as `stop` does.
        """
        self._must_be_silent()
        before = self.conversation.leaf
        edited = instead_of is not None
        exchange = self.conversation.edit(instead_of, question) if edited else self.conversation.ask(question)
        self.journal.asked(exchange)
        try:
            await self._answer(exchange, range(len(self.conversation.columns)))
        finally:
            if not any(map(_counts, (answer for tries in exchange.tries.values() for answer in tries))):
                self.conversation.take_back(exchange.number)
                self.conversation.leaf = before
                self.journal.taken_back(exchange.number)
        return exchange

    async def again(self, columns: Iterable[int] | None = None) -> Exchange | None:
        """Ask the last question once more, all columns or some; None where nothing was asked yet.

        A try of which nothing came does not stand before an earlier answer.
        """
        self._must_be_silent()
        leaf = self.conversation.leaf
        if leaf is None:
            return None
        exchange = self.conversation.exchanges[leaf]
        await self._answer(exchange, range(len(self.conversation.columns)) if columns is None else columns)
        return exchange

    def stop(self, column: int | None = None) -> None:
        """End one answer, or all, and the connection with it; what came is kept."""
        for number, task in self._open.items():
            if column in (None, number):
                task.cancel()

    def _must_be_silent(self) -> None:
        if self.busy:
            raise RuntimeError("an answer still comes")

    async def _answer(self, exchange: Exchange, columns: Iterable[int]) -> None:
        self._mistake = None
        for column in dict.fromkeys(columns):
            answer = Answer()
            exchange.tries.setdefault(column, []).append(answer)
            asking = self._ask(exchange, column, answer, self.conversation.messages(column))
            self._open[column] = asyncio.create_task(asking)
            self.journal.grew(exchange, column)
            self._tell(exchange, column, Began(exchange, column))
        try:
            await asyncio.gather(*self._open.values(), return_exceptions=True)
        finally:
            for column, task in [*self._open.items()]:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                self._end(exchange, column, exchange.tries[column][-1])  # one that was stopped before it began
        if self._mistake:
            raise self._mistake

    async def _ask(self, exchange: Exchange, column: int, answer: Answer, messages: list[Message]) -> None:
        began, failure = self._clock(), None
        try:
            async with aclosing(_stream(self._client(), self.conversation.columns[column], messages)) as events:
                async for event in events:
                    if answer.first is None and isinstance(event, Text | Reasoning | ToolCall):
                        answer.first = self._clock() - began
                    _take(answer, event)
                    self.journal.grew(exchange, column)
                    self._tell(exchange, column, event)
        except BreadError as error:
            failure = error
            _fail(answer, str(error))
        except Exception as error:
            _fail(answer, f"Something in breadtui went wrong: {type(error).__name__}.")
            self._mistake = self._mistake or error
        finally:
            answer.seconds = self._clock() - began
            self._end(exchange, column, answer, failure)

    def _end(self, exchange: Exchange, column: int, answer: Answer, error: BreadError | None = None) -> None:
        if self._open.pop(column, None) is None:
            return
        if answer.ending is Ending.OPEN:
            answer.ending = Ending.STOPPED
        self.journal.ended(exchange, column)
        exchange.forget_vain_try(column)
        self._tell(exchange, column, Ended(exchange, column, answer, error))

    def _tell(self, exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        """A mistake in what is told must not end the answer: it is raised when all is taken in."""
        try:
            self._told(exchange, column, event)
        except Exception as error:
            self._mistake = self._mistake or error


def _stream(client: BreadClient, column: Column, messages: list[Message]):
    settings = column.settings
    return client.chat(
        column.model,
        messages,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        thinking=settings.thinking,
        seed=settings.seed,
        tools=column.opening.tools or None,
    )


def _take(answer: Answer, event: ChatEvent) -> None:
    match event:
        case Text(text=piece):
            answer.lengthen(piece)
        case Reasoning(text=piece):
            answer.lengthen(reasoning=piece)
        case ToolCall():
            call = answer.calls.setdefault(event.index, Call())
            call.name = call.name or event.name or ""
            call.arguments += event.arguments
        case Usage():
            answer.usage = event
        case Done():
            _finish(answer, event)


def _finish(answer: Answer, done: Done) -> None:
    answer.finish_reason = done.finish_reason
    if done.cut_off:
        answer.ending, answer.why = (Ending.FAILED if answer.empty else Ending.CUT), CUT_OFF
        return
    answer.ending = Ending.WHOLE
    if answer.empty:
        answer.why = SAID_NOTHING
    elif done.finish_reason == "length":
        answer.why = TOO_LONG
    elif not (answer.text or answer.calls):
        answer.why = ONLY_REASONED


def _fail(answer: Answer, why: str) -> None:
    answer.ending, answer.why = (Ending.FAILED if answer.empty else Ending.CUT), why


def _counts(answer: Answer) -> bool:
    return answer.ending is Ending.WHOLE or not answer.empty
