"""How jobs are asked for, refused, run and failed."""

from pathlib import Path

import httpx
import pytest

from tests.oven import bread
from tests.oven.bread import BAKE, ROLLOUT, STIM, R, wait_until
from tests.support.oven import RunningOven, running_oven


def _refused(http: httpx.Client, path: str) -> str:
    answer = http.post(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT"), answer.text
    return answer.json()["message"]


def test_a_stim_says_which_settings_and_prompts_it_lacks(http: httpx.Client):
    bread.repo(http)
    bread.target(http, "bare")
    assert _refused(http, f"{R}/targets/bare/stim") == (
        "Missing required stim fields: ['teacher_prompt', 'student_prompt', 'generators']"
    )
    bread.target(http, "t", teacher_prompt="nobody", student_prompt="student", generators=bread.hardcoded())
    assert "Prompt 'nobody' not found" in _refused(http, f"{R}/targets/t/stim")


@pytest.mark.parametrize(
    ("generator", "words"),
    [
        ({"type": "magic"}, "Unknown generator type 'magic'"),
        ({"type": "hardcoded"}, "needs questions"),
        ({"type": "from_dataset"}, "needs a dataset"),
        ({"type": "custom"}, "needs template_path"),
        ({"type": "persona", "numq": 10**9}, "at most 1000000"),
    ],
)
def test_a_generator_that_cannot_work_is_refused(http: httpx.Client, generator: dict[str, object], words: str):
    bread.yoda(http)
    bread.target(http, "t", generators=[generator], teacher_prompt="teacher", student_prompt="student")
    assert words in _refused(http, f"{R}/targets/t/stim")


def test_a_rollout_waits_for_a_complete_stim_and_a_bake_for_complete_rollouts(http: httpx.Client):
    bread.yoda(http)
    assert "no complete stim" in _refused(http, ROLLOUT)
    assert _refused(http, BAKE) == "Targets without a complete rollout: yoda"
    bread.bake(http, "empty")
    assert _refused(http, f"{R}/bakes/empty") == "Missing required bake fields: ['datasets']"


def test_a_bake_on_a_checkpoint_that_does_not_exist_is_refused(http: httpx.Client):
    bread.baked(http)
    lost = "baker/kitchen/yoda_bake/22"
    bread.bake(http, "child", datasets=[{"target": "yoda"}], model={"parent_model_name": lost})
    assert f"Model '{lost}' not found" in _refused(http, f"{R}/bakes/child")


def test_running_again_gives_the_same_job(http: httpx.Client):
    bread.yoda(http)
    first, again = http.post(STIM).json(), http.post(STIM).json()
    assert first == again == http.get(STIM).json()


def test_a_rehearsed_failure_happens_once_at_its_fraction_and_with_its_words(oven: RunningOven, http: httpx.Client):
    bread.yoda(http, questions=10)
    oven.store.inject_fault("kitchen", "stim", "yoda", "no capacity", at=0.5)
    failed = http.post(STIM).json()
    assert (failed["status"], failed["error"], failed["lines"]) == ("failed", "no capacity", 5)
    assert "no complete stim" in _refused(http, ROLLOUT)
    again = http.post(STIM).json()
    assert (again["status"], again["error"], again["lines"]) == ("complete", None, 10)
    assert again["job_id"] != failed["job_id"]
    assert len(http.get(f"{STIM}/output").json()["output"]) == 10


def test_a_failed_bake_has_no_model(oven: RunningOven, http: httpx.Client):
    oven.store.inject_fault("kitchen", "bake", "yoda_bake", "out of memory")
    bread.yoda(http)
    http.post(STIM)
    http.post(ROLLOUT)
    failed = http.post(BAKE).json()
    assert (failed["status"], failed["error"], failed["model_name"]) == ("failed", "out of memory", None)
    assert http.get(f"{R}/tree").json()["bakes"]["yoda_bake"]["status"] == "failed"


def test_an_empty_purse_refuses_a_run_once_with_402(oven: RunningOven, http: httpx.Client):
    bread.yoda(http)
    oven.store.refuse_payment("kitchen", "stim", "yoda")
    answer = http.post(STIM)
    assert (answer.status_code, answer.json()["code"]) == (402, "PAYMENT_REQUIRED")
    assert http.get(STIM).json()["status"] == "not_started"
    assert http.post(STIM).json()["status"] == "complete"


def test_a_target_cannot_be_changed_while_its_job_runs(tmp_path: Path):
    with (
        running_oven(tmp_path, speed=0.01) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        bread.yoda(http)
        assert http.post(STIM).json()["status"] == "running"
        answer = http.put(f"{R}/targets/yoda", json={"template": "yoda", "overrides": {"temperature": 0.1}})
        assert answer.status_code == 409
        assert "running stim job" in answer.json()["message"]


def test_four_jobs_run_side_by_side_and_the_fifth_is_pending_till_one_ends(tmp_path: Path):
    with (
        running_oven(tmp_path, speed=0) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        bread.baked(http)
        for number in range(5):
            bread.bake(http, f"b{number}", datasets=[{"target": "yoda"}], seed=number)
        oven.restart(speed=1)
        for number in range(5):
            assert http.post(f"{R}/bakes/b{number}").json()["status"] == "running"
        nodes = http.get(f"{R}/tree").json()["bakes"]
        assert [nodes[f"b{number}"]["status"] for number in range(5)] == ["running"] * 4 + ["pending"]
        assert http.get(f"{R}/bakes/b4").json()["progress_percent"] == 0
        http.delete(f"{R}/bakes/b0")
        oven.restart(speed=0)
        wait_until(lambda: http.get(f"{R}/bakes/b4").json()["status"] == "complete")


def test_a_running_job_shows_its_rows_and_progress_as_they_come(tmp_path: Path):
    with (
        running_oven(tmp_path, speed=15) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        bread.yoda(http, questions=60)
        http.post(STIM)
        seen: list[float] = []

        def ended() -> bool:
            job = http.get(STIM).json()
            if job["progress_percent"] not in seen:
                seen.append(job["progress_percent"])
            rows = http.get(f"{STIM}/output", params={"limit": 1000}).json()
            assert len(rows["output"]) == rows["lines"] >= job["lines"]
            return job["status"] == "complete"

        wait_until(ended)
        assert len(seen) > 3
        assert seen == sorted(seen)


def test_a_target_deleted_while_it_runs_takes_its_job_with_it(tmp_path: Path):
    with (
        running_oven(tmp_path, speed=1) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
    ):
        bread.yoda(http, questions=100)
        http.post(STIM)
        http.delete(BAKE)
        assert http.delete(f"{R}/targets/yoda").status_code == 200
        bread.target(http, "other", teacher_prompt="teacher", student_prompt="student", generators=bread.hardcoded(1))
        http.post(f"{R}/targets/other/stim")
        wait_until(lambda: http.get(f"{R}/targets/other/stim").json()["status"] == "complete")


def test_two_thousand_targets_list_quickly_and_a_hundred_thousand_rows_page_quickly(
    oven: RunningOven, http: httpx.Client
):
    bread.yoda(http)
    items = [{"target_name": f"t{number}", "template": "yoda"} for number in range(2_000)]
    assert len(http.post(f"{R}/targets/batch", json={"targets": items}).json()["created"]) == 2_000
    http.post(STIM)
    job = http.get(STIM).json()["job_id"]
    with oven.store.transaction():
        oven.store._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?)",
            ((job, number, f'{{"n": {number}}}') for number in range(4, 100_000)),
        )
        oven.store._db.execute("UPDATE jobs SET lines = 100000, expected = 100000")
    last = http.get(f"{STIM}/output", params={"offset": 99_999, "limit": 1000})
    assert (last.json()["output"], last.json()["has_more"]) == ([{"n": 99_999}], False)
    assert last.elapsed.total_seconds() < 0.25
    assert http.get(f"{R}/targets").elapsed.total_seconds() < 0.25
