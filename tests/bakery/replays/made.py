"""Recipes for tests: the guide's example of three targets, and two bakes one on top of the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from breadtui.api.client import BreadClient
from breadtui.api.models import PlanStep, RecreationPlan
from breadtui.api.secret import Secret
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import foresee
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.recipes.plan import Recipe
from breadtui.bakery.recipes.rename import renamed, with_suffix
from breadtui.bakery.recipes.replay import Replay
from breadtui.bakery.things import Thing
from tests.support.oven import RunningOven

APPLE = "apple_support_agent"
APPLE_BAKE = "apple_bake_v1"
YODA = "yoda_repo"
YODA_BAKE = "yoda_bake_v1"
PARENT = f"baker/{YODA}/{YODA_BAKE}/21"
Config = dict[str, object]


def step(action: str, name: str, config: Mapping[str, object] | None = None, *needs: str) -> PlanStep:
    return PlanStep.model_validate(
        {"action": action, "resource_name": name, "config": config or {}, "dependencies": list(needs)}
    )


def plan(*steps: PlanStep, **more: object) -> RecreationPlan:
    return RecreationPlan.model_validate({"base_model": "Qwen/Qwen3-32B", "steps": steps, **more})


@asynccontextmanager
async def kitchen_of(oven: RunningOven) -> AsyncGenerator[Kitchen]:
    """A kitchen that watches, as a program of its own has one."""
    import asyncio

    kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    watching = asyncio.create_task(kitchen.watcher.run())
    try:
        yield kitchen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await kitchen.close()


async def second_bake(kitchen: Kitchen, parent: str = PARENT) -> None:
    """A bake on top of the guide's, that learns from what that one answers."""
    target: Config = {
        "generators": [{"type": "hardcoded", "questions": ["Who are you?"]}],
        "teacher_prompt": "yoda_teacher",
        "student_prompt": "empty_student",
        "model_name": parent,
    }
    bake: Config = {"datasets": [{"target": "asked_yoda"}], "model": {"parent_model_name": parent}}
    await kitchen.create(Thing.TARGET, YODA, {"target_name": "asked_yoda", "overrides": target})
    await kitchen.create(Thing.BAKE, YODA, {"bake_name": "yoda_bake_v2", "overrides": bake})


async def replayed(kitchen: Kitchen, repo: str, bake: str, into: str, suffix: str = "", *, runs: bool = True) -> Replay:
    """A replay to the end."""
    replay = await begun(kitchen, await recipe_of(kitchen, repo, bake), into, suffix, runs=runs)
    await replay.carry_out()
    return replay


async def begun(kitchen: Kitchen, recipe: Recipe, into: str, suffix: str = "", *, runs: bool = True) -> Replay:
    foresight = await foresee(kitchen, renamed(recipe, into, with_suffix(suffix)), runs=runs)
    return Replay(kitchen, foresight, lambda _: None)


async def held(kitchen: Kitchen, repo: str) -> dict[str, object]:
    """Everything that a repository has, as the API tells it."""
    client = kitchen.client
    prompts = [await client.get_prompt(repo, name) for name in await client.list_prompts(repo)]
    targets = [await client.get_target(repo, name) for name in await client.list_targets(repo)]
    bakes = {name: await client.get_bake(repo, name) for name in await client.list_bakes(repo)}
    return {
        **{f"prompt {prompt.prompt_name}": prompt.model_dump(mode="json") for prompt in prompts},
        **{f"target {target.target_name}": target.config.model_dump(mode="json") for target in targets},
        **{f"bake {name}": bake.config for name, bake in bakes.items()},
    }
