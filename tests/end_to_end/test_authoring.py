"""Writing in a real terminal: the user's own editor, and a program that is killed while one types."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from breadtui.oven.store import Kind
from tests.support.oven import RunningOven, running_oven
from tests.support.terminal import Terminal, isolated

PROGRAM = (sys.executable, "-m", "breadtui")
EDITOR = "import sys, pathlib\npathlib.Path(sys.argv[1]).write_text('Patience, you must have.\\n', encoding='utf-8')\n"


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[RunningOven]:
    with running_oven(tmp_path, samples=True, speed=1e-9) as running:
        yield running


@pytest.fixture
def environ(tmp_path: Path, oven: RunningOven) -> dict[str, str]:
    script = tmp_path / "editor.py"
    script.write_text(EDITOR, encoding="utf-8")
    key = {"BREAD_BASE_URL": oven.url, "BREAD_API_KEY": oven.key}
    return isolated(tmp_path, **key, EDITOR=f"{sys.executable} {script}", VISUAL="")


def opened(environ: dict[str, str]) -> Terminal:
    """The program, with the form of a new prompt open."""
    terminal = Terminal(PROGRAM, environ=environ)
    terminal.wait_for("yoda_teacher")
    terminal.send("n")
    terminal.wait_for("a teacher or a student")
    terminal.send("p")
    terminal.wait_for("New prompt")
    return terminal


def test_a_text_is_written_in_the_users_own_editor(environ: dict[str, str], oven: RunningOven) -> None:
    terminal = opened(environ)
    try:
        terminal.send("patient", "tab", "\x07")
        terminal.wait_for("Patience, you must have.")
        terminal.send("ctrl+o")
        terminal.wait_for("Prompts +3")
    finally:
        terminal.close()
    repo = oven.store.repo("yoda_repo")
    assert repo is not None
    assert "patient" in oven.store.names(repo, Kind.PROMPT)


def test_what_was_typed_outlives_a_kill(environ: dict[str, str], tmp_path: Path) -> None:
    terminal = opened(environ)
    drafts = tmp_path / "state" / "drafts"
    try:
        terminal.send("half a na")
        terminal.wait_until(
            lambda: any("half a na" in file.read_text() for file in drafts.rglob("*.json")), "the draft"
        )
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in drafts.rglob("*.json"))
        os.killpg(terminal.process.pid, signal.SIGKILL)
        terminal.wait_for_end()
    finally:
        terminal.close()
    terminal = opened(environ)
    try:
        terminal.wait_for("half a na")
        terminal.wait_for("ctrl\\+z begins afresh")
    finally:
        terminal.close()
