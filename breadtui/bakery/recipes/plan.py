"""A recipe: the steps that make a bake again, each with what it needs; read leniently from the server's plan.

What a step needs is read from its configuration, and from what the plan declares beside it. The order is this module's
own: as the plan has it, as far as that works.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from breadtui.api.lenient import as_object, is_object, items, texts
from breadtui.api.text import one_line
from breadtui.bakery.bodies import without_nulls
from breadtui.bakery.datasets import dataset_weights, parent_model
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.api.models import PlanStep, RecreationPlan

PROMPT_KEYS = ("teacher_prompt", "student_prompt", "u", "v")
"""Where a target names its prompts; the last two are old names of the first."""
_NAMED = 60
"""Characters of a name that a sentence tells."""


class Action(StrEnum):
    """What a step does."""

    CREATE_PROMPT = "create_prompt"
    CREATE_TARGET = "create_target"
    RUN_STIM = "run_stim"
    RUN_ROLLOUT = "run_rollout"
    CREATE_BAKE = "create_bake"
    RUN_BAKE = "run_bake"

    @property
    def thing(self) -> Thing:
        """What it is done to."""
        match self:
            case Action.CREATE_PROMPT:
                return Thing.PROMPT
            case Action.CREATE_BAKE | Action.RUN_BAKE:
                return Thing.BAKE
            case Action.CREATE_TARGET | Action.RUN_STIM | Action.RUN_ROLLOUT:
                return Thing.TARGET
            case _:
                assert_never(self)

    @property
    def phase(self) -> Phase | None:
        """The job that it runs; None where it makes something."""
        return {Action.RUN_STIM: Phase.STIM, Action.RUN_ROLLOUT: Phase.ROLLOUT, Action.RUN_BAKE: Phase.BAKE}.get(self)


CREATING = {Thing.PROMPT: Action.CREATE_PROMPT, Thing.TARGET: Action.CREATE_TARGET, Thing.BAKE: Action.CREATE_BAKE}
# How the server's plan writes that a job is done, behind the name.
_STATUS = {
    (Thing.TARGET, "stim_complete"): Action.RUN_STIM,
    (Thing.TARGET, "rollout_complete"): Action.RUN_ROLLOUT,
    (Thing.BAKE, "complete"): Action.RUN_BAKE,
}


@dataclass(frozen=True, slots=True, order=True)
class StepKey:
    """Names a step: what is done to which thing."""

    action: Action
    name: str

    def __str__(self) -> str:
        if self.action.phase:
            return f"{self.action.phase} of {self.name}"
        return f"{self.action.thing.value} {self.name}"

    @property
    def dependency(self) -> str:
        """As a plan writes that another step needs this one: `target:yoda:stim_complete`."""
        status = next((word for (_, word), action in _STATUS.items() if action is self.action), "")
        return f"{self.action.thing.value}:{self.name}" + (f":{status}" if status else "")

    def job(self, repo: str) -> JobKey | None:
        """The job that it runs in `repo`."""
        return JobKey(repo, self.name, self.action.phase) if self.action.phase else None


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """One step, with the configuration of what it makes; what runs has none."""

    key: StepKey
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    needs: tuple[StepKey, ...] = ()
    """The steps of the same recipe that come first."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The steps that make `bake` of `repo` again, each after all that it needs."""

    repo: str
    bake: str
    base_model: str | None = None
    steps: tuple[RecipeStep, ...] = ()
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The checkpoints that each bake of the recipe had where it was made, by their full names."""
    tangled: frozenset[StepKey] = field(default=frozenset(), compare=False)
    """The steps that wait for themselves, or for such as do: they can never be taken."""
    problems: tuple[str, ...] = field(default=(), compare=False)
    """What could not be read of it, in people's words."""

    def names(self, thing: Thing) -> tuple[str, ...]:
        """The things of a kind that it speaks of."""
        return tuple(dict.fromkeys(step.key.name for step in self.steps if step.key.action.thing is thing))

    def config(self, thing: Thing, name: str) -> Mapping[str, object] | None:
        """What a thing is made of, where the recipe makes it."""
        wanted = StepKey(CREATING[thing], name)
        return next((step.config for step in self.steps if step.key == wanted), None)


_Told = Mapping[StepKey, tuple[Mapping[str, object], Sequence[str]]]
"""Steps, each with its configuration and what is declared that it depends on."""


