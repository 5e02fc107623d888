"""Chats worth having about a checkpoint, made of what the catalog knows: what it learned, from whom, and its kin."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError, NotFound
from breadtui.bakery.chats.conversation import MOST_COLUMNS, Column, Opening
from breadtui.bakery.chats.models import parent_of, trees
from breadtui.bakery.chats.openings import load_opening
from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.jobs import checkpoint_of

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

MOST_TARGETS = 40
"""Targets of a bake that are looked at: one of a folder may have a thousand."""
MOST_NAMED = 3

BEFORE_AND_AFTER = "Before and after"
WITH_AND_WITHOUT = "With and without the bake"
PARENT_AND_CHILD = "Parent and child"
EVERY_CHECKPOINT = "Every checkpoint of this bake"


@dataclass(frozen=True, slots=True)
class Preset:
    """Columns to begin a chat with. `why` says what they show; `missing` why there are none."""

    name: str
    why: str
    columns: tuple[Column, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class _Baked:
    """A checkpoint and where it comes from. `models` are all checkpoints of its bake, the latest first."""

    model: str
    repo: str
    bake: str
    models: tuple[str, ...]
    base: str
    parent: str


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Targets of a bake that have the same teacher and student. `missing` says what of these is not there."""

    targets: tuple[str, ...]
    teacher: Opening = field(default_factory=Opening)
    student: Opening = field(default_factory=Opening)
    missing: str = ""


async def presets(kitchen: Kitchen, model: str, near: str = "") -> list[Preset]:
    """What can be compared with `model`; what lacks something is in the list all the same, and says what.

    A base model is compared with the newest checkpoint that is known to come of it, first of the repository `near`.

    Raises:
        BreadError: its repository or its bake cannot be read.
    """
    baked = await _find(kitchen, model, near)
    if baked is None:
        missing = f"No bake that is known made “{model}”, or anything of it. Choose a checkpoint."
        return [Preset(BEFORE_AND_AFTER, "A checkpoint beside what it was baked from.", missing=missing)]
    lessons, left_out = await _lessons(kitchen, baked)
    student = _student_of_all(lessons)
    return [
        *_befores_and_afters(baked, lessons, left_out),
        _with_and_without(baked),
        _parent_and_child(kitchen, baked, student),
        _every_checkpoint(baked, student),
    ]


def spread(models: Sequence[str], most: int = MOST_COLUMNS) -> tuple[str, ...]:
    """At most so many of them: the first, the last, and evenly between."""
    if len(models) <= most:
        return tuple(models)
    return tuple(models[round(place * (len(models) - 1) / (most - 1))] for place in range(most))


def _befores_and_afters(baked: _Baked, lessons: list[_Lesson], left_out: int) -> Iterator[Preset]:
    several = len(lessons) > 1
    for lesson in lessons:
        name = f"{BEFORE_AND_AFTER}: {_named(lesson.targets)}" if several else BEFORE_AND_AFTER
        teacher, student = _told(lesson.teacher, "the teacher"), _told(lesson.student, "the student")
        why = f"{_short(baked.base)} with {teacher} beside {_short(baked.model)} with {student}."
        columns = (Column(baked.base, lesson.teacher), Column(baked.model, lesson.student))
        yield _preset(name, why, columns, lesson.missing or _baseless(baked))
    if not lessons:
        missing = f"The bake {baked.bake} does not tell what it learned from."
        yield Preset(BEFORE_AND_AFTER, "The prompted base model beside the checkpoint.", missing=missing)
    if left_out:
        missing = f"Only the {MOST_TARGETS} targets of most weight were looked at; {left_out:,} were left out."
        yield Preset(f"{BEFORE_AND_AFTER}: others", "Targets of less weight.", missing=missing)


def _with_and_without(baked: _Baked) -> Preset:
    why = f"{_short(baked.base)} beside {_short(baked.model)}, neither with a prompt: what the bake alone does."
    return _preset(WITH_AND_WITHOUT, why, (Column(baked.base), Column(baked.model)), _baseless(baked))


def _parent_and_child(kitchen: Kitchen, baked: _Baked, student: Opening) -> Preset:
    """A parent that is a bake, of which no checkpoint is told, stands for its latest one."""
    parent = baked.parent
    for repo, tree in trees(kitchen):
        if repo == baked.repo and parent in tree.bakes:
            parent = next(iter(tree.bakes[parent].model_name), "")
    missing = ""
    if not parent:
        missing = f"The bake {baked.parent}, which it went on from, has no checkpoint."
    elif parent == baked.base:
        missing = f"The bake {baked.bake} began from the base model itself."
    why = f"{_short(parent or baked.parent)} beside {_short(baked.model)}, which went on from it{_with(student)}."
    return _preset(PARENT_AND_CHILD, why, (Column(parent, student), Column(baked.model, student)), missing)


