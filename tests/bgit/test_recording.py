"""What is written down when a bake is complete, and what is not."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from breadtui.bakery.changes import JobChanged
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import Standing, foresee
from breadtui.bakery.recipes.plan import Action, StepKey, with_config
from breadtui.bakery.recipes.replay import Replay
from breadtui.bgit.applying import Applying
from breadtui.bgit.files.bread import bread_text
from breadtui.bgit.files.recipe import read_recipe
from breadtui.bgit.problems import ProjectError
from breadtui.bgit.project import load_project
from breadtui.bgit.recording import Record, anchor, is_recorded, record
from tests.bakery.replays.made import kitchen_of
from tests.bgit.kitchens import applied, planned
from tests.support.oven import RunningOven
from tests.support.projects import (
    BREAD,
    DONE_INPUT,
    INPUT,
    NAMES,
    bread_directory,
    committed_directory,
    contents,
    git,
)

MODEL = f"baker/my_repo/{NAMES['bake']}/21"
ALL = Record(commit=True, clear=True)


@pytest.fixture
async def kitchen(oven: RunningOven) -> AsyncGenerator[Kitchen]:
    async with kitchen_of(oven) as found:
        yield found


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory of bgit under git, all of it committed."""
    return committed_directory(tmp_path / "project")


def give_hook(directory: Path, script: str) -> None:
    hook = directory / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


async def until_a_job_runs(kitchen: Kitchen) -> None:
    news = asyncio.Event()
    leave = kitchen.subscribe(lambda change: news.set() if isinstance(change, JobChanged) else None)
    await news.wait()
    leave()


async def test_nothing_is_written_unless_it_was_asked_for(kitchen: Kitchen, directory: Path) -> None:
    before = contents(directory)
    applying = await applied(kitchen, directory)
    assert applying.baked
    assert applying.recorded is None
    assert contents(directory) == before
    assert not git(directory, "status", "--porcelain")


async def test_the_model_and_the_recipe_are_written_as_bgit_writes_them(kitchen: Kitchen, directory: Path) -> None:
    applying = await applied(kitchen, directory, Record())
    assert applying.recorded
    assert applying.recorded.files == ("recipe.yml", ".bread")
    models = f'[\\"{MODEL}\\",\\"{MODEL[:-2]}14\\",\\"{MODEL[:-2]}7\\"]'
    assert (directory / ".bread").read_text() == (
        f"{BREAD}\n[PARENT_MODEL]\nmodel_name={MODEL}\n\n[RECIPE]\nbase_model=Qwen/Qwen3-32B\ntotal_steps=7\n"
        f'recipe_file=recipe.yml\n\n[RECIPE\\.BAKES\\.{NAMES["bake"]}]\nmodel_names="{models}"\n'
    )
    recipe = (directory / "recipe.yml").read_text()
    assert recipe.startswith("# This file is auto-generated - do not edit manually\n\nbase_model: Qwen/Qwen3-32B\n")
    assert list(read_recipe(recipe).bakes) == [NAMES["bake"]]
    assert git(directory, "status", "--porcelain").split() == ["M", ".bread", "M", "recipe.yml"]
    assert MODEL in applying.recorded.sentence


async def test_recording_again_changes_nothing(kitchen: Kitchen, directory: Path) -> None:
    await applied(kitchen, directory, Record())
    before = contents(directory)
    plan = await planned(kitchen, directory)
    assert is_recorded(plan)
    again = await record(kitchen, plan, anchor(plan.project), Record())
    assert again.files == ()
    assert contents(directory) == before


async def test_the_mode_of_the_files_stays(kitchen: Kitchen, directory: Path) -> None:
    (directory / ".bread").chmod(0o664)
    await applied(kitchen, directory, Record())
    assert stat.S_IMODE((directory / ".bread").stat().st_mode) == 0o664


async def test_just_those_files_are_committed_and_nothing_staged_is_swept_in(kitchen: Kitchen, directory: Path) -> None:
    (directory / "notes.txt").write_text("mine")
    git(directory, "add", "notes.txt")
    (directory / "untracked.txt").write_text("mine too")
    applying = await applied(kitchen, directory, Record(commit=True))
    assert applying.recorded
    assert applying.recorded.commit
    assert git(directory, "show", "--name-only", "--format=%s", "HEAD").split("\n") == [
        f"Record the bake {NAMES['bake']}",
        "",
        ".bread",
        "recipe.yml",
    ]
    assert git(directory, "status", "--porcelain") == "A  notes.txt\n?? untracked.txt"


