"""What an input comes to at a server: the steps of a recipe, with the bodies that are sent."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from breadtui.api.lenient import as_object, is_object, items
from breadtui.bakery.bodies import without_nulls
from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.recipes.plan import Action, Recipe, StepKey, arranged
from breadtui.bgit.project import Project

TEACHER = "teacher"
STUDENT = "student"
REFERENCES = (("teacher_prompt", "u", TEACHER), ("student_prompt", "v", STUDENT))
"""Where a target names a prompt, the old name of that key, and the prompt that is meant where it names none."""
_APART = {"name", "template", "teacher_prompt", "student_prompt", "u", "v", "generators"}

Config = Mapping[str, object]


def recipe_for(project: Project) -> Recipe:
    """The steps that make what the input asks for, under its names; none where it cannot be used.

    The bake is made when its rollouts are complete: the service reckons from them how much there is to learn.
    """
    if not project.input.usable:
        return Recipe(project.repo, "")
    steps: dict[StepKey, tuple[Config, tuple[str, ...]]] = {}
    names = project.names
    target, bake = _target(project), _bake(project)
    for key, config in _prompts(project, target):
        steps[StepKey(Action.CREATE_PROMPT, names.prompts[key].name)] = config, ()
    if names.target and target is not None:
        steps[StepKey(Action.CREATE_TARGET, names.target.name)] = target, ()
    runs = list(_runs(project, bake))
    steps |= {run: ({}, ()) for run in runs}
    if names.bake and bake is not None:
        rollouts = tuple(run.dependency for run in runs if run.action is Action.RUN_ROLLOUT)
        steps[StepKey(Action.CREATE_BAKE, names.bake.name)] = bake, rollouts
        steps[StepKey(Action.RUN_BAKE, names.bake.name)] = {}, ()
    base = project.bread.recipe.base_model if project.bread.recipe else None
    return arranged(project.repo, names.bake.name if names.bake else "", base, steps, {})


def _prompts(project: Project, target: Config | None) -> Iterator[tuple[str, Config]]:
    """The prompts that are written, and the empty student where the target takes it."""
    for key, section in project.input.prompts.items():
        yield key, {part: section[part] for part in ("messages", "tools") if section.get(part) is not None}
    implied = project.names.prompts.get(STUDENT)
    if implied and STUDENT not in project.input.prompts and target and target.get("student_prompt") == implied.name:
        yield STUDENT, {"messages": []}


def _target(project: Project) -> Config | None:
    section = project.input.target
    if section is None or project.names.target is None:
        return None
    found: dict[str, object] = {"template": section.get("template")}
    for key, old, usual in REFERENCES:
        meant = section.get(key) or section.get(old) or usual
        # One that is written no more is known from the last time.
        prompt = project.names.prompts.get(f"{meant}") or project.bread.prompts.get(f"{meant}")
        # With a template, what is not said here is the template's to say.
        if section.get(key) or section.get(old) or prompt or not section.get("template"):
            found[key] = prompt.name if prompt else meant
    if project.parent:
        found["model_name"] = project.parent
    if section.get("generators") is not None:
        found["generators"] = [
            _generator(project, place, generator) for place, generator in enumerate(items(section["generators"]))
        ]
    given = {key: value for key, value in section.items() if key not in _APART}
    return without_nulls({**found, **without_nulls(given)})


def _generator(project: Project, place: int, generator: object) -> object:
    text = project.input.templates.get(place)
    if text is None or not is_object(generator):
        return generator
    name = os.path.basename(f"{generator.get('template_path')}")  # noqa: PTH119 - a path of any system, only cut
    return {**generator, "template_path": f"templates/{name}", "template_content": text}


def _bake(project: Project) -> Config | None:
    section = project.input.bake
    if section is None or project.names.bake is None:
        return None
    found = {key: value for key, value in section.items() if key not in ("name", "model_name")}
    if section.get("datasets") is not None:
        datasets = [section["datasets"]] if is_object(section["datasets"]) else items(section["datasets"])
        found["datasets"] = [_dataset(project, item) for item in datasets]
    if project.parent:
        found["model"] = {"parent_model_name": project.parent, **as_object(without_nulls(section).get("model"))}
    return without_nulls(found)


def _dataset(project: Project, item: object) -> object:
    dataset = as_object(item)
    target = f"{dataset.get('target')}"
    weight = dataset.get("weight")
    return {**dataset, "target": project.names.targets.get(target, target), "weight": 1 if weight is None else weight}


def _runs(project: Project, bake: Config | None) -> Iterator[StepKey]:
    """Stim and rollout of the input's target, and of all others that its bake learns from."""
    own = [project.names.target.name] if project.names.target and project.input.target is not None else []
    for name in dict.fromkeys([*own, *(target for target, _ in dataset_weights(bake))]):
        yield StepKey(Action.RUN_STIM, name)
        yield StepKey(Action.RUN_ROLLOUT, name)
