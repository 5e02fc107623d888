"""What a server would make of a directory: each step, how it stands, and what differs. Looking makes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from breadtui.api.errors import NotFound
from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.differences import ABSENT, Difference, differences, path_text
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.jobs import Phase
from breadtui.bakery.recipes.foresight import Foresight, Standing, foresee, hold_up
from breadtui.bakery.recipes.plan import Action, Recipe, RecipeStep, StepKey
from breadtui.bakery.things import Thing
from breadtui.bgit.naming.names import Names
from breadtui.bgit.naming.renaming import free_name, renamed_as
from breadtui.bgit.problems import INPUT, Mistake
from breadtui.bgit.project import Project
from breadtui.bgit.steps import REFERENCES, recipe_for
from breadtui.bgit.yaml.source import Place

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

ALL_PHASES = frozenset(Phase)
_PARTS = ("messages", "tools")
_ROUNDS = 3
"""A new name of a prompt may ask for one of its target, and that for one of its bake."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A directory's project, held against a server."""

    project: Project
    foresight: Foresight
    """The steps, under the names that the things will have. It has none where the input cannot be used."""
    names: Names = field(default_factory=Names)
    """What everything is called, with the other names that were taken."""
    parent: str | None = None
    """The model that target and bake are on; None for the repository's base model."""
    mistakes: tuple[Mistake, ...] = ()
    """Those of the input, and such as the server alone could tell."""
    notes: tuple[str, ...] = ()
    """What is worth knowing besides."""
    conflicts: Mapping[StepKey, tuple[Difference, ...]] = field(default_factory=dict[StepKey, tuple[Difference, ...]])
    """What is different at the server (`before`) and in the input (`after`), of each thing whose name is taken."""
    instead: Mapping[StepKey, str] = field(default_factory=dict[StepKey, str])
    """The free name that each of those would be given."""
    phases: Collection[Phase] = ALL_PHASES
    """The jobs that it runs, none for a plan that makes things only."""

    @property
    def usable(self) -> bool:
        """Whether it can be carried out: no mistakes but warnings, and no conflicts."""
        fine = all(mistake.warning for mistake in self.mistakes)
        return fine and bool(self.foresight.recipe.steps) and not self.conflicts and not self.foresight.problem

    @property
    def baked_otherwise(self) -> bool:
        """Whether the bake that `.bread` names for this input is complete, though something of it is not as asked.

        So it is where bgit made it: it drops tools, and with any BAKE.model the parent. It can be recorded as it is.
        """
        bake = self.names.bake
        if not self.conflicts or bake is None or (self.project.bread.bake != bake and not self.project.recorded):
            return False
        return self.foresight.standings.get(StepKey(Action.RUN_BAKE, bake.name)) is Standing.THERE


async def make_plan(
    kitchen: Kitchen, project: Project, *, phases: Collection[Phase] = ALL_PHASES, rename: bool = False
) -> Plan:
    """Hold a project against the server. With `rename`, what is taken by something else gets another name.

    Raises:
        BreadError: the server cannot be asked.
    """
    recipe, names = recipe_for(project), project.names
    foresight = await _foreseen(kitchen, recipe, phases)
    for _ in range(_ROUNDS if rename else 0):
        conflicts = foresight.of(Standing.CONFLICT)
        if not conflicts:
            break
        recipe, names = renamed_as(foresight.recipe, names, _instead(foresight, names))
        foresight = await _foreseen(kitchen, recipe, phases)
    conflicts = {key: await _differing(kitchen, foresight.recipe, key) for key in foresight.of(Standing.CONFLICT)}
    return Plan(
        project,
        foresight,
        names,
        project.parent,
        _mistakes(kitchen, project, recipe),
        (*project.notes, *_about_parent(kitchen, project), *_about_dropped(project)),
        conflicts,
        _instead(foresight, names),
        phases,
    )


async def _foreseen(kitchen: Kitchen, recipe: Recipe, phases: Collection[Phase]) -> Foresight:
    """How the steps stand; jobs of other phases are left out, and what waits for them with them."""
    seen = await foresee(kitchen, recipe)
    standings, why = dict(seen.standings), dict(seen.why)
    for step in recipe.steps:
        phase = step.key.action.phase
        left_out = phase is not None and phase not in phases
        if standings[step.key] is Standing.TO_DO and (left_out or _waits_for_left_out(step, standings)):
            standings[step.key] = Standing.LEFT_OUT
            if not left_out:
                why[step.key] = "It is made when its rollouts are complete."
    hold_up(recipe.steps, standings, why)
    return replace(seen, standings=standings, why=why)


def _waits_for_left_out(step: RecipeStep, standings: Mapping[StepKey, Standing]) -> bool:
    return any(standings[need] is Standing.LEFT_OUT for need in step.needs)


def _instead(foresight: Foresight, names: Names) -> dict[StepKey, str]:
    configs = {step.key: step.config for step in foresight.recipe.steps}
    return {key: free_name(key, names, configs[key]) for key in foresight.of(Standing.CONFLICT)}


