"""`breadtui replay` and `breadtui recipe`, run as a person runs them."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.oven.jobs_store import Phase
from tests.support.oven import RunningOven, running_oven
from tests.support.program import loaded_by, refused, run, started

BAKE = "yoda_repo/yoda_bake_v1"


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[RunningOven]:
    with running_oven(tmp_path, samples=True) as running:
        yield running


def test_a_replay_shows_every_step_and_makes_them_all(oven: RunningOven) -> None:
    done = run(oven, "replay", BAKE, "--into", "copy", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    plan, _, told = done.stdout.partition("That makes 4 stimuli and 4 responses.\n")
    assert plan.splitlines()[0] == f"{BAKE} into copy (new, from Qwen/Qwen3-32B)"
    assert "○ target yoda_target: to do" in plan
    assert "4 to make, 3 to run." in plan
    lines = told.splitlines()
    assert lines[2] == "✔ target yoda_target: done"
    assert lines[-2].startswith("bake copy/yoda_bake_v1: complete, loss ")
    assert lines[-1] == "7 steps done. Everything is there."
    again = run(oven, "replay", BAKE, "--into", "copy")
    assert again.returncode == 0
    assert "7 there already." in again.stdout


def test_a_dry_run_makes_nothing(oven: RunningOven) -> None:
    done = run(oven, "replay", BAKE, "--into", "copy", "--dry-run", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["new_repo"], told["responses"], told["complete"]) == (True, 4, False)
    assert told["steps"][0] == {"action": "create_prompt", "name": "yoda_teacher", "standing": "to do"}
    assert oven.store.repo("copy") is None


def test_nobody_is_asked_where_nobody_is(oven: RunningOven) -> None:
    said = refused(run(oven, "replay", BAKE, "--into", "copy"))
    assert "add --yes" in said
    assert oven.store.repo("copy") is None


def test_a_recipe_in_a_file_is_replayed_without_its_bake(oven: RunningOven, tmp_path: Path) -> None:
    path = tmp_path / "yoda.yaml"
    assert run(oven, "recipe", BAKE, "-o", str(path)).returncode == 0
    assert run(oven, "recipe", BAKE).stdout == path.read_text(encoding="utf-8")
    assert "there already" in refused(run(oven, "recipe", BAKE, "-o", str(path)))
    done = run(oven, "replay", str(path), "--into", "copy", "--suffix", "_b", "--no-run", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    ends = {step["name"]: step["standing"] for step in json.loads(done.stdout)["steps"]}
    assert ends == {
        "yoda_teacher_b": "done",
        "empty_student_b": "done",
        "yoda_target_b": "left out",
        "yoda_bake_v1_b": "left out",
    }


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("yoda_repo/nobody", "nobody"),
        ("yoda_repo", "neither a file nor a bake"),
        ("nothing.yaml", "cannot be read"),
    ],
)
def test_what_is_not_there_is_refused(oven: RunningOven, what: str, said: str) -> None:
    assert said in refused(run(oven, "replay", what, "--into", "copy", "--yes"))


def test_a_conflict_is_named_and_nothing_is_made(oven: RunningOven, tmp_path: Path) -> None:
    path = tmp_path / "yoda.yaml"
    path.write_text(run(oven, "recipe", BAKE).stdout.replace("You are Yoda", "You are Luke"), encoding="utf-8")
    done = run(oven, "replay", str(path), "--into", "yoda_repo", "--yes")
    assert done.returncode == 2
    assert "≠ prompt yoda_teacher: conflict. It differs in messages[0].content." in done.stdout
    assert "1 name is taken in yoda_repo" in done.stderr


def test_a_failure_ends_with_exit_code_1_and_the_same_command_goes_on(oven: RunningOven) -> None:
    assert run(oven, "replay", BAKE, "--into", "copy", "--no-run", "--yes").returncode == 0
    oven.store.inject_fault("copy", Phase.ROLLOUT, "yoda_target", "CUDA out of memory")
    done = run(oven, "replay", BAKE, "--into", "copy", "--yes")
    assert done.returncode == 1
    assert "CUDA out of memory" in done.stdout
    assert "Run the same command again" in done.stderr
    assert run(oven, "replay", BAKE, "--into", "copy", "--yes").returncode == 0


def test_ctrl_c_leaves_what_was_made_and_leaves_nothing_behind_once_it_is_complete(oven: RunningOven) -> None:
    oven.restart(speed=0.001)
    program = started(oven, "replay", BAKE, "--into", "copy", "--yes")
    assert program.stdout
    while not program.stdout.readline().startswith("stim copy/yoda_target: running"):
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Stopped. What runs at the server runs on." in said
    assert "Traceback" not in said
    oven.restart(speed=0)
    assert run(oven, "replay", BAKE, "--into", "copy", "--yes").returncode == 0
    assert run(oven, "run", "--yes").stdout == "Nothing is left to go on with.\n"


def test_no_screen_is_loaded(oven: RunningOven) -> None:
    code, loaded = loaded_by(oven, "replay", BAKE, "--into", "copy", "--dry-run")
    assert code == "0"
    assert "textual" not in loaded
