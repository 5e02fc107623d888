"""What a directory is seen to be: its files, where it stands in git, and what the server would make of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.jobs import Phase
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import Action, Recipe, StepKey
from breadtui.bgit.plan import Plan, make_plan
from breadtui.bgit.problems import BREAD, INPUT, RECIPE, Mistake, ProjectError
from breadtui.bgit.project import Project, load_project
from breadtui.bgit.recording import Anchor, anchor, is_recorded
from breadtui.bgit.steps import recipe_for

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bgit.applying import Applying

Stamp = tuple[tuple[int, int] | None, ...]
"""When each file was written, and how long it is; None for one that is not there."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a directory; what is None was not seen, or cannot be."""

    directory: Path
    stamp: Stamp = ()
    project: Project | None = None
    where: Anchor | None = None
    plan: Plan | None = None
    problem: str = ""
    """Why the files cannot be used."""
    away: str = ""
    """Why the server could not be asked."""

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong with the input: first what keeps it from being baked, then the warnings."""
        found = self.plan.mistakes if self.plan else self.project.input.mistakes if self.project else ()
        return tuple(sorted(found, key=lambda mistake: mistake.warning))

    @property
    def wrong(self) -> int:
        """How many mistakes keep it from being baked."""
        return sum(not mistake.warning for mistake in self.mistakes)

    @property
    def recipe(self) -> Recipe | None:
        """The steps that the files ask for, whatever the server has; None where they cannot be used."""
        usable = self.project is not None and self.project.input.usable
        return recipe_for(self.project) if self.project and usable else None

    @property
    def recorded(self) -> bool:
        """Whether the files tell of the bake that is asked for."""
        return self.plan is not None and is_recorded(self.plan)


@dataclass(frozen=True, slots=True)
class Course:
    """A plan, and how each of its steps stands: as foreseen, or as it goes."""

    plan: Plan
    standings: Mapping[StepKey, Standing]
    why: Mapping[StepKey, str]
    begun: bool = False

    @property
    def taken(self) -> bool:
        """Whether something else has a name that is asked for, so that what has it is not what is meant."""
        return bool(self.plan.conflicts) and not self.plan.baked_otherwise

    @property
    def complete(self) -> bool:
        """Whether the bake that is asked for is done; what has its name, and is something else, is not it."""
        if self.taken:
            return False
        bake = StepKey(Action.RUN_BAKE, self.plan.foresight.recipe.bake)
        return bake in self.standings and self.standings[bake].good

    @property
    def all_there(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.standings) and all(standing.good for standing in self.standings.values())

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The jobs that have yet to end."""
        open_ones = {Standing.TO_DO, Standing.UNDER_WAY}
        found = {key.action.phase for key, standing in self.standings.items() if standing in open_ones}
        return tuple(phase for phase in Phase if phase in found)


def course_of(plan: Plan, applying: Applying | None = None) -> Course:
    """How the steps stand; in what is under way, or came to its end just now, if that was about the same."""
    if applying and applying.plan.foresight.recipe.steps == plan.foresight.recipe.steps:
        return Course(plan, applying.replay.standings, applying.replay.why, begun=True)
    return Course(plan, plan.foresight.standings, plan.foresight.why)


def stamp_of(directory: Path) -> Stamp:
    """What tells whether the files were changed, or something else is checked out."""
    notes = (git / name for git in _git(directory) for name in ("HEAD", "logs/HEAD"))
    return tuple(map(_stamp, (*(directory / name for name in (BREAD, INPUT, RECIPE)), *notes)))


def see(directory: Path) -> Sight:
    """Look at the files; the server is not asked. For a thread."""
    stamp = stamp_of(directory)
    try:
        project = load_project(directory)
    except ProjectError as error:
        return Sight(directory, stamp, problem=str(error))
    return Sight(directory, stamp, project, anchor(project))


async def held_against(kitchen: Kitchen, seen: Sight, *, rename: bool) -> Sight:
    """The same, with what the server would make of it; it is not asked about what cannot be made."""
    if seen.project is None or not (seen.project.input.usable or seen.project.ready):
        return seen
    try:
        return replace(seen, plan=await make_plan(kitchen, seen.project, rename=rename))
    except BreadError as error:
        return replace(seen, away=str(error))


def _git(directory: Path) -> Iterator[Path]:
    """Where git notes what is checked out, if it does: of a worktree, a file says where that is."""
    for folder in (directory, *directory.parents):
        found = folder / ".git"
        if found.is_dir():
            yield found
            return
        with contextlib.suppress(OSError, ValueError):
            yield folder / found.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
            return


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