class Makers:
    """Tells which bake of a recipe a model comes from."""

    def __init__(self, repo: str, bakes: Iterable[str], models: Mapping[str, Sequence[str]]) -> None:
        self._of = {model: bake for bake, names in models.items() for model in names}
        self._users = {model.split("/")[0] for model in self._of}
        self._repo = repo
        self._bakes = frozenset(bakes)

    def of(self, model: object) -> str | None:
        """The bake; None for a base model, or one that was made elsewhere."""
        if not isinstance(model, str):
            return None
        if known := self._of.get(model):
            return known
        parts = model.split("/")
        if len(parts) != 4 or parts[1] != self._repo or parts[2] not in self._bakes:
            return None
        return parts[2] if not self._users or parts[0] in self._users else None


def read_plan(plan: RecreationPlan, repo: str, bake: str) -> Recipe:
    """The recipe of `bake` that the server's plan is. What cannot be used is named in `problems`, and left out."""
    steps: dict[StepKey, tuple[Mapping[str, object], Sequence[str]]] = {}
    problems: list[str] = []
    for number, told in enumerate(plan.steps, 1):
        key = _key(told)
        if isinstance(key, str):
            problems.append(f"Step {number} of the server's plan {key}.")
            continue
        try:
            config = _config(key.action, told.config)
        except RecursionError:
            problems.append(f"The {key} is nested too deeply to be copied.")
            continue
        if key not in steps:
            steps[key] = (config, told.dependencies)
        elif steps[key][0] != config:
            problems.append(f"The {key} is told twice, with different content; the first one counts.")
    return arranged(repo, bake, plan.base_model, steps, read_models(plan.resources), problems)


def arranged(
    repo: str,
    bake: str,
    base_model: str | None,
    steps: _Told,
    models: Mapping[str, tuple[str, ...]],
    problems: Iterable[str] = (),
) -> Recipe:
    """A recipe of steps in any order, each with its configuration and what is declared that it depends on."""
    models = {made: names for made, names in models.items() if names}
    makers = Makers(repo, {key.name for key in steps if key.action.thing is Thing.BAKE}, models)
    drawn = [
        RecipeStep(key, config, tuple(_needs(key, config, declared, makers, steps)))
        for key, (config, declared) in steps.items()
    ]
    ordered, tangled = _in_order(drawn)
    said = [*problems]
    if tangled:
        circle = ", ".join(str(step.key) for step in tangled[:6]) + (", …" if len(tangled) > 6 else "")
        said.append(f"These steps wait for each other, and can never be taken: {circle}.")
    keys = frozenset(step.key for step in tangled)
    return Recipe(repo, bake, base_model, (*ordered, *tangled), models, keys, tuple(said))