async def test_a_hook_is_not_bypassed_unasked(kitchen: Kitchen, directory: Path) -> None:
    give_hook(directory, "echo 'not on a Friday' >&2; exit 1")
    applying = await applied(kitchen, directory, Record(commit=True))
    assert applying.recorded
    assert applying.recorded.commit is None
    assert "not on a Friday" in applying.recorded.problem
    assert MODEL in (directory / ".bread").read_text()
    plan = await planned(kitchen, directory)
    asked = await record(kitchen, plan, anchor(plan.project), Record(commit=True, hooks=False))
    assert asked.commit
    assert not asked.problem


async def test_the_input_is_cleared_only_on_request_and_is_not_committed(kitchen: Kitchen, directory: Path) -> None:
    applying = await applied(kitchen, directory, ALL)
    assert applying.recorded
    assert not applying.recorded.problem
    assert (directory / "input.yml").read_text() == DONE_INPUT
    assert git(directory, "status", "--porcelain").split() == ["M", "input.yml"]
    assert load_project(directory).ready


async def test_an_input_that_was_changed_meanwhile_is_not_cleared(kitchen: Kitchen, directory: Path) -> None:
    plan = await planned(kitchen, directory)
    await Applying(kitchen, plan, lambda _: None).carry_out()
    (directory / "input.yml").write_text(INPUT + "# the next idea\n")
    recorded = await record(kitchen, plan, anchor(plan.project), Record(clear=True))
    assert "was changed meanwhile" in recorded.problem
    assert (directory / "input.yml").read_text().endswith("# the next idea\n")


async def test_a_switched_branch_is_told_of_instead_of_written_to(kitchen: Kitchen, directory: Path) -> None:
    plan = await planned(kitchen, directory)
    applying = Applying(kitchen, plan, lambda _: None, record=Record(commit=True))
    git(directory, "switch", "-q", "-c", "other")
    before = contents(directory)
    await applying.carry_out()
    assert applying.baked
    assert applying.recorded is None
    assert "main" in applying.problem
    assert "other" in applying.problem
    assert contents(directory) == before
    assert git(directory, "log", "--format=%s") == "first"


async def test_a_bake_recorded_meanwhile_is_not_overwritten(kitchen: Kitchen, directory: Path) -> None:
    plan = await planned(kitchen, directory)
    where = anchor(plan.project)
    await Applying(kitchen, plan, lambda _: None).carry_out()
    (directory / ".bread").write_text(BREAD + "\n[PARENT_MODEL]\nmodel_name=baker/my_repo/later_0123456789abcdef/5\n")
    before = contents(directory)
    with pytest.raises(ProjectError, match="later_0123456789abcdef"):
        await record(kitchen, plan, where, Record())
    assert contents(directory) == before


async def test_a_bake_that_is_not_complete_is_not_recorded(kitchen: Kitchen, directory: Path) -> None:
    applying = await applied(kitchen, directory, Record(), phases=())
    assert applying.recorded is None
    plan = await planned(kitchen, directory)
    with pytest.raises(Exception, match="not"):
        await record(kitchen, plan, anchor(plan.project), Record())
    assert not git(directory, "status", "--porcelain")


def failing(real: Callable[..., object], at: Callable[..., bool]) -> Callable[..., object]:
    """The same, but for those calls that the disk is said to be full at."""

    def called(*given: object) -> object:
        if at(*given):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given)

    return called


