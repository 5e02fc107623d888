"""`recipe.yml`: how the model of a commit came about, as the server's recreation plan told it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from breadtui.api.lenient import as_object, is_object, items, name_of, texts
from breadtui.api.text import one_line
from breadtui.bakery.authoring.document import from_yaml
from breadtui.bakery.datasets import parent_model
from breadtui.bgit.files.conflicts import refuse_conflicts
from breadtui.bgit.javascript.yaml_dump import yaml_text
from breadtui.bgit.problems import RECIPE, ProjectError
from breadtui.bgit.yaml.source import read_source

if TYPE_CHECKING:
    from breadtui.api.models import RecreationPlan

_HEAD = "# This file is auto-generated - do not edit manually\n\n"
_LINE = r"[^\S\r\n]*(?:#[^\r\n]*)?"
_NOTHING = re.compile(rf"\ufeff?(?:{_LINE}[\r\n])*{_LINE}")
"""Blank lines and comments."""
_KEYS = {"base_model", "total_steps", "steps", "resources"}


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """All that a `recipe.yml` says."""

    base_model: str | None = None
    total_steps: int | None = None
    steps: tuple[Mapping[str, object], ...] = ()
    """As the server told them, key by key."""
    prompts: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    bakes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The models of each bake, the latest checkpoint first; in the file's order."""

    @property
    def parents(self) -> Mapping[str, str]:
        """The model that each bake was trained on, where the steps tell one."""
        return self._models("create_bake", parent_model)

    @property
    def answering(self) -> Mapping[str, str]:
        """The model that each target's answers are of, where the steps tell one."""
        return self._models("create_target", lambda config: name_of(config, "model_name"))

    def _models(self, action: str, model_of: Callable[[Mapping[str, object]], str | None]) -> Mapping[str, str]:
        made = (step for step in self.steps if step.get("action", step.get("operation")) == action)
        told = ((_name(step), model_of(as_object(step.get("config")))) for step in made)
        return {name: one_line(model) for name, model in told if name and model}


def read_recipe(text: str) -> RecipeFile:
    """What a `recipe.yml` says; of a form that bgit's documentation shows as well as of the one it writes.

    It takes a second for each 500 kB.

    Raises:
        ProjectError: it is no recipe, or holds a merge that is not done.
    """
    refuse_conflicts(text, RECIPE)
    if _NOTHING.fullmatch(text):
        return RecipeFile()
    body = _body(text.removeprefix("\ufeff"))
    if not _KEYS & body.keys():
        raise ProjectError(
            f"{RECIPE} is no recipe: it has neither steps nor resources. A finished bake writes it anew."
        )
    base, total = body.get("base_model"), body.get("total_steps")
    found = _Resources.of(as_object(body.get("resources")))
    return RecipeFile(
        base_model=one_line(base) if isinstance(base, str) else None,
        total_steps=total if isinstance(total, int) and not isinstance(total, bool) else None,
        steps=tuple(step for step in items(body.get("steps")) if is_object(step)),
        prompts=found.prompts,
        targets=found.targets,
        bakes=found.bakes,
    )


def recipe_of(plan: RecreationPlan, bake: str, models: Sequence[str]) -> RecipeFile:
    """The recipe of a bake that has just made `models`."""
    found = _Resources.of(plan.resources)
    return RecipeFile(
        base_model=plan.base_model,
        total_steps=plan.total_steps or len(plan.steps),
        steps=tuple(step.model_dump(exclude_unset=True) for step in plan.steps),
        prompts=found.prompts,
        targets=found.targets,
        bakes={**found.bakes, bake: tuple(models)},
    )


def recipe_text(recipe: RecipeFile) -> str:
    """The file's content."""
    bakes = [{"bake_name": name, "model_names": models} for name, models in recipe.bakes.items()]
    told: dict[str, object] = {"base_model": recipe.base_model, "total_steps": recipe.total_steps}
    body = {key: value for key, value in told.items() if value is not None}
    if body or recipe.steps:
        body["steps"] = recipe.steps
    body["resources"] = {"prompts": recipe.prompts, "targets": recipe.targets, "bakes": bakes}
    return _HEAD + yaml_text(body)


@dataclass(frozen=True, slots=True)
class _Resources:
    """What a recipe speaks of."""

    prompts: tuple[str, ...]
    targets: tuple[str, ...]
    bakes: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, told: Mapping[str, object]) -> _Resources:
        bakes = ((_name_of_bake(item), as_object(item).get("model_names")) for item in items(told.get("bakes")))
        return cls(
            prompts=_names(told.get("prompts")),
            targets=_names(told.get("targets")),
            bakes={name: _names(models) for name, models in bakes if name},
        )


def _body(text: str) -> Mapping[str, object]:
    if read := from_yaml(text).body:
        return read
    # What people write by hand, aliases for instance, takes longer.
    source = read_source(text)
    if wrong := next((mistake for mistake in source.mistakes if not mistake.warning), None):
        where = f"Line {wrong.line}, column {wrong.column}"
        raise ProjectError(f"{RECIPE} cannot be read. {where}: {wrong.sentence}")
    return as_object(source.value)


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(one_line, texts(value)))


def _name_of_bake(item: object) -> str:
    return one_line(name_of(item, "bake_name") or name_of(item, "name"))


def _name(step: Mapping[str, object]) -> str:
    name = step.get("resource_name", step.get("name"))
    return one_line(name) if isinstance(name, str) else ""
