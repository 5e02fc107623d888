"""What programs see to, on disk: found by others once they are gone, left alone as long as they live."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.secret import Secret
from breadtui.bakery.runs import Held, Run, Runs, Standing, folder_of
from breadtui.bakery.steps import Step
from tests.bakery.recipes import bake, rollout, stim

RUN = Run(
    (
        Held(Step(rollout(), frozenset([stim()]))),
        Held(Step(bake(), frozenset([rollout()])), Standing.STOPPED, "The rollout failed"),
        Held(Step(stim("two")), Standing.STARTED),
    ),
    "Only 3 cents are left.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "runs" / "bread"


@pytest.fixture
def runs(folder: Path) -> Iterator[Runs]:
    opened = Runs(folder)
    yield opened
    opened.release()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".json"]


def test_what_a_program_left_is_found_when_it_is_gone(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    runs.release()
    left = Runs(folder).left()
    assert (left.held, left.paused) == (RUN.held, RUN.paused)


def test_what_a_living_program_sees_to_is_not_left(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    assert Runs(folder).left() == Run()
    assert Runs(folder).take() == Run()


def test_others_see_what_a_living_program_will_start_and_its_process(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    assert Runs(folder).elsewhere() == {rollout(): os.getpid()}
    assert runs.elsewhere() == {}


def test_what_is_left_is_nobody_elses_to_see_to(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    runs.release()
    assert Runs(folder).elsewhere() == {}


def test_only_one_of_two_takes_what_is_left(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    runs.release()
    assert Runs(folder).take().held == RUN.held
    assert Runs(folder).take() == Run()
    assert files(folder) == []


def test_a_program_that_was_killed_is_gone(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.bakery.test_runs import RUN, Runs\n"
        "runs = Runs(Path(sys.argv[1])); runs.keep(RUN); print('kept', flush=True); sys.stdin.read()"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    try:
        assert program.stdout.readline() == "kept\n"
        assert Runs(folder).elsewhere() == {rollout(): program.pid}
        assert Runs(folder).left() == Run()
    finally:
        program.send_signal(signal.SIGKILL)
        program.communicate()
    assert Runs(folder).left().held == RUN.held


def test_what_several_programs_left_is_one_run(folder: Path) -> None:
    for step in (Step(stim("one")), Step(stim("two"))):
        one = Runs(folder)
        one.keep(Run((Held(step),)))
        one.release()
    assert {held.key for held in Runs(folder).take().held} == {stim("one"), stim("two")}


def test_where_nothing_is_left_to_do_there_is_no_file(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    runs.keep(Run((Held(Step(stim()), Standing.STARTED),)))
    assert files(folder) == []
    runs.keep(RUN)
    assert len(files(folder)) == 1


def test_while_one_program_takes_on_steps_another_waits_for_its_turn(runs: Runs, folder: Path) -> None:
    other = Runs(folder)
    with runs.alone():
        runs.keep(RUN)
        with other.alone():  # after its patience: no lock is better than a program that hangs
            assert other.elsewhere()


def test_without_a_folder_all_is_in_memory() -> None:
    runs = Runs()
    with runs.alone():
        runs.keep(RUN)
    assert (runs.left(), runs.take(), runs.elsewhere()) == (Run(), Run(), {})
    runs.release()


def test_what_is_kept_is_its_owners_alone_and_says_nothing_of_the_key(runs: Runs, folder: Path) -> None:
    runs.keep(RUN)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    key = Secret("sk-bread-0123456789abcdef")
    assert key.reveal() not in str(folder_of(folder, "bread", key))
    assert folder_of(folder, "bread", key) != folder_of(folder, "bread", Secret("another"))


def test_a_disk_that_cannot_be_written_is_the_callers_to_tell(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Runs(tmp_path / "file" / "runs").keep(RUN)
    with Runs(tmp_path / "file" / "runs").alone():
        pass


@given(st.binary(max_size=80))
def test_a_file_of_any_content_is_passed_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_bytes(content)
    assert Runs(folder).left() == Run()
    assert Runs(folder).elsewhere() == {}


@pytest.mark.parametrize(
    "step",
    [
        3,
        {},
        {"job": ["repo", "name"]},
        {"job": ["repo", "name", "dance"]},
        {"job": ["repo", 3, "stim"]},
        {"job": ["repo", "name", "stim"], "after": [["repo"]]},
    ],
    ids=range(6),
)
def test_a_step_that_cannot_be_read_whole_is_left_out(folder: Path, step: object) -> None:
    folder.mkdir(parents=True)
    good = {"job": ["repo\x1b[31m", "name", "stim"], "after": [], "standing": "dancing"}
    (folder / "run.json").write_text(json.dumps({"version": 1, "pid": "x", "steps": [step, good]}))
    (held,) = Runs(folder).left().held
    assert "\x1b" not in held.key.repo
    assert held.standing is Standing.WAITING


def test_what_a_later_version_left_is_left_to_it(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"version": 2, "steps": [{"job": ["r", "n", "stim"]}]}))
    assert Runs(folder).take() == Run()
    assert len(files(folder)) == 1
