"""Keeps running jobs fresh: one scheduler, one entry a job, an interval that follows the job.

Whose turn it is, is the schedule's to say; whether the server may be asked at all, the link's. What the jobs mean, and
which follows which, is left to the pipeline.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace

from breadtui.api.errors import BreadError, NotFound, TimedOut
from breadtui.bakery.changes import JobChanged, LinkChanged, Publish
from breadtui.bakery.durations import Took
from breadtui.bakery.history import History, Remembered
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.link import Link, backed_off
from breadtui.bakery.pace import STALL, Basis, Eta, Rate, Unit, is_stalled
from breadtui.bakery.schedule import Schedule
from breadtui.bakery.watched import SHORTEST, Watched, duration, interval, keep_pace, left_of

UNFOCUSED = 30.0
LONGEST_AFTER_ERRORS = 60.0
SEEK_EVERY = 0.5
"""Seconds between two of those that are asked about once, to see whether they run: 2,000 targets take half an hour."""
AT_ONCE = 8
"""Polls under way together, at most."""
HUNG = 20.0
"""Seconds for one poll; longer, and it keeps others from their turn."""
STALE = 3
"""What is known of a job is stale when so many of its intervals, and no less than `FRESH` s, brought no answer."""
FRESH = 10.0

Fetch = Callable[[JobKey], Awaitable[JobStatus]]
Size = Callable[[JobKey], float | None]
Knock = Callable[[], Awaitable[object]]


class Watcher:
    """Polls what is watched, and publishes only what changed.

    `fetch` asks the server about one job and may raise BreadError. `clock` gives seconds; tests bring their own.
    `history` knows how long jobs took, and is told; `size` tells how many lines a job has to do with, if that is known.
    `knock` asks the server for as little as there is: where no job is under way, that finds out when it is back.
    """

    def __init__(
        self,
        fetch: Fetch,
        publish: Publish,
        *,
        history: History | None = None,
        size: Size = lambda _: None,
        knock: Knock | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = lambda: random.uniform(0.9, 1.1),  # noqa: S311 - spreads load, hides nothing
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._history = history or History()
        self._size = size
        self._knock = knock
        self._clock = clock
        self._jitter = jitter
        self._watched: dict[JobKey, Watched] = {}
        self._schedule = Schedule()
        self._link = Link()
        self._wake = asyncio.Event()
        self._polls: set[asyncio.Task[None]] = set()
        self._focused = True
        self._sought: deque[JobKey] = deque()
        self._seek_at = 0.0

    @property
    def watched(self) -> Mapping[JobKey, Watched]:
        """Every job that is, or was, under watch."""
        return self._watched

    @property
    def problem(self) -> str | None:
        """Why the server does not answer, in people's words; None while it does."""
        return self._link.problem

    @property
    def next_try(self) -> float | None:
        """Seconds until a server that does not answer is asked again; None while it answers, or is asked just now."""
        if self.problem is None or self._polls:
            return None
        now = self._clock()
        due = self._schedule.wait(now)
        if due is None and self._knock is None:
            return None
        return max(due or 0.0, self._link.wait(now))

    def status(self, key: JobKey) -> JobStatus | None:
        """What is known of a job."""
        entry = self._watched.get(key)
        return entry.status if entry else None

    def age(self, key: JobKey) -> float | None:
        """Seconds since the server last answered about a job; None where it never did."""
        entry = self._watched.get(key)
        return None if entry is None or entry.seen is None else max(0.0, self._clock() - entry.seen)

    def stale(self, key: JobKey) -> bool:
        """Whether what is known of a job under way is older than a few of the intervals it should be asked in."""
        entry, age = self._watched.get(key), self.age(key)
        if entry is None or age is None or entry.status is None or entry.status.state.settled:
            return False
        return entry.remembered or age > max(FRESH, STALE * self._interval(entry), STALE * self._schedule.crowded)

    def stalled(self, key: JobKey) -> bool:
        """Whether a job that runs shows nothing new for long, against its own pace."""
        entry = self._running(key)
        if entry is None or entry.seen is None:
            return False
        still = entry.seen - entry.moved
        if still <= STALL:
            return False
        whole = None if entry.progress.gap else self.expected(key)
        return is_stalled(still, entry.progress, whole.seconds if whole else None)

    def rate(self, key: JobKey) -> Rate | None:
        """How fast a job goes; None before that is known."""
        entry = self._running(key)
        if entry is None:
            return None
        if key.phase is not Phase.BAKE and entry.lines.each:
            rate = Rate(1 / entry.lines.each, Unit.LINES)
        elif entry.progress.each:
            rate = Rate(100 / entry.progress.each, Unit.PERCENT)
        else:
            return None
        return replace(rate, a_second=0.0) if self.stalled(key) else rate

    def eta(self, key: JobKey) -> Eta | None:
        """When a job that runs will be done; None where nothing tells, or it has come to a halt."""
        entry = self._running(key)
        if entry is None or entry.seen is None or self.stalled(key):
            return None
        if entry.progress.sure:
            return Eta(entry.progress.left(1.0, self._clock(), entry.seen), Basis.PACE)
        whole = self.expected(key)
        left = left_of(entry, whole.seconds, self._clock()) if whole else None
        return Eta(left, whole.basis) if whole and left is not None else None

    def expected(self, key: JobKey) -> Eta | None:
        """How long a job takes from beginning to end, by others like it; None where nothing tells."""
        return self._history.likely(key, self._size(key))

    def time_left(self, key: JobKey) -> float | None:
        """Seconds until a job is done, at its own pace; None before that is known."""
        eta = self.eta(key)
        return eta.seconds if eta and eta.basis is Basis.PACE else None

    def learn(self, status: JobStatus) -> None:
        """Take in what another answer said of a job; a job that is under way is watched from now on."""
        self.answered()
        self._take(self._watched.setdefault(status.key, Watched(None)), status)
        self._wake.set()

    def missed(self, error: BreadError) -> None:
        """Take in that the server left another question without an answer: it is asked again until it gives one."""
        if error.ailment:
            self._lost(error, self._clock())
            self._wake.set()

    def recall(self, jobs: Iterable[Remembered]) -> None:
        """Watch what was under way when the program last ended, at once; what is known since is left as it is."""
        now = self._clock()
        for job in jobs:
            if job.status.key not in self._watched:
                entry = Watched(job.status, now - job.age, now - job.age, remembered=True)
                entry.began = job.began and (now - job.began[0], job.began[1])
                if job.status.fraction is not None:
                    entry.progress.add(now - job.age, job.status.fraction)
                self._watched[job.status.key] = entry
                self._schedule.put(job.status.key, now)
        self._wake.set()

    def remembered(self) -> list[Remembered]:
        """What is under way, for the next start."""
        now = self._clock()
        return [
            Remembered(entry.status, now - entry.seen, entry.began and (now - entry.began[0], entry.began[1]))
            for entry in self._watched.values()
            if entry.status and entry.seen is not None and not entry.status.state.settled
        ]

    def seek(self, keys: Iterable[JobKey]) -> None:
        """Ask about jobs nobody has asked about yet, each once, now and then, while nothing else is due."""
        self._sought.extend(key for key in keys if key not in self._watched)
        self._seek_at = max(self._seek_at, self._clock() + SEEK_EVERY)
        self._wake.set()

    def forget(self, belongs: Callable[[JobKey], bool]) -> None:
        """Drop the jobs that `belongs` holds of, as when what they made was deleted."""
        self._sought = deque(key for key in self._sought if not belongs(key))
        for key in [key for key in self._watched if belongs(key)]:
            del self._watched[key]
            self._schedule.drop(key)

    def in_view(self, keys: Iterable[JobKey]) -> None:
        """Those jobs are on screen: where not all can have their turn, they come first."""
        self._schedule.show(keys)

    def poll_now(self) -> None:
        """Ask about every job under way as soon as the budget allows, and the server's own wish to be left alone."""
        self._link.try_now()
        self._schedule.hasten(self._clock())
        self._wake.set()

    def focus(self, focused: bool) -> None:
        """Slow down while nobody looks at the terminal; catch up at once when somebody does."""
        if focused == self._focused:
            return
        self._focused = focused
        if focused:
            self.poll_now()

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
        """Start the polls that are due; gives the seconds until the next one is, None if an answer comes before."""
        now = self._clock()
        while len(self._polls) < self._most:
            closed = self._link.wait(now)
            key = None if closed else self._schedule.take(now) or self._seek_one(now)
            knock = self._knock_needed() if key is None else None
            if knock and not closed:
                self._begin(self._find_out(knock))
                return None
            if key is None:
                waits = [due for due in (self._schedule.wait(now), self._seek_wait(now)) if due is not None]
                waits += [closed] if knock else []
                return max(min(waits), closed) if waits else None
            self._start(key)
        return None

    def _seek_wait(self, now: float) -> float | None:
        """Seconds until one that is sought is asked about; nobody is while nobody looks, or the server is away."""
        busy = not self._focused or self.problem is not None
        return None if busy or not self._sought else max(self._seek_at - now, 0.0)

    def _seek_one(self, now: float) -> JobKey | None:
        if self._seek_wait(now) != 0:
            return None
        self._seek_at = now + SEEK_EVERY
        while self._sought and (key := self._sought.popleft()):
            if key not in self._watched:
                self._watched[key] = Watched(None)
                return key
        return None

    @property
    def _most(self) -> int:
        """A server that does not answer is asked about one job, to see whether it does again."""
        return AT_ONCE if self.problem is None else 1

    def _start(self, key: JobKey) -> None:
        entry = self._watched[key]
        entry.polling = True
        self._begin(self._poll(key, entry))

    def _begin(self, asking: Coroutine[object, object, None]) -> None:
        poll = asyncio.create_task(asking)
        self._polls.add(poll)
        poll.add_done_callback(self._done)

    def _knock_needed(self) -> Knock | None:
        """Only a knock can tell when a server is back that is away while no job is to be asked about."""
        return self._knock if self.problem is not None and not self._schedule else None

    async def _find_out(self, knock: Knock) -> None:
        began = self._clock()
        try:
            async with asyncio.timeout(HUNG):
                await knock()
        except TimeoutError:
            self._lost(TimedOut("The server did not answer. It is asked again by itself.", retryable=True), began)
        except BreadError as error:
            self._lost(error, began)
        else:
            self.answered()

    def _lost(self, error: BreadError, began: float, pause: float | None = None) -> None:
        """Take in what tells of the server as a whole."""
        pause = pause or (SHORTEST if self._focused else UNFOCUSED) * self._jitter()
        longest = LONGEST_AFTER_ERRORS
        self._say_if(self._link.failed(error, began=began, now=self._clock(), pause=pause, longest=longest))

    def _done(self, poll: asyncio.Task[None]) -> None:
        self._polls.discard(poll)
        self._wake.set()
        if not poll.cancelled() and (error := poll.exception()):
            raise error  # a mistake of ours: the loop's handler reports it, the other jobs go on

    async def _poll(self, key: JobKey, entry: Watched) -> None:
        began, answers = self._clock(), entry.answers
        answer = await self._answer(key, entry)
        if self._watched.get(key) is not entry:
            return  # forgotten meanwhile, and perhaps made anew: this is not about the new one
        entry.polling = False
        if isinstance(answer, BreadError):
            self._failed(key, entry, answer, began)
            return
        self.answered()
        if entry.answers == answers:
            self._take(entry, answer)
        else:  # what was learnt while the poll was under way is newer, as of a run that was just started
            self._plan(key, entry, self._clock() + self._interval(entry) * self._jitter())

    async def _answer(self, key: JobKey, entry: Watched) -> JobStatus | BreadError:
        try:
            async with asyncio.timeout(HUNG):
                return await self._fetch(key)
        except NotFound as error:  # deleted elsewhere: the server answers, but the job will never end
            return replace(entry.status or JobStatus(key, State.FAILED), state=State.FAILED, error=str(error))
        except BreadError as error:
            return error
        except TimeoutError:
            said = f"The server did not answer about the {key} in {HUNG:.0f} s. It is asked again by itself."
            return TimedOut(said, retryable=True)

    def _take(self, entry: Watched, status: JobStatus) -> None:
        now = self._clock()
        before, entry.status = entry.status, status
        if status != before:
            entry.moved = now
        keep_pace(entry, status, before, now)
        if before and before.state is not status.state:
            entry.completed = now if status.state is State.COMPLETE else None
            self._note_duration(entry, status, now)
        entry.seen, entry.errors, entry.remembered = now, 0, False
        entry.answers += 1
        self._plan(status.key, entry, now + self._interval(entry) * self._jitter())
        if status != before:
            self._publish(JobChanged(status, before))

    def _plan(self, key: JobKey, entry: Watched, due: float) -> None:
        if entry.status and entry.status.state.settled:
            self._schedule.drop(key)
        elif not entry.polling:  # else its end sees to it
            self._schedule.put(key, due)

    def _failed(self, key: JobKey, entry: Watched, error: BreadError, began: float) -> None:
        now, pause = self._clock(), self._interval(entry) * self._jitter()
        last_turn = max(at for at in (entry.seen, entry.failed, float("-inf")) if at is not None)
        entry.errors, entry.failed = entry.errors + 1, now
        self._plan(key, entry, now + backed_off(pause, entry.errors, LONGEST_AFTER_ERRORS))
        if self._link.is_to_blame(error, last_turn):
            self._lost(error, began, pause)

    def answered(self) -> None:
        """Take in that the server answered, whatever it was asked."""
        now = self._clock()
        if self._link.answered(now):
            self._schedule.hasten(now)  # all that is known is as old as the outage was long
            self._say_if(True)

    def _say_if(self, news: bool) -> None:
        if news:
            self._publish(LinkChanged(self._link.problem, self._link.ailment))

    def _note_duration(self, entry: Watched, status: JobStatus, now: float) -> None:
        """Keep how long a job took that is complete."""
        seconds = duration(entry, status, now)
        if seconds is not None:
            entry.took = seconds
            self._history.add(Took(status.key, self._size(status.key), seconds, time.time()))

    def _running(self, key: JobKey) -> Watched | None:
        entry = self._watched.get(key)
        return entry if entry and entry.status and entry.status.state is State.RUNNING else None

    def _interval(self, entry: Watched) -> float:
        return interval(entry) if self._focused else UNFOCUSED
