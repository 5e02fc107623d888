"""Measures a folder of documents being baked: `python -m tests.bench.folder [DOCUMENTS]`, 1,000 by default.

The documents have about 2 KB each, and the oven runs in a process of its own. Requests are counted by the client that
sends them. `killed` is a run of the real command that is killed outright once half of the targets are there, and the
run after it. Seconds drift with the machine: look at the requests, and at the ratios.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.folder.applying import apply
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Standing
from breadtui.bakery.folder.plan import Plan, make_plan
from breadtui.bakery.folder.reading import read_folder
from tests.support.terminal import isolated

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
SIZE = 2000
WORDS = ("phone", "battery", "charge", "settings", "restart", "update", "screen", "cable", "store", "warranty")


def main(count: int = 1000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        folder = _documents(Path(place) / "docs", count)
        command = [sys.executable, "-m", "tests.support.serve_oven", f"{place}/oven", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as oven:
            try:
                assert oven.stdout is not None
                url, key = oven.stdout.readline().split()
                print(f"{'':24}{'requests':>10}{'seconds':>10}")
                asyncio.run(_runs(url, key, folder))
                _killed(Path(place), url, key, folder, count)
            finally:
                oven.kill()


async def _runs(url: str, key: str, folder: Path) -> None:
    began = time.perf_counter()
    read = read_folder(folder)
    _tell("read", 0, time.perf_counter() - began)
    async with BreadClient(url, Secret(key)) as client:

        async def planned() -> Plan:
            return await make_plan(client, "bench", read, Options())

        plan = await _timed("plan, nothing there", client, planned())

        async def applied() -> int:
            return [step.done async for step in apply(client, plan)][-1]

        first = client.requests
        made = await _timed("apply", client, applied())
        print(f"{made} things in {client.requests - first} requests: {made / (client.requests - first):.0f} in each")
        again = await _timed("plan, all there", client, planned())
        print(f"then {len(again.of(Standing.SAME))} are the same, {len(again.of(Standing.NEW))} new")


async def _timed(what: str, client: BreadClient, work: Awaitable[T]) -> T:
    before, began = client.requests, time.perf_counter()
    result = await work
    _tell(what, client.requests - before, time.perf_counter() - began)
    return result


def _killed(place: Path, url: str, key: str, folder: Path, count: int) -> None:
    environ = isolated(place, BREAD_BASE_URL=url, BREAD_API_KEY=key)
    command = [sys.executable, "-m", "breadtui", "bake-folder", str(folder), "--repo", "killed", "--yes"]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            done = line.split(" of ")[0].replace(",", "") if line.endswith("· targets\n") else ""
            if done.isdigit() and int(done) >= count * 1.5:
                os.kill(running.pid, signal.SIGKILL)
                break
    there = asyncio.run(_held(url, key))
    _tell("command, killed", 0, time.perf_counter() - began)
    began = time.perf_counter()
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True)
    _tell("command, run again", 0, time.perf_counter() - began)
    print(f"{there} of {2 * count + 2} were there after the kill; the second run said: {done.stdout.splitlines()[-1]}")
    print(f"{asyncio.run(_held(url, key))} are there in the end; exit code {done.returncode}")


async def _held(url: str, key: str) -> int:
    async with BreadClient(url, Secret(key)) as client:
        lists = (client.list_prompts, client.list_targets, client.list_bakes)
        return sum([len(await names("killed")) for names in lists])


def _documents(folder: Path, count: int) -> Path:
    roll = random.Random(7)
    for number in range(count):
        file = folder / f"part_{number // 100}" / f"note_{number:04}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"# Note {number}\n\n"
        while len(text) < SIZE:
            text += " ".join(roll.choices(WORDS, k=12)) + ".\n"
        file.write_text(text)
    return folder


def _tell(what: str, requests: int, seconds: float) -> None:
    print(f"{what:24}{requests or '':>10}{seconds:10.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
