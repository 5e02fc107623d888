"""However the demo ends, nothing of it is left: no oven, no files, and the terminal is as it was."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.terminal import Terminal, isolated


class Demo:
    """The demo in a terminal, with its oven's process and the folder its files lie in."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "tmp"
        self.files.mkdir()
        command = (sys.executable, "-m", "breadtui", "demo")
        self.terminal = Terminal(command, environ=isolated(folder, TMPDIR=str(self.files)))
        self.terminal.wait_for("yoda_target")
        (self.oven,) = psutil.Process(self.terminal.process.pid).children()

    def nothing_is_left(self) -> None:
        """Wait until that is so."""
        self.terminal.wait_until(lambda: not self.oven.is_running(), "the oven's end")
        self.terminal.wait_until(lambda: not list(self.files.iterdir()), "the oven's files to be gone")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    yield running
    running.terminal.close()


def test_quitting_leaves_nothing_behind(demo: Demo) -> None:
    demo.terminal.send("q")
    assert demo.terminal.wait_for_end() == 0
    demo.nothing_is_left()
    assert demo.terminal.restored()


def test_a_termination_is_an_orderly_end(demo: Demo) -> None:
    demo.terminal.process.send_signal(signal.SIGTERM)
    assert demo.terminal.wait_for_end() == 128 + signal.SIGTERM
    demo.nothing_is_left()
    assert demo.terminal.restored()


def test_a_dropped_line_ends_the_program_and_its_oven(demo: Demo) -> None:
    demo.terminal.hang_up()
    demo.terminal.wait_for_end()
    demo.nothing_is_left()


def test_after_a_kill_the_oven_restores_the_terminal_and_ends(demo: Demo) -> None:
    demo.terminal.process.kill()
    demo.terminal.wait_for_end()
    demo.nothing_is_left()
    demo.terminal.wait_until(demo.terminal.restored, "the terminal to be restored")


def test_an_oven_that_dies_is_told_of_and_the_program_lives_on(demo: Demo) -> None:
    demo.oven.kill()
    demo.terminal.send("R")
    demo.terminal.wait_for("offline, next try")
    demo.terminal.send("q")
    assert demo.terminal.wait_for_end() == 0
