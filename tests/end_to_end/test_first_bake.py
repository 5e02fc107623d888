"""The guide's seven steps, by keys alone, in a real terminal, against a real server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.oven import running_oven
from tests.support.terminal import Terminal, isolated

PROGRAM = (sys.executable, "-m", "breadtui")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with running_oven(tmp_path, speed=600) as oven:
        environ = isolated(tmp_path, BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
        running = Terminal(PROGRAM, environ=environ)
        yield running
        running.close()


def test_yoda_is_baked_by_keyboard_from_an_empty_repository_to_an_answer(terminal: Terminal) -> None:
    terminal.wait_for("no repository yet")
    terminal.send("n")
    terminal.wait_for("a workspace with a base model")
    terminal.send("enter")
    terminal.wait_for("New repository")
    terminal.send("yoda_repo", "ctrl+o")
    terminal.wait_for("yoda_repo · Qwen/Qwen3-32B")

    _make(terminal, "p", "New prompt")
    terminal.send("yoda_teacher", "tab", "You are Yoda. Speak like Yoda, use inverted syntax.", "ctrl+o")
    terminal.wait_for("Prompts +1")
    _make(terminal, "p", "New prompt")
    terminal.send("empty_student", "ctrl+o")
    terminal.wait_for("Prompts +2")

    _make(terminal, "t", "New target")
    terminal.send("yoda_target", "tab", "yoda", "tab", "empty", "tab", "tab")
    terminal.send("How tall are you?", "enter", "Teach me about patience.", "ctrl+o")
    terminal.wait_for("Targets +1")
    terminal.wait_for("empty: the behaviour is always on")

    _make(terminal, "b", "New bake")
    terminal.send("yoda_bake_v1", "ctrl+o")
    terminal.wait_for("Bakes +1")
    terminal.wait_for("needs +rollout of yoda_target")
    terminal.send("r")
    terminal.wait_for("enter +Run")
    terminal.send("enter")
    terminal.wait_for("◆ 21 +baker")
    terminal.wait_for("bake +yoda_repo/yoda_bake_v1 .*◆")

    terminal.send("c")
    terminal.wait_for("Chat · baker/yoda_repo/yoda_bake_v1/")
    terminal.send("Teach me about patience", "enter")
    terminal.wait_for(r"\(rehearsal\)")
    terminal.wait_for("Ask again")
    terminal.send("esc")
    terminal.wait_for("Repositories")
    terminal.send("q")
    assert terminal.wait_for_end() == 0
    assert terminal.restored()


def _make(terminal: Terminal, letter: str, heading: str) -> None:
    terminal.send("n")
    terminal.wait_for("a teacher, a student and questions")
    terminal.send(letter)
    terminal.wait_for(heading)
