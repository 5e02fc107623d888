"""Measures the start against a blank Textual app, turn by turn in one run: `python -m tests.bench.startup [ROUNDS]`.

Both are started in a pseudo-terminal of 120×36. `paint` is when the first cell holds ink, `tree` when the repositories
are shown (the blank app's only text, for it), both in ms from the start of the process; `memory` is the resident set
in MiB once that stands. Figures are medians, and ratios are taken round by round, because machines drift.
"""

from __future__ import annotations

import re
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


def main(rounds: int = 9) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running_oven(Path(folder), samples=True, speed=1e-9) as oven:
        environ = isolated(Path(folder), BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
        blank = (sys.executable, "-c", BLANK)
        _start(blank, environ, "blank")  # the first of each only fills the disk's cache
        _start(OURS, environ, "yoda_repo")
        pairs = [(_start(blank, environ, "blank"), _start(OURS, environ, "yoda_repo")) for _ in range(rounds)]
    print(f"{'':8}{'blank':>10}{'breadtui':>10}{'ratio':>8}")
    for index, figure in enumerate(FIGURES):
        theirs = statistics.median(pair[0][index] for pair in pairs)
        ours = statistics.median(pair[1][index] for pair in pairs)
        ratio = statistics.median(pair[1][index] / pair[0][index] for pair in pairs)
        print(f"{figure:8}{theirs:10.0f}{ours:10.0f}{ratio:8.2f}")


def _start(command: tuple[str, ...], environ: dict[str, str], ready: str) -> tuple[float, float, float]:
    began = time.perf_counter()
    terminal = Terminal(command, environ=environ)
    try:
        terminal.wait_until(lambda: bool(terminal.text.strip()), "ink")
        paint = time.perf_counter() - began
        terminal.wait_until(lambda: re.search(ready, terminal.text) is not None, ready)
        tree = time.perf_counter() - began
        memory = psutil.Process(terminal.process.pid).memory_info().rss / 2**20
        return paint * 1000, tree * 1000, memory
    finally:
        terminal.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
