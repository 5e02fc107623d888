"""What a replay would do, step by step, as the server stands now. Nothing is made by looking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from breadtui.api.errors import NotFound
from breadtui.api.lenient import as_object, items
from breadtui.api.models import Bake, Prompt, Target
from breadtui.api.text import clean_json
from breadtui.bakery.authoring import target as targets
from breadtui.bakery.authoring.differences import differences, path_text
from breadtui.bakery.catalog import AT_ONCE
from breadtui.bakery.datasets import dataset_weights, parent_model
from breadtui.bakery.folder.comparing import bake_differs, target_differs
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.recipes.plan import Action, Makers, Recipe, RecipeStep, StepKey, lacks, prompts_of
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


class Standing(StrEnum):
    """How a step of a replay stands."""

    TO_DO = "to do"
    THERE = "there"
    """It was done before."""
    UNDER_WAY = "under way"
    DONE = "done"
    CONFLICT = "conflict"
    """Something else has the name."""
    FAILED = "failed"
    HELD_UP = "held up"
    """What it needs was not done."""
    LEFT_OUT = "left out"
    """It was asked for without runs."""

    @property
    def good(self) -> bool:
        """Whether what needs it can be done."""
        return self in (Standing.THERE, Standing.DONE)

    @property
    def sign(self) -> str:
        """One character, so that colour is never alone."""
        match self:
            case Standing.TO_DO:
                return "○"
            case Standing.THERE:
                return "="
            case Standing.UNDER_WAY:
                return "◐"
            case Standing.DONE:
                return "✔"
            case Standing.CONFLICT:
                return "≠"
            case Standing.FAILED:
                return "✖"
            case Standing.HELD_UP:
                return "!"
            case Standing.LEFT_OUT:
                return "-"


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of each step of `recipe`, which has the names and the repository it is to be made in."""

    recipe: Recipe
    new_repo: bool
    standings: Mapping[StepKey, Standing]
    why: Mapping[StepKey, str] = field(default_factory=dict[StepKey, str])
    """What is to be known of a step: what differs, or what holds it up."""
    problem: str = ""
    """Why nothing of it can be made; else empty."""

    def of(self, *standings: Standing) -> list[StepKey]:
        """The steps that stand so, in their order."""
        return [step.key for step in self.recipe.steps if self.standings[step.key] in standings]

    @property
    def stimuli(self) -> int:
        """How many stimuli it makes, as far as that can be told before."""
        runs = self._configs(Action.RUN_STIM)
        return sum(targets.stimuli(config) or 0 for config in runs)

    @property
    def responses(self) -> int:
        """How many responses it makes, as far as that can be told before."""
        return sum(targets.responses(config) or 0 for config in self._configs(Action.RUN_ROLLOUT))

    @property
    def uncounted(self) -> int:
        """The targets of which it cannot be told."""
        return sum(targets.responses(config) is None for config in self._configs(Action.RUN_ROLLOUT))

    def _configs(self, action: Action) -> list[Mapping[str, object]]:
        made = {step.key.name: step.config for step in self.recipe.steps if step.key.action is Action.CREATE_TARGET}
        return [made.get(key.name, {}) for key in self.of(Standing.TO_DO) if key.action is action]


async def foresee(kitchen: Kitchen, recipe: Recipe, *, runs: bool = True) -> Foresight:
    """Look at what of a recipe is there already in its repository. Without `runs`, jobs are left as they are.

    Raises:
        BreadError: the server cannot be asked.
    """
    await kitchen.catalog.refresh_repos()
    known = {repo.repo_name: repo.base_model for repo in kitchen.catalog.repos or ()}
    look = _Look(kitchen, recipe)
    if recipe.repo in known:
        await kitchen.reopen(recipe.repo)
        await look.at_all()
    look.decide(runs=runs)
    problem = _base_problem(recipe, known[recipe.repo]) if recipe.repo in known else ""
    return Foresight(recipe, recipe.repo not in known, look.standings, look.why, problem)


def hold_up(steps: tuple[RecipeStep, ...], standings: dict[StepKey, Standing], why: dict[StepKey, str]) -> bool:
    """Note of each step that is to do whether what it needs will never be done; tells whether there were such."""
    found = False
    for step in steps:
        if standings[step.key] is not Standing.TO_DO:
            continue
        lost = next((need for need in step.needs if _hopeless(standings[need])), None)
        if lost is not None:
            standings[step.key] = Standing.HELD_UP
            why[step.key] = f"It needs the {lost}."
            found = True
    return found


