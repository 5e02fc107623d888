"""A replay shown as it goes on, on plain streams: until all is done, somebody stops it, or the server stays away."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Coroutine
from functools import partial
from typing import TextIO

from breadtui.api.errors import BreadError, TimedOut, Unreachable
from breadtui.api.text import one_line
from breadtui.bakery.changes import Change, JobChanged, PipelineChanged
from breadtui.bakery.following.display import Display, Row, display
from breadtui.bakery.following.follow import COMPLETE, FAILED, LOST, TICK, Patience, complain
from breadtui.bakery.jobs import JobStatus, State, format_span
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes import report
from breadtui.bakery.recipes.foresight import Foresight, Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bakery.recipes.replay import Replay
from breadtui.bakery.signals import KILLED, told_to_end

AGAIN = "What was made stays. Run the same command again: it goes on with what is missing."


def forget_left(kitchen: Kitchen, foresight: Foresight) -> None:
    """What an interrupted replay of the same left on disk is seen to here; what is of others stays there."""
    own = {step.key.job(foresight.recipe.repo) for step in foresight.recipe.steps}
    left = kitchen.pipeline.pending().held
    if left and all(held.key in own for held in left):
        kitchen.pipeline.discard()


class Live:
    """Shows on `stream` how one replay goes on; `stepped` is what the replay tells of its steps."""

    def __init__(self, kitchen: Kitchen, patience: Patience, stream: TextIO) -> None:
        self._kitchen = kitchen
        self._patience = patience
        self._stream = stream
        self._replay: Replay | None = None
        self._display: Display | None = None
        self._signal = 0
        self._lost: float | None = None

    def stepped(self, key: StepKey) -> None:
        """A step came to another standing; jobs tell of themselves."""
        if self._replay is None or self._display is None:
            return
        standing, why = self._replay.standings[key], self._replay.why.get(key, "")
        if standing in (Standing.FAILED, Standing.HELD_UP) or (not key.action.phase and standing is Standing.DONE):
            self._display.say(report.step_line(key, standing, why))

    async def to_the_end(self, replay: Replay, work: Coroutine[object, object, None]) -> int:
        """Show `replay` while `work`, which carries it out, is done; gives the exit code."""
        self._replay = replay
        self._display = display(self._stream, self._rows)
        leave = self._kitchen.subscribe(self._notice)
        try:
            return await self._carried_out(replay, asyncio.ensure_future(work))
        finally:
            leave()
            self._display.close()

    async def _carried_out(self, replay: Replay, work: asyncio.Future[None]) -> int:
        try:
            with told_to_end(partial(self._end, work)):
                while not work.done():
                    await asyncio.wait([work], timeout=TICK)
                    if self._display:
                        self._display.tick()
                    if not work.done() and (code := self._given_up(replay)) is not None:
                        return code
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return self._code(replay, work)

    def _end(self, work: asyncio.Future[None], number: signal.Signals) -> None:
        self._signal = number
        work.cancel()

    def _code(self, replay: Replay, work: asyncio.Future[None]) -> int:
        if work.cancelled():
            complain("Stopped. What runs at the server runs on.")
            return KILLED + self._signal
        error = work.exception()
        if isinstance(error, BreadError):
            complain(one_line(str(error)))
            return LOST if isinstance(error, Unreachable | TimedOut) else FAILED
        if error:
            raise error
        # What is left out was not asked for, and is nobody's failure.
        bad = any(standing in (Standing.FAILED, Standing.HELD_UP) for standing in replay.standings.values())
        return FAILED if bad else COMPLETE

    def _given_up(self, replay: Replay) -> int | None:
        """The exit code where nothing goes on by itself."""
        if replay.at_rest:
            complain(one_line(replay.paused))
            return FAILED
        away = self._kitchen.watcher.problem or self._kitchen.pipeline.problem
        now = time.monotonic()
        self._lost = None if not away else self._lost if self._lost is not None else now
        if self._lost is None or now - self._lost < self._patience.timeout:
            return None
        complain(f"{one_line(away or '')} It has been away for {format_span(self._patience.timeout)}.")
        return LOST

    def _notice(self, change: Change) -> None:
        if self._display is None or self._replay is None:
            return
        if isinstance(change, JobChanged) and change.status.key in self._replay.jobs:
            if change.status.state is not State.NOT_STARTED:
                self._display.changed(change.status)
        elif isinstance(change, PipelineChanged) and change.failed:
            self._display.say(one_line(change.message))

    def _rows(self) -> list[Row]:
        watcher, waiting = self._kitchen.watcher, self._kitchen.pipeline.waiting
        rows: list[Row] = []
        for key in self._replay.jobs if self._replay else ():
            status = watcher.status(key) or JobStatus(key, State.NOT_STARTED)
            rows.append(Row(status, watcher.eta(key), "waits" if key in waiting else ""))
        return sorted(rows, key=lambda row: bool(row.waits))
