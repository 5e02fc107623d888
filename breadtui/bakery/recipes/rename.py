"""The same recipe for another repository, or under other names: whatever speaks of a thing is rewritten with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from breadtui.api.lenient import as_object, is_object, items
from breadtui.bakery.recipes.plan import PROMPT_KEYS, Action, Makers, Recipe, RecipeStep, StepKey, arranged, bad_name
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.things import Thing

Name = Callable[[Thing, str], str]
"""What a thing of a recipe is called from now on."""


def as_it_is(_: Thing, name: str) -> str:
    """Every name as it was."""
    return name


def with_suffix(suffix: str) -> Name:
    """Every name with `suffix` behind it."""
    return lambda _, name: name + suffix


def renamed(recipe: Recipe, repo: str, name: Name = as_it_is) -> Recipe:
    """The recipe as it is to be made in `repo`.

    What it does not make itself keeps its name: prompts that are there already, base models, models made elsewhere.

    Raises:
        RecipeError: two things would have one name, or one that cannot be used.
    """
    names = _Names(recipe, repo, name)
    steps = {
        names.key(step.key): (names.config(step), [names.key(need).dependency for need in step.needs])
        for step in recipe.steps
    }
    models = {
        names.of(Thing.BAKE, bake): tuple(names.model(model) for model in models)
        for bake, models in recipe.models.items()
    }
    again = arranged(repo, names.of(Thing.BAKE, recipe.bake), recipe.base_model, steps, models)
    return replace(again, problems=recipe.problems)


class _Names:
    """What everything is called before and after."""

    def __init__(self, recipe: Recipe, repo: str, name: Name) -> None:
        self._repo = repo
        self._new = {
            (thing, old): name(thing, old)
            for thing in (Thing.PROMPT, Thing.TARGET, Thing.BAKE)
            for old in recipe.names(thing)
        }
        self._makers = Makers(recipe.repo, recipe.names(Thing.BAKE), recipe.models)
        self._check()

    def of(self, thing: Thing, name: str) -> str:
        """The new name; of what the recipe does not make, the old one."""
        return self._new.get((thing, name), name)

    def key(self, key: StepKey) -> StepKey:
        """The step under its new name."""
        return StepKey(key.action, self.of(key.action.thing, key.name))

    def model(self, model: str) -> str:
        """A model's name: of one that a bake of the recipe makes, in the new repository."""
        bake = self._makers.of(model)
        if bake is None:
            return model
        user, _, _, checkpoint = parts if len(parts := model.split("/")) == 4 else ("", "", "", model)
        return f"{user}/{self._repo}/{self.of(Thing.BAKE, bake)}/{checkpoint}"

    def config(self, step: RecipeStep) -> Mapping[str, object]:
        """What a step makes, in the new names."""
        match step.key.action:
            case Action.CREATE_TARGET:
                return self._target(step.config)
            case Action.CREATE_BAKE:
                return self._bake(step.config)
            case _:
                return step.config

    def _target(self, config: Mapping[str, object]) -> Mapping[str, object]:
        found = dict(config)
        for key in PROMPT_KEYS:
            if isinstance(name := found.get(key), str):
                found[key] = self.of(Thing.PROMPT, name)
        if isinstance(model := found.get("model_name"), str):
            found["model_name"] = self.model(model)
        return self._templated(Thing.TARGET, found)

    def _bake(self, config: Mapping[str, object]) -> Mapping[str, object]:
        found = dict(config)
        if "datasets" in found:
            found["datasets"] = [self._dataset(item) for item in items(found["datasets"])]
        model = as_object(found.get("model"))
        if isinstance(parent := model.get("parent_model_name"), str):
            found["model"] = {**model, "parent_model_name": self.model(parent)}
        return self._templated(Thing.BAKE, found)

    def _dataset(self, item: object) -> object:
        if is_object(item) and isinstance(target := item.get("target"), str):
            return {**item, "target": self.of(Thing.TARGET, target)}
        return item

    def _templated(self, thing: Thing, found: dict[str, object]) -> Mapping[str, object]:
        if isinstance(template := found.get("template"), str):
            found["template"] = self.of(thing, template)
        return found

    def _check(self) -> None:
        taken: dict[tuple[Thing, str], str] = {}
        for (thing, old), new in self._new.items():
            if wrong := bad_name(new):
                raise RecipeError(f"The {thing.value} {old} {wrong} then. Nothing was made: choose another suffix.")
            if other := taken.get((thing, new)):
                raise RecipeError(f"The {thing.value}s {other} and {old} would both be called {new}. Nothing was made.")
            taken[thing, new] = old
