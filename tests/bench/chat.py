"""Measures a chat while an answer streams in: `python -m tests.bench.chat [SECONDS]`, 8 a row by default.

The page runs in a pseudo-terminal of its own process. `key` is the time from a key being written to the terminal until
its echo is read from it; `late` that from a token being said to its being read, of the last token of each picture;
`CPU` and `KB/s` are of the whole program. `before` are the tokens that the same answer had already. The last rows are
one endless block of a kind; and the same stream in Textual's own Markdown widget, for comparison.
"""

from __future__ import annotations

import asyncio
import math
import os
import pty
import re
import select
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Coroutine
from fcntl import ioctl
from pathlib import Path
from struct import pack

import psutil
from textual import events
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static

from breadtui.themes import DARK
from breadtui.widgets.transcript import Transcript

ROOT = Path(__file__).parents[2]
ROWS: list[tuple[str, int, int]] = [
    *(("mixed", before, speed) for before in (0, 100_000) for speed in (50, 200, 1000, 2000)),
    *((kind, 100_000, 2000) for kind in ("paragraph", "code", "list", "table", "reasoning")),
    ("mixed", 0, 0),
    ("textual", 0, 200),
    ("textual", 10_000, 200),
]
COLUMNS, LINES = 120, 36
EVERY = 0.11
"""Seconds between two keys."""


def main(seconds: float = 8.0) -> None:
    """Measure and print."""
    print("block        before  tokens/s  key ms    p95  late ms    p95  CPU %   KB/s")
    for kind, before, speed in ROWS:
        figures = _measure(kind, before, speed, seconds)
        print(f"{kind:10}{before:9,}{speed:10,}" + "{:8.1f}{:7.1f}{:9.1f}{:7.1f}{:7.1f}{:7.1f}".format(*figures))


