"""`breadtui open`, and a start inside a directory of bgit, as a person types them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.oven import RunningOven, running_oven
from tests.support.program import refused, run
from tests.support.projects import DONE_INPUT, REPO, bread_directory
from tests.support.terminal import Terminal, isolated

PROGRAM = (sys.executable, "-m", "breadtui")


@pytest.fixture
def samples(tmp_path: Path) -> Iterator[RunningOven]:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def seen(terminals: list[Terminal], oven: RunningOven, cwd: Path, *arguments: str) -> str:
    """What stands on the screen of a program started in `cwd`, when it has said what it knows of the project."""
    environ = isolated(oven.settings.data.parent, BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
    # Through a shell, because the directory a program starts in is where the whole of it begins.
    command = ("sh", "-c", f'cd "{cwd}" && exec "$0" "$@"', *PROGRAM, *arguments)
    source = str(Path(__file__).parent.parent)
    terminals.append(terminal := Terminal(command, environ={**environ, "PYTHONPATH": source}))
    terminal.wait_for("yoda_repo")
    return terminal.wait_for("is not on this server|yoda_bake_v1")


def test_a_start_inside_of_a_project_opens_it(samples: RunningOven, tmp_path: Path, terminals: list[Terminal]) -> None:
    project = bread_directory(tmp_path / "mine", input=DONE_INPUT)
    (project / "notes").mkdir()
    seen(terminals, samples, project / "notes")
    said = terminals[0].wait_for(f"{REPO} is not on this server")
    assert "in mine/" in said
    assert "P Plan" in said.replace("  ", " ")


def test_open_opens_the_project_from_anywhere(samples: RunningOven, tmp_path: Path, terminals: list[Terminal]) -> None:
    project = bread_directory(tmp_path / "mine", input=DONE_INPUT)
    (project / "notes").mkdir()
    seen(terminals, samples, tmp_path, "open", str(project / "notes"))
    assert "in mine/" in terminals[0].wait_for(f"{REPO} is not on this server")


def test_a_start_elsewhere_knows_of_none(samples: RunningOven, tmp_path: Path, terminals: list[Terminal]) -> None:
    bread_directory(tmp_path / "mine", input=DONE_INPUT)
    said = seen(terminals, samples, tmp_path)
    assert "in mine/" not in said
    assert "Plan" not in said


def test_what_is_no_project_is_refused_in_a_sentence(oven: RunningOven, tmp_path: Path) -> None:
    said = refused(run(oven, "open", str(tmp_path)))
    assert f"{tmp_path} is no directory of bgit" in said
    assert ".bread" in said
    assert "bgit init" in said


@pytest.mark.parametrize("name", ["missing", "~nobody-has-this-name/x", "x" * 5000, "odd\x1b[31m"])
def test_what_is_no_directory_is_refused_in_a_sentence(oven: RunningOven, tmp_path: Path, name: str) -> None:
    said = refused(run(oven, "open", name if name.startswith("~") else str(tmp_path / name)))
    assert "cannot be opened" in said
    assert "\x1b" not in said


def test_a_working_directory_that_is_gone_is_no_project(oven: RunningOven, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    before = Path.cwd()
    os.chdir(gone)
    try:
        gone.rmdir()
        from breadtui.bgit.finding import find_project

        assert find_project(Path()) is None
    finally:
        os.chdir(before)


def test_without_a_terminal_it_says_so(oven: RunningOven, tmp_path: Path) -> None:
    bread_directory(tmp_path / "mine")
    assert "terminal" in refused(run(oven, "open", str(tmp_path / "mine")))


# -- the key that bgit keeps --


def test_a_command_without_a_key_says_who_keeps_one(oven: RunningOven, tmp_path: Path) -> None:
    (tmp_path / ".bgit").mkdir()
    (tmp_path / ".bgit" / "config.json").write_text('{"apiKey": "sk-kept-by-bgit"}')
    said = refused(run(oven, "status", BREAD_API_KEY=""))
    assert "~/.bgit/config.json" in said
    assert "breadtui connect" in said
    assert "sk-kept-by-bgit" not in said


def test_a_command_without_a_key_says_nothing_of_bgit_where_that_keeps_none(oven: RunningOven) -> None:
    assert "bgit" not in refused(run(oven, "status", BREAD_API_KEY=""))