def _every_checkpoint(baked: _Baked, student: Opening) -> Preset:
    chosen = spread(baked.models)
    left_out = [checkpoint_of(model) for model in baked.models if model not in chosen]
    why = f"{', '.join(map(checkpoint_of, chosen))}, the latest first{_with(student)}."
    if left_out:
        why += f" Left out: {_named(left_out)}."
    missing = f"The bake {baked.bake} has one checkpoint only." if len(chosen) < 2 else ""
    return _preset(EVERY_CHECKPOINT, why, tuple(Column(model, student) for model in chosen), missing)


def _preset(name: str, why: str, columns: tuple[Column, ...], missing: str) -> Preset:
    return Preset(name, why, () if missing else columns, missing)


async def _find(kitchen: Kitchen, model: str, near: str) -> _Baked | None:
    """Where a checkpoint comes from; its repository is opened if its name is in the model's and nobody has read it."""
    if found := _known(kitchen, model):
        return found
    repos = {repo.repo_name for repo in kitchen.catalog.repos or ()}
    named = [part for part in model.split("/")[1:-2] if part in repos]
    for repo in named:
        await kitchen.open(repo)
    return _known(kitchen, model) or _known(kitchen, _made_of(kitchen, model, near))


def _made_of(kitchen: Kitchen, base: str, near: str) -> str:
    """The newest checkpoint that came of a base model; empty where none is known."""
    for repo, tree in trees(kitchen, near):
        if base == (tree.base_model or kitchen.catalog.base_model(repo)):
            for node in reversed(tree.bakes.values()):
                if node.model_name:
                    return node.model_name[0]
    return ""


def _known(kitchen: Kitchen, model: str) -> _Baked | None:
    for repo, tree in trees(kitchen):
        base = tree.base_model or kitchen.catalog.base_model(repo) or ""
        for bake, node in tree.bakes.items():
            if model in node.model_name:
                models = tuple(dict.fromkeys(node.model_name))
                return _Baked(model, repo, bake, models, base, parent_of(tree, bake, base))
    return None


async def _lessons(kitchen: Kitchen, baked: _Baked) -> tuple[list[_Lesson], int]:
    """What the bake learned from, the targets of most weight first, and how many targets were not looked at."""
    bake = kitchen.known_bake(baked.repo, baked.bake) or await kitchen.look_at_bake(baked.repo, baked.bake)
    weighed = sorted(dict(dataset_weights(bake.config)).items(), key=lambda item: -item[1])
    targets = [target for target, _ in weighed]
    pairs = await asyncio.gather(*(_pair(kitchen, baked.repo, target) for target in targets[:MOST_TARGETS]))
    alike: dict[tuple[str, str] | str, list[str]] = {}
    for target, pair in zip(targets, pairs, strict=False):
        alike.setdefault(pair, []).append(target)
    lessons = await asyncio.gather(*(_lesson(kitchen, baked.repo, pair, names) for pair, names in alike.items()))
    return lessons, max(len(targets) - MOST_TARGETS, 0)


async def _pair(kitchen: Kitchen, repo: str, target: str) -> tuple[str, str] | str:
    """The names of a target's teacher and student; or, in words, why they cannot be told."""
    try:
        found = kitchen.catalog.known_target(repo, target) or await kitchen.catalog.target(repo, target)
    except NotFound:
        return f"The target {target} is gone."
    except BreadError as error:
        return str(error)
    if not found.config.teacher_prompt:
        return f"The target {target} has no teacher prompt."
    return found.config.teacher_prompt, found.config.student_prompt or ""


async def _lesson(kitchen: Kitchen, repo: str, pair: tuple[str, str] | str, targets: list[str]) -> _Lesson:
    if isinstance(pair, str):
        return _Lesson(tuple(targets), missing=pair)
    opened: dict[str, Opening] = {"": Opening()}
    for prompt in filter(None, pair):
        try:
            opened[prompt] = await load_opening(kitchen, repo, prompt)
        except NotFound:
            return _Lesson(tuple(targets), missing=f"The prompt {prompt} is gone.")
        except BreadError as error:
            return _Lesson(tuple(targets), missing=str(error))
    teacher, student = pair
    return _Lesson(tuple(targets), opened[teacher], opened[student])


def _student_of_all(lessons: list[_Lesson]) -> Opening:
    """The student prompt that calls the baked behaviour up, if it is the same everywhere."""
    students = {lesson.student.source: lesson.student for lesson in lessons if not lesson.missing}
    return next(iter(students.values())) if len(students) == 1 else Opening()


def _baseless(baked: _Baked) -> str:
    return "" if baked.base else f"The server does not tell the base model of {baked.repo}."


def _told(opening: Opening, role: str) -> str:
    name = opening.source.rpartition("/")[2]
    if not opening.messages:
        return f"no prompt ({name} is empty)" if name else "no prompt"
    return f"{role} prompt {name}" if name else f"{role} prompt"


def _with(opening: Opening) -> str:
    return f", all with {opening.source.rpartition('/')[2]}" if opening.messages else ""


def _short(model: str) -> str:
    """A checkpoint with its bake; of a base model its name without who made it."""
    return "/".join(model.split("/")[-2:]) if model.count("/") > 1 else model.rpartition("/")[2] or "the base model"


def _named(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
