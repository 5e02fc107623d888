"""The kitchen against a real oven: what it learns of jobs, and what it leaves alone."""

import asyncio

import pytest

from breadtui.api.errors import BreadError, Conflict
from breadtui.bakery.jobs import Phase, State
from breadtui.bakery.kitchen import SURVEYED, Kitchen, dataset_weights
from breadtui.oven.store import Kind
from tests.bakery.recipes import REPO, Heard, bake, ended, rollout, running, stim, stock
from tests.support.oven import RunningOven


def put_targets(oven: RunningOven, repo: str, count: int) -> None:
    with oven.store.transaction():
        where = oven.store.add_repo(repo, "Qwen/Qwen3-32B")
        for n in range(count):
            oven.store.add(where, Kind.TARGET, f"target {n:03}", {})


async def test_what_is_made_is_on_the_shelf_at_once(kitchen: Kitchen) -> None:
    await stock(kitchen)
    shelf = kitchen.catalog.shelf(REPO)
    assert shelf
    assert (shelf.prompts, shelf.targets, shelf.bakes) == (("teacher", "student"), ("yoda",), ("yoda_bake",))
    assert [repo.repo_name for repo in kitchen.catalog.repos or ()] == [REPO]


async def test_making_the_same_again_is_no_error_and_something_else_is(kitchen: Kitchen) -> None:
    await stock(kitchen)
    await stock(kitchen)
    with pytest.raises(Conflict):
        await kitchen.create_prompt(REPO, "teacher", [{"role": "system", "content": "You are Vader."}])


async def test_opening_a_repository_tells_where_its_bakes_stand(kitchen: Kitchen) -> None:
    await stock(kitchen)
    status = kitchen.watcher.status(bake())
    assert status
    assert status.state is State.NOT_STARTED


async def test_looking_at_a_target_tells_where_both_its_phases_stand(kitchen: Kitchen) -> None:
    await stock(kitchen)
    before = kitchen.client.requests
    target = await kitchen.look_at_target(REPO, "yoda")
    assert kitchen.client.requests == before + 3
    assert target.config.teacher_prompt == "teacher"
    assert [kitchen.watcher.status(key) and kitchen.watcher.watched[key].status for key in (stim(), rollout())]
    assert {kitchen.watcher.watched[key].status for key in (stim(), rollout())} == {
        await kitchen.ask_job(stim()),
        await kitchen.ask_job(rollout()),
    }


async def test_the_tree_does_not_replace_what_is_known_of_a_running_bake(kitchen: Kitchen) -> None:
    await stock(kitchen)
    kitchen.watcher.learn(running(bake(), 45))
    await kitchen.open(REPO)
    assert kitchen.watcher.status(bake()) == running(bake(), 45)


async def test_the_tree_does_not_take_away_what_a_look_at_the_bake_told(kitchen: Kitchen, heard: Heard) -> None:
    await stock(kitchen)
    for key in (stim(), rollout(), bake()):
        await kitchen.start(key)
    await kitchen.look_at_bake(REPO, "yoda_bake")
    status = kitchen.watcher.status(bake())
    assert status
    assert status.loss
    assert status.models
    heard.clear()
    await kitchen.open(REPO)
    assert kitchen.watcher.status(bake()) == status
    assert heard.jobs == []


async def test_a_bake_that_failed_before_is_not_announced_when_more_is_learnt_of_it(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen)
    for key in (stim(), rollout()):
        await kitchen.client.run_stim(REPO, "yoda") if key == stim() else await kitchen.client.run_rollout(REPO, "yoda")
    oven.store.inject_fault(REPO, "bake", "yoda_bake", "NaN loss at step 3")
    await kitchen.client.run_bake(REPO, "yoda_bake")
    kitchen.watcher.forget(lambda _: True)
    heard.clear()
    await kitchen.open(REPO)
    await kitchen.look_at_bake(REPO, "yoda_bake")
    status = kitchen.watcher.status(bake())
    assert status
    assert (status.state, status.error) == (State.FAILED, "NaN loss at step 3")
    assert heard.failures == []


async def test_a_bake_looked_at_tells_its_datasets_and_each_target_its_bakes(kitchen: Kitchen) -> None:
    await stock(kitchen, "one", "two")
    assert kitchen.datasets(REPO, "yoda_bake") == ()
    assert kitchen.known_bake(REPO, "yoda_bake") is None
    await kitchen.look_at_bake(REPO, "yoda_bake")
    assert kitchen.datasets(REPO, "yoda_bake") == (("one", 1.0), ("two", 1.0))
    assert kitchen.known_bake(REPO, "yoda_bake")
    assert kitchen.bakes_of(REPO, "two") == ("yoda_bake",)
    assert kitchen.bakes_of(REPO, "stranger") == ()


