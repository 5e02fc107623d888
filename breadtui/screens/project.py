"""What the workspace tells of the directory of bgit that it was opened in: its repository, and what it asks for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.bakery.following.lines import counted
from breadtui.bgit.files.bread import read_bread
from breadtui.bgit.problems import BREAD, INPUT, ProjectError

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bgit.plan import Plan
    from breadtui.bgit.project import Project

LARGEST = 1024 * 1024
"""Characters of a `.bread` that are read: more than any bgit writes."""


def repo_of(directory: Path) -> str:
    """The repository that its `.bread` names; empty where that cannot be read, which is for the plan to tell."""
    try:
        with (directory / BREAD).open(encoding="utf-8") as file:
            return read_bread(file.read(LARGEST)).repo
    except (OSError, ValueError, ProjectError):
        return ""


async def asked_of(kitchen: Kitchen, directory: Path) -> str:
    """What there is to do in the directory, in a line; empty where there is nothing.

    Raises:
        BreadError: the server cannot be asked.
    """
    try:
        project = await asyncio.to_thread(_load, directory)
    except ProjectError as error:
        return f"✖ {error}"
    there = project.repo in {repo.repo_name for repo in kitchen.catalog.repos or ()}
    mistakes = sum(not mistake.warning for mistake in project.input.mistakes)
    if mistakes:
        return f"✖ {INPUT} has {counted(mistakes, 'mistake')}; P shows where."
    if project.ready or project.recorded:
        return "" if there else f"◌ {project.repo} is not on this server."
    if not there:
        return f"◌ {project.repo} is not on this server: applying the plan makes it. P shows the plan."
    from breadtui.bgit.plan import make_plan

    return _told(await make_plan(kitchen, project))


def _load(directory: Path) -> Project:
    """In a thread: what reads YAML takes long to load."""
    from breadtui.bgit.project import load_project

    return load_project(directory)


def _told(plan: Plan) -> str:
    from breadtui.bakery.recipes.foresight import Standing

    repo, foresight = plan.project.repo, plan.foresight
    bake = plan.names.bake
    done = f"◌ {repo}: {bake.name} is complete, and not recorded here yet; P shows the plan." if bake else ""
    if plan.baked_otherwise:
        return done
    if plan.conflicts:
        taken = "1 name is" if len(plan.conflicts) == 1 else f"{len(plan.conflicts):,} names are"
        return f"≠ {repo}: {taken} taken by something else; P shows how it differs."
    if not plan.usable or foresight.of(Standing.HELD_UP):
        return f"✖ {repo}: not all that {INPUT} asks for can be made; P shows why."
    to_do = foresight.of(Standing.TO_DO)
    runs = sum(key.action.phase is not None for key in to_do)
    if to_do:
        return f"◌ {repo}: {len(to_do) - runs:,} to make, {runs:,} to run; P shows the plan."
    return "" if foresight.of(Standing.UNDER_WAY) else done
