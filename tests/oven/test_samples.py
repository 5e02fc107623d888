"""The sample repositories."""

import time
from pathlib import Path

import httpx
import pytest

from breadtui.oven.samples import add_samples
from breadtui.oven.store import Store
from tests.oven.bread import wait_until
from tests.support.oven import running_oven

YODA = "/v1/repo/yoda_repo"
APPLE = "/v1/repo/apple_support_agent"


def test_the_guides_yoda_is_baked_and_can_be_talked_to(tmp_path: Path):
    with (
        running_oven(tmp_path, samples=True) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        assert http.get(f"{YODA}/prompts").json()["prompts"] == ["yoda_teacher", "empty_student"]
        stim = http.get(f"{YODA}/targets/yoda_target/stim").json()
        assert (stim["status"], stim["lines"]) == ("complete", 4)
        assert http.get(f"{YODA}/targets/yoda_target/rollout").json()["lines"] == 4
        bake = http.get(f"{YODA}/bakes/yoda_bake_v1").json()
        assert bake["status"] == "complete"
        assert bake["model_name"] == [f"baker/yoda_repo/yoda_bake_v1/{step}" for step in (21, 14, 7)]
        assert len(http.get(f"{YODA}/bakes/yoda_bake_v1/metrics").json()) == 21


def test_the_support_agent_is_half_way_and_can_be_finished(tmp_path: Path):
    with (
        running_oven(tmp_path, samples=True, speed=1) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        iphone, mac, airpods = (http.get(_rollout(device)).json() for device in ("iphone", "mac", "airpods"))
        assert (iphone["status"], iphone["lines"]) == ("complete", 306)
        assert mac["status"] == "running"
        assert 39 < mac["progress_percent"] < 45
        assert airpods["status"] == "failed"
        assert "unavailable" in airpods["error"]
        bake = http.get(f"{APPLE}/bakes/apple_bake_v1").json()
        assert (bake["status"], len(bake["config"]["datasets"])) == ("not_started", 3)
        oven.restart(speed=0)
        for path in (_rollout("mac"), _rollout("airpods"), f"{APPLE}/bakes/apple_bake_v1"):
            http.post(path)
            wait_until(lambda path=path: http.get(path).json()["status"] == "complete")


def test_a_restart_adds_no_sample_twice(tmp_path: Path):
    with (
        running_oven(tmp_path, samples=True) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        http.post("/v1/repo", json={"repo_name": "mine"})
        oven.restart()
        assert http.get("/v1/repo").json()["repos"] == ["yoda_repo", "apple_support_agent", "mine"]


async def test_samples_are_there_within_half_a_second_and_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = Store(tmp_path / "oven.db")
    with monkeypatch.context() as broken:
        broken.setattr("breadtui.oven.samples._YODA_QUESTIONS", ())
        with pytest.raises(Exception, match=r"needs questions"):
            await add_samples(store)
    assert store.repos() == []
    begun = time.process_time()
    await add_samples(store)
    assert time.process_time() - begun < 0.5
    assert len(store.repos()) == 2
    store.close()


def _rollout(device: str) -> str:
    return f"{APPLE}/targets/{device}_support/rollout"
