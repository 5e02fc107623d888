"""What a run will start and how many responses that makes, told before it starts, so that somebody can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.authoring import target as targets
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.steps import Step

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

SHOWN = 4
"""Names that are told of each phase, at most."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The steps of a run, and what they make. `uncounted` targets do not say how much they will make."""

    steps: tuple[Step, ...] = ()
    stimuli: int = 0
    responses: int = 0
    uncounted: int = 0
    awaited: tuple[JobKey, ...] = ()
    """What runs already, and is waited for."""
    elsewhere: tuple[JobKey, ...] = ()
    """The steps that another program sees to."""
    refused: tuple[BreadError, ...] = ()
    """Why some of what was asked for could not be looked at."""

    @property
    def lines(self) -> list[str]:
        """What will run, for people: a line for each phase, and one for how much that makes."""
        told = [self._line(phase) for phase in Phase if self._of(phase)]
        if self.awaited:
            told.append(f"{'runs':8} {len(self.awaited):>3,}  {_names(self.awaited)}, waited for")
        if self.elsewhere:
            told.append(f"{'left':8} {len(self.elsewhere):>3,}  to another breadtui that sees to them already")
        return [*told, *([self.amount] if self._of(Phase.STIM) or self._of(Phase.ROLLOUT) else [])]

    @property
    def amount(self) -> str:
        """How much that makes: `4 stimuli, 8 responses`."""
        parts = [f"{self.stimuli:,} stimuli"] if self._of(Phase.STIM) else []
        parts += [f"{self.responses:,} responses"] if self._of(Phase.ROLLOUT) else []
        more = f", and those of {_count(self.uncounted, 'target')} that cannot be told before" if self.uncounted else ""
        return f"That makes {' and '.join(parts)}{more}."

    def _of(self, phase: Phase) -> list[JobKey]:
        return [step.key for step in self.steps if step.key.phase is phase]

    def _line(self, phase: Phase) -> str:
        keys = self._of(phase)
        return f"{phase:8} {len(keys):>3,}  {_names(keys)}"


async def outlook(kitchen: Kitchen, wanted: Iterable[JobKey], phases: Collection[Phase] = tuple(Phase)) -> Outlook:
    """What is missing so that the jobs in `wanted` are complete, as the server tells now; nothing is started.

    Steps of other phases than `phases` are left out. What cannot be looked at is told in `refused`.
    """
    wanted = tuple(dict.fromkeys(wanted))
    answers = await asyncio.gather(
        *(kitchen.missing(key.repo, key.name, key.phase) for key in wanted), return_exceptions=True
    )
    steps: dict[JobKey, Step] = {}
    refused: list[BreadError] = []
    for answer in answers:
        if isinstance(answer, BreadError):
            refused.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            steps.update((step.key, step) for step in answer if step.key.phase in phases)
    return foresee(kitchen, steps.values(), refused)


def foresee(kitchen: Kitchen, steps: Iterable[Step], refused: Iterable[BreadError] = ()) -> Outlook:
    """What steps will make, as far as their targets were looked at."""
    steps = tuple(steps)
    keys = {step.key for step in steps}
    stimuli = [_stimuli(kitchen, key) for key in keys if key.phase is Phase.STIM]
    responses = [_responses(kitchen, key) for key in keys if key.phase is Phase.ROLLOUT]
    unknown = {key.name for key in keys if key.phase is not Phase.BAKE and _responses(kitchen, key) is None}
    awaited = {key for step in steps for key in step.after} - keys
    return Outlook(
        steps,
        sum(count or 0 for count in stimuli),
        sum(count or 0 for count in responses),
        len(unknown),
        tuple(sorted(key for key in awaited if _under_way(kitchen, key))),
        tuple(sorted(keys & kitchen.pipeline.elsewhere.keys())),
        tuple(refused),
    )


def unmet(kitchen: Kitchen, steps: Iterable[Step]) -> Iterator[JobKey]:
    """What steps wait for that is neither complete, nor under way, nor among them: they would never start."""
    steps = tuple(steps)
    keys = {step.key for step in steps}
    for key in sorted({key for step in steps for key in step.after} - keys):
        status = kitchen.watcher.status(key)
        if status is None or status.state in (State.NOT_STARTED, State.FAILED):
            yield key


def _stimuli(kitchen: Kitchen, key: JobKey) -> int | None:
    """How many there are where the stim is complete, else how many there will be."""
    made = kitchen.watcher.status(JobKey(key.repo, key.name, Phase.STIM))
    if made and made.state is State.COMPLETE and made.lines is not None:
        return made.lines
    return targets.stimuli(_config(kitchen, key))


def _responses(kitchen: Kitchen, key: JobKey) -> int | None:
    asked = _stimuli(kitchen, key)
    return None if asked is None else asked * targets.trajectories(_config(kitchen, key))


def _config(kitchen: Kitchen, key: JobKey) -> dict[str, object]:
    target = kitchen.catalog.known_target(key.repo, key.name)
    return target.config.model_dump() if target else {}


def _under_way(kitchen: Kitchen, key: JobKey) -> bool:
    status = kitchen.watcher.status(key)
    return status is not None and not status.state.settled


def _names(keys: Collection[JobKey]) -> str:
    names = [f"{key.repo}/{key.name}" for key in keys]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
