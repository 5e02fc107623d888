"""Runs what is missing for a target or a bake, in order: each step starts when those before it are complete.

It learns of their completion from the watcher's changes; a failure stops what depends on it and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from breadtui.api.errors import BreadError
from breadtui.bakery.changes import Change, JobChanged, PipelineChanged, Publish
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State

Look = Callable[[JobKey], JobStatus | None]
Start = Callable[[JobKey], Awaitable[JobStatus]]


@dataclass(frozen=True, slots=True)
class Step:
    """A job to start once every job in `after` is complete."""

    key: JobKey
    after: frozenset[JobKey] = frozenset()


def missing_for_target(repo: str, target: str, look: Look) -> tuple[Step, ...]:
    """What has yet to be started so that `target` has its responses."""
    stim = JobKey(repo, target, Phase.STIM)
    rollout = JobKey(repo, target, Phase.ROLLOUT)
    if _state(rollout, look) is not State.NOT_STARTED and not _failed(rollout, look):
        return ()
    steps = [] if _under_way_or_done(stim, look) else [Step(stim)]
    return (*steps, Step(rollout, frozenset([stim])))


def missing_for_bake(repo: str, bake: str, targets: Iterable[str], look: Look) -> tuple[Step, ...]:
    """What has yet to be started so that `bake` is trained on the responses of `targets`."""
    key = JobKey(repo, bake, Phase.BAKE)
    if _under_way_or_done(key, look):
        return ()
    targets = tuple(dict.fromkeys(targets))
    before = [step for target in targets for step in missing_for_target(repo, target, look)]
    return (*before, Step(key, frozenset(JobKey(repo, target, Phase.ROLLOUT) for target in targets)))


class Pipeline:
    """Holds the steps that wait, and starts each in its turn.

    `look` tells what is known of a job; `start` asks the server to run it, and may raise BreadError.
    """

    def __init__(self, look: Look, start: Start, publish: Publish) -> None:
        self._look = look
        self._start = start
        self._publish = publish
        self._waiting: dict[JobKey, Step] = {}
        self._starting: dict[JobKey, asyncio.Task[None]] = {}

    @property
    def waiting(self) -> Mapping[JobKey, Step]:
        """The steps that have yet to start."""
        return self._waiting

    def run(self, steps: Iterable[Step]) -> None:
        """Take on steps; those that wait for nothing start at once. What is being started already is not again."""
        self._waiting.update({step.key: step for step in steps if step.key not in self._starting})
        self._advance()

    def notice(self, change: Change) -> None:
        """React to what the watcher saw."""
        if not isinstance(change, JobChanged):
            return
        match change.status.state:
            case State.COMPLETE:
                self._advance()
            case State.FAILED if self._is_news(change):
                self._stop_after(change.status)
            case _:
                pass

    def forget(self, belongs: Callable[[JobKey], bool]) -> None:
        """Let go of the steps of what was deleted, and of those that wait for them."""
        awaited = {key for step in self._waiting.values() for key in step.after}
        for key in sorted(key for key in awaited | self._waiting.keys() if belongs(key)):
            if key in self._waiting or self._awaited(key):
                self._drop(key, f"The {key} was deleted")

    async def close(self) -> None:
        """Let go of what is being started."""
        tasks = tuple(self._starting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _advance(self) -> None:
        ready = [step for step in self._waiting.values() if all(self._complete(key) for key in step.after)]
        for step in ready:
            del self._waiting[step.key]
            self._starting[step.key] = asyncio.create_task(self._begin(step))

    async def _begin(self, step: Step) -> None:
        try:
            status = await self._start(step.key)
        except BreadError as error:
            self._drop(step.key, f"The {step.key} could not be started: {error}")
            return
        finally:
            del self._starting[step.key]
        if status.state is State.FAILED:
            self._stop_after(status)
        else:
            self._publish(PipelineChanged(f"Started the {step.key}"))

    def _stop_after(self, status: JobStatus) -> None:
        why = f": {status.error}" if status.error else ", and the server does not say why"
        self._drop(status.key, f"The {status.key} failed{why}")

    def _drop(self, key: JobKey, why: str) -> None:
        """Take out all that waits, directly or not, for `key`, and say so once."""
        lost = {key}
        while more := {k for k, step in self._waiting.items() if step.after & lost} - lost:
            lost |= more
        stopped = [str(k) for k in self._waiting if k in lost]
        for k in lost:
            self._waiting.pop(k, None)
        tail = f" Not run because of it: {', '.join(stopped)}." if stopped else ""
        self._publish(PipelineChanged(why + ("" if why.endswith((".", "!", "?")) else ".") + tail, failed=True))

    def _is_news(self, change: JobChanged) -> bool:
        """Whether a failure happened just now, and nobody has told of it."""
        key, before = change.status.key, change.before
        if key in self._starting:
            return False  # told by whoever starts it, for it may fail again without any change
        return self._awaited(key) if before is None else before.state is not State.FAILED

    def _awaited(self, key: JobKey) -> bool:
        return any(key in step.after for step in self._waiting.values())

    def _complete(self, key: JobKey) -> bool:
        return _state(key, self._look) is State.COMPLETE


def _state(key: JobKey, look: Look) -> State:
    status = look(key)
    return status.state if status else State.NOT_STARTED


def _failed(key: JobKey, look: Look) -> bool:
    return _state(key, look) is State.FAILED


def _under_way_or_done(key: JobKey, look: Look) -> bool:
    return _state(key, look) not in (State.NOT_STARTED, State.FAILED)
