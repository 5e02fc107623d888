"""The rows of the list: mistakes, steps, what was baked before. Pure; theme colours only."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from breadtui.api.text import one_line
from breadtui.bakery.authoring import target as targets
from breadtui.bakery.jobs import JobKey, JobStatus, State, format_loss
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import CREATING, Action, Recipe, StepKey
from breadtui.bakery.things import Thing
from breadtui.bgit.problems import Mistake
from breadtui.bgit.project import Project
from breadtui.screens.plan.sight import Course
from breadtui.screens.plan.tree import Twig, tree
from breadtui.screens.recipe.drawing import STANDING_COLOURS
from breadtui.widgets.details.parts import count
from breadtui.widgets.drawing import amount, state_word
from breadtui.widgets.recipe_list import Row

Look = Callable[[JobKey], JobStatus | None]

# What is new is what the plan is about; what is there already may stand back.
_COLOURS = {**STANDING_COLOURS, Standing.TO_DO: "secondary", Standing.THERE: "muted"}
_MADE = {Standing.TO_DO: "new", Standing.THERE: "there", Standing.DONE: "made"}
_RUN = {Standing.TO_DO: "to run", Standing.THERE: "complete", Standing.DONE: "complete"}


@dataclass(frozen=True, slots=True)
class Before:
    """Names the row of a bake that was recorded before."""

    bake: str


def mistake_rows(mistakes: tuple[Mistake, ...]) -> list[Row]:
    """Line and column of each, and what is wrong."""
    places = [f"{mistake.line}:{mistake.column}" for mistake in mistakes]
    widest = max(map(len, places), default=0)
    return [
        Row(
            mistake,
            "!" if mistake.warning else "✖",
            "warning" if mistake.warning else "error",
            f"{place:>{widest}} ",
            one_line(mistake.sentence),
        )
        for place, mistake in zip(places, mistakes, strict=True)
    ]


def tree_rows(course: Course, look: Look) -> list[Row]:
    """The steps, each below what it is for."""
    return [_row(course, look, twig, _kind(twig.key)) for twig in tree(course.plan.foresight.recipe)]


def step_rows(course: Course, look: Look) -> list[Row]:
    """The steps in the order in which they are taken."""
    keys = [step.key for step in course.plan.foresight.recipe.steps]
    return [_row(course, look, Twig(key), f"{_verb(key)} {_what(key)}".ljust(13), flat=True) for key in keys]


def named_rows(recipe: Recipe) -> list[Row]:
    """What would be made, and what it is called, where the server does not say how it stands."""
    return [
        Row(twig.key, "·", "muted", _kind(twig.key), _name(twig.key), twig.note, twig.last) for twig in tree(recipe)
    ]


def before_rows(project: Project) -> list[Row]:
    """The bakes that `.bread` tells of; one of them has the model that the next is on."""
    rows: list[Row] = []
    for bake, models in project.bread.bakes.items():
        here = project.bread.parent_model in models
        note = "  ".join((count(len(models), "checkpoint"), *(("the next bake is on it",) if here else ())))
        rows.append(Row(Before(bake), "✔", "success" if here else "muted", "bake", bake, note))
    return rows


def thing_of(key: Hashable) -> tuple[Thing, str] | None:
    """The thing that a row is about."""
    if isinstance(key, Before):
        return Thing.BAKE, key.bake
    return (key.action.thing, key.name) if isinstance(key, StepKey) else None


def _row(course: Course, look: Look, twig: Twig, kind: str, *, flat: bool = False) -> Row:
    key, standing = twig.key, course.standings.get(twig.key)
    if standing is None:
        return Row(key, "·", "muted", kind, key.name, f"{twig.note}  not made here".strip(), twig.last)
    name = key.name if flat else _name(key)
    note = "  ".join(part for part in (twig.note, _told(course, look, key, standing)) if part)
    return Row(key, standing.sign, _COLOURS[standing], kind, name, note, twig.last)


def _told(course: Course, look: Look, key: StepKey, standing: Standing) -> str:
    if standing is Standing.CONFLICT:
        other = course.plan.instead.get(key)
        return f"taken → {other}" if other else "taken"
    job = key.job(course.plan.foresight.recipe.repo)
    if job is None:
        return _MADE.get(standing, standing.value)
    if StepKey(CREATING[key.action.thing], key.name) in course.plan.conflicts:
        return f"{_RUN.get(standing, standing.value)}, of the other one"
    status = look(job)
    if standing is Standing.UNDER_WAY:
        running = status is not None and status.state not in (State.NOT_STARTED, State.FAILED)
        return f"{state_word(status)}  {amount(status)}".strip() if status and running else "waits"
    told = _much(course, key) if standing is Standing.TO_DO else _made(status) if status and standing.good else ""
    return f"{_RUN.get(standing, standing.value)}  {told}".strip()


def _made(status: JobStatus) -> str:
    return f"loss {format_loss(status.loss)}" if status.loss is not None else amount(status)


def _much(course: Course, key: StepKey) -> str:
    config = course.plan.foresight.recipe.config(Thing.TARGET, key.name) or {}
    match key.action:
        case Action.RUN_STIM if number := targets.stimuli(config):
            return "1 stimulus" if number == 1 else f"{number:,} stimuli"
        case Action.RUN_ROLLOUT if number := targets.responses(config):
            return count(number, "response")
        case _:
            return ""


def _name(key: StepKey) -> str:
    """What tells it from its siblings in the tree."""
    return str(key.action.phase or key.name)


def _kind(key: StepKey) -> str:
    return "run" if key.action.phase else key.action.thing.value


def _verb(key: StepKey) -> str:
    return "run" if key.action.phase else "make"


def _what(key: StepKey) -> str:
    return str(key.action.phase or key.action.thing)
