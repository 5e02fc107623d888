"""The kitchen against a real oven: what it learns of jobs, and what it leaves alone."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, Conflict, Invalid, NotFound, TooLarge, Unreachable
from breadtui.api.secret import Secret
from breadtui.bakery.catalog import AT_ONCE
from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.drafts import DraftKey
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.kitchen import SURVEYED, Kitchen
from breadtui.bakery.things import Thing
from breadtui.oven.store import Kind
from tests.bakery.recipes import REPO, Heard, bake, ended, put_prompt, rollout, running, stim, stock, turns, until
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
        await put_prompt(kitchen, "teacher", [{"role": "system", "content": "You are Vader."}])


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


async def test_what_a_survey_leaves_out_is_looked_at_by_and_by(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.watcher.SEEK_EVERY", 0.0)
    put_targets(oven, "first", SURVEYED + 5)
    await kitchen.catalog.refresh_repos()
    await kitchen.survey()
    last = JobKey("first", f"target {SURVEYED + 4:03}", Phase.STIM)
    await until(lambda: kitchen.watcher.status(last) is not None, "the last target")


async def test_a_survey_asks_each_of_a_thousand_repositories_for_its_bakes_and_opens_some(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    with oven.store.transaction():
        for n in range(1000):
            oven.store.add_repo(f"repo {n:04}", "Qwen/Qwen3-32B")
    await kitchen.catalog.refresh_repos()
    before = kitchen.client.requests
    await kitchen.survey()
    assert kitchen.client.requests - before == SURVEYED * 4 + (1000 - SURVEYED) * 2


class UnderWay:
    """Counts the requests that look at targets: those under way together, and the names in the order asked."""

    def __init__(self, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.most = 0
        self.asked: list[str] = []
        self.held = asyncio.Event()
        """While it is not set, no request goes out."""
        self.held.set()
        for name in ("get_target", "get_stim", "get_rollout"):
            monkeypatch.setattr(kitchen.client, name, self._counted(getattr(kitchen.client, name)))

    def _counted(self, method: Callable[[str, str], Awaitable[object]]) -> Callable[[str, str], Awaitable[object]]:
        async def counted(repo: str, name: str) -> object:
            self.asked.append(name)
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                await self.held.wait()
                return await method(repo, name)
            finally:
                self.now -= 1

        return counted


async def test_a_survey_keeps_few_requests_under_way(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_targets(oven, "first", SURVEYED)
    await kitchen.catalog.refresh_repos()
    under_way = UnderWay(kitchen, monkeypatch)
    await kitchen.survey()
    assert under_way.most <= AT_ONCE


async def test_many_targets_are_looked_at_in_order_and_a_few_at_a_time(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_targets(oven, "first", 30)
    names = [f"target {n:03}" for n in range(29, -1, -1)]
    under_way = UnderWay(kitchen, monkeypatch)
    await kitchen.look_at_all("first", [*names, names[0]])
    assert under_way.most <= AT_ONCE
    assert len(under_way.asked) == 3 * 30
    first_asked = {name: under_way.asked.index(name) for name in names}
    assert all(first_asked[name] < first_asked[later] for name, later in zip(names, names[AT_ONCE:], strict=False))
    assert all(kitchen.catalog.known_target("first", name) for name in names)


async def test_a_target_that_is_gone_does_not_keep_the_others_from_being_looked_at(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    put_targets(oven, "first", 12)
    names = [f"target {n:03}" for n in range(12)]
    with pytest.raises(NotFound):
        await kitchen.look_at_all("first", ["gone", *names[:6], "gone too", *names[6:]])
    assert all(kitchen.catalog.known_target("first", name) for name in names)


async def test_a_look_at_many_that_is_cancelled_asks_for_no_more(
    kitchen: Kitchen, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_targets(oven, "first", 100)
    under_way = UnderWay(kitchen, monkeypatch)
    under_way.held.clear()
    looking = asyncio.create_task(kitchen.look_at_all("first", [f"target {n:03}" for n in range(100)]))
    await turns()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    under_way.held.set()
    await turns()
    assert len(set(under_way.asked)) <= AT_ONCE


async def test_a_server_that_is_gone_is_not_asked_for_each_of_many_targets(kitchen: Kitchen, oven: RunningOven) -> None:
    put_targets(oven, "first", 1)
    oven.stop()
    before = kitchen.client.requests
    with pytest.raises(Unreachable):
        await kitchen.look_at_all("first", [f"target {n:03}" for n in range(1000)])
    assert kitchen.client.requests - before <= AT_ONCE * 3 * 2


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


async def test_a_thing_is_made_of_its_body_and_told_as_the_body_that_would_make_it_again(kitchen: Kitchen) -> None:
    await stock(kitchen)
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    messages = [
        {"role": "system", "content": "You are Yoda."},
        {"role": "user", "content": [{"type": "text", "text": "Hm?"}]},
        {"role": "assistant", "content": None, "name": "yoda"},
    ]
    bodies: dict[Thing, dict[str, object]] = {
        Thing.PROMPT: {"prompt_name": "full", "messages": messages, "tools": tools},
        Thing.TARGET: {
            "target_name": "copied",
            "template": "yoda",
            "overrides": {"num_traj_per_stimulus": 2, "extra_kwargs": {"seed": None, "stop": ["."]}},
        },
        Thing.BAKE: {"bake_name": "copied", "template": "yoda_bake", "overrides": {"epochs": 5}},
    }
    for thing, body in bodies.items():
        assert await kitchen.create(thing, REPO, body) == body[thing.name_key]
    assert await kitchen.body_of(Thing.PROMPT, REPO, "full") == bodies[Thing.PROMPT]
    for thing in (Thing.TARGET, Thing.BAKE):
        told = await kitchen.body_of(thing, REPO, "copied")
        assert told["template"] == "default"
        assert await kitchen.create(thing, REPO, told) == "copied", "the same again is no conflict"
    target = (await kitchen.body_of(Thing.TARGET, REPO, "copied"))["overrides"]
    assert isinstance(target, Mapping)
    assert (target["teacher_prompt"], target["num_traj_per_stimulus"]) == ("teacher", 2)
    assert target["extra_kwargs"] == {"seed": None, "stop": ["."]}
    assert target["generators"] == [{"type": "hardcoded", "questions": ["How tall are you?", "Who are you?"]}]
    assert await kitchen.body_of(Thing.PROMPT, REPO, "student") == {"prompt_name": "student", "messages": []}


async def test_a_repository_is_made_of_its_body(kitchen: Kitchen) -> None:
    body = {"repo_name": "bread", "base_model": "Qwen/Qwen3-8B"}
    assert await kitchen.create(Thing.REPO, "", body) == "bread"
    assert kitchen.catalog.base_model("bread") == "Qwen/Qwen3-8B"
    assert await kitchen.body_of(Thing.REPO, "", "bread") == body


@pytest.mark.parametrize(
    ("thing", "body", "said"),
    [
        (Thing.REPO, {"repo_name": "a", "base_model": 3}, "base_model must be text"),
        (Thing.REPO, {"repo_name": ""}, "repo_name"),
        (Thing.PROMPT, {"messages": []}, "prompt_name"),
        (Thing.PROMPT, {"prompt_name": 3, "messages": []}, "prompt_name"),
        (Thing.PROMPT, {"prompt_name": "a", "messages": "You are Yoda."}, "messages must be a list of objects"),
        (Thing.PROMPT, {"prompt_name": "a", "messages": ["You are Yoda."]}, "messages must be a list of objects"),
        (Thing.PROMPT, {"prompt_name": "a", "messages": [], "tools": {}}, "tools must be a list of objects"),
        (Thing.PROMPT, {"prompt_name": "a", "messages": [], "stream": True}, "A prompt has no “stream”"),
        (Thing.TARGET, {"target_name": "a", "overrides": []}, "overrides must be"),
        (Thing.TARGET, {"target_name": "a", "template": None, "overrides": {}}, "template must be text"),
        (Thing.BAKE, {"bake_name": "a", "epochs": 3}, "A bake has no “epochs”"),
        (Thing.BAKE, {"bake_name": "a", "overrides": {"epochs": float("nan")}}, "cannot be sent as JSON"),
    ],
)
async def test_what_cannot_be_sent_as_it_stands_is_not_sent(
    kitchen: Kitchen, thing: Thing, body: dict[str, object], said: str
) -> None:
    before = kitchen.client.requests
    with pytest.raises(Invalid, match=said):
        await kitchen.create(thing, REPO, body)
    assert kitchen.client.requests == before


async def test_a_body_is_looked_up_anew_each_time(kitchen: Kitchen) -> None:
    await stock(kitchen)
    await kitchen.body_of(Thing.PROMPT, REPO, "teacher")
    await kitchen.client.replace_prompt(REPO, "teacher", [])
    assert await kitchen.body_of(Thing.PROMPT, REPO, "teacher") == {"prompt_name": "teacher", "messages": []}
    with pytest.raises(NotFound):
        await kitchen.body_of(Thing.TARGET, REPO, "nobody")


async def test_what_is_nested_too_deeply_to_be_copied_is_refused_in_words(kitchen: Kitchen, oven: RunningOven) -> None:
    deep: dict[str, object] = {}
    for _ in range(700):
        deep = {"a": deep}
    await stock(kitchen)
    with oven.store.transaction():
        where = oven.store.repo(REPO)
        assert where
        oven.store.add(where, Kind.TARGET, "deep", {"extra_kwargs": deep})
    with pytest.raises(TooLarge, match="“deep” is nested too deeply"):
        await kitchen.body_of(Thing.TARGET, REPO, "deep")


async def test_a_template_is_told_as_the_configuration_it_gives(kitchen: Kitchen) -> None:
    await stock(kitchen)
    assert await kitchen.template_config(Thing.PROMPT, REPO, "default") is None
    assert await kitchen.template_config(Thing.TARGET, REPO, "nobody") is None
    assert await kitchen.template_config(Thing.BAKE, REPO, "nobody") is None
    for thing, empty in ((Thing.TARGET, "bare_target"), (Thing.BAKE, "bare_bake")):
        await kitchen.create(thing, REPO, {thing.name_key: empty, "template": "default", "overrides": {}})
        assert await kitchen.template_config(thing, REPO, "default") == await kitchen.template_config(
            thing, REPO, empty
        )


def test_drafts_are_kept_in_memory_unless_a_place_is_given(kitchen: Kitchen) -> None:
    kitchen.drafts.put(DraftKey(Thing.BAKE, REPO), {"bake_name": "yoda"})
    assert kitchen.drafts.folder is None
    assert kitchen.drafts.get(DraftKey(Thing.BAKE, REPO)) == {"bake_name": "yoda"}


async def test_a_kitchen_that_is_closed_while_it_asks_leaves_no_error_behind(oven: RunningOven) -> None:
    said: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    await kitchen.client.create_repo(REPO)
    opening = asyncio.create_task(kitchen.open(REPO))
    await turns()
    opening.cancel()
    await kitchen.close()
    await asyncio.gather(opening, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()
    assert not said