def model_of(kitchen: Kitchen, recipe: Recipe, model: str, bake: str) -> str | None:
    """The checkpoint that stands for `model` in the repository of the recipe: of `bake`, the one of the same number,
    or else the latest; None while there is none.
    """
    status = kitchen.watcher.status(JobKey(recipe.repo, bake, Phase.BAKE))
    models = status.models if status and status.state is State.COMPLETE else ()
    number = model.rsplit("/", 1)[-1]
    return next((name for name in models if name.rsplit("/", 1)[-1] == number), next(iter(models), None))


def settled(kitchen: Kitchen, recipe: Recipe, makers: Makers, config: Mapping[str, object]) -> dict[str, object]:
    """A configuration with the checkpoints that the bakes of the recipe have made by now."""
    found = dict(config)
    if (bake := makers.of(found.get("model_name"))) is not None:
        found["model_name"] = model_of(kitchen, recipe, str(found["model_name"]), bake) or found["model_name"]
    if (bake := makers.of(parent := parent_model(found))) is not None and parent:
        model = model_of(kitchen, recipe, parent, bake) or parent
        found["model"] = {**as_object(found.get("model")), "parent_model_name": model}
    return found


def makers_of(recipe: Recipe) -> Makers:
    """What tells the bakes of a recipe by the models they make."""
    return Makers(recipe.repo, recipe.names(Thing.BAKE), recipe.models)


class _Look:
    """What was found of each step."""

    def __init__(self, kitchen: Kitchen, recipe: Recipe) -> None:
        self._kitchen = kitchen
        self._recipe = recipe
        self._makers = makers_of(recipe)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.standings: dict[StepKey, Standing] = {step.key: Standing.TO_DO for step in recipe.steps}
        self.why: dict[StepKey, str] = {}

    async def at_all(self) -> None:
        """Ask about everything of the recipe that the repository has by name; first the jobs, then what was made."""
        keys = [step.key for step in self._recipe.steps if self._is_there(step.key)]
        names = dict.fromkeys((key.action.thing, key.name) for key in keys if key.action.thing is not Thing.PROMPT)
        await _all_of(*(self._jobs(thing, name) for thing, name in names))
        await _all_of(
            *(self._compare(step) for step in self._recipe.steps if step.key in keys and not step.key.action.phase)
        )

    def decide(self, *, runs: bool) -> None:
        """What of the rest can be done."""
        for step in self._recipe.steps:
            key = step.key
            job = key.job(self._recipe.repo)
            if job and self._is_there(key):
                self.standings[key] = self._job(job)
            if job and not runs and self.standings[key] is Standing.TO_DO:
                self.standings[key] = Standing.LEFT_OUT
            if self.standings[key] is not Standing.TO_DO:
                continue
            if key in self._recipe.tangled:
                self._say(key, Standing.HELD_UP, "It waits for itself.")
            elif words := lacks(step) or self._missing(step):
                self._say(key, Standing.HELD_UP, words)
        hold_up(self._recipe.steps, self.standings, self.why)

    def _is_there(self, key: StepKey) -> bool:
        shelf = self._kitchen.catalog.shelf(self._recipe.repo)
        if shelf is None:
            return False
        names = {Thing.PROMPT: shelf.prompts, Thing.TARGET: shelf.targets, Thing.BAKE: shelf.bakes}
        return key.name in names.get(key.action.thing, ())

    async def _jobs(self, thing: Thing, name: str) -> None:
        async with self._gate:
            try:
                if thing is Thing.TARGET:
                    await self._kitchen.look_at_target(self._recipe.repo, name)
                else:
                    await self._kitchen.look_at_bake(self._recipe.repo, name)
            except NotFound:
                return  # it was deleted a moment ago, or the server has no such job

    def _job(self, job: JobKey) -> Standing:
        status = self._kitchen.watcher.status(job)
        if status is None or status.state in (State.NOT_STARTED, State.FAILED):
            return Standing.TO_DO
        return Standing.THERE if status.state is State.COMPLETE else Standing.UNDER_WAY

    async def _compare(self, step: RecipeStep) -> None:
        key, repo = step.key, self._recipe.repo
        try:
            async with self._gate:
                differing = await self._differing(step, repo)
        except NotFound:
            return
        if differing:
            self._say(key, Standing.CONFLICT, f"It differs in {_listed(differing)}.")
        else:
            self.standings[key] = Standing.THERE

    async def _differing(self, step: RecipeStep, repo: str) -> tuple[str, ...]:
        match step.key.action.thing:
            case Thing.PROMPT:
                return prompt_differs(await self._kitchen.catalog.prompt(repo, step.key.name), step.config)
            case Thing.TARGET:
                target = self._kitchen.catalog.known_target(repo, step.key.name)
                target = target or await self._kitchen.catalog.target(repo, step.key.name)
                return target_differs(target, self._wanted(step, target))
            case _:
                bake = self._kitchen.known_bake(repo, step.key.name)
                bake = bake or await self._kitchen.look_at_bake(repo, step.key.name)
                return bake_differs(bake, self._wanted(step, bake))

    def _wanted(self, step: RecipeStep, found: Target | Bake) -> Mapping[str, object]:
        """The configuration as it would be there. Of a checkpoint not made yet, any of its bake will do."""
        wanted = settled(self._kitchen, self._recipe, self._makers, step.config)
        wanted.pop("template", None)
        config = found.config.model_dump(exclude_unset=True) if isinstance(found, Target) else as_object(found.config)
        if "datasets" in wanted:
            wanted["datasets"] = [{"weight": 1.0, **as_object(item)} for item in items(wanted["datasets"])]
        bake = self._makers.of(wanted.get("model_name"))
        if bake and self._pending(bake) and self._is_of(bake, config.get("model_name")):
            wanted["model_name"] = config.get("model_name")
        parent = self._makers.of(parent_model(wanted))
        if parent and self._pending(parent) and self._is_of(parent, parent_model(config)):
            wanted["model"] = {**as_object(wanted["model"]), "parent_model_name": parent_model(config)}
        return wanted

    def _is_of(self, bake: str, model: object) -> bool:
        """Whether a model is a checkpoint of a bake of the repository, whoever owns it."""
        return isinstance(model, str) and model.split("/")[1:-1] == [self._recipe.repo, bake]

    def _pending(self, bake: str) -> bool:
        status = self._kitchen.watcher.status(JobKey(self._recipe.repo, bake, Phase.BAKE))
        return status is None or status.state is not State.COMPLETE

    def _missing(self, step: RecipeStep) -> str:
        """What a step speaks of that neither the recipe makes nor the repository has."""
        made = {(need.action.thing, need.name) for need in step.needs}
        for thing, name in _speaks_of(step):
            creates = {Thing.PROMPT: Action.CREATE_PROMPT, Thing.TARGET: Action.CREATE_TARGET}[thing]
            if (thing, name) not in made and not self._is_there(StepKey(creates, name)):
                return f"The {thing.value} {name} is neither in the recipe nor in {self._recipe.repo}."
        return ""

    def _say(self, key: StepKey, standing: Standing, words: str) -> None:
        self.standings[key], self.why[key] = standing, words


