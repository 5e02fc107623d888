"""The steps that bring a target or a bake to completion, and what each waits for. Running them is the pipeline's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State

Look = Callable[[JobKey], JobStatus | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A job to start once every job in `after` is complete."""

    key: JobKey
    after: frozenset[JobKey] = frozenset()


def missing_for_target(repo: str, target: str, look: Look) -> tuple[Step, ...]:
    """What has yet to be started so that `target` has its responses."""
    stim = JobKey(repo, target, Phase.STIM)
    rollout = JobKey(repo, target, Phase.ROLLOUT)
    if under_way_or_done(rollout, look):
        return ()
    steps = [] if under_way_or_done(stim, look) else [Step(stim)]
    return (*steps, Step(rollout, frozenset([stim])))


def missing_for_bake(repo: str, bake: str, targets: Iterable[str], look: Look) -> tuple[Step, ...]:
    """What has yet to be started so that `bake` is trained on the responses of `targets`."""
    key = JobKey(repo, bake, Phase.BAKE)
    if under_way_or_done(key, look):
        return ()
    targets = tuple(dict.fromkeys(targets))
    before = [step for target in targets for step in missing_for_target(repo, target, look)]
    return (*before, Step(key, frozenset(JobKey(repo, target, Phase.ROLLOUT) for target in targets)))


def state_now(key: JobKey, look: Look) -> State:
    """How a job stands; one that nobody has looked at counts as not started."""
    status = look(key)
    return status.state if status else State.NOT_STARTED


def under_way_or_done(key: JobKey, look: Look) -> bool:
    """Whether there is nothing to start, whatever word the server has for it."""
    return state_now(key, look) not in (State.NOT_STARTED, State.FAILED)
