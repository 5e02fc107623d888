"""A bake from nothing to its checkpoints: kitchen, watcher and pipeline together, on a real oven."""

import pytest

from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.kitchen import Kitchen
from tests.bakery.recipes import REPO, Heard, bake, rollout, stim, stock, until
from tests.support.oven import RunningOven


async def run(kitchen: Kitchen, name: str = "yoda_bake", phase: Phase = Phase.BAKE) -> list[JobKey]:
    steps = await kitchen.missing(REPO, name, phase)
    kitchen.pipeline.run(steps)
    return [step.key for step in steps]


def stands(kitchen: Kitchen, key: JobKey) -> State | None:
    status = kitchen.watcher.status(key)
    return status.state if status else None


async def test_a_bake_run_from_nothing_comes_to_its_checkpoints(kitchen: Kitchen, heard: Heard) -> None:
    await stock(kitchen, "one", "two")
    await run(kitchen)
    await until(lambda: stands(kitchen, bake()) is State.COMPLETE, "the bake")
    status = kitchen.watcher.status(bake())
    assert status
    assert status.models
    assert all(model.startswith("oven/" + REPO) or f"/{REPO}/yoda_bake/" in model for model in status.models)
    done = [change.status.key for change in heard.jobs if change.status.state is State.COMPLETE]
    assert sorted(done[:-1]) == sorted([stim("one"), stim("two"), rollout("one"), rollout("two")])
    assert done[-1] == bake()
    assert heard.failures == []
    assert len(heard.started) == 5


async def test_jobs_that_take_their_time_are_followed_by_polling(
    kitchen: Kitchen, heard: Heard, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.watcher.SHORTEST", 0.01)
    await stock(kitchen)
    oven.restart(speed=300)
    await run(kitchen)
    await until(lambda: stands(kitchen, bake()) is State.COMPLETE, "the bake")
    percents = [change.status.fraction or 0 for change in heard.jobs if change.status.key == bake()]
    assert percents == sorted(percents)
    assert any(0 < percent < 1 for percent in percents)


async def test_a_target_run_from_nothing_comes_to_its_responses(kitchen: Kitchen) -> None:
    await stock(kitchen)
    assert await run(kitchen, "yoda", Phase.ROLLOUT) == [stim(), rollout()]
    await until(lambda: stands(kitchen, rollout()) is State.COMPLETE, "the rollout")
    assert stands(kitchen, bake()) is State.NOT_STARTED


async def test_a_rollout_that_fails_stops_the_bake_and_running_again_goes_on_from_there(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen, "one", "two")
    oven.store.inject_fault(REPO, "rollout", "one", "CUDA out of memory")
    await run(kitchen)
    await until(lambda: bool(heard.failures), "the failure")
    await until(lambda: stands(kitchen, rollout("two")) is State.COMPLETE, "the other target")
    assert heard.failures == [
        "The rollout of yoda_repo/one failed: CUDA out of memory. Not run because of it: bake of yoda_repo/yoda_bake."
    ]
    assert stands(kitchen, bake()) is State.NOT_STARTED
    assert kitchen.pipeline.waiting == {}

    assert await run(kitchen) == [rollout("one"), bake()]
    await until(lambda: stands(kitchen, bake()) is State.COMPLETE, "the bake")
    assert len(heard.failures) == 1


async def test_a_rollout_that_fails_twice_in_the_same_words_is_told_twice(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen)
    for times in (1, 2):
        oven.store.inject_fault(REPO, "rollout", "yoda", "CUDA out of memory", at=0.5)
        await run(kitchen)
        await until(lambda times=times: len(heard.failures) == times, f"failure {times}")
        assert kitchen.pipeline.waiting == {}
    assert heard.failures[0] == heard.failures[1]


async def test_an_empty_purse_pauses_the_run_with_the_servers_words_until_somebody_goes_on(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen)
    oven.store.refuse_payment(REPO, "rollout", "yoda", "Only 3 cents are left.")
    await run(kitchen)
    await until(lambda: bool(heard.failures), "the refusal")
    assert "rollout of yoda_repo/yoda could not be started" in heard.failures[0]
    assert "Only 3 cents are left." in heard.failures[0]
    assert "Only 3 cents are left." in kitchen.pipeline.paused
    assert stands(kitchen, stim()) is State.COMPLETE
    assert set(kitchen.pipeline.waiting) == {rollout(), bake()}
    kitchen.pipeline.go_on()
    await until(lambda: stands(kitchen, bake()) is State.COMPLETE, "the bake")
    assert (kitchen.pipeline.paused, len(heard.failures)) == ("", 1)


async def test_a_bake_that_is_deleted_elsewhere_does_not_spoil_the_link(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen)
    for key in (stim(), rollout()):
        await kitchen.start(key)
    oven.restart(speed=0.001)
    await kitchen.start(bake())
    assert stands(kitchen, bake()) is State.RUNNING
    await kitchen.client.delete_bake(REPO, "yoda_bake")
    kitchen.watcher.poll_now()
    await until(lambda: stands(kitchen, bake()) is State.FAILED, "the news")
    assert heard.links == []


async def test_jobs_survive_the_servers_restart_and_so_does_the_run(
    kitchen: Kitchen, heard: Heard, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.watcher.SHORTEST", 0.01)
    monkeypatch.setattr("breadtui.bakery.watcher.LONGEST_AFTER_ERRORS", 0.05)
    await stock(kitchen)
    oven.restart(speed=0.001)
    await run(kitchen)
    await until(lambda: stands(kitchen, stim()) is State.RUNNING, "the stim's beginning")
    oven.stop()
    await until(lambda: kitchen.watcher.problem is not None, "the loss of the link")
    oven.restart(speed=0)
    await until(lambda: stands(kitchen, bake()) is State.COMPLETE, "the bake")
    assert heard.links[-1] is None
    assert heard.failures == []
