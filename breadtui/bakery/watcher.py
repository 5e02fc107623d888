"""Keeps running jobs fresh: one scheduler, one entry a job, an interval that follows the job.

What the jobs mean, and which follows which, is left to the pipeline.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from breadtui.api.errors import BreadError, NotFound, RateLimited
from breadtui.bakery.changes import JobChanged, LinkChanged, Publish
from breadtui.bakery.jobs import JobKey, JobStatus, State

SHORTEST = 1.0
LONGEST = 30.0
UNFOCUSED = 30.0
LONGEST_AFTER_ERRORS = 60.0
PATIENCE = 20
"""A job that shows nothing new for a while is asked about once for each of so many parts of that while."""
AT_ONCE = 8
"""Polls under way together, at most."""

Fetch = Callable[[JobKey], Awaitable[JobStatus]]


@dataclass(slots=True)
class Watched:
    """A job under watch. Times are seconds of the watcher's clock."""

    status: JobStatus | None
    due: float
    seen: float | None = None
    """When the server last answered about it."""
    moved: float = 0.0
    """When its status last changed."""
    completed: float | None = None
    """When it was seen to become complete; None where it was so already, or is not."""
    errors: int = 0
    polling: bool = False
    pace: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """(time, fraction) each time progress was seen to move, for rate and time left."""


