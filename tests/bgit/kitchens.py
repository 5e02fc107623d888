"""A kitchen that watches, and directories baked to the end, for tests of plans and of what comes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.jobs import Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bgit.applying import Applying
from breadtui.bgit.plan import ALL_PHASES, Plan, make_plan
from breadtui.bgit.project import load_project
from breadtui.bgit.recording import Record
from tests.support.oven import RunningOven


@asynccontextmanager
async def kitchen_of(oven: RunningOven) -> AsyncGenerator[Kitchen]:
    """A kitchen that watches, as a program of its own has one."""
    kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    watching = asyncio.create_task(kitchen.watcher.run())
    try:
        yield kitchen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await kitchen.close()


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
