"""The watcher on real servers: one that is killed, one that refuses, one that talks nonsense, one that hangs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest
from aibread import AsyncBread, Bread

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.jobs import JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from tests.api.wire import Reply, Server, reply, reset, serving
from tests.bakery.recipes import REPO, Heard, bake, rollout, running, stim, stock, until
from tests.support.oven import RunningOven


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that takes hundredths of the time; its proportions are as they are."""
    monkeypatch.setattr("breadtui.bakery.watched.SHORTEST", 0.01)
    monkeypatch.setattr("breadtui.bakery.watched.LONGEST", 0.3)
    monkeypatch.setattr("breadtui.bakery.watcher.LONGEST_AFTER_ERRORS", 0.2)


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with serving() as scripted:
        yield scripted


@contextlib.asynccontextmanager
async def watching(url: str) -> AsyncGenerator[tuple[Kitchen, Heard]]:
    kitchen, heard = Kitchen(BreadClient(url, Secret("sk-bread-0123456789"))), Heard()
    kitchen.subscribe(heard)
    loop = asyncio.create_task(kitchen.watcher.run())
    try:
        yield kitchen, heard
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await kitchen.close()


def state(kitchen: Kitchen, key: object) -> State | None:
    return next((entry.status.state for k, entry in kitchen.watcher.watched.items() if k == key and entry.status), None)


async def hang(*_: object) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("refusal", "ailment"),
    [
        (reply({"message": "slow down"}, 429), "asks to wait"),
        (reply({"message": "slow down"}, 429, headers={"retry-after": "0.05"}), "asks to wait"),
        (reply({"message": "oops"}, 500), "has failed"),
        (reply("<html>Bad gateway", 502, kind="text/html"), "has failed"),
        (reply("<html>A hotel's front page", kind="text/html"), "answers something else"),
        (reply(b"\xff\x00\x1b[31m{"), "answers something else"),
        (reset, "does not answer"),
    ],
    ids=["429", "429 with a wait", "500", "502", "page", "garbage", "reset"],
)
async def test_a_server_that_refuses_for_a_while_is_followed_again_without_a_key(
    server: Server, refusal: Reply, ailment: str
) -> None:
    server.plays(*[refusal] * 6, reply({"status": "complete", "lines": 4}))
    async with watching(server.url) as (kitchen, heard):
        kitchen.watcher.learn(running(stim(), 10))
        await until(lambda: state(kitchen, stim()) is State.COMPLETE, "the end")
        links = [change for change in heard if hasattr(change, "ailment")]
        assert [getattr(change, "ailment", "") for change in links] == [ailment, ""]
        assert all("\x1b" not in str(change) for change in links)
        assert kitchen.watcher.problem is None


async def test_a_server_that_hangs_is_given_up_and_asked_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breadtui.bakery.watcher.HUNG", 0.1)
    server.plays(hang, hang, reply({"status": "complete"}))
    async with watching(server.url) as (kitchen, heard):
        kitchen.watcher.learn(running(stim(), 10))
        await until(lambda: state(kitchen, stim()) is State.COMPLETE, "the end")
        assert len(heard.links) == 2


async def test_words_nobody_knows_and_progress_nobody_tells_are_followed_to_the_end(server: Server) -> None:
    server.plays(
        reply({"status": "proofing", "progress_percent": None}),
        reply({"status": 7, "lines": "many"}),
        reply({"status": "running", "progress_percent": None, "lines": None}),
        reply([]),
        reply({"status": "complete"}),
    )
    async with watching(server.url) as (kitchen, heard):
        kitchen.watcher.learn(running(stim(), None))
        await until(lambda: state(kitchen, stim()) is State.COMPLETE, "the end")
        assert "proofing" in [change.status.word for change in heard.jobs]
        assert heard.links == []


async def test_an_oven_that_is_killed_and_comes_again_is_followed_on(
    kitchen: Kitchen, heard: Heard, oven: RunningOven
) -> None:
    await stock(kitchen)
    oven.restart(speed=0.001)
    await kitchen.start(stim())
    for _ in range(2):
        oven.stop()
        await until(lambda: kitchen.watcher.problem is not None, "the loss of the link")
        assert state(kitchen, stim()) is State.RUNNING, "the last that is known stays"
        oven.restart(speed=0.001)
        await until(lambda: kitchen.watcher.problem is None, "the link")
    oven.restart(speed=0)
    await until(lambda: state(kitchen, stim()) is State.COMPLETE, "the end")
    assert heard.links[-1] is None


async def test_what_the_official_sdk_starts_is_found_at_the_start_and_followed_to_its_end(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    await stock(kitchen)
    await kitchen.client.run_stim(REPO, "yoda")
    oven.restart(speed=0.001)
    async with AsyncBread(api_key=oven.key, base_url=oven.url) as sdk:
        await sdk.targets.rollout.run("yoda", repo_name=REPO, poll=False)
    kitchen.watcher.forget(lambda _: True)
    await kitchen.survey()
    assert state(kitchen, rollout()) is State.RUNNING
    oven.restart(speed=0)
    await until(lambda: state(kitchen, rollout()) is State.COMPLETE, "the end")


async def test_a_bake_that_the_official_sdk_runs_while_a_job_is_watched_is_found_on_demand(
    kitchen: Kitchen, oven: RunningOven
) -> None:
    await stock(kitchen)
    for key in (stim(), rollout()):
        await kitchen.start(key)
    oven.restart(speed=0.001)
    kitchen.watcher.learn(JobStatus(bake(), State.NOT_STARTED, "not_started"))

    def run() -> None:
        with Bread(api_key=oven.key, base_url=oven.url) as sdk:
            sdk.bakes.run("yoda_bake", repo_name=REPO, poll=False)

    await asyncio.to_thread(run)
    await kitchen.refresh(REPO)
    await until(lambda: state(kitchen, bake()) is State.RUNNING, "the bake")
    oven.restart(speed=0)
    await until(lambda: state(kitchen, bake()) is State.COMPLETE, "the end")
    assert [key.phase for key in kitchen.watcher.watched].count(Phase.BAKE) == 1