def prompt_differs(prompt: Prompt, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """What of a prompt is another than in a recipe; nothing if it is the same."""
    there: dict[str, object] = {
        "messages": [_told(message.model_dump(exclude_unset=True)) for message in prompt.messages],
        "tools": [*(prompt.tools or ())],
    }
    asked = {
        "messages": [_told(as_object(message)) for message in items(wanted.get("messages"))],
        "tools": items(wanted.get("tools")),
    }
    found = differences(there, as_object(clean_json(asked)))
    return tuple(dict.fromkeys(path_text(difference.path) for difference in found))


def _told(message: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in message.items() if value is not None}


def _speaks_of(step: RecipeStep) -> list[tuple[Thing, str]]:
    match step.key.action:
        case Action.CREATE_TARGET:
            return [(Thing.PROMPT, name) for name in prompts_of(step.config)]
        case Action.CREATE_BAKE:
            return [(Thing.TARGET, name) for name, _ in dataset_weights(step.config)]
        case _:
            return []


def _base_problem(recipe: Recipe, base: str | None) -> str:
    if not recipe.base_model or not base or recipe.base_model == base:
        return ""
    return (
        f"{recipe.repo} starts from {base}, and the recipe from {recipe.base_model}. A repository's base model cannot"
        " be changed: replay it into another."
    )


def _hopeless(standing: Standing) -> bool:
    return standing in (Standing.CONFLICT, Standing.FAILED, Standing.HELD_UP, Standing.LEFT_OUT)


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


async def _all_of(*asked: Awaitable[None]) -> None:
    """Wait for all; the first error is raised at the end, so that nothing is left under way."""
    for failed in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(failed, BaseException):
            raise failed
