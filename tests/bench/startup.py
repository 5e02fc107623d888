"""Measures the start against a blank Textual app, turn by turn in one run: `python -m tests.bench.startup [ROUNDS]`.

Both are started in a pseudo-terminal of 120×36. `paint` is when the first cell holds ink, `tree` when the repositories
are shown (the blank app's only text, for it), both in ms from the start of the process; `memory` is the resident set
in MiB two seconds later, when the server has told all. `first time` is a start that knows nothing of the server yet.
Figures are medians, and ratios are taken round by round, because machines drift.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.support.oven import running_oven
from tests.support.terminal import Terminal, isolated

BLANK = """
from textual.app import App
from textual.widgets import Static

class Blank(App):
    def compose(self):
        yield Static("blank")

Blank().run()
"""
OURS = (sys.executable, "-m", "breadtui")
FIGURES = ("paint", "tree", "memory")
Figures = tuple[float, float, float]


def main(rounds: int = 9) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running_oven(Path(folder), samples=True, speed=1e-9) as oven:
        environ = isolated(Path(folder), BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
        blank = (sys.executable, "-c", BLANK)
        turns: list[tuple[Figures, Figures, Figures]] = []
        for _ in range(rounds + 1):
            theirs = _start(blank, environ, "blank")
            shutil.rmtree(Path(folder) / "state", ignore_errors=True)
            first = _start(OURS, environ, "yoda_repo")
            turns.append((theirs, first, _start(OURS, environ, "yoda_repo")))
    del turns[0]  # it filled the disk's cache
    print(f"{'':8}{'blank':>10}{'first time':>18}{'later':>18}")
    for index, figure in enumerate(FIGURES):
        print(f"{figure:8}{statistics.median(turn[0][index] for turn in turns):10.0f}", end="")
        for which in (1, 2):
            ours = statistics.median(turn[which][index] for turn in turns)
            ratio = statistics.median(turn[which][index] / turn[0][index] for turn in turns)
            print(f"{ours:10.0f} ×{ratio:6.2f}", end="")
        print()


def _start(command: tuple[str, ...], environ: dict[str, str], ready: str) -> Figures:
    began = time.perf_counter()
    terminal = Terminal(command, environ=environ)
    try:
        terminal.wait_until(lambda: bool(terminal.text.strip()), "ink")
        paint = time.perf_counter() - began
        terminal.wait_until(lambda: re.search(ready, terminal.text) is not None, ready)
        tree = time.perf_counter() - began
        settled = time.perf_counter() + 2
        terminal.wait_until(lambda: time.perf_counter() > settled, "everything to be there")
        memory = psutil.Process(terminal.process.pid).memory_info().rss / 2**20
        terminal.send("ctrl+q")
        terminal.wait_for_end()
        return paint * 1000, tree * 1000, memory
    finally:
        terminal.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
