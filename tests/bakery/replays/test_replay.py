"""Replays on a real oven: what is made, what is taken as it is, what stops one, and going on after a stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.api.errors import BreadError, NoCredits
from breadtui.bakery.datasets import parent_model
from breadtui.bakery.jobs import Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.document import read_recipe, recipe_text
from breadtui.bakery.recipes.foresight import Standing, foresee
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.recipes.plan import Action, StepKey, read_plan
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.rename import renamed
from breadtui.bakery.recipes.replay import Replay
from breadtui.bakery.things import Thing
from tests.bakery.replays.made import (
    APPLE,
    APPLE_BAKE,
    YODA,
    YODA_BAKE,
    Config,
    begun,
    held,
    kitchen_of,
    plan,
    replayed,
    second_bake,
    step,
)
from tests.support.oven import RunningOven, running_oven


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[RunningOven]:
    with running_oven(tmp_path, samples=True) as running:
        yield running


def elsewhere(value: object, repo: str, copy: str) -> object:
    """The same, with every model of `repo` in `copy`."""
    return json.loads(json.dumps(value).replace(f"baker/{repo}/", f"baker/{copy}/"))


async def test_the_example_of_three_targets_is_made_again_with_equal_configuration(kitchen: Kitchen) -> None:
    replay = await replayed(kitchen, APPLE, APPLE_BAKE, "copy")
    assert replay.complete
    assert await held(kitchen, "copy") == await held(kitchen, APPLE)
    assert (await kitchen.client.get_bake("copy", APPLE_BAKE)).model_name


async def test_a_second_bake_stands_on_the_new_first_one(kitchen: Kitchen) -> None:
    await second_bake(kitchen)
    replay = await replayed(kitchen, YODA, "yoda_bake_v2", "copy")
    assert replay.complete
    assert await held(kitchen, "copy") == elsewhere(await held(kitchen, YODA), YODA, "copy")


async def test_a_recipe_of_another_account_finds_the_new_parents_latest_checkpoint(kitchen: Kitchen) -> None:
    await second_bake(kitchen)
    text = recipe_text(await recipe_of(kitchen, YODA, "yoda_bake_v2"))
    recipe = read_recipe(text.replace("baker/", "someone/").replace(f"{YODA_BAKE}/21", f"{YODA_BAKE}/999"))
    replay = await begun(kitchen, recipe, "copy")
    await replay.carry_out()
    assert replay.complete
    target = await kitchen.client.get_target("copy", "asked_yoda")
    bake = await kitchen.client.get_bake("copy", "yoda_bake_v2")
    assert target.config.model_name == parent_model(bake.config) == f"baker/copy/{YODA_BAKE}/21"
    again = await begun(kitchen, recipe, "copy")
    assert set(again.standings.values()) == {Standing.THERE}


async def test_a_parent_of_another_repository_is_used_as_it_is(kitchen: Kitchen) -> None:
    await replayed(kitchen, YODA, YODA_BAKE, "first")
    await second_bake(kitchen, f"baker/first/{YODA_BAKE}/21")
    await replayed(kitchen, YODA, "yoda_bake_v2", "copy")
    target = await kitchen.client.get_target("copy", "asked_yoda")
    assert target.config.model_name == f"baker/first/{YODA_BAKE}/21"
    assert await kitchen.client.list_bakes("copy") == ("yoda_bake_v2",)


async def test_a_suffix_makes_everything_anew_in_the_same_repository(kitchen: Kitchen) -> None:
    await second_bake(kitchen)
    before = await held(kitchen, YODA)
    replay = await replayed(kitchen, YODA, "yoda_bake_v2", YODA, "_again")
    assert replay.complete
    after = await held(kitchen, YODA)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {f"{name}_again" for name in before}
    bake = await kitchen.client.get_bake(YODA, "yoda_bake_v2_again")
    assert parent_model(bake.config) == f"baker/{YODA}/{YODA_BAKE}_again/21"


async def test_a_replay_stopped_after_any_step_goes_on_to_the_same_end(oven: RunningOven) -> None:
    async with kitchen_of(oven) as kitchen:
        await second_bake(kitchen)
        recipe = await recipe_of(kitchen, YODA, "yoda_bake_v2")
        wanted = elsewhere(await held(kitchen, YODA), YODA, "copy")
    for count in range(1, 2 * len(recipe.steps), 3):
        await _stopped_after(oven, count, f"copy{count}")
        async with kitchen_of(oven) as kitchen:
            again = await begun(kitchen, recipe, f"copy{count}")
            await again.carry_out()
            assert again.complete, count
            assert elsewhere(await held(kitchen, f"copy{count}"), f"copy{count}", "copy") == wanted, count


async def _stopped_after(oven: RunningOven, count: int, into: str) -> None:
    """Begin a replay, and end the program once `count` steps have changed."""
    async with kitchen_of(oven) as kitchen:
        recipe = await recipe_of(kitchen, YODA, "yoda_bake_v2")
        told = 0

        def tell(_: StepKey) -> None:
            nonlocal told
            told += 1
            if told == count:
                work.cancel()

        replay = Replay(kitchen, await foresee(kitchen, renamed(recipe, into)), tell)
        work = asyncio.create_task(replay.carry_out())
        await asyncio.gather(work, return_exceptions=True)


async def test_what_is_there_is_not_made_or_run_again(kitchen: Kitchen) -> None:
    await replayed(kitchen, YODA, YODA_BAKE, "copy")
    requests = kitchen.client.requests
    again = await replayed(kitchen, YODA, YODA_BAKE, "copy")
    assert set(again.standings.values()) == {Standing.THERE}
    assert kitchen.client.requests - requests < 20


async def test_something_else_under_a_name_stops_it_before_anything_is_made(kitchen: Kitchen) -> None:
    await kitchen.create(Thing.REPO, "", {"repo_name": "copy"})
    other: list[Config] = [{"role": "system", "content": "You are Luke."}]
    await kitchen.create(Thing.PROMPT, "copy", {"prompt_name": "yoda_teacher", "messages": other})
    recipe = await recipe_of(kitchen, YODA, YODA_BAKE)
    replay = await begun(kitchen, recipe, "copy")
    conflict = StepKey(Action.CREATE_PROMPT, "yoda_teacher")
    assert replay.standings[conflict] is Standing.CONFLICT
    assert replay.why[conflict] == "It differs in messages[0].content."
    with pytest.raises(RecipeError, match="1 name is taken in copy"):
        await replay.carry_out()
    assert await kitchen.client.list_prompts("copy") == ("yoda_teacher",)
    assert await kitchen.client.list_targets("copy") == ()


async def test_a_target_that_differs_is_named_with_what_differs(kitchen: Kitchen) -> None:
    await replayed(kitchen, YODA, YODA_BAKE, "copy", runs=False)
    await kitchen.client.delete_bake("copy", YODA_BAKE)
    await kitchen.client.delete_target("copy", "yoda_target")
    config: Config = {"teacher_prompt": "yoda_teacher", "student_prompt": "empty_student", "temperature": 0.3}
    config["generators"] = [{"type": "hardcoded", "questions": ["Why?"]}]
    await kitchen.create(Thing.TARGET, "copy", {"target_name": "yoda_target", "overrides": config})
    replay = await begun(kitchen, await recipe_of(kitchen, YODA, YODA_BAKE), "copy")
    why = replay.why[StepKey(Action.CREATE_TARGET, "yoda_target")]
    assert "temperature" in why
    assert "generators" in why


async def test_another_base_model_stops_it_before_anything_is_made(kitchen: Kitchen) -> None:
    await kitchen.create(Thing.REPO, "", {"repo_name": "copy", "base_model": "Qwen/Qwen3-8B"})
    with pytest.raises(RecipeError, match="starts from Qwen/Qwen3-8B"):
        await replayed(kitchen, YODA, YODA_BAKE, "copy")
    assert await kitchen.client.list_prompts("copy") == ()


async def test_a_failure_stops_what_depends_on_it_and_nothing_else_and_is_tried_again(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    text = recipe_text(await recipe_of(kitchen, APPLE, APPLE_BAKE))
    recipe = read_recipe(text.replace("numq: 100", "numq: 1"))
    await (await begun(kitchen, recipe, "copy", runs=False)).carry_out()
    oven.store.inject_fault("copy", Phase.STIM, "mac_support", "CUDA out of memory")
    replay = await begun(kitchen, recipe, "copy")
    await replay.carry_out()
    ends = {str(key): standing for key, standing in replay.standings.items() if key.action.phase}
    assert ends == {
        "stim of iphone_support": Standing.DONE,
        "rollout of iphone_support": Standing.DONE,
        "stim of mac_support": Standing.FAILED,
        "rollout of mac_support": Standing.HELD_UP,
        "stim of airpods_support": Standing.DONE,
        "rollout of airpods_support": Standing.DONE,
        f"bake of {APPLE_BAKE}": Standing.HELD_UP,
    }
    assert "CUDA out of memory" in replay.why[StepKey(Action.RUN_STIM, "mac_support")]
    again = await begun(kitchen, recipe, "copy")
    await again.carry_out()
    assert again.complete


async def test_without_runs_what_stands_on_a_new_bake_is_left(kitchen: Kitchen) -> None:
    await second_bake(kitchen)
    replay = await replayed(kitchen, YODA, "yoda_bake_v2", "copy", runs=False)
    assert await kitchen.client.list_targets("copy") == ("yoda_target",)
    assert replay.standings[StepKey(Action.CREATE_TARGET, "asked_yoda")] is Standing.HELD_UP
    assert replay.why[StepKey(Action.CREATE_TARGET, "asked_yoda")] == f"It needs the bake of {YODA_BAKE}."
    assert (await kitchen.client.get_stim("copy", "yoda_target")).status == "not_started"


async def test_without_credit_it_pauses_with_the_servers_words(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await replayed(kitchen, YODA, YODA_BAKE, "copy", runs=False)
    run_stim = kitchen.client.run_stim

    async def refused(repo: str, target: str) -> object:
        raise NoCredits("The account has run out of credit.")

    monkeypatch.setattr(kitchen.client, "run_stim", refused)
    replay = await begun(kitchen, await recipe_of(kitchen, YODA, YODA_BAKE), "copy")
    paused = asyncio.Event()
    kitchen.subscribe(lambda _: paused.set() if kitchen.pipeline.paused else None)
    work = asyncio.create_task(replay.carry_out())
    async with asyncio.timeout(15):
        await paused.wait()
    assert (replay.paused, replay.at_rest, work.done()) == ("The account has run out of credit.", True, False)
    monkeypatch.setattr(kitchen.client, "run_stim", run_stim)
    kitchen.pipeline.go_on()
    async with asyncio.timeout(15):
        await work
    assert replay.complete


async def test_a_server_that_goes_away_while_things_are_made_loses_nothing(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = kitchen.client.create_target

    async def away(*_: object, **__: object) -> object:
        raise BreadError("Nothing listens there.")

    monkeypatch.setattr(kitchen.client, "create_target", away)
    with pytest.raises(BreadError, match="Nothing listens"):
        await replayed(kitchen, YODA, YODA_BAKE, "copy")
    assert len(await kitchen.client.list_prompts("copy")) == 2
    monkeypatch.setattr(kitchen.client, "create_target", create)
    assert (await replayed(kitchen, YODA, YODA_BAKE, "copy")).complete


async def test_steps_in_a_circle_are_left_and_the_others_are_done(kitchen: Kitchen) -> None:
    recipe = read_plan(
        plan(
            step("create_prompt", "alone", {"messages": []}),
            step("create_target", "a", {"template": "b", "max_tokens": 1}),
            step("create_target", "b", {"template": "a", "max_tokens": 1}),
        ),
        "source",
        "none",
    )
    replay = await begun(kitchen, recipe, "copy")
    await replay.carry_out()
    assert await kitchen.client.list_prompts("copy") == ("alone",)
    assert [*replay.standings.values()] == [Standing.DONE, Standing.HELD_UP, Standing.HELD_UP]


async def test_what_a_recipe_takes_for_granted_is_missed_before_it_is_made(kitchen: Kitchen) -> None:
    recipe = read_plan(plan(step("create_target", "t", {"teacher_prompt": "lost"})), "source", "none")
    replay = await begun(kitchen, recipe, "copy")
    assert [*replay.why.values()] == ["The prompt lost is neither in the recipe nor in copy."]