@pytest.mark.parametrize(
    ("config", "weights"),
    [
        (None, ()),
        ({}, ()),
        ({"datasets": None}, ()),
        ({"datasets": "yoda"}, ()),
        ({"datasets": {"target": "yoda"}}, ()),
        ({"datasets": [None, 3, "yoda", [], {}]}, ()),
        ({"datasets": [{"weight": 0.5}, {"target": None}, {"target": 7}]}, ()),
        ({"datasets": [{"target": "yoda"}]}, (("yoda", 1.0),)),
        ({"datasets": [{"target": "yoda", "weight": 2}]}, (("yoda", 2.0),)),
        ({"datasets": [{"target": "yoda", "weight": None}]}, (("yoda", 1.0),)),
        ({"datasets": [{"target": "yoda", "weight": "heavy"}]}, (("yoda", 1.0),)),
        ({"datasets": [{"target": "yoda", "weight": True}]}, (("yoda", 1.0),)),
        ({"datasets": [{"target": "yoda", "weight": 10**400}]}, (("yoda", 1.0),)),
        ({"datasets": [{"target": "a", "weight": 0.5}, 3, {"target": "b"}]}, (("a", 0.5), ("b", 1.0))),
    ],
)
def test_of_a_bakes_datasets_only_what_names_a_target_counts(
    config: dict[str, object] | None, weights: tuple[tuple[str, float], ...]
) -> None:
    assert dataset_weights(config) == weights


async def test_a_survey_finds_what_runs(kitchen: Kitchen, oven: RunningOven) -> None:
    await stock(kitchen)
    oven.restart(speed=0.001)
    await kitchen.client.run_stim(REPO, "yoda")
    kitchen.watcher.forget(lambda _: True)
    await kitchen.survey()
    status = kitchen.watcher.status(stim())
    assert status
    assert status.state is State.RUNNING


async def test_a_survey_asks_about_a_bounded_number_of_targets(kitchen: Kitchen, oven: RunningOven) -> None:
    for repo in ("first", "second", "third"):
        put_targets(oven, repo, SURVEYED - 10)
    await kitchen.catalog.refresh_repos()
    before = kitchen.client.requests
    await kitchen.survey()
    assert kitchen.client.requests - before == 3 * 4 + SURVEYED * 3
    assert kitchen.catalog.known_target("second", "target 009")
    assert not kitchen.catalog.known_target("second", "target 010")


async def test_a_survey_of_a_thousand_repositories_stops_at_some(kitchen: Kitchen, oven: RunningOven) -> None:
    with oven.store.transaction():
        for n in range(1000):
            oven.store.add_repo(f"repo {n:04}", "Qwen/Qwen3-32B")
    await kitchen.catalog.refresh_repos()
    before = kitchen.client.requests
    await kitchen.survey()
    assert kitchen.client.requests - before == SURVEYED * 4


async def test_a_survey_keeps_few_requests_under_way(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_targets(oven, "first", SURVEYED)
    await kitchen.catalog.refresh_repos()
    under_way = most = 0
    for name in ("get_target", "get_stim", "get_rollout"):
        method = getattr(kitchen.client, name)

        async def counted(repo: str, name: str, method=method) -> object:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            try:
                return await method(repo, name)
            finally:
                under_way -= 1

        monkeypatch.setattr(kitchen.client, name, counted)
    await kitchen.survey()
    assert most <= 16


async def test_a_refresh_reads_anew_the_repository_looked_at_and_no_other(kitchen: Kitchen, oven: RunningOven) -> None:
    put_targets(oven, "first", 1)
    put_targets(oven, "second", 1)
    await kitchen.refresh("first")
    assert kitchen.client.requests == 1 + 4
    assert kitchen.catalog.shelf("first")
    assert not kitchen.catalog.shelf("second")
    await kitchen.refresh("one that was deleted")
    await kitchen.refresh(None)
    assert kitchen.client.requests == 1 + 4 + 1 + 1


async def test_who_unsubscribes_hears_no_more(kitchen: Kitchen) -> None:
    first, second = Heard(), Heard()
    leave = kitchen.subscribe(first)
    kitchen.subscribe(second)
    leave()
    kitchen.watcher.learn(ended(bake()))
    assert (len(first), len(second)) == (0, 1)


async def test_a_subscriber_may_leave_while_it_is_being_told(kitchen: Kitchen) -> None:
    heard = Heard()
    leave = kitchen.subscribe(lambda _: leave())
    kitchen.subscribe(heard)
    kitchen.watcher.learn(ended(bake()))
    assert len(heard) == 1


async def test_what_is_missing_is_asked_of_the_server_and_not_remembered(kitchen: Kitchen) -> None:
    await stock(kitchen)
    kitchen.watcher.learn(ended(stim()))
    steps = await kitchen.missing(REPO, "yoda_bake", Phase.BAKE)
    assert [step.key for step in steps] == [stim(), rollout(), bake()]
    assert [step.key for step in await kitchen.missing(REPO, "yoda", Phase.ROLLOUT)] == [stim(), rollout()]


async def test_a_server_that_is_gone_is_an_error_in_words(kitchen: Kitchen, oven: RunningOven) -> None:
    await stock(kitchen)
    oven.stop()
    asked = (
        kitchen.look_at_target(REPO, "yoda"),
        kitchen.look_at_bake(REPO, "yoda_bake"),
        kitchen.missing(REPO, "yoda_bake", Phase.BAKE),
        kitchen.start(stim()),
        kitchen.refresh(None),
    )
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(outcome, BreadError)
        assert kitchen.client.host in str(outcome)