def _measure(kind: str, before: int, speed: int, seconds: float) -> tuple[float, ...]:
    """Key latency, its 95th percentile, lateness, its 95th percentile, CPU and bytes."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, pack("HHHH", LINES, COLUMNS, 0, 0))
    with tempfile.NamedTemporaryFile() as log:
        command = [sys.executable, "-m", "tests.bench.chat", kind, str(before), str(speed), log.name]
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environ) as child:
            try:
                reader = Reader(master)
                reader.read_until(lambda: reader.echoed >= 0, 120)
                reader.read_for(1.5)
                program = psutil.Process(child.pid)
                cpu, began, written = sum(program.cpu_times()[:2]), time.monotonic(), reader.bytes
                while time.monotonic() < began + seconds:
                    reader.press()
                    reader.read_for(EVERY)
                spent = time.monotonic() - began
                cpu = (sum(program.cpu_times()[:2]) - cpu) / spent * 100
                speed_of_bytes = (reader.bytes - written) / spent / 1000
            finally:
                child.kill()
        said = {number: float(at) for number, at in enumerate(Path(log.name).read_text().split())}
    os.close(master)
    os.close(slave)
    late = [at - said[number - before] for number, at in reader.seen if number - before in said and at > began] or [0.0]
    return *_spread(reader.latencies), *_spread(late), cpu, speed_of_bytes


def _spread(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000


class Reader:
    """What the program writes: the echoes of keys, and the numbers of the tokens."""

    def __init__(self, master: int) -> None:
        self.bytes = 0
        self.echoed = -1
        self.latencies: list[float] = []
        self.seen: list[tuple[int, float]] = []
        self._master = master
        self._pressed = 0.0
        self._end = b""

    def press(self) -> None:
        """A key, and how long its echo takes."""
        before, self._pressed = self.echoed, time.monotonic()
        os.write(self._master, b"x")
        self.read_until(lambda: self.echoed > before, 20)
        self.latencies.append(time.monotonic() - self._pressed)

    def read_for(self, seconds: float) -> None:
        """Read on for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def read_until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Read on until `holds`."""
        until = time.monotonic() + seconds
        while not holds():
            self._read(0.5)
            if time.monotonic() > until:
                raise TimeoutError(f"nothing for {seconds} s; last was {self._end[-300:]!r}")

    def _read(self, seconds: float) -> None:
        if not select.select([self._master], [], [], seconds)[0]:
            return
        data, now = os.read(self._master, 1 << 16), time.monotonic()
        self.bytes += len(data)
        self._end = (self._end + data)[-(1 << 16) :]
        if echoes := re.findall(rb"<(\d+)>", self._end):
            self.echoed = int(echoes[-1])
        tokens = [int(number) for number in re.findall(rb"(?:\b|m)t(\d+)\b", data)]
        if tokens and (not self.seen or max(tokens) > self.seen[-1][0]):
            self.seen.append((max(tokens), now))


class Bench(App[None]):
    """A page and a line that echoes keys."""

    CSS = "Transcript, VerticalScroll { height: 1fr; padding: 0 2; scrollbar-size: 1 1; } #echo { height: 1; }"

    def __init__(self, kind: str, before: int, speed: int, log: str) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._kind, self._before, self._speed, self._said_at = kind, before, speed, log
        self._keys = 0

    def compose(self) -> ComposeResult:
        """The page, or Textual's."""
        if self._kind == "textual":
            with VerticalScroll():
                yield Markdown()
        else:
            yield Transcript()
        yield Static("", id="echo")

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._stream())

    def on_key(self, event: events.Key) -> None:
        """Echo."""
        self._keys += 1
        self.query_one("#echo", Static).update(f"<{self._keys}>", layout=False)

    async def _stream(self) -> None:
        say = await self._prepared()
        self.query_one("#echo", Static).update("<0>")
        with Path(self._said_at).open("w", buffering=1, encoding="utf-8") as log:  # noqa: ASYNC230 - it is measured too
            began, number = time.monotonic(), 0
            while True:
                due = int((time.monotonic() - began) * self._speed)
                while number < due:
                    await say(token(self._kind, self._before + number))
                    log.write(f"{time.monotonic()}\n")
                    number += 1
                await asyncio.sleep(1 / min(self._speed or 1, 500))

    async def _prepared(self) -> Say:
        text = "".join(token(self._kind, number) for number in range(self._before))
        if self._kind == "textual":
            stream = Markdown.get_stream(self.query_one(Markdown))
            self.query_one(VerticalScroll).anchor()
            await self.query_one(Markdown).update(text)
            return stream.write
        page = self.query_one(Transcript)
        page.begin("bench")
        take = page.reason if self._kind == "reasoning" else page.say
        if self._kind == "reasoning":
            page.toggle_reasoning()
        take(text or token(self._kind, 0))
        await asyncio.sleep(0.3)
        page._layout.measure(0, math.inf)  # what an answer that streamed in so far would have had done already

        async def say(text: str) -> None:
            take(text)

        return say


Say = Callable[[str], Coroutine[None, None, None]]


def token(kind: str, number: int) -> str:
    """A token of an answer that is one block, or of paragraphs, lists and code in turn."""
    word = f"t{number} "
    match kind:
        case "paragraph" | "reasoning":
            return word
        case "code":
            return ("```python\n" if not number else "") + word + ("\n" if number % 10 == 9 else "")
        case "list":
            return ("\n- " if number % 12 == 0 else "") + word
        case "table":
            head = "| one | two |\n|---|---|\n" if not number else ""
            return head + f"| {word}" + ("|\n" if number % 2 else "")
        case _:
            return _mixed(number) + word


def _mixed(number: int) -> str:
    part, place = divmod(number, 60)
    match part % 4:
        case 1:
            return "\n\n- " if not place else "\n- " if place % 12 == 0 else ""
        case 2:
            return "\n\n```python\n" if not place else "\n" if place % 8 == 0 else ""
        case 3 if not place:
            return "\n```\n\n### "
        case _:
            return "\n\n" if place % 30 == 0 else "**and** " if place % 11 == 0 else ""


if __name__ == "__main__":
    if len(sys.argv) == 5:
        Bench(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]).run()
    else:
        main(*map(float, sys.argv[1:]))
