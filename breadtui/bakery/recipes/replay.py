"""Makes a bake again: creates what is missing and runs what must run, in order.

All that it knows of how far it is stands at the server: after a stop at any point, the next replay finds what was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from breadtui.api.errors import Conflict, Invalid, NotFound, Refused
from breadtui.api.text import one_line
from breadtui.bakery import bodies
from breadtui.bakery.catalog import AT_ONCE
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.recipes.foresight import Foresight, Standing, hold_up, makers_of, settled
from breadtui.bakery.recipes.plan import Recipe, RecipeStep, StepKey
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.runs import Standing as Held
from breadtui.bakery.steps import Step
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.bakery.changes import Change
    from breadtui.bakery.kitchen import Kitchen

Tell = Callable[[StepKey], None]
_ITS_OWN = (Invalid, Conflict, Refused, NotFound)
"""What one thing is refused for, and no other."""


class Replay:
    """One replay. `tell` is called with each step whose standing changed."""

    def __init__(self, kitchen: Kitchen, foresight: Foresight, tell: Tell) -> None:
        self._kitchen = kitchen
        self._foresight = foresight
        self._recipe = foresight.recipe
        self._makers = makers_of(foresight.recipe)
        self._tell = tell
        self._news = asyncio.Event()
        self._handed: set[JobKey] = set()
        self.standings: dict[StepKey, Standing] = dict(foresight.standings)
        self.why: dict[StepKey, str] = dict(foresight.why)

    @property
    def recipe(self) -> Recipe:
        """What is made."""
        return self._recipe

    @property
    def paused(self) -> str:
        """The server's words where it wants money before it goes on; else empty."""
        return self._kitchen.pipeline.paused

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return not any(standing in (Standing.TO_DO, Standing.UNDER_WAY) for standing in self.standings.values())

    @property
    def complete(self) -> bool:
        """Whether everything is there."""
        return all(standing.good for standing in self.standings.values())

    @property
    def jobs(self) -> list[JobKey]:
        """The jobs that are waited for."""
        keys = (key.job(self._recipe.repo) for key in self._of(Standing.UNDER_WAY))
        return [key for key in keys if key]

    @property
    def at_rest(self) -> bool:
        """Whether nothing goes on until there is credit again."""
        pipeline = self._kitchen.pipeline
        runs = any((status := self._kitchen.watcher.status(key)) and not status.state.settled for key in self.jobs)
        return bool(self.paused) and not pipeline.starting and not runs

    async def carry_out(self) -> None:
        """Do all that can be done. It may be cancelled at any point: what was made stays, what runs runs on.

        Raises:
            RecipeError: there are conflicts; nothing was made.
            BreadError: the server cannot be reached, or takes nothing from this account. A new replay goes on.
        """
        refuse(self._foresight)
        leave = self._kitchen.subscribe(self._notice)
        try:
            if self._foresight.new_repo:
                body = {"repo_name": self._recipe.repo}
                base = {"base_model": self._recipe.base_model} if self._recipe.base_model else {}
                await self._kitchen.create(Thing.REPO, "", {**body, **base})
            await self._until_ended()
        finally:
            leave()

    async def _until_ended(self) -> None:
        while True:
            self._news.clear()
            self._see_jobs()
            await self._create()
            self._run()
            self._hold_up()
            if self.ended:
                return
            if not self._news.is_set():
                await self._news.wait()

    async def _create(self) -> None:
        """Make what can be made now, and what can be after that."""
        made = False
        try:
            while ready := [step for step in self._recipe.steps if not step.key.action.phase and self._is_ready(step)]:
                made = True
                await self._create_all(ready)
        finally:
            if made:
                await self._kitchen.reopen(self._recipe.repo)

    async def _create_all(self, steps: list[RecipeStep]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def create(step: RecipeStep) -> None:
            async with gate:
                await self._create_one(step)

        for failed in await asyncio.gather(*map(create, steps), return_exceptions=True):
            if failed:
                raise failed

    async def _create_one(self, step: RecipeStep) -> None:
        thing, repo = step.key.action.thing, self._recipe.repo
        try:
            await bodies.create(self._kitchen.client, thing, repo, await self._body(step))
        except _ITS_OWN as error:
            self._set(step.key, Standing.FAILED, str(error))
        else:
            self._set(step.key, Standing.DONE)

    async def _body(self, step: RecipeStep) -> Mapping[str, object]:
        key = step.key
        if key.action.thing is Thing.PROMPT:
            return {"prompt_name": key.name, **step.config}
        for need in step.needs:
            if need.action.phase is Phase.BAKE and not self._models(need.name):
                await self._kitchen.look_at_bake(self._recipe.repo, need.name)
        config = settled(self._kitchen, self._recipe, self._makers, step.config)
        template = config.pop("template", bodies.DEFAULT)
        return {key.action.thing.name_key: key.name, "template": template, "overrides": config}

    def _models(self, bake: str) -> tuple[str, ...]:
        status = self._kitchen.watcher.status(JobKey(self._recipe.repo, bake, Phase.BAKE))
        return status.models if status else ()

    def _run(self) -> None:
        """Hand over to the pipeline what stands at the server, with all that it waits for."""
        steps: list[Step] = []
        for step in self._recipe.steps:
            job = step.key.job(self._recipe.repo)
            if job is None or self.standings[step.key] is not Standing.TO_DO or not self._can_wait(step):
                continue
            after = {need.job(self._recipe.repo) for need in step.needs if not self.standings[need].good}
            steps.append(Step(job, frozenset(key for key in after if key)))
            self._handed.add(job)
            self._set(step.key, Standing.UNDER_WAY)
        if steps:
            self._kitchen.pipeline.run(steps)

    def _can_wait(self, step: RecipeStep) -> bool:
        """Whether all that a job needs was made, or is a job that goes on."""
        standings = [(need, self.standings[need]) for need in step.needs]
        return all(at.good or (need.action.phase and at is Standing.UNDER_WAY) for need, at in standings)

    def _see_jobs(self) -> None:
        """Note what became of the jobs that are waited for."""
        for key in self._of(Standing.UNDER_WAY):
            if job := key.job(self._recipe.repo):
                self._see(key, job)

    def _see(self, key: StepKey, job: JobKey) -> None:
        pipeline, status = self._kitchen.pipeline, self._kitchen.watcher.status(job)
        stopped = pipeline.stopped.get(job)
        if status and status.state is State.COMPLETE:
            self._set(key, Standing.DONE)
        elif stopped:
            self._set(key, Standing.FAILED if stopped.standing is Held.FAILED else Standing.HELD_UP, stopped.why)
        elif job in pipeline.waiting or job in pipeline.starting or job in pipeline.elsewhere:
            return
        elif status and status.state is State.FAILED:
            self._set(key, Standing.FAILED, status.error or "The server does not say why.")
        elif job in self._handed and (status is None or status.state is State.NOT_STARTED):
            self._set(key, Standing.HELD_UP, "It was called off.")

    def _hold_up(self) -> None:
        before = dict(self.standings)
        hold_up(self._recipe.steps, self.standings, self.why)
        for key, standing in self.standings.items():
            if before[key] is not standing:
                self._tell(key)

    def _is_ready(self, step: RecipeStep) -> bool:
        todo = self.standings[step.key] is Standing.TO_DO
        return todo and all(self.standings[need].good for need in step.needs)

    def _of(self, standing: Standing) -> list[StepKey]:
        return [key for key, at in self.standings.items() if at is standing]

    def _set(self, key: StepKey, standing: Standing, why: str = "") -> None:
        self.standings[key] = standing
        if why:
            self.why[key] = one_line(why)
        self._tell(key)

    def _notice(self, _: Change) -> None:
        self._news.set()


def refuse(foresight: Foresight) -> None:
    """Keep a replay from being begun that could not come to a good end.

    Raises:
        RecipeError: the repository has another base model, or something else under one of the names.
    """
    if foresight.problem:
        raise RecipeError(foresight.problem)
    conflicts = foresight.of(Standing.CONFLICT)
    if conflicts:
        count = "1 name is" if len(conflicts) == 1 else f"{len(conflicts):,} names are"
        raise RecipeError(
            f"{count} taken in {foresight.recipe.repo} by something else, and what exists is never changed. Nothing was"
            " made. Give the new ones a suffix, or use another repository."
        )
