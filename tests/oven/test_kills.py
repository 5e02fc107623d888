"""An oven that is killed at any moment goes on where it was."""

import contextlib
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from tests.oven import bread
from tests.oven.bread import BAKE, ROLLOUT, STIM, wait_until

ROOT = Path(__file__).parents[2]
QUESTIONS = 60
TRAJECTORIES = 3
ROWS = {STIM: QUESTIONS, ROLLOUT: QUESTIONS * TRAJECTORIES, BAKE: 3 * QUESTIONS * TRAJECTORIES}


@contextlib.contextmanager
def _oven(data: Path, speed: float) -> Generator[httpx.Client]:
    """An oven in its own process, killed outright at the end."""
    command = [sys.executable, "-m", "tests.support.serve_oven", str(data), str(speed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            url, key = process.stdout.readline().split()
            with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as http:
                yield http
        finally:
            process.kill()


def _rows(http: httpx.Client, path: str) -> list[dict[str, object]]:
    if path == BAKE:
        return http.get(f"{BAKE}/metrics").json()
    return http.get(f"{path}/output", params={"limit": 1000}).json()["output"]


def _key(row: dict[str, object]) -> tuple[object, ...]:
    return (row["iter"],) if "iter" in row else (row["stimulus_id"], row.get("trajectory_id"))


@pytest.mark.parametrize(("phase", "speed"), [(STIM, 10.0), (ROLLOUT, 15.0), (BAKE, 2000.0)])
def test_a_killed_job_goes_on_and_makes_each_row_once(tmp_path: Path, phase: str, speed: float):
    before = [STIM, ROLLOUT, BAKE][: [STIM, ROLLOUT, BAKE].index(phase)]
    with _oven(tmp_path, 0) as http:
        bread.yoda(http, questions=QUESTIONS, num_traj_per_stimulus=TRAJECTORIES)
        for path in before:
            http.post(path)
            wait_until(lambda path=path: http.get(path).json()["status"] == "complete")
    with _oven(tmp_path, speed) as http:
        http.post(phase)
        wait_until(lambda: len(_rows(http, phase)) > 5)
        running = http.get(phase).json()
        early = _rows(http, phase)
    assert running["status"] == "running"
    with _oven(tmp_path, speed) as http:
        assert len(_rows(http, phase)) >= len(early)
        assert http.get(phase).json()["status"] == "running"
    with _oven(tmp_path, 0) as http:
        wait_until(lambda: http.get(phase).json()["status"] == "complete")
        done = http.get(phase).json()
        rows = _rows(http, phase)
    assert done["job_id"] == running["job_id"]
    assert rows[: len(early)] == early
    assert len({_key(row) for row in rows}) == len(rows) == ROWS[phase]


def test_a_queued_job_outlives_the_oven(tmp_path: Path):
    with _oven(tmp_path, 0.001) as http:
        bread.yoda(http)
        for number in range(6):
            settings = {
                "teacher_prompt": "teacher",
                "student_prompt": "student",
                "generators": bread.hardcoded(2),
            }
            bread.target(http, f"t{number}", **settings)
            http.post(f"{bread.R}/targets/t{number}/stim")
    with _oven(tmp_path, 0) as http:
        for number in range(6):
            path = f"{bread.R}/targets/t{number}/stim"
            wait_until(lambda path=path: http.get(path).json()["status"] == "complete")
