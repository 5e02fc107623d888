"""`breadtui history`: models and commits of a bgit directory, without a server."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bgit.git import Commit, Ref, RefKind
from breadtui.bgit.history import Baked, History, Moment
from breadtui.bgit.history.report import SHOWN_DEPTH, as_json, lines, whereabouts
from breadtui.commands.history import history
from tests.support.projects import (
    BASE_MODEL,
    GIT_ENVIRONMENT,
    baked_bread,
    baked_recipe,
    bread_directory,
    commit_all,
    git,
    model_of,
    repository,
)


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's git is the test's, with a clock that stands still."""
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Two bakes on `main`, of which `side` and a tag have the first alone."""
    path = repository(bread_directory(tmp_path / "my_repo"))
    commit_all(path, "Initial model setup")
    bread_directory(path, bread=baked_bread("one"), recipe=baked_recipe("one"))
    commit_all(path, "The first bake")
    git(path, "tag", "v1")
    git(path, "branch", "side")
    bread_directory(path, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    commit_all(path, "The second bake")
    return path


def said(path: Path, *flags: str) -> Result:
    return CliRunner().invoke(history, [str(path), *flags])


def test_the_models_of_all_refs_stand_in_a_tree_and_the_commits_below(directory: Path) -> None:
    result = said(directory)
    assert result.exit_code == 0
    tree, commits = (part.splitlines() for part in result.stdout.split("\n\n"))
    assert tree == [
        "my_repo: models",
        f"■ {BASE_MODEL}",
        "└─ ✔ one  (side, v1)",
        "   ├─ ◆ 21",
        "   │  └─ ✔ two  (● main)",
        "   │     ├─ ◆ 21",
        "   │     └─ ◆ 7",
        "   └─ ◆ 7",
    ]
    heading, *told = commits
    assert heading == "my_repo: commits"
    assert [line[21:] for line in told] == [
        "The second bake  (● main)  on two/21",
        "The first bake  (side, v1)  on one/21",
        f"Initial model setup  on {BASE_MODEL}",
    ]
    assert [line[:7] for line in told] == git(directory, "log", "--format=%h", "--abbrev=7").splitlines()


def test_it_is_found_from_a_folder_below(directory: Path) -> None:
    below = directory / "notes" / "more"
    below.mkdir(parents=True)
    assert said(below).stdout == said(directory).stdout


def test_the_json_says_the_same_for_programs(directory: Path) -> None:
    told = json.loads(said(directory, "--json").stdout)
    assert (told["repo"], told["base_model"], told["problem"]) == ("my_repo", BASE_MODEL, "")
    bakes = {bake["name"]: bake for bake in told["bakes"]}
    assert bakes["two"]["parent"] == model_of("one")
    assert [ref["name"] for ref in bakes["one"]["heads"]] == ["side", "v1"]
    newest = told["commits"][0]
    assert (newest["subject"], newest["when"], newest["model"]) == (
        "The second bake",
        "2025-06-15T15:06:40+00:00",
        model_of("two"),
    )
    assert newest["refs"] == [
        {"name": "main", "kind": "branch", "commit": git(directory, "rev-parse", "main"), "current": True}
    ]


def test_a_directory_that_is_none_of_bgit_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = said(tmp_path)
    assert result.exit_code == 2
    assert "is no directory of bgit" in result.stderr


def test_without_git_it_tells_of_the_files_and_says_why(tmp_path: Path) -> None:
    path = bread_directory(tmp_path / "my_repo", bread=baked_bread("one"), recipe=baked_recipe("one"))
    result = said(path)
    assert result.exit_code == 0
    assert "└─ ✔ one" in result.stdout
    assert "now                  the files as they are  on one/21" in result.stdout
    assert "git" in result.stderr.lower()


def test_where_nothing_was_baked_it_says_what_to_do(tmp_path: Path) -> None:
    result = said(bread_directory(tmp_path / "my_repo"))
    assert result.exit_code == 0
    assert "Nothing was baked here yet. Write into input.yml what to bake" in result.stderr


def test_nothing_of_the_working_tree_is_touched(directory: Path) -> None:
    (directory / "input.yml").write_text("# being written\n")
    index = (directory / ".git" / "index").read_bytes()
    said(directory)
    assert (directory / ".git" / "index").read_bytes() == index
    assert subprocess.run(["git", "stash", "list"], cwd=directory, capture_output=True, check=True).stdout == b""
    assert git(directory, "status", "--short") == "M input.yml"


def test_what_a_commit_says_cannot_drive_the_terminal(directory: Path) -> None:
    (directory / ".bread").write_text(baked_bread("one", "two"))
    commit_all(directory, "\x1b[2Jgone \u202eback")
    assert "\x1b" not in said(directory).stdout
    assert "\u202e" not in said(directory).stdout


MAIN = Ref(RefKind.BRANCH, "main", "a" * 40, current=True)


def test_a_branch_that_is_on_an_earlier_checkpoint_stands_behind_that_one() -> None:
    bakes = {"one": Baked("one", (model_of("one"), model_of("one", 7)), None, (MAIN,), (MAIN,))}
    moment = Moment(Commit("a" * 40, (), "A Baker", 0.0, ""), None, model_of("one", 7), (MAIN,))
    told = History("my_repo", BASE_MODEL, bakes, (moment,))
    assert whereabouts(told, BASE_MODEL) == {model_of("one", 7): [MAIN]}
    latest = replace(told, moments=(replace(moment, model=model_of("one")),))
    assert whereabouts(latest, BASE_MODEL) == {"one": [MAIN]}


def test_a_long_line_of_bakes_stays_readable() -> None:
    bakes = {f"b{n}": Baked(f"b{n}", (f"m{n}",), f"m{n - 1}" if n else None) for n in range(300)}
    told = list(lines(History("my_repo", BASE_MODEL, bakes)))
    assert len(told) > 600
    assert max(map(len, told)) < 3 * SHOWN_DEPTH + 20


refs = st.builds(Ref, st.sampled_from(RefKind), st.text(max_size=8), st.text("0f", max_size=4), st.booleans())
models = st.none() | st.sampled_from(["m1", "m2", "u/r/one/1", ""])
commits = st.none() | st.builds(
    Commit, st.text("0f", max_size=9), st.just(()), st.text(max_size=5), st.floats(), st.text(max_size=9)
)
moments = st.builds(Moment, commits, st.none(), models, st.lists(refs, max_size=3).map(tuple))
histories = st.builds(
    History,
    st.text(max_size=5),
    models,
    st.dictionaries(
        st.sampled_from(["one", "two", ""]),
        st.builds(
            Baked,
            st.sampled_from(["one", "two"]),
            st.lists(st.sampled_from(["m1", "m2"]), max_size=2).map(tuple),
            models,
            st.lists(refs, max_size=2).map(tuple),
            st.lists(refs, max_size=2).map(tuple),
        ),
        max_size=2,
    ),
    st.lists(moments, max_size=4).map(tuple),
)


@given(histories)
def test_whatever_git_tells_makes_lines_and_json(told: History) -> None:
    assert all("\n" not in line for line in lines(told))
    assert json.loads(as_json(told))["repo"] is not None
