"""When the app under test has come to rest: nothing is left to run, and no answer is on its way.

Textual 8.2 looks at the processor's time instead, 20 ms at a time: slow where all is done already, and wrong on a busy
machine, where a process that gets no turn looks idle.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

import httpx
from textual.pilot import Pilot

SOON = 0.02
"""Seconds: what is put off for no longer is waited for. Textual draws after 1/60 s."""
LONGEST = 1.0
"""Seconds after which even what never rests is looked at, as an answer that is withheld. Textual's own bound."""
ANSWERED = 0.002

_send = httpx.AsyncClient.send
_asked: list[httpx.Request] = []
_answers: WeakSet[httpx.Response] = WeakSet()


@contextmanager
def resting() -> Generator[None]:
    """Pilots wait until the app has come to rest."""
    with (
        patch("textual.app.wait_for_idle", rest),
        patch("textual.pilot.wait_for_idle", rest),
        patch.object(Pilot, "pause", _pause),
        patch.object(httpx.AsyncClient, "send", _counted),
    ):
        yield


async def rest(_least: float = 0, longest: float = LONGEST, *, soon: float = SOON) -> None:
    """Let the loop go on until nothing is left that runs now, within `soon` seconds, or with the next answer."""
    loop = asyncio.get_running_loop()
    end, calm = loop.time() + longest, 0
    while calm < 2 and loop.time() < end:  # twice: what the network brought is seen between
        await asyncio.sleep(0)
        if vars(loop)["_ready"]:
            calm = 0
        elif (due := _next_timer(loop)) < soon:
            await asyncio.sleep(due)
            calm = 0
        elif _answer_is_due() or _thread_is_busy(loop):
            await asyncio.sleep(ANSWERED)
            calm = 0
        else:
            calm += 1


async def _pause(self: Pilot[object], delay: float | None = None) -> None:
    await (rest() if delay is None else asyncio.sleep(delay))
    self.app.screen._on_timer_update()
    await rest()


def _next_timer(loop: asyncio.AbstractEventLoop) -> float:
    """Seconds until the next timer of the loop."""
    times = (timer.when() for timer in vars(loop)["_scheduled"] if not timer.cancelled())
    return max(0.0, min(times, default=float("inf")) - loop.time())


def _answer_is_due() -> bool:
    return bool(_asked) or any(not (answer.is_closed or _streams(answer)) for answer in _answers)


def _streams(answer: httpx.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/event-stream")


def _thread_is_busy(loop: asyncio.AbstractEventLoop) -> bool:
    executor = vars(loop)["_default_executor"]
    return executor is not None and len(executor._threads) > executor._idle_semaphore._value


async def _counted(self: httpx.AsyncClient, request: httpx.Request, **how: Any) -> httpx.Response:
    _asked.append(request)
    try:
        answer = await _send(self, request, **how)
    finally:
        _asked.remove(request)
    _answers.add(answer)
    return answer
