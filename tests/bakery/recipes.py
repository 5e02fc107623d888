"""What tests of the kitchen share: jobs' names and states, a stocked repository, and a listener."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from breadtui.bakery.changes import CatalogChanged, Change, JobChanged, LinkChanged, PipelineChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing

PATIENCE = 15.0
REPO = "yoda_repo"


def stim(target: str = "yoda") -> JobKey:
    return JobKey(REPO, target, Phase.STIM)


def rollout(target: str = "yoda") -> JobKey:
    return JobKey(REPO, target, Phase.ROLLOUT)


def bake(name: str = "yoda_bake") -> JobKey:
    return JobKey(REPO, name, Phase.BAKE)


def running(key: JobKey, percent: float | None = None) -> JobStatus:
    return JobStatus(key, State.RUNNING, "running", percent=percent)


def ended(key: JobKey, state: State = State.COMPLETE, error: str | None = None) -> JobStatus:
    return JobStatus(key, state, state.value, error=error)


class Heard(list[Change]):
    """Changes in the order in which they were published."""

    def __call__(self, change: Change) -> None:
        self.append(change)

    @property
    def catalog(self) -> list[CatalogChanged]:
        return [change for change in self if isinstance(change, CatalogChanged)]

    @property
    def jobs(self) -> list[JobChanged]:
        return [change for change in self if isinstance(change, JobChanged)]

    @property
    def links(self) -> list[str | None]:
        return [change.problem for change in self if isinstance(change, LinkChanged)]

    @property
    def failures(self) -> list[str]:
        return [change.message for change in self if isinstance(change, PipelineChanged) and change.failed]

    @property
    def started(self) -> list[str]:
        return [change.message for change in self if isinstance(change, PipelineChanged) and not change.failed]


async def stock(kitchen: Kitchen, *targets: str) -> None:
    """A repository with two prompts, the targets (`yoda` if none is given) and the bake `yoda_bake` of them all."""
    targets = targets or ("yoda",)
    await kitchen.create(Thing.REPO, "", {"repo_name": REPO})
    await put_prompt(kitchen, "teacher", [{"role": "system", "content": "You are Yoda."}])
    await put_prompt(kitchen, "student", [])
    for target in targets:
        await put_target(
            kitchen,
            target,
            {
                "generators": [{"type": "hardcoded", "questions": ["How tall are you?", "Who are you?"]}],
                "teacher_prompt": "teacher",
                "student_prompt": "student",
            },
        )
    await put_bake(kitchen, "yoda_bake", {"datasets": [{"target": target} for target in targets]})


async def put_prompt(kitchen: Kitchen, name: str, messages: Sequence[Mapping[str, object]]) -> None:
    await kitchen.create(Thing.PROMPT, REPO, {"prompt_name": name, "messages": messages})


async def put_target(kitchen: Kitchen, name: str, overrides: Mapping[str, object]) -> None:
    await kitchen.create(Thing.TARGET, REPO, {"target_name": name, "template": "default", "overrides": overrides})


async def put_bake(kitchen: Kitchen, name: str, overrides: Mapping[str, object]) -> None:
    await kitchen.create(Thing.BAKE, REPO, {"bake_name": name, "template": "default", "overrides": overrides})


async def until(holds: Callable[[], bool], what: str) -> None:
    """Let everything go on until `holds`."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - what it waits for sets no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE:g} s for {what}") from None


async def turns(count: int = 10) -> None:
    """Let tasks that wait for nothing outside go on to their end."""
    for _ in range(count):
        await asyncio.sleep(0)
