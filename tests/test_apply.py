"""`breadtui apply`, run as a person runs it in a directory of bgit."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from breadtui.oven.jobs_store import Phase
from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, environ, refused, run, started
from tests.support.projects import (
    GIT_ENVIRONMENT,
    INPUT,
    NAMES,
    REPO,
    committed_directory,
    contents,
    git,
)
from tests.support.terminal import Terminal

SLOW = 0.001
RUNS = f"stim {REPO}/{NAMES['target']}: running"
SECOND = (
    INPUT.replace("name: t\n", "name: t2\n")
    .replace("target: t\n", "target: t2\n")
    .replace("    dtype: bf16", "    baked_adapter_config: {r: 16}")
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return committed_directory(tmp_path / "project")


def apply(oven: RunningOven, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = run(oven, "apply", str(directory), *arguments, **GIT_ENVIRONMENT)
    assert "Traceback" not in done.stderr
    return done


def get(oven: RunningOven, path: str) -> httpx.Response:
    return httpx.get(f"{oven.url}/v1/repo/{REPO}/{path}", headers=oven.headers)


def until(program: subprocess.Popen[str], said: str) -> None:
    assert program.stdout
    while not program.stdout.readline().startswith(said):
        assert program.poll() is None, program.stderr


# -- making and running --


def test_it_makes_and_runs_everything_and_records_nothing_unasked(oven: RunningOven, directory: Path) -> None:
    before = contents(directory)
    done = apply(oven, directory, "--run", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert f"✔ target {NAMES['target']}: done" in lines
    assert lines[-2].startswith(f"bake {REPO}/{NAMES['bake']}: complete, loss ")
    assert lines[-1] == "7 steps done. Everything is there."
    assert contents(directory) == before
    again = apply(oven, directory, "--run")
    assert again.returncode == 0
    assert again.stdout.endswith("7 there already.\n")


def test_without_run_it_makes_what_can_be_made_and_runs_nothing(oven: RunningOven, directory: Path) -> None:
    done = apply(oven, directory, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert get(oven, f"targets/{NAMES['target']}").status_code == 200
    assert get(oven, f"targets/{NAMES['target']}/stim").json()["status"] == "not_started"
    assert apply(oven, directory).returncode == 0


def test_only_the_phases_that_were_named_are_run(oven: RunningOven, directory: Path) -> None:
    done = apply(oven, directory, "--run", "--phases", "stim", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert get(oven, f"targets/{NAMES['target']}/stim").json()["status"] == "complete"
    assert get(oven, f"targets/{NAMES['target']}/rollout").json()["status"] == "not_started"


def test_a_dry_run_makes_nothing(oven: RunningOven, directory: Path) -> None:
    done = apply(oven, directory, "--run", "--record", "--dry-run")
    assert done.returncode == 0
    assert "4 to make, 3 to run." in done.stdout
    assert oven.store.repo(REPO) is None


def test_nobody_is_asked_where_nobody_is(oven: RunningOven, directory: Path) -> None:
    assert "add --yes" in refused(apply(oven, directory, "--run"))
    assert oven.store.repo(REPO) is None


@pytest.fixture
def terminal(oven: RunningOven, directory: Path) -> Iterator[Terminal]:
    command = [*PROGRAM, "apply", str(directory), "--run", "--record"]
    opened = Terminal(command, environ=environ(oven, **GIT_ENVIRONMENT), rows=50)
    yield opened
    opened.close()


def test_on_a_terminal_it_asks_once_and_shows_what_came_of_it(terminal: Terminal, oven: RunningOven) -> None:
    terminal.wait_for(r"\.bread and recipe\.yml are written\.\s+Do this\? \[y/N\]")
    assert oven.store.repo(REPO) is None
    terminal.send("y", "enter")
    assert terminal.wait_for_end() == 0
    assert "7 steps done. Everything is there." in terminal.text
    assert "Recorded in " in terminal.text


def test_what_was_agreed_to_is_of_the_branch_that_was_shown(
    terminal: Terminal, oven: RunningOven, directory: Path
) -> None:
    before = contents(directory)
    terminal.wait_for(r"Do this\? \[y/N\]")
    git(directory, "switch", "--quiet", "-c", "other")
    terminal.send("y", "enter")
    assert terminal.wait_for_end() == 1
    assert "the branch other is checked out now" in " ".join(terminal.text.split())
    assert contents(directory) == before


def test_mistakes_are_told_and_nothing_is_made(oven: RunningOven, directory: Path) -> None:
    (directory / "input.yml").write_text(INPUT.replace("numq: 1", "numq: many"), encoding="utf-8")
    done = apply(oven, directory, "--run", "--yes")
    assert done.returncode == 1
    assert "\ninput.yml:" in done.stdout
    assert "Nothing was made" in done.stderr
    assert oven.store.repo(REPO) is None


def test_what_is_taken_is_made_under_another_name_only_when_asked(oven: RunningOven, directory: Path) -> None:
    with httpx.Client(base_url=oven.url, headers=oven.headers) as client:
        client.post("/v1/repo", json={"repo_name": REPO}).raise_for_status()
        body = {"prompt_name": NAMES["teacher"], "messages": [{"role": "system", "content": "two"}]}
        client.post(f"/v1/repo/{REPO}/prompts", json=body).raise_for_status()
    done = apply(oven, directory, "--yes")
    assert done.returncode == 1
    assert "1 name is taken in my_repo" in done.stderr
    assert "--rename" in done.stderr
    assert get(oven, f"targets/{NAMES['target']}").status_code == 404
    done = apply(oven, directory, "--rename", "--run", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert get(oven, f"prompts/{NAMES['teacher']}").json()["messages"][0]["content"] == "two"


def test_a_failure_is_told_in_a_line_and_the_same_command_goes_on(oven: RunningOven, directory: Path) -> None:
    assert apply(oven, directory, "--yes").returncode == 0
    oven.store.inject_fault(REPO, Phase.ROLLOUT, NAMES["target"], "CUDA out of memory")
    done = apply(oven, directory, "--run", "--record", "--yes")
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if line.startswith(f"✖ rollout of {NAMES['target']}: failed. ")]
    assert "CUDA out of memory" in line
    assert "Run the same command again" in done.stderr
    assert apply(oven, directory, "--run", "--record", "--yes").returncode == 0


# -- recording --


def test_a_bake_is_recorded_when_it_was_asked_for(oven: RunningOven, directory: Path) -> None:
    done = apply(oven, directory, "--run", "--record", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    model = told["written"]["model"]
    assert (told["complete"], told["recorded"]) == (True, True)
    assert sorted(told["written"]["files"]) == [".bread", "recipe.yml"]
    assert f"model_name={model}\n" in (directory / ".bread").read_text(encoding="utf-8")
    assert model in (directory / "recipe.yml").read_text(encoding="utf-8")
    assert (directory / "input.yml").read_text(encoding="utf-8") == INPUT
    assert git(directory, "status", "--porcelain").split() == ["M", ".bread", "M", "recipe.yml"]
    before = contents(directory)
    again = apply(oven, directory, "--run", "--record")
    assert (again.returncode, again.stderr) == (0, "")
    assert f"recorded      yes: the next bake is on {model}\n" in again.stdout
    assert contents(directory) == before


def test_a_bake_that_is_complete_is_recorded_later_without_a_question(oven: RunningOven, directory: Path) -> None:
    assert apply(oven, directory, "--run", "--yes").returncode == 0
    done = apply(oven, directory, "--record")
    assert (done.returncode, done.stderr) == (0, "")
    assert "what is written down names rehearsed models" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Recorded in ")
    assert "[PARENT_MODEL]" in (directory / ".bread").read_text(encoding="utf-8")


def test_a_bake_that_is_not_complete_is_not_recorded(oven: RunningOven, directory: Path) -> None:
    before = contents(directory)
    done = apply(oven, directory, "--record", "--yes")
    assert done.returncode == 1
    assert "is not complete, so nothing was recorded" in done.stderr
    assert contents(directory) == before


def test_a_commit_holds_the_two_files_and_nothing_of_the_users(oven: RunningOven, directory: Path) -> None:
    (directory / "notes.txt").write_text("mine", encoding="utf-8")
    git(directory, "add", "notes.txt")
    done = apply(oven, directory, "--run", "--commit", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    changed = git(directory, "show", "--name-only", "--format=", "HEAD").split()
    assert sorted(changed) == [".bread", "recipe.yml"]
    assert git(directory, "status", "--porcelain") == "A  notes.txt"


def test_hooks_are_gone_past_only_when_asked(oven: RunningOven, directory: Path) -> None:
    hook = directory / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    done = apply(oven, directory, "--run", "--commit", "--yes")
    assert done.returncode == 1
    assert "not today" in done.stderr
    assert "[PARENT_MODEL]" in (directory / ".bread").read_text(encoding="utf-8")
    assert git(directory, "log", "--format=%s") == "first"
    assert apply(oven, directory, "--commit", "--no-verify").returncode == 0
    assert len(git(directory, "log", "--format=%s").splitlines()) == 2


def test_the_input_is_cleared_on_request(oven: RunningOven, directory: Path) -> None:
    done = apply(oven, directory, "--run", "--record", "--clear", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert (directory / "input.yml").read_text(encoding="utf-8").startswith("# PROMPT:\n")
    done = apply(oven, directory, "--run", "--yes")
    assert done.returncode == 0
    assert "ready for the next bake" in done.stdout


def test_a_second_bake_with_a_rank_keeps_its_parent(oven: RunningOven, directory: Path) -> None:
    first = json.loads(apply(oven, directory, "--run", "--record", "--yes", "--json").stdout)
    (directory / "input.yml").write_text(SECOND, encoding="utf-8")
    second = json.loads(apply(oven, directory, "--run", "--record", "--yes", "--json").stdout)
    assert second["complete"] is True
    assert second["parent"] == first["written"]["model"]
    model = get(oven, f"bakes/{second['names']['bake']['name']}").json()["config"]["model"]
    assert (model["parent_model_name"], model["baked_adapter_config"]["r"]) == (first["written"]["model"], 16)


def test_settings_may_ask_for_it_and_flags_outrank_them(oven: RunningOven, directory: Path) -> None:
    (directory.parent / "config.toml").write_text("[bgit]\nrecord = true\ncommit = true\n", encoding="utf-8")
    before = contents(directory)
    assert apply(oven, directory, "--yes").returncode == 0, "there is no bake to record yet"
    assert apply(oven, directory, "--run", "--no-record", "--yes").returncode == 0
    assert contents(directory) == before
    assert apply(oven, directory, "--no-commit").returncode == 0
    assert git(directory, "log", "--format=%s") == "first"
    assert contents(directory) != before
    assert apply(oven, directory, "--commit").returncode == 0
    assert len(git(directory, "log", "--format=%s").splitlines()) == 2


@pytest.mark.parametrize(
    "flags", [("--clear",), ("--no-verify", "--record"), ("--commit", "--no-record"), ("--phases", "stim")]
)
def test_flags_that_need_another_say_so(oven: RunningOven, directory: Path, flags: tuple[str, ...]) -> None:
    done = apply(oven, directory, *flags, "--yes")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")
    assert oven.store.repo(REPO) is None


# -- what comes between --


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_after_a_stop_the_same_command_goes_on(oven: RunningOven, directory: Path, number: signal.Signals) -> None:
    oven.restart(speed=SLOW)
    program = started(oven, "apply", str(directory), "--run", "--record", "--yes")
    until(program, RUNS)
    program.send_signal(number)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 128 + number
    assert "Stopped. What runs at the server runs on." in said
    assert "Traceback" not in said
    oven.restart(speed=0)
    done = apply(oven, directory, "--run", "--record", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "[PARENT_MODEL]" in (directory / ".bread").read_text(encoding="utf-8")
    assert run(oven, "run", "--yes").stdout == "Nothing is left to go on with.\n"


def test_what_was_killed_goes_on_as_well(oven: RunningOven, directory: Path) -> None:
    oven.restart(speed=SLOW)
    program = started(oven, "apply", str(directory), "--run", "--record", "--yes")
    until(program, RUNS)
    program.kill()
    program.communicate(timeout=30)
    still = apply(oven, directory, "--record", "--yes")
    assert still.returncode == 1
    assert "is not complete, so nothing was recorded" in still.stderr
    oven.restart(speed=0)
    assert apply(oven, directory, "--run", "--record", "--yes").returncode == 0
    assert run(oven, "run", "--yes").stdout == "Nothing is left to go on with.\n"


def test_without_run_nobody_waits_for_what_is_under_way(oven: RunningOven, directory: Path) -> None:
    assert apply(oven, directory, "--run", "--phases", "stim", "--yes").returncode == 0
    oven.restart(speed=SLOW)
    httpx.post(f"{oven.url}/v1/repo/{REPO}/targets/{NAMES['target']}/rollout", headers=oven.headers).raise_for_status()
    done = apply(oven, directory)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"◐ rollout of {NAMES['target']}: under way" in done.stdout
    assert f"- bake {NAMES['bake']}: left out. It waits for what is under way." in done.stdout


def test_a_bake_that_still_runs_is_recorded_by_whoever_follows_it(oven: RunningOven, directory: Path) -> None:
    assert apply(oven, directory, "--run", "--phases", "stim,rollout", "--yes").returncode == 0
    oven.restart(speed=SLOW)
    program = started(oven, "apply", str(directory), "--run", "--yes")
    until(program, f"bake {REPO}/{NAMES['bake']}: running")
    program.kill()
    program.communicate(timeout=30)
    done = apply(oven, directory, "--record")
    assert done.returncode == 1
    assert "still runs, so nothing was recorded. Add --run" in done.stderr
    oven.restart(speed=0)
    done = apply(oven, directory, "--run", "--record")
    assert (done.returncode, done.stderr) == (0, "")
    assert "[PARENT_MODEL]" in (directory / ".bread").read_text(encoding="utf-8")


def test_a_server_that_stays_away_is_exit_code_3_and_the_same_command_goes_on(
    oven: RunningOven, directory: Path
) -> None:
    oven.restart(speed=SLOW)
    program = started(oven, "apply", str(directory), "--run", "--yes", "--timeout", "0.5")
    until(program, RUNS)
    oven.stop()
    _, said = program.communicate(timeout=60)
    assert program.returncode == 3
    assert "Run the same command again" in said
    assert apply(oven, directory, "--run", "--yes", "--timeout", "0.5").returncode == 3
    oven.restart(speed=0)
    assert apply(oven, directory, "--run", "--yes").returncode == 0


def test_on_another_branch_nothing_is_written(oven: RunningOven, directory: Path) -> None:
    before = contents(directory)
    oven.restart(speed=SLOW)
    program = started(oven, "apply", str(directory), "--run", "--record", "--yes")
    until(program, RUNS)
    git(directory, "switch", "--quiet", "-c", "other")
    oven.restart(speed=0)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "main" in said
    assert "other" in said
    assert contents(directory) == before
