"""The steps of a plan as a tree: a bake on its targets, a target on its prompts, and each with the jobs it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.recipes.plan import Action, Recipe, StepKey, prompts_of
from breadtui.bakery.things import Thing

_ROLES = {"u": "teacher", "v": "student", "teacher_prompt": "teacher", "student_prompt": "student"}
_Below = Sequence[tuple[StepKey, str]]


@dataclass(frozen=True, slots=True)
class Twig:
    """A step in the tree; of what the recipe does not make, the step that would. `note`: what it is to the one above.

    `last` tells, for it and each above it, whether it ends its row of siblings.
    """

    key: StepKey
    note: str = ""
    last: tuple[bool, ...] = ()


def tree(recipe: Recipe) -> Iterator[Twig]:
    """From top to bottom; what nothing rests on stands at the end."""
    seen: set[StepKey] = set()
    roots = [StepKey(Action.CREATE_BAKE, recipe.bake)] if recipe.bake else []
    made = [step.key for step in recipe.steps if not step.key.action.phase]
    targets = [key for key in made if key.action is Action.CREATE_TARGET]
    for root in dict.fromkeys((*roots, *targets, *made)):
        if root not in seen:
            for twig in _unfolded(recipe, root, "", ()):
                seen.add(twig.key)
                yield twig


def _unfolded(recipe: Recipe, key: StepKey, note: str, last: tuple[bool, ...]) -> Iterator[Twig]:
    yield Twig(key, note, last)
    below = _below(recipe, key)
    for at, (inner, role) in enumerate(below, 1):
        yield from _unfolded(recipe, inner, role, (*last, at == len(below)))


def _below(recipe: Recipe, key: StepKey) -> _Below:
    config = recipe.config(key.action.thing, key.name) or {}
    match key.action:
        case Action.CREATE_BAKE:
            weights = dataset_weights(config)
            targets = {name: f"weight {weight:g}" if len(weights) > 1 else "" for name, weight in weights}
            below = [(StepKey(Action.CREATE_TARGET, name), note) for name, note in targets.items()]
            return [*_jobs(recipe, key.name, Thing.BAKE), *below]
        case Action.CREATE_TARGET:
            prompts = prompts_of(config).items()
            below = [(StepKey(Action.CREATE_PROMPT, name), _ROLES[role]) for name, role in prompts]
            return [*_jobs(recipe, key.name, Thing.TARGET), *below]
        case _:
            return ()


def _jobs(recipe: Recipe, name: str, thing: Thing) -> _Below:
    keys = (step.key for step in recipe.steps if step.key.action.phase)
    return [(key, "") for key in keys if key.name == name and key.action.thing is thing]