def read_models(resources: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The checkpoints of each bake that a plan's summary tells."""
    bakes = map(as_object, items(resources.get("bakes")))
    return {
        name: tuple(texts(bake.get("model_names")))
        for bake in bakes
        if isinstance(name := bake.get("bake_name"), str) and name
    }


def with_config(recipe: Recipe, key: StepKey, config: Mapping[str, object]) -> Recipe:
    """The same recipe, with what one step makes told."""
    steps = {step.key: (step.config, [need.dependency for need in step.needs]) for step in recipe.steps}
    steps[key] = (_config(key.action, config), steps[key][1])
    again = arranged(recipe.repo, recipe.bake, recipe.base_model, steps, recipe.models)
    problems = [*recipe.problems, *(problem for problem in again.problems if problem not in recipe.problems)]
    return replace(again, problems=tuple(problems))


def bad_name(name: str) -> str:
    """Why nothing can be called so; empty where it can."""
    if not name:
        return "has no name"
    if "/" in name or name in (".", "..", "batch") or name != one_line(name).strip() or len(name) > 255:
        return f"has a name that cannot be used: “{one_line(name)[:_NAMED]}”"
    return ""


def lacks(step: RecipeStep) -> str:
    """Why a step cannot be taken, where its configuration does not say what it makes; else empty."""
    match step.key.action:
        case Action.CREATE_PROMPT if not _are_objects(step.config.get("messages")):
            return "The recipe does not tell its messages."
        case Action.CREATE_TARGET | Action.CREATE_BAKE if not step.config:
            return "The recipe does not tell its configuration."
        case _:
            return ""


def _key(told: PlanStep) -> StepKey | str:
    """The step that is meant, or what is wrong with it."""
    extra = told.model_extra or {}
    word = told.action or str(extra.get("operation") or "")
    name = told.resource_name or str(extra.get("name") or "")
    try:
        action = Action(word.strip().lower())
    except ValueError:
        return f"does something unknown, and is left out: “{one_line(word)[:_NAMED]}”"
    return f"{wrong}, and is left out" if (wrong := bad_name(name)) else StepKey(action, name)


def _config(action: Action, config: Mapping[str, object]) -> Mapping[str, object]:
    if action.phase:
        return {}
    if action is Action.CREATE_PROMPT:
        return {key: config[key] for key in ("messages", "tools") if config.get(key) is not None}
    return without_nulls({key: value for key, value in config.items() if key != action.thing.name_key})


def _needs(
    key: StepKey, config: Mapping[str, object], declared: Sequence[str], makers: Makers, steps: _Told
) -> list[StepKey]:
    """What a step needs of the others; what waits for itself is told, not mended."""
    found = [*_by_nature(key, config, makers, steps), *(_declared(word, steps) for word in declared)]
    return [need for need in dict.fromkeys(found) if need and need in steps]


def _by_nature(key: StepKey, config: Mapping[str, object], makers: Makers, steps: _Told) -> Iterator[StepKey]:
    """What a step needs by what it does."""
    match key.action:
        case Action.CREATE_PROMPT:
            return
        case Action.CREATE_TARGET:
            for name in prompts_of(config):
                yield StepKey(Action.CREATE_PROMPT, name)
            yield from _template(key, config)
            yield from _made_by(config.get("model_name"), makers, steps)
        case Action.CREATE_BAKE:
            for name, _ in dataset_weights(config):
                yield StepKey(Action.CREATE_TARGET, name)
            yield from _template(key, config)
            yield from _made_by(parent_model(config), makers, steps)
        case Action.RUN_STIM:
            yield StepKey(Action.CREATE_TARGET, key.name)
        case Action.RUN_ROLLOUT:
            yield StepKey(Action.CREATE_TARGET, key.name)
            yield StepKey(Action.RUN_STIM, key.name)
        case Action.RUN_BAKE:
            made = StepKey(Action.CREATE_BAKE, key.name)
            yield made
            for name, _ in dataset_weights(steps[made][0] if made in steps else None):
                yield StepKey(Action.RUN_ROLLOUT, name)
        case _:
            assert_never(key.action)


def prompts_of(config: Mapping[str, object]) -> dict[str, str]:
    """The prompts of a target's configuration, each with the key that names it first."""
    found: dict[str, str] = {}
    for key in PROMPT_KEYS:
        if isinstance(name := config.get(key), str) and name:
            found.setdefault(name, key)
    return found


def _template(key: StepKey, config: Mapping[str, object]) -> Iterator[StepKey]:
    if isinstance(name := config.get("template"), str):
        yield StepKey(key.action, name)


def _made_by(model: object, makers: Makers, steps: Mapping[StepKey, object]) -> Iterator[StepKey]:
    if bake := makers.of(model):
        run = StepKey(Action.RUN_BAKE, bake)
        yield run if run in steps else StepKey(Action.CREATE_BAKE, bake)


def _declared(word: str, known: Collection[StepKey]) -> StepKey | None:
    """The step that `type:name` or `type:name:status` speaks of; names may have colons themselves."""
    kind, _, rest = word.partition(":")
    thing = next((thing for thing in CREATING if thing.value == kind), None)
    if thing is None:
        return None
    name, _, status = rest.rpartition(":")
    run = _STATUS.get((thing, status))
    if run and (key := StepKey(run, name)) in known:
        return key
    return StepKey(CREATING[thing], rest)


def _in_order(steps: Sequence[RecipeStep]) -> tuple[list[RecipeStep], list[RecipeStep]]:
    """The steps as they stand, but each after all that it needs; and those for which that cannot be."""
    places = {step.key: place for place, step in enumerate(steps)}
    left = [len(step.needs) for step in steps]
    waiting: dict[StepKey, list[int]] = {}
    for place, step in enumerate(steps):
        for need in step.needs:
            waiting.setdefault(need, []).append(place)
    ready = [place for place, count in enumerate(left) if not count]
    ordered: list[RecipeStep] = []
    while ready:
        step = steps[heapq.heappop(ready)]
        ordered.append(step)
        for place in waiting.get(step.key, ()):
            left[place] -= 1
            if not left[place]:
                heapq.heappush(ready, place)
    done = {places[step.key] for step in ordered}
    return ordered, [step for place, step in enumerate(steps) if place not in done]


def _are_objects(value: object) -> bool:
    return value in ([], ()) or (bool(found := items(value)) and all(map(is_object, found)))