class Watcher:
    """Polls what is watched, and publishes only what changed.

    `fetch` asks the server about one job and may raise BreadError. `clock` gives seconds; tests bring their own.
    """

    def __init__(
        self,
        fetch: Fetch,
        publish: Publish,
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = lambda: random.uniform(0.9, 1.1),  # noqa: S311 - spreads load, hides nothing
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._clock = clock
        self._jitter = jitter
        self._watched: dict[JobKey, Watched] = {}
        self._wake = asyncio.Event()
        self._polls: set[asyncio.Task[None]] = set()
        self._focused = True
        self.problem: str | None = None

    @property
    def watched(self) -> Mapping[JobKey, Watched]:
        """Every job that is, or was, under watch."""
        return self._watched

    def status(self, key: JobKey) -> JobStatus | None:
        """What is known of a job."""
        entry = self._watched.get(key)
        return entry.status if entry else None

    def learn(self, status: JobStatus) -> None:
        """Take in what another answer said of a job; a job that is under way is watched from now on."""
        entry = self._watched.get(status.key)
        if entry is None:
            entry = self._watched[status.key] = Watched(None, 0.0)
        self._take(entry, status)
        self._wake.set()

    def forget(self, belongs: Callable[[JobKey], bool]) -> None:
        """Drop the jobs that `belongs` holds of, as when what they made was deleted."""
        for key in [key for key in self._watched if belongs(key)]:
            del self._watched[key]

    def poll_now(self) -> None:
        """Ask about every job under way at once, whatever its interval."""
        now = self._clock()
        for entry in self._watched.values():
            entry.due = min(entry.due, now)
        self._wake.set()

    def focus(self, focused: bool) -> None:
        """Slow down while nobody looks at the terminal; catch up at once when somebody does."""
        if focused == self._focused:
            return
        self._focused = focused
        if focused:
            self.poll_now()

    def time_left(self, key: JobKey) -> float | None:
        """Seconds until the job is done at the pace of its last stretch; None before a pace is known."""
        entry = self._watched.get(key)
        if entry is None or entry.status is None or entry.status.state is not State.RUNNING:
            return None
        a_percent = _seconds_a_percent(entry)
        if not a_percent:
            return None
        last, latest = entry.pace[-1]
        left = (1 - latest) * 100 * a_percent
        return max(0.0, left - (self._clock() - last))

    async def run(self) -> None:
        """Poll for ever; cancel to stop."""
        try:
            while True:
                self._wake.clear()
                pause = self.poll_due()
                try:
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            for poll in self._polls:
                poll.cancel()

    def poll_due(self) -> float | None:
        """Start the polls that are due; gives the seconds until the next one is, None if none will be."""
        now = self._clock()
        waiting = sorted(
            (entry.due, key)
            for key, entry in self._watched.items()
            if not entry.polling and (entry.status is None or not entry.status.state.settled)
        )
        for due, key in waiting:
            if due > now:
                return due - now
            if len(self._polls) >= AT_ONCE:
                return None  # a poll that ends wakes the loop
            self._start(key)
        return None

    def _start(self, key: JobKey) -> None:
        entry = self._watched[key]
        entry.polling = True
        poll = asyncio.create_task(self._poll(key, entry))
        self._polls.add(poll)
        poll.add_done_callback(self._done)

    def _done(self, poll: asyncio.Task[None]) -> None:
        self._polls.discard(poll)
        self._wake.set()
        if not poll.cancelled() and (error := poll.exception()):
            raise error  # a mistake of ours: the loop's handler reports it, the other jobs go on

    async def _poll(self, key: JobKey, entry: Watched) -> None:
        answer = await self._answer(key, entry)
        if self._watched.get(key) is not entry:
            return  # forgotten meanwhile, and perhaps made anew: this is not about the new one
        entry.polling = False
        if isinstance(answer, BreadError):
            self._failed(entry, answer)
            return
        self._link(None)
        self._take(entry, answer)

    async def _answer(self, key: JobKey, entry: Watched) -> JobStatus | BreadError:
        try:
            return await self._fetch(key)
        except NotFound as error:  # deleted elsewhere: the server answers, but the job will never end
            return replace(entry.status or JobStatus(key, State.FAILED), state=State.FAILED, error=str(error))
        except BreadError as error:
            return error

    def _take(self, entry: Watched, status: JobStatus) -> None:
        now = self._clock()
        before, entry.status = entry.status, status
        entry.seen, entry.errors = now, 0
        if before and before.state is not status.state:
            entry.completed = now if status.state is State.COMPLETE else None
        if status != before:
            entry.moved = now
        self._keep_pace(entry, status, before, now)
        entry.due = now + self._interval(entry)
        if status != before:
            self._publish(JobChanged(status, before))

    def _failed(self, entry: Watched, error: BreadError) -> None:
        entry.errors += 1
        doublings = min(entry.errors, 6)  # enough for the longest; after a night's errors, 2**errors is no float
        wait = min(self._interval(entry) * 2**doublings, LONGEST_AFTER_ERRORS)
        if isinstance(error, RateLimited) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        entry.due = self._clock() + wait
        self._link(error)

    def _link(self, error: BreadError | None) -> None:
        problem = str(error) if error else None
        if problem != self.problem:
            self.problem = problem
            self._publish(LinkChanged(problem, error.ailment if error else ""))

    def _keep_pace(self, entry: Watched, status: JobStatus, before: JobStatus | None, now: float) -> None:
        fraction = status.fraction
        if fraction is None or status.state is not State.RUNNING:
            entry.pace.clear()
            return
        if before and before.fraction is not None and fraction < before.fraction:
            entry.pace.clear()  # it was started again
        if not entry.pace or fraction > entry.pace[-1][1]:
            entry.pace.append((now, fraction))
            del entry.pace[:-12]  # the last stretch tells more of what is left than the whole

    def _interval(self, entry: Watched) -> float:
        """About one poll for each 1 % of progress, fewer while nothing moves, between 1 s and 30 s."""
        status = entry.status
        if not self._focused:
            return UNFOCUSED * self._jitter()
        if status is None or entry.seen is None or status.state is State.UNRECOGNISED:
            return LONGEST / 3 * self._jitter()
        still = (entry.seen - entry.moved) / PATIENCE
        return min(max(_seconds_a_percent(entry), still, SHORTEST), LONGEST) * self._jitter()


def _seconds_a_percent(entry: Watched) -> float:
    """How long 1 % took in the last stretch; 0 before a pace is known."""
    if len(entry.pace) < 2:
        return 0.0
    (began, first), (last, latest) = entry.pace[0], entry.pace[-1]
    return (last - began) / (latest - first) / 100
