"""`breadtui chat` without a screen: one question, answered on standard output as the answer comes.

As JSON it is one object, at the end; nothing is taken out of it from one version to the next, and null is what nobody
knows:

    model
    text, reasoning
    calls           a list of: name, arguments (JSON, in a string)
    usage           prompt_tokens, completion_tokens, total_tokens; null if the server sent none
    timings         first, the seconds to the first word, and seconds, to the end
    finish_reason   the server's word
    ending          whole, stopped, cut or failed
    error           what is wrong with it
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import TextIO

from breadtui.api.chat import ChatEvent, Reasoning, Text
from breadtui.api.client import BreadClient
from breadtui.bakery.chats.conversation import Answer, Conversation, Ending, Exchange
from breadtui.bakery.chats.kept import Chats
from breadtui.bakery.chats.order import ChatOrder
from breadtui.bakery.chats.talk import Began, Ended, Talk
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.signals import KILLED, told_to_end
from breadtui.settings import Connection

ANSWERED = 0
FAILED = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how its answer is to be given."""

    order: ChatOrder
    question: str
    as_json: bool = False
    reasoning: bool = False


def answer_at_once(found: Connection, asked: Asked, chats: Chats) -> int:
    """Ask, and write what is answered; gives the exit code. What is wrong with the answer is told on standard error.

    Raises:
        BreadError: it could not be asked.
    """
    return asyncio.run(_answer(found, asked, chats))


async def _answer(found: Connection, asked: Asked, chats: Chats) -> int:
    client = BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http)
    kitchen, saying = Kitchen(client, chats=chats), _Saying(asked)
    try:
        with saying.told_to_end():
            conversation = Conversation((await asked.order.column(kitchen),))
            saying.talk = Talk(lambda: client, conversation, chats.journal(conversation), saying.take)
            exchange = await saying.talk.ask(asked.question)
            return saying.finish(conversation, exchange.tries[0][-1])
    except asyncio.CancelledError:
        return KILLED + saying.signal
    finally:
        await kitchen.close()


class _Saying:
    """Writes what comes; where nobody reads it, or is told to end, the answer is stopped."""

    def __init__(self, asked: Asked) -> None:
        self.talk: Talk | None = None
        self.signal = 0
        self._asked = asked
        self._last = "\n"

    def take(self, _: Exchange, __: int, event: Began | ChatEvent | Ended) -> None:
        """A piece of the answer came."""
        match event:
            case Text(text=text) if not self._asked.as_json:
                self._say(text)
            case Reasoning(text=text) if self._asked.reasoning:
                self._write(sys.stderr, text)
            case _:
                pass

    def finish(self, conversation: Conversation, answer: Answer) -> int:
        """Write what is left to write; gives the exit code."""
        if self._asked.as_json:
            told = _as_json(conversation.columns[0].model, answer)
            self._say(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
        else:
            for call in answer.calls.values():
                self._end_line()
                self._say(f"{call.name} {call.arguments}")
        self._end_line()
        problem = self.talk.journal.problem if self.talk else None
        for why in (answer.why, problem):
            if why:
                self._write(sys.stderr, f"breadtui: {why}\n")
        if self.signal:
            return KILLED + self.signal
        return ANSWERED if answer.ending is Ending.WHOLE else FAILED

    def told_to_end(self) -> AbstractContextManager[None]:
        """A signal stops the answer, or what is done before it begins."""
        task = asyncio.current_task()

        def end(number: signal.Signals) -> None:
            self.signal = number
            if self.talk and self.talk.busy:
                self.talk.stop()
            elif task:
                task.cancel()

        return told_to_end(end)

    def _say(self, text: str) -> None:
        self._write(sys.stdout, text)
        self._last = text[-1:] or self._last

    def _end_line(self) -> None:
        if self._last != "\n":
            self._say("\n")

    def _write(self, stream: TextIO, text: str) -> None:
        if self.signal == signal.SIGPIPE:
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            self.signal = signal.SIGPIPE
            # The interpreter would fail once more over what it has not written when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if self.talk:
                self.talk.stop()


def _as_json(model: str, answer: Answer) -> dict[str, object]:
    usage = answer.usage
    return {
        "model": model,
        "text": answer.text,
        "reasoning": answer.reasoning,
        "calls": [{"name": call.name, "arguments": call.arguments} for call in answer.calls.values()],
        "usage": usage and asdict(usage),
        "timings": {"first": answer.first, "seconds": answer.seconds},
        "finish_reason": answer.finish_reason,
        "ending": answer.ending.value,
        "error": answer.why or None,
    }
