"""Follows jobs to their end, in whatever kitchen: until all is done, somebody stops it, or the server stays away."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Generator
from dataclasses import dataclass

from breadtui.api.client import BreadClient
from breadtui.api.text import one_line
from breadtui.bakery.changes import Change, JobChanged, PipelineChanged
from breadtui.bakery.following.display import Display, Row, display
from breadtui.bakery.following.lines import counted
from breadtui.bakery.jobs import JobKey, JobStatus, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.runs import Runs, folder_of
from breadtui.bakery.signals import KILLED, told_to_end
from breadtui.settings import Connection, state_path

COMPLETE = 0
FAILED = 1
REFUSED = 2
LOST = 3

TICK = 1.0
"""Seconds between two drawings on a terminal."""
SILENCE = 60.0
"""Seconds the server may take for an answer, at most."""
TRIES = 3
"""How often the client asks before it says that there is no answer."""


Begin = Callable[[], Awaitable[object]]


async def _nothing_to_begin() -> None:
    """All that is followed was started before."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to ask (None: as each job goes), and for how long the server may stay away; in seconds."""

    interval: float | None = None
    timeout: float = 300.0


@contextlib.asynccontextmanager
async def kitchen_at(found: Connection, patience: Patience | None = None) -> AsyncGenerator[Kitchen]:
    """A kitchen that watches, and keeps on disk what it has yet to run."""
    silence = SILENCE if patience is None else min(SILENCE, patience.timeout / TRIES)
    client = BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http, timeout=silence)
    kitchen = Kitchen(client, runs=Runs(folder_of(state_path(), found.label, found.api_key)))
    watching = asyncio.create_task(kitchen.watcher.run())
    try:
        yield kitchen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await kitchen.close()


class Following:
    """The jobs in `keys`, and all that the kitchen's pipeline sees to, shown as they go on."""

    def __init__(self, kitchen: Kitchen, keys: Collection[JobKey], patience: Patience) -> None:
        self._kitchen = kitchen
        self._keys = set(keys)
        self._patience = patience
        self._news = asyncio.Event()
        self._begun = False
        """Whether anything was begun here: where not, the jobs' own lines tell all."""
        self._signal = 0
        self._lost: float | None = None
        """Since when the server has been away."""
        self._display: Display | None = None

    @property
    def under_way(self) -> list[JobKey]:
        """The jobs that the server works at."""
        return [key for key in sorted(self._keys) if (status := self._status(key)) and not status.state.settled]

    @property
    def failed(self) -> list[JobKey]:
        """The jobs that came to a bad end."""
        return [key for key in sorted(self._keys) if (status := self._status(key)) and status.state is State.FAILED]

    async def to_the_end(self, begin: Begin = _nothing_to_begin) -> int:
        """Begin, and show how they go on until they are done; gives the exit code.

        Raises:
            BreadError: it could not be begun.
        """
        return await self._until(self._done, begin)

    async def until_started(self, begin: Begin) -> int:
        """The same, until the server was asked for everything that can start."""
        return await self._until(lambda: not self._kitchen.pipeline.starting, begin)

    async def _until(self, done: Callable[[], bool], begin: Begin) -> int:
        self._display = display(sys.stdout, self._rows)
        self._begun = begin is not _nothing_to_begin
        leave = self._kitchen.subscribe(self._notice)
        if self._patience.interval is not None:
            self._kitchen.watcher.focus(False)  # which leaves the asking to us
        try:
            with told_to_end(self._end):
                for key in self.under_way:
                    if status := self._status(key):
                        self._display.changed(status)
                await begin()
                return await self._shown(done)
        except BrokenPipeError:
            return _nobody_reads()
        finally:
            leave()
            with contextlib.suppress(BrokenPipeError):
                self._display.close()

    async def _shown(self, done: Callable[[], bool]) -> int:
        asked = time.monotonic()
        tick = min([TICK, self._patience.timeout / 4, self._patience.interval or TICK])
        while not done():
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(tick):
                    await self._news.wait()
            if self._signal:
                return KILLED + self._signal
            if self._is_lost():
                return LOST
            interval = self._patience.interval
            if interval is not None and time.monotonic() - asked >= interval:
                asked = time.monotonic()
                self._kitchen.watcher.poll_now()
            if self._display:
                self._display.tick()
        return FAILED if self.failed or self._kitchen.pipeline.stopped or self._kitchen.pipeline.paused else COMPLETE

    def _done(self) -> bool:
        pipeline = self._kitchen.pipeline
        waits = bool(pipeline.waiting) and not pipeline.paused
        return not self.under_way and not pipeline.starting and not waits

    def _is_lost(self) -> bool:
        now = time.monotonic()
        if not (self._kitchen.watcher.problem or self._kitchen.pipeline.problem):
            self._lost = None
        elif self._lost is None:
            self._lost = now
        return self._lost is not None and now - self._lost >= self._patience.timeout

    def _notice(self, change: Change) -> None:
        self._news.set()
        if isinstance(change, JobChanged) and self._tells(change) and self._display:
            with self._stopped_where_nobody_reads():
                self._display.changed(change.status)
        elif isinstance(change, PipelineChanged) and change.failed and self._begun:
            # The pipeline speaks of a job's end before the watcher does.
            asyncio.get_running_loop().call_soon(self._say, one_line(change.message))

    def _tells(self, change: JobChanged) -> bool:
        """Whether it is one of the jobs, and more than that it has yet to start."""
        new = change.before is None and change.status.state is State.NOT_STARTED
        return change.status.key in self._keys and not new

    def _say(self, sentence: str) -> None:
        if self._display:
            with self._stopped_where_nobody_reads():
                self._display.say(sentence)

    @contextlib.contextmanager
    def _stopped_where_nobody_reads(self) -> Generator[None]:
        try:
            yield
        except BrokenPipeError:
            _nobody_reads()
            self._end(signal.SIGPIPE)

    def _end(self, number: signal.Signals) -> None:
        self._signal = number
        self._news.set()

    def _rows(self) -> list[Row]:
        """What runs first, then what is being started, then what waits."""
        watcher, pipeline = self._kitchen.watcher, self._kitchen.pipeline
        rows = [Row(status, watcher.eta(key)) for key in self.under_way if (status := watcher.status(key))]
        rows += [Row(JobStatus(key, State.QUEUED)) for key in sorted(pipeline.starting) if key not in self.under_way]
        for key, step in sorted(pipeline.waiting.items()):
            phases = " and ".join(sorted({str(other.phase) for other in step.after}))
            rows.append(Row(JobStatus(key, State.NOT_STARTED), waits=f"waits for {phases}" if phases else "waits"))
        return rows

    def _status(self, key: JobKey) -> JobStatus | None:
        return self._kitchen.watcher.status(key)


def run_on(following: Following) -> str:
    """What becomes of the jobs under way when nobody follows them any more."""
    count = len(following.under_way)
    verb = "runs" if count == 1 else "run"
    return f"{counted(count, 'job')} {verb} on at the server." if count else "Nothing runs."


def complain(sentence: str) -> None:
    """Say on standard error why it ends here."""
    sys.stderr.write(f"breadtui: {sentence}\n")


def _nobody_reads() -> int:
    """Keep the interpreter from failing once more over what it has not written when it ends."""
    with contextlib.suppress(OSError):
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the rest of the process
    return KILLED + signal.SIGPIPE