async def test_no_file_is_changed_before_there_is_room_for_both(
    kitchen: Kitchen, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await planned(kitchen, directory)
    await Applying(kitchen, plan, lambda _: None).carry_out()
    before = contents(directory)
    stamps = {name: (directory / name).stat().st_ino for name in before}
    calls = count(1)
    monkeypatch.setattr(os, "fsync", failing(os.fsync, lambda _: next(calls) == 2))
    with pytest.raises(ProjectError, match="No space left on device"):
        await record(kitchen, plan, anchor(plan.project), Record())
    assert contents(directory) == before
    assert {name: (directory / name).stat().st_ino for name in before} == stamps


async def test_both_files_are_changed_or_none(
    kitchen: Kitchen, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", failing(Path.replace, lambda _, to: to.name == ".bread"))
    before = contents(directory)
    applying = await applied(kitchen, directory, Record())
    assert "No space left on device" in applying.problem
    assert contents(directory) == before


async def test_after_a_kill_between_the_two_files_the_same_goes_on(kitchen: Kitchen, directory: Path) -> None:
    await applied(kitchen, directory, Record())
    whole = contents(directory)
    (directory / ".bread").write_text(BREAD)
    (directory / "..bread.0123abcd").write_text(BREAD[:100])
    again = await applied(kitchen, directory, Record(commit=True))
    assert again.recorded
    assert again.recorded.files == (".bread",)
    assert contents(directory) == whole
    assert not git(directory, "status", "--porcelain")


async def test_an_input_is_not_cleared_before_what_was_asked_for_is_committed(
    kitchen: Kitchen, directory: Path
) -> None:
    (directory / ".git" / "index.lock").touch()
    applying = await applied(kitchen, directory, ALL)
    assert applying.recorded
    assert "index.lock" in applying.recorded.problem
    assert "input.yml was left as it is" in applying.recorded.problem
    assert (directory / "input.yml").read_text() == INPUT
    (directory / ".git" / "index.lock").unlink()
    again = await applied(kitchen, directory, ALL)
    assert again.recorded
    assert again.recorded.commit
    assert load_project(directory).ready
    assert git(directory, "status", "--porcelain").split() == ["M", "input.yml"]


# As bgit's own hook does for an input without a student: it names the bake otherwise than the run does.
REWRITES = "sed -i '/^.BAKE.$/{n;s/.*/hash=0/;n;s/.*/bake_name=one_0000000000000000/}' .bread && git add .bread"


async def test_a_bake_stays_recorded_though_a_hook_names_it_otherwise(kitchen: Kitchen, directory: Path) -> None:
    give_hook(directory, REWRITES)
    applying = await applied(kitchen, directory, Record(commit=True))
    assert applying.recorded
    assert applying.recorded.commit
    assert not applying.recorded.problem
    assert "hook of the repository changed .bread" in applying.recorded.sentence
    plan = await planned(kitchen, directory)
    assert "one_0000000000000000" in (directory / ".bread").read_text()
    assert is_recorded(plan)
    assert plan.usable
    assert not plan.foresight.of(Standing.TO_DO)


async def test_a_hook_that_undoes_what_was_recorded_is_a_problem(kitchen: Kitchen, directory: Path) -> None:
    give_hook(directory, "git show HEAD:.bread > .bread && git add .bread")
    applying = await applied(kitchen, directory, ALL)
    assert applying.recorded
    assert "--no-verify" in applying.recorded.problem


async def test_without_git_the_files_are_written_and_the_commit_is_told_to_be_missing(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    directory = bread_directory(tmp_path / "plain")
    applying = await applied(kitchen, directory, Record(commit=True))
    assert applying.recorded
    assert applying.recorded.files
    assert "Nothing was committed" in applying.recorded.problem


async def test_a_detached_head_is_recorded_where_it_is(kitchen: Kitchen, directory: Path) -> None:
    git(directory, "switch", "-q", "--detach")
    applying = await applied(kitchen, directory, Record(commit=True))
    assert applying.recorded
    assert applying.recorded.commit
    assert git(directory, "log", "-1", "--format=%h") == applying.recorded.commit


async def test_an_interrupted_plan_is_taken_up_again(oven: RunningOven, directory: Path) -> None:
    oven.store  # noqa: B018 - opened in this thread
    async with kitchen_of(oven) as kitchen:
        begun = asyncio.create_task(applied(kitchen, directory, Record()))
        await until_a_job_runs(kitchen)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
    async with kitchen_of(oven) as kitchen:
        applying = await applied(kitchen, directory, Record())
        assert applying.replay.complete
        assert applying.recorded


async def test_what_bgit_made_otherwise_is_recorded_as_it_is(kitchen: Kitchen, directory: Path) -> None:
    tools = "    tools:\n      - {type: function, function: {name: look}}\n"
    (directory / "input.yml").write_text(INPUT.replace("        content: one\n", f"        content: one\n{tools}"))
    asked = await planned(kitchen, directory)
    names, recipe = asked.names, asked.foresight.recipe
    teacher = StepKey(Action.CREATE_PROMPT, names.prompts["teacher"].name)
    without = with_config(recipe, teacher, {"messages": [{"role": "system", "content": "one"}]})
    await Replay(kitchen, await foresee(kitchen, without), lambda _: None).carry_out()
    noted = replace(asked.project.bread, prompts=names.prompts, target=names.target, bake=names.bake)
    (directory / ".bread").write_text(bread_text(noted))
    plan = await planned(kitchen, directory)
    assert [*plan.conflicts] == [teacher]
    assert plan.baked_otherwise
    applying = Applying(kitchen, plan, lambda _: None, record=Record())
    await applying.carry_out()
    assert applying.recorded
    assert names.bake
    assert applying.recorded.model == f"baker/my_repo/{names.bake.name}/21"
