"""Directories planned and baked to the end, for tests of plans and of what comes of them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from breadtui.bakery.jobs import Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bgit.applying import Applying
from breadtui.bgit.plan import ALL_PHASES, Plan, make_plan
from breadtui.bgit.project import load_project
from breadtui.bgit.recording import Record


async def planned(
    kitchen: Kitchen, directory: Path, *, phases: Collection[Phase] = ALL_PHASES, rename: bool = False
) -> Plan:
    """The plan of a directory as it is on disk now."""
    return await make_plan(kitchen, load_project(directory), phases=phases, rename=rename)


async def applied(
    kitchen: Kitchen,
    directory: Path,
    record: Record | None = None,
    *,
    phases: Collection[Phase] = ALL_PHASES,
    rename: bool = False,
) -> Applying:
    """A plan carried out to its end."""
    plan = await planned(kitchen, directory, phases=phases, rename=rename)
    applying = Applying(kitchen, plan, lambda _: None, record=record)
    await applying.carry_out()
    return applying


def standings(plan: Plan) -> dict[str, Standing]:
    """How each step stands, by what it is called."""
    return {str(key): standing for key, standing in plan.foresight.standings.items()}


def of(plan: Plan, standing: Standing) -> list[StepKey]:
    """The steps that stand so."""
    return plan.foresight.of(standing)
