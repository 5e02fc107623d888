"""Runs what is missing for a target or a bake, in order: each step starts when those before it are complete.

It learns of their completion from the watcher's changes; a failure stops what depends on it and nothing else. What it
sees to stands on disk, so that the next start, or another program, goes on with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace

from breadtui.api.errors import BreadError, NoCredits, NotFound, RateLimited, TimedOut, Unreachable
from breadtui.bakery.agenda import Agenda
from breadtui.bakery.changes import Change, JobChanged, LinkChanged, PipelineChanged, Publish
from breadtui.bakery.jobs import JobKey, JobStatus, State
from breadtui.bakery.runs import Held, Run, Runs, Standing
from breadtui.bakery.steps import Look, Step, state_now

AT_ONCE = 8
"""Requests under way together, at most, while the server is asked about what was left."""
ELSEWHERE = 5.0
"""Seconds between two looks at whether the program that sees to a step is still there."""
SHORTEST_WAIT = 5.0
LONGEST_WAIT = 60.0
"""Seconds before a start is tried again that the server could not be asked for."""

Start = Callable[[JobKey], Awaitable[JobStatus]]
Ask = Callable[[JobKey], Awaitable[None]]


class Pipeline:
    """Holds the steps that wait, and starts each in its turn.

    `look` tells what is known of a job; `start` asks the server to run it, and `ask` how it stands, so that `look`
    tells it too. Both may raise BreadError. A step that another program sees to is left to it while that one lives.
    """

    def __init__(
        self, look: Look, start: Start, publish: Publish, *, ask: Ask | None = None, runs: Runs | None = None
    ) -> None:
        self._look = look
        self._start = start
        self._publish = publish
        self._ask = ask or _left_as_it_is
        self._runs = runs or Runs()
        self._agenda = Agenda()
        self._starting: dict[JobKey, asyncio.Task[None]] = {}
        self._following: asyncio.Task[None] | None = None
        self._paused = ""
        self._outage: BreadError | None = None
        self._wait = 0.0
        self._again: asyncio.TimerHandle | None = None
        self._writing: asyncio.Handle | None = None
        self._unwritten = False

    @property
    def waiting(self) -> Mapping[JobKey, Step]:
        """The steps that have yet to start."""
        return self._agenda.waiting

    @property
    def starting(self) -> Collection[JobKey]:
        """The steps that the server is being asked for."""
        return self._starting.keys()

    @property
    def stopped(self) -> Mapping[JobKey, Held]:
        """The steps that failed and those that wait for them, each with the reason: `retry` goes on from there."""
        return self._agenda.stuck

    @property
    def paused(self) -> str:
        """The server's words where it wants money before anything else starts; else empty."""
        return self._paused

    @property
    def problem(self) -> str:
        """Why nothing can be started for now, in people's words, though it is tried again by itself; else empty."""
        return str(self._outage or "")

    @property
    def elsewhere(self) -> Mapping[JobKey, int]:
        """The steps that other programs see to, each with the number of its process."""
        return self._runs.elsewhere()

    def run(self, steps: Iterable[Step]) -> None:
        """Take on steps; those that wait for nothing start at once. What is being started already is not again.

        A pause ends with it: whoever runs something wants it tried.
        """
        self._take_on(Held(step) for step in steps if step.key not in self._starting)
        self.go_on()

    def pending(self) -> Run:
        """What programs that are gone left to do, to be offered; nothing changes by looking."""
        left = self._runs.left()
        return left if left.open else Run()

    async def resume(self) -> tuple[Step, ...]:
        """Go on with what programs that are gone left to do; gives the steps that wait now.

        The server is asked first how each stands: what runs or is complete is not started again.

        Raises:
            BreadError: the server cannot be asked; all is left as it was.
        """
        deleted = await self._learn(self.pending().held)
        held = [held for held in self._runs.take().held if held.key not in self.waiting.keys() | self._starting.keys()]
        self._take_on(held)
        for before in held:
            self._settle(before)
        self.forget(deleted.__contains__)
        self._stop_orphans()
        self.go_on()
        return tuple(self.waiting.values())

    def discard(self) -> None:
        """Forget what programs that are gone left to do."""
        self._runs.take()

    def go_on(self) -> None:
        """End a pause: start again what costs money."""
        self._paused = ""
        self._write()
        self._try_again()

    def retry(self, key: JobKey) -> None:
        """Go on from where a step failed: it starts again, and then what waits for it."""
        self._agenda.revive(key)
        self.go_on()

    def call_off(self, keys: Iterable[JobKey]) -> None:
        """Take out steps that have not started, and those that wait for them; what runs at the server runs on."""
        held = [key for key in keys if key in self._agenda.held and not self._agenda.begun(key)]
        if lost := self._agenda.and_what_waits(held):
            self._let_go(*lost)
            self._write()
            self._publish(PipelineChanged(f"Called off: {_listed(lost)}."))

    def notice(self, change: Change) -> None:
        """React to what the watcher saw."""
        if isinstance(change, LinkChanged) and change.problem is None and self._again:
            self._try_again()
        if not isinstance(change, JobChanged):
            return
        key = change.status.key
        match change.status.state:
            case State.COMPLETE:
                self._let_go(key)
                self._advance()
            case State.FAILED if self._is_news(change):
                self._stop_after(change.status)
            case State.QUEUED | State.RUNNING | State.UNRECOGNISED if key in self.waiting:
                self._hold(Held(self.waiting[key], Standing.STARTED))
            case _:
                pass

    def forget(self, belongs: Callable[[JobKey], bool]) -> None:
        """Let go of the steps of what was deleted, and of those that wait for them."""
        gone = sorted(key for key in self._agenda.awaited | self._agenda.held.keys() if belongs(key))
        for key in gone:
            told = key in self.waiting or key in self._agenda.awaited
            lost = self._agenda.and_what_waits([key])
            self._let_go(key, *lost)
            if told:
                self._say_lost(f"The {key} was deleted", lost)

    async def close(self) -> None:
        """Let go of what is being started; what is left to do stays on disk, for whoever takes it over."""
        tasks = [*self._starting.values(), *([self._following] if self._following else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for timer in (self._again, self._writing):
            if timer:
                timer.cancel()
        self._write()
        self._runs.release()
        self._runs = Runs()

    def _take_on(self, wanted: Iterable[Held]) -> None:
        with self._runs.alone():
            elsewhere = self._runs.elsewhere()
            for held in wanted:
                theirs = held.seen_to and held.key in elsewhere
                self._hold(replace(held, standing=Standing.FOLLOWED) if theirs else held)
            self._write()
        if self._following is None and self._agenda.followed:
            self._following = asyncio.create_task(self._follow())

    def _advance(self) -> None:
        if self._paused or self._again:
            return
        ready = [step for step in self.waiting.values() if self._is_ready(step)]
        for step in ready:
            if self._agenda.standing(step.key) is Standing.WAITING:
                self._hold(Held(step, Standing.STARTING))
                self._starting[step.key] = asyncio.create_task(self._begin(step))

    async def _begin(self, step: Step) -> None:
        try:
            status = await self._start(step.key)
        except (Unreachable, TimedOut, RateLimited) as error:
            self._put_off(step, error)
            return
        except NoCredits as error:
            self._pause(step, error)
            return
        except BreadError as error:
            self._drop(step.key, f"The {step.key} could not be started: {error}")
            return
        finally:
            del self._starting[step.key]
        self._outage, self._wait = None, 0.0
        if status.state is State.FAILED:
            self._stop_after(status)
            return
        self._publish(PipelineChanged(f"Started the {step.key}"))
        if self._complete(step.key):
            self._let_go(step.key)
        elif step.key in self._agenda.held:
            self._hold(Held(step, Standing.STARTED))

    def _pause(self, step: Step, error: NoCredits) -> None:
        """Keep what is left until there is money; of several refused together, the first one tells."""
        self._hold(Held(step))
        self._outage = None
        if not self._paused:
            self._paused = str(error)
            count = len(self.waiting)
            left = "It waits" if count == 1 else f"{count:,} steps wait"
            self._publish(PipelineChanged(f"{_not_started(step, error)} {left} until you go on.", failed=True))

    def _put_off(self, step: Step, error: BreadError) -> None:
        """Try again by and by: the server is not there, or has too much to do, and that ends by itself."""
        self._hold(Held(step))
        if self._again:
            return
        self._wait = min(max(2 * self._wait, SHORTEST_WAIT), LONGEST_WAIT)
        wait = max(self._wait, error.retry_after or 0.0)
        self._again = asyncio.get_running_loop().call_later(wait, self._end_wait)
        told, self._outage = self.problem, error
        if told != self.problem:
            self._publish(PipelineChanged(f"{_not_started(step, error)} It is tried again by itself.", failed=True))

    def _try_again(self) -> None:
        """Start what can be; at once, unless the server asked to wait."""
        if self._again is None or not isinstance(self._outage, RateLimited):
            self._end_wait()

    def _end_wait(self) -> None:
        if self._again:
            self._again.cancel()
        self._again = None
        self._advance()

    async def _follow(self) -> None:
        """Take over the steps of another program when that is gone, and see what it started while it is not."""
        while followed := self._agenda.followed:
            await asyncio.sleep(ELSEWHERE)
            gone = set(followed) - self._runs.elsewhere().keys()
            # How those stand that wait for others themselves is not worth a request.
            ready = {key for key in followed if key in self.waiting and self._is_ready(self.waiting[key])}
            with contextlib.suppress(BreadError):
                await self._learn(Held(Step(key)) for key in gone | ready)
                self._take_over(gone)
            self._advance()
        self._following = None

    def _take_over(self, gone: Iterable[JobKey]) -> None:
        """See to what the others do not see to any more, and did not start either."""
        with self._runs.alone():
            for key in set(gone) & set(self._agenda.followed) - self._runs.elsewhere().keys():
                status = self._look(key)
                if status and status.state is State.FAILED:
                    self._stop_after(status)
                else:
                    self._hold(Held(self.waiting[key]))
            self._write()

    async def _learn(self, steps: Iterable[Held]) -> set[JobKey]:
        """Ask the server about steps and what they wait for; gives those that are not there any more."""
        keys = sorted({key for held in steps for key in (held.key, *held.step.after)})
        gate = asyncio.Semaphore(AT_ONCE)
        deleted: set[JobKey] = set()

        async def ask(key: JobKey) -> None:
            async with gate:
                try:
                    await self._ask(key)
                except NotFound:
                    deleted.add(key)

        for failed in await asyncio.gather(*map(ask, keys), return_exceptions=True):
            if failed:
                raise failed
        return deleted

    def _settle(self, before: Held) -> None:
        """Bring a step that was taken over to where the server says that it stands."""
        key = before.key
        match state_now(key, self._look):
            case State.COMPLETE:
                self._let_go(key)
            case State.FAILED if before.standing is Standing.STARTED:
                self._stop_after(self._look(key) or JobStatus(key, State.FAILED))
            case State.QUEUED | State.RUNNING | State.UNRECOGNISED:
                self._hold(Held(before.step, Standing.STARTED))
            case _ if self._agenda.begun(key):
                self._hold(Held(before.step))
            case _:
                pass

    def _stop_orphans(self) -> None:
        """Stop what waits for a job that failed or never ran, with nobody to run it: it would wait for ever."""
        seen_to = self._agenda.held.keys() | self._runs.elsewhere().keys()
        for key in sorted(self._agenda.awaited - seen_to):
            status = self._look(key)
            if status and status.state is State.FAILED:
                self._stop_after(status)
            elif status is None or status.state is State.NOT_STARTED:
                self._drop(key, f"The {key} has not run, and nobody runs it")

    def _complete(self, key: JobKey) -> bool:
        return state_now(key, self._look) is State.COMPLETE

    def _is_ready(self, step: Step) -> bool:
        return all(self._complete(key) for key in step.after)

    def _stop_after(self, status: JobStatus) -> None:
        why = f": {status.error}" if status.error else ", and the server does not say why"
        self._drop(status.key, f"The {status.key} failed{why}")

    def _drop(self, key: JobKey, why: str) -> None:
        """Stop all that waits, directly or not, for `key`, and say so once."""
        lost = self._agenda.stop(key, why)
        self._write_soon()
        self._say_lost(why, lost)

    def _say_lost(self, why: str, lost: Collection[JobKey]) -> None:
        tail = f" Not run because of it: {_listed(lost)}." if lost else ""
        self._publish(PipelineChanged(_sentence(why) + tail, failed=True))

    def _is_news(self, change: JobChanged) -> bool:
        """Whether a failure happened just now, and nobody has told of it."""
        key, before = change.status.key, change.before
        if key in self._starting:
            return False  # told by whoever starts it, for it may fail again without any change
        return key in self._agenda.awaited if before is None else before.state is not State.FAILED

    def _hold(self, held: Held) -> None:
        self._agenda.hold(held)
        self._write_soon()

    def _let_go(self, *keys: JobKey) -> None:
        for key in keys:
            if key not in self._starting:
                self._agenda.let_go(key)
        self._write_soon()

    def _write_soon(self) -> None:
        """Once for all that happens in this turn of the loop."""
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        if self._writing:
            self._writing.cancel()
        self._writing = None
        try:
            self._runs.keep(self._agenda.own(self._paused))
        except OSError as error:
            self._say_unwritten(error)

    def _say_unwritten(self, error: OSError) -> None:
        if not self._unwritten:
            self._unwritten = True
            why = error.strerror or error
            said = f"What waits cannot be kept on disk: {why}. It goes on only as long as breadtui runs."
            self._publish(PipelineChanged(said, failed=True))


async def _left_as_it_is(_: JobKey) -> None:
    """What is known is taken for how things stand."""


def _not_started(step: Step, error: BreadError) -> str:
    return _sentence(f"The {step.key} could not be started: {error}")


def _listed(keys: Iterable[JobKey]) -> str:
    return ", ".join(map(str, keys))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
