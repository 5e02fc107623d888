"""Asks the questions of a sweep, a few at a time, and takes in what comes. What is shown of it is left to others."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from breadtui.api.chat import Done, Reasoning, Text, ToolCall, Usage
from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, Forbidden, NoCredits, RateLimited, StreamFailed, Unreachable, WrongKey
from breadtui.api.transport import once
from breadtui.bakery.link import LONGEST_ASKED, backed_off
from breadtui.bakery.sweep.agreement import agreement_of
from breadtui.bakery.sweep.kept import Journal
from breadtui.bakery.sweep.sweep import ASKING, AT_ONCE, Cell, Place, Standing, Sweep

TRIES = 3
"""How often a question is asked that fails for a reason which may pass."""
PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds between two tries, doubled with each; and how far, where the server names no time."""
CUT_OFF = "The answer was cut off by the server or on the way."
TOO_LONG = "The answer was ended at the most tokens that it may have."
CHARACTERS = 4
"""Characters that make a token, about, where the server does not count."""

Told = Callable[[Place | None], None]
"""Hears of a cell that stands otherwise, or, by None, that the asking itself does."""


class Asking:
    """Asks what is missing of `sweep`; `told` hears of it on the loop. `client` gives the connection of the moment.

    What goes wrong with an answer is in its cell. What would go wrong with any other too, such as an account without
    credit, ends the asking, and is in `halted`.
    """

    def __init__(
        self,
        client: Callable[[], BreadClient],
        sweep: Sweep,
        journal: Journal,
        told: Told,
        *,
        at_once: int = AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sweep = sweep
        self.halted = ""
        """Why it ended before its time, in the server's words; empty where it did not."""
        self.away = False
        """Whether it ended because the server did not answer."""
        self.waiting = ""
        """What the server said when it asked to wait; empty while it does not."""
        self._client = client
        self._journal = journal
        self._told = told
        self._at_once = at_once
        self._clock = clock
        self._left: deque[Place] = deque()
        self._asked: Counter[Place] = Counter()
        self._until = 0.0
        self._refusals = 0
        self._begun = 0.0
        self._ended = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether questions are being asked."""
        return self._task is not None

    @property
    def wait(self) -> float:
        """Seconds until the next question, where the server asked for a wait."""
        return max(self._until - self._clock(), 0.0) if self.waiting else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds until the last answer, at the pace so far; None where there is none."""
        if not self.busy or not self._ended:
            return None
        left = len(self._left) + self.sweep.count(Standing.ASKING)
        return (self._clock() - self._begun) / self._ended * left + self.wait

    async def run(self, *, failed_too: bool = False) -> None:
        """Ask what is missing, and with `failed_too` what failed before; returns when nothing more can be asked."""
        if self.busy:
            raise RuntimeError("it is being asked already")
        self.halted, self.away, self.waiting, self._refusals = "", False, "", 0
        self._left = deque(self.sweep.missing(failed_too=failed_too))
        self._asked.clear()
        self._begun, self._ended = self._clock(), 0
        self._task = asyncio.current_task()
        workers = [asyncio.create_task(self._work()) for _ in range(min(self._at_once, len(self._left)))]
        self._told(None)
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            self._task, self.waiting = None, ""
            self._told(None)

    def stop(self) -> None:
        """End the asking, and the connections with it; every answer that is whole is kept."""
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        while self._left:
            while self.wait:  # noqa: ASYNC110 - which may be put off meanwhile
                await asyncio.sleep(self.wait)
            if self.waiting:
                self.waiting = ""
                self._told(None)
            if not self._left:
                return
            place = self._left.popleft()
            before = self.sweep.cells.get(place)
            self._put(place, ASKING)
            try:
                cell = await self._answer(place)
            except BreadError as error:
                self._put(place, before)
                await self._refused(place, error)
            except BaseException:
                self._put(place, before)
                raise
            else:
                self._refusals = 0
                self._end(place, cell)

    async def _answer(self, place: Place) -> Cell:
        """What comes of a question.

        Raises:
            BreadError: nothing did.
        """
        question, column = self.sweep.questions[place[0]], self.sweep.columns[place[1]]
        settings, incoming, began = column.settings, _Incoming(), self._clock()
        with once():
            events = self._client().chat(
                column.model,
                question.sent_to(column),
                temperature=settings.temperature,
                max_tokens=settings.max_tokens,
                thinking=settings.thinking,
                seed=settings.seed,
                tools=column.opening.tools or None,
            )
            try:
                async with aclosing(events):
                    async for event in events:
                        incoming.take(event, self._clock() - began)
            except StreamFailed as error:
                incoming.why = str(error)
        cell = incoming.cell(self._clock() - began)
        if cell.standing is Standing.FAILED:
            return cell
        return replace(cell, agreement=await agreement_of(cell.text, question.references))

    async def _refused(self, place: Place, error: BreadError) -> None:
        """Put the question back, for later or for ever, or let it have failed."""
        self._asked[place] += 1
        tried = self._asked[place]
        if isinstance(error, NoCredits | WrongKey | Forbidden) or (isinstance(error, Unreachable) and tried >= TRIES):
            self.halted, self.away = str(error), isinstance(error, Unreachable)
            self._left.clear()
        elif isinstance(error, RateLimited):
            self._asked[place] -= 1
            self._left.appendleft(place)
            self._rest(error)
        elif error.retryable and tried < TRIES:
            self._left.appendleft(place)
            await asyncio.sleep(error.retry_after or backed_off(PAUSE, tried - 1, LONGEST_PAUSE))
        else:
            self._end(place, Cell(Standing.FAILED, why=str(error)))

    def _rest(self, error: BreadError) -> None:
        """Ask nothing for as long as the server wants."""
        self._refusals += not self.waiting  # those under way together are refused together
        pause = backed_off(PAUSE, self._refusals, LONGEST_PAUSE) if error.retry_after is None else error.retry_after
        self._until = max(self._until, self._clock() + min(pause, LONGEST_ASKED))
        self.waiting = str(error)
        self._told(None)

    def _end(self, place: Place, cell: Cell) -> None:
        self._ended += 1
        self._put(place, cell)
        self._journal.ended(place)

    def _put(self, place: Place, cell: Cell | None) -> None:
        if cell is None:
            self.sweep.cells.pop(place, None)
        else:
            self.sweep.cells[place] = cell
        self._told(place)


@dataclass(slots=True)
class _Incoming:
    """An answer as it comes."""

    text: list[str] = field(default_factory=list[str])
    calls: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    thought: int = 0
    usage: Usage | None = None
    first: float | None = None
    done: Done | None = None
    why: str = ""

    def take(self, event: Text | Reasoning | ToolCall | Usage | Done, seconds: float) -> None:
        """The next event, and when it came."""
        if self.first is None and isinstance(event, Text | Reasoning | ToolCall):
            self.first = seconds
        match event:
            case Text(text=text):
                self.text.append(text)
            case Reasoning(text=text):
                self.thought += len(text)
            case ToolCall(index=index, name=name, arguments=arguments):
                self.calls.setdefault(index, []).append(f"{name} {arguments}" if name else arguments)
            case Usage():
                self.usage = event
            case Done():
                self.done = event

    def cell(self, seconds: float) -> Cell:
        """What came of it in the end."""
        calls = ["→ " + "".join(pieces) for pieces in self.calls.values()]
        text = "\n".join(part for part in ("".join(self.text), *calls) if part)
        cut = self.done is None or self.done.cut_off
        finish = self.done.finish_reason if self.done else None
        counted = self.usage.completion_tokens if self.usage else -(-(len(text) + self.thought) // CHARACTERS)
        return Cell(
            Standing.FAILED if cut else Standing.ANSWERED,
            text,
            self.why or (CUT_OFF if cut else TOO_LONG if finish == "length" else ""),
            None,
            counted,
            self.usage is None,
            self.first,
            seconds,
            finish,
        )
