"""Compares a large repository with a small one: `python -m tests.bench.large [TARGETS]`.

Both are shown by the program in a pseudo-terminal of 120×36, turn by turn in one run. `tree` is the time from the start
of the process until the repository is unfolded; `key` that from a cursor key to the first byte of the answer, `bytes`
what one key writes, both medians over the targets' rows.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from tests.support.oven import RunningOven, running_oven
from tests.support.terminal import Terminal, isolated

COMMAND = (sys.executable, "-m", "breadtui")
KEYS = 30
BATCH = 500


async def fill(oven: RunningOven, targets: int) -> None:
    """A repository of as many prompts as targets, and a quarter as many bakes."""
    given = {"teacher_prompt": "p0", "student_prompt": "p0", "generators": [{"type": "hardcoded", "questions": ["?"]}]}
    async with BreadClient(oven.url, Secret(oven.key)) as client:
        await client.create_repo("kitchen")
        for start in range(0, targets, BATCH):
            numbers = range(start, min(start + BATCH, targets))
            await client.create_prompts("kitchen", {f"p{n}": [{"role": "system", "content": "Hi"}] for n in numbers})
            await client.create_targets("kitchen", {f"t{n}": given for n in numbers})
        bakes = {f"b{n}": {"datasets": [{"target": f"t{n}"}]} for n in range(targets // 4)}
        if bakes:
            await client.create_bakes("kitchen", bakes)


def measure(targets: int) -> tuple[float, float, float]:
    """Seconds until the repository is unfolded, ms to the first byte of a key's answer, and its bytes in all."""
    with tempfile.TemporaryDirectory() as folder, running_oven(Path(folder), speed=1e-9) as oven:
        asyncio.run(fill(oven, targets))
        environ = isolated(Path(folder), BREAD_BASE_URL=oven.url, BREAD_API_KEY=oven.key)
        began = time.perf_counter()
        terminal = Terminal(COMMAND, environ=environ)
        try:
            terminal.wait_for(rf"Targets +{targets:,}")
            shown = time.perf_counter() - began
            _settle(terminal)
            terminal.send("/", f"t{targets - 1}", "enter", "enter")
            _settle(terminal)
            waits, sizes = zip(*(_key(terminal, "down" if turn % 2 else "up") for turn in range(KEYS)), strict=True)
        finally:
            terminal.close()
    return shown, statistics.median(waits) * 1000, statistics.median(sizes)


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
    large = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    few, many = measure(2), measure(large)
    for name, one, other in zip(("tree, s", "key, ms", "bytes"), few, many, strict=True):
        print(f"{name:<8} 2 targets {one:10.2f}   {large:,} targets {other:10.2f}   ×{other / one:.2f}")
