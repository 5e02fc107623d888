"""`breadtui plan`, run as a person runs it in a directory of bgit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from breadtui.bakery.authoring.differences import ABSENT, Difference
from breadtui.bgit.report import difference_line
from tests.support.oven import RunningOven
from tests.support.program import PROGRAM, environ, loaded_by, refused, run
from tests.support.projects import (
    BREAD,
    DONE_INPUT,
    INPUT,
    NAMES,
    REPO,
    baked_bread,
    baked_recipe,
    bread_directory,
    commit_all,
    contents,
    git,
    model_of,
    repository,
)

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return bread_directory(tmp_path / "project")


def make_prompt(oven: RunningOven, name: str, content: str) -> None:
    """Put something else under a name."""
    with httpx.Client(base_url=oven.url, headers=oven.headers) as client:
        client.post("/v1/repo", json={"repo_name": REPO}).raise_for_status()
        body = {"prompt_name": name, "messages": [{"role": "system", "content": content}]}
        client.post(f"/v1/repo/{REPO}/prompts", json=body).raise_for_status()


def told(oven: RunningOven, *arguments: str, **extra: str) -> dict[str, Any]:
    done = run(oven, *arguments, "--json", **extra)
    assert "Traceback" not in done.stderr
    return {"code": done.returncode, **json.loads(done.stdout)}


def test_a_plan_tells_what_is_asked_for_and_every_step_and_changes_nothing(oven: RunningOven, directory: Path) -> None:
    before = contents(directory)
    done = run(oven, "plan", str(directory))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:8] == [
        "repository    my_repo (new)",
        f"directory     {directory}",
        "branch        none: there is no git here",
        "parent model  none: it is on the repository's base model",
        "asked for     prompts teacher and student, target t, bake one",
        "responses     1 stimulus × 1 trajectory = 1",
        "to run        stim, rollout and bake",
        "recorded      not yet",
    ]
    assert f"○ prompt {NAMES['teacher']}: to do" in lines
    assert f"○ target {NAMES['target']}: to do" in lines
    assert f"○ bake of {NAMES['bake']}: to do" in lines
    assert lines[-1] == "4 to make, 3 to run. That makes 1 stimulus and 1 response."
    assert contents(directory) == before
    assert oven.store.repo(REPO) is None


def test_the_json_holds_everything(oven: RunningOven, tmp_path: Path) -> None:
    directory = bread_directory(repository(tmp_path / "project"))
    commit = commit_all(directory, "first")
    found = told(oven, "plan", str(directory))
    assert (found["code"], found["repo"], found["directory"]) == (0, REPO, str(directory))
    assert (found["branch"], found["commit"], found["parent"]) == ("main", commit, None)
    assert found["names"]["target"] == {
        "name": NAMES["target"],
        "hash": "9b4cb973e515bb2c9f38bacff3a4c7120392664a225727677ae160455227cbe9",
    }
    assert {key: named["name"] for key, named in found["names"]["prompts"].items()} == {
        "teacher": NAMES["teacher"],
        "student": NAMES["student"],
    }
    assert (found["stimuli"], found["trajectories"], found["responses"]) == (1, 1, 1)
    assert {"action": "create_target", "name": NAMES["target"], "standing": "to do"} in found["steps"]
    assert (found["mistakes"], found["conflicts"], found["recorded"]) == ([], [], False)
    assert found["phases"] == ["stim", "rollout", "bake"]


def test_it_tells_what_is_checked_out(oven: RunningOven, tmp_path: Path) -> None:
    directory = bread_directory(repository(tmp_path / "project"))
    assert "branch        main\n" in run(oven, "plan", str(directory), "--offline").stdout
    commit = commit_all(directory, "first")
    git(directory, "checkout", "--quiet", "--detach")
    said = run(oven, "plan", str(directory), "--offline").stdout
    assert f"branch        none: {commit[:7]} is checked out by itself\n" in said


def test_mistakes_are_told_by_line_and_column_and_need_no_server(oven: RunningOven, directory: Path) -> None:
    (directory / "input.yml").write_text(INPUT.replace("numq: 1", "numq: many"), encoding="utf-8")
    done = run(oven, "plan", str(directory), BREAD_BASE_URL=NOWHERE)
    assert done.returncode == 1
    line = INPUT.splitlines().index("      numq: 1") + 1
    assert f"\ninput.yml:{line}:" in done.stdout
    found = told(oven, "plan", str(directory), BREAD_API_KEY="")
    assert found["code"] == 1
    assert found["mistakes"][0]["line"] == line
    assert found["mistakes"][0]["key"] == "TARGET.generators[0].numq"
    assert found["mistakes"][0]["warning"] is False
    assert found["steps"] == []


def test_a_warning_is_told_and_keeps_nothing_from_being_made(oven: RunningOven, directory: Path) -> None:
    (directory / "input.yml").write_text(INPUT.replace("  model:\n", "  model_name: x\n  model:\n"), encoding="utf-8")
    done = run(oven, "plan", str(directory))
    assert done.returncode == 0
    assert " BAKE.model_name: note: " in done.stdout


def test_names_are_told_without_a_server(oven: RunningOven, directory: Path) -> None:
    done = run(oven, "plan", str(directory), "--offline", BREAD_API_KEY="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(
        f"prompt teacher  {NAMES['teacher']}\n"
        f"prompt student  {NAMES['student']}\n"
        f"target t        {NAMES['target']}\n"
        f"bake one        {NAMES['bake']}\n"
    )


def test_an_empty_input_after_a_bake_is_ready_for_the_next(oven: RunningOven, tmp_path: Path) -> None:
    bake = NAMES["bake"]
    directory = bread_directory(
        tmp_path / "project", input=DONE_INPUT, bread=baked_bread(bake), recipe=baked_recipe(bake)
    )
    done = run(oven, "plan", str(directory))
    assert (done.returncode, done.stderr) == (0, "")
    assert "asked for     nothing: input.yml is ready for the next bake" in done.stdout
    assert f"parent model  {model_of(bake)}" in done.stdout
    assert told(oven, "plan", str(directory))["ready"] is True


def test_a_name_that_is_taken_is_told_with_what_differs_and_another_name(oven: RunningOven, directory: Path) -> None:
    make_prompt(oven, NAMES["teacher"], "two")
    done = run(oven, "plan", str(directory))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    at = lines.index(f"≠ prompt {NAMES['teacher']}: conflict. It differs in messages[0].content.")
    assert lines[at + 1] == '    messages[0].content: "two" → "one"'
    [clash] = told(oven, "plan", str(directory))["conflicts"]
    assert clash["differences"] == [{"path": "messages[0].content", "there": "two", "asked": "one"}]
    assert lines[at + 2] == f"    With --rename it is made as {clash['instead']}."
    assert clash["instead"] != NAMES["teacher"]


def test_a_server_that_is_away_is_exit_code_3(oven: RunningOven, directory: Path) -> None:
    done = run(oven, "plan", str(directory), BREAD_BASE_URL=NOWHERE)
    assert done.returncode == 3
    assert done.stderr.startswith("breadtui: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_where_there_is_no_project_it_says_what_is_looked_for(oven: RunningOven, tmp_path: Path, command: str) -> None:
    said = refused(run(oven, command, str(tmp_path)))
    assert "has a .bread" in said
    assert "`bgit init`" in said


def test_the_directory_is_found_from_below(oven: RunningOven, directory: Path) -> None:
    below = directory / "templates" / "deep"
    below.mkdir(parents=True)
    command = [*PROGRAM, "plan", "--offline"]
    done = subprocess.run(command, cwd=below, env=environ(oven), capture_output=True, text=True, timeout=60)
    assert f"directory     {directory}\n" in done.stdout


def test_a_bread_without_a_repository_is_refused(oven: RunningOven, directory: Path) -> None:
    (directory / ".bread").write_text(BREAD.replace(f"name={REPO}", ""), encoding="utf-8")
    assert ".bread" in refused(run(oven, "plan", str(directory)))


def test_no_screen_is_loaded(oven: RunningOven, directory: Path) -> None:
    code, loaded = loaded_by(oven, "plan", str(directory))
    assert code == "0"
    assert "textual" not in loaded


def test_a_long_text_is_shown_from_shortly_before_it_differs() -> None:
    same = "You are Yoda. " * 20
    line = difference_line(Difference(("content",), f"{same}Calm.", f"{same}Angry."))
    assert line == 'content: … You are Yoda. Calm." → … You are Yoda. Angry."'
    assert difference_line(Difference(("r",), ABSENT, 16)) == "r: nothing → 16"


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=90) | some.just(ABSENT),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(VALUES, VALUES)
def test_whatever_differs_is_told_in_one_line_that_can_be_printed(before: object, after: object) -> None:
    line = difference_line(Difference(("key", 0), before, after))
    assert line.startswith("key[0]: ")
    assert "\n" not in line
    assert len(line) <= 150
    line.encode()