async def _differing(kitchen: Kitchen, recipe: Recipe, key: StepKey) -> tuple[Difference, ...]:
    """What is different, of all that the input says; what a template adds to it is nobody's difference."""
    wanted: dict[str, object] = {**(recipe.config(key.action.thing, key.name) or {})}
    wanted.pop("template", None)
    try:
        found = await kitchen.body_of(key.action.thing, recipe.repo, key.name)
    except NotFound:
        return ()
    if key.action.thing is Thing.PROMPT:
        there, here = ({part: items(body.get(part)) for part in _PARTS} for body in (found, wanted))
        return tuple(differences(there, here))
    return tuple(differences(_as_asked(found.get("overrides"), wanted), wanted))


def _as_asked(found: object, wanted: object) -> object:
    """Of `found` what `wanted` speaks of."""
    if is_object(found) and is_object(wanted):
        asked = {key: _as_asked(found.get(key, ABSENT), value) for key, value in wanted.items()}
        return {key: value for key, value in asked.items() if value is not ABSENT}
    there, listed = items(found), items(wanted)
    if there and len(there) == len(listed):
        return [_as_asked(one, other) for one, other in zip(there, listed, strict=True)]
    return found


def _mistakes(kitchen: Kitchen, project: Project, recipe: Recipe) -> tuple[Mistake, ...]:
    """Those of the input; of what it leaves to the server, those that the server does not have."""
    known = (mistake for mistake in project.input.mistakes if not mistake.at_server)
    return tuple(sorted((*known, *_missing(kitchen, project, recipe))))


def _missing(kitchen: Kitchen, project: Project, recipe: Recipe) -> list[Mistake]:
    """Things that the input names, and that neither it makes nor the server has."""
    shelf = kitchen.catalog.shelf(project.repo)
    known = {
        Thing.PROMPT: {*recipe.names(Thing.PROMPT), *(shelf.prompts if shelf else ())},
        Thing.TARGET: {*_made(recipe, Action.CREATE_TARGET), *(shelf.targets if shelf else ())},
        Thing.BAKE: {*(shelf.bakes if shelf else ())},
    }
    found: list[Mistake] = []
    for path, thing, name in _references(project, recipe):
        if name not in known[thing]:
            place = _place(project, path)
            sentence = f"There is no “{name}”, neither in {INPUT} nor in {project.repo} at the server."
            found.append(Mistake(place.line, place.column, path_text(path), sentence))
    return found


def _references(project: Project, recipe: Recipe) -> Iterator[tuple[Path, Thing, str]]:
    """Where the input names prompts, targets and templates, and what each is called at the server."""
    for step in recipe.steps:
        thing, template = step.key.action.thing, step.config.get("template")
        if isinstance(template, str) and template != "default":
            yield (thing.value.upper(), "template"), thing, template
        if step.key.action is Action.CREATE_TARGET:
            for key, old, _ in REFERENCES:
                if name := step.config.get(key):
                    at = old if (project.input.target or {}).get(old) else key
                    yield ("TARGET", at), Thing.PROMPT, f"{name}"
        elif step.key.action is Action.CREATE_BAKE:
            for place, (name, _) in enumerate(dataset_weights(step.config)):
                yield ("BAKE", "datasets", place, "target"), Thing.TARGET, name


def _made(recipe: Recipe, action: Action) -> set[str]:
    return {step.key.name for step in recipe.steps if step.key.action is action}


def _place(project: Project, path: Path) -> Place:
    """Where it stands in the file, or else the nearest thing around it."""
    places = project.input.places
    return next((places[path[:n]] for n in range(len(path), -1, -1) if path[:n] in places), Place(1, 1))


def _about_parent(kitchen: Kitchen, project: Project) -> list[str]:
    """Whether the server knows the model that the next bake is on, as far as its own repository tells."""
    parent, shelf = project.parent, kitchen.catalog.shelf(project.repo)
    parts = parent.split("/") if parent else []
    if shelf is None or len(parts) != 4 or parts[1] != project.repo:
        return []
    if any(parent in node.model_name for node in shelf.tree.bakes.values()):
        return []
    return [f"{parent}, which the next bake is on by .bread, is not at this server."]


def _about_dropped(project: Project) -> list[str]:
    """Whether what is recorded learnt from the answers of a baked model, and began at another: so bgit makes it."""
    if not project.recorded or project.recipe is None or project.parent:
        return []
    own = (project.input.target or {}).get("model_name")
    answering = (project.recipe.answering.get(name) for name in project.names.targets.values())
    model = next((model for model in answering if model and model != own and model.count("/") == 3), None)
    if model is None:
        return []
    told = f"The bake began at the base model, and learnt from answers of {model}"
    way = "write it as TARGET.model_name and as BAKE.model.parent_model_name to bake on it"
    return [f"{told}: bgit drops the parent where BAKE has a model; {way}."]
