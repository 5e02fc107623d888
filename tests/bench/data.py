"""Measures the data screen on many rows: `python -m tests.bench.data [ROWS]`.

Rows are held by an oven; the program runs in a pseudo-terminal of 120×36. `first` is the time from the key to the first
page, `end` from `G` to the last row, `jump` to a row in the middle, all in ms; `key` to the first byte of the answer to
a cursor key, and `bytes` all that it writes; `memory` the growth of the resident set in MiB from the tree to the end of
all that, after a hundred far jumps, and after all was measured.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.support.oven import RunningOven, running_oven
from tests.support.rows import TARGET, fill
from tests.support.terminal import Terminal, isolated

COMMAND = (sys.executable, "-m", "breadtui")
KEYS = 30
PAGES = 100


def main(rows: int = 100_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running_oven(Path(folder), speed=1e-9) as oven:
        began = time.perf_counter()
        fill(oven.store, rows // 2)
        print(f"{rows:,} responses put into the oven in {time.perf_counter() - began:.1f} s")
        environ = isolated(Path(folder), BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
        terminal = Terminal(COMMAND, environ=environ)
        try:
            _measure(terminal, oven, rows)
        finally:
            terminal.close()


def _measure(terminal: Terminal, oven: RunningOven, rows: int) -> None:
    terminal.wait_for(r"Targets +1")
    terminal.send("/", TARGET, "enter", "enter")
    _settle(terminal)
    memory = psutil.Process(terminal.process.pid).memory_info
    before = memory().rss
    first = _timed(terminal, "d", rf"{rows // 2:,} stimuli")
    turned = _timed(terminal, "right", rf"{rows:,} responses")
    _settle(terminal)
    end = _timed(terminal, "G", rf"{rows:,} +(?:↳|What)")
    jump = _timed(terminal, str(rows // 2), rf" {rows // 2:,} +(?:↳|What)", "enter")
    print(f"first {first:.0f} ms   responses {turned:.0f} ms   end {end:.0f} ms   jump {jump:.0f} ms")
    _settle(terminal)
    waits, sizes = zip(*(_key(terminal, "down" if turn % 2 else "up") for turn in range(KEYS)), strict=True)
    print(f"key {statistics.median(waits) * 1000:.1f} ms   bytes {statistics.median(sizes):.0f}")
    print(f"memory +{(memory().rss - before) / 2**20:.1f} MiB")
    for page in range(PAGES):
        terminal.send(str((page * 7919 * 100) % rows + 1), "enter")
    _settle(terminal)
    print(f"memory +{(memory().rss - before) / 2**20:.1f} MiB after {PAGES} far jumps")
    terminal.send("s")
    began = time.perf_counter()
    terminal.wait_for(rf"{rows:,} responses +│", 300)
    terminal.wait_until(lambda: "measuring" not in terminal.text, "the whole summary", 300)
    print(f"measured in {time.perf_counter() - began:.1f} s, memory +{(memory().rss - before) / 2**20:.1f} MiB")


def _timed(terminal: Terminal, key: str, pattern: str, *keys: str) -> float:
    began = time.perf_counter()
    terminal.send(key, *keys)
    terminal.wait_until(lambda: re.search(pattern, terminal.text) is not None, pattern)
    return (time.perf_counter() - began) * 1000


def _key(terminal: Terminal, key: str) -> tuple[float, int]:
    before, began = len(terminal.written), time.perf_counter()
    terminal.send(key)
    terminal.wait_until(lambda: len(terminal.written) > before, "an answer")
    waited = time.perf_counter() - began
    _settle(terminal)
    return waited, len(terminal.written) - before


def _settle(terminal: Terminal) -> None:
    """Read on until nothing has come for a while."""
    seen = -1
    while seen != len(terminal.written):
        seen = len(terminal.written)
        for _ in range(6):
            terminal._read(0.05)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
