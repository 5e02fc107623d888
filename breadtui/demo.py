"""The demo's oven: a real one, in a process of its own that ends with the app, however the app ends.

The two are tied by a pipe. When the app goes, by whatever signal, the pipe closes; the oven then removes what it wrote
and, where the app could not, gives the terminal back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import IO

from breadtui.api.secret import Secret
from breadtui.settings import Connection

SPEED = 30.0
"""Job times are divided by this: the guide's 12-minute bake takes 24 s."""
FAREWELL = b"farewell\n"
"""Says, down the pipe, that the app restored the terminal itself."""
NO_TERMINAL = -1
PATIENCE = 5.0
"""Seconds the oven may take to end before it is killed."""


class OvenFailed(Exception):
    """The oven did not start; the text says why."""


class DemoOven:
    """The app's side: starts the process, learns its address and key, and lets it go."""

    def __init__(self, speed: float = SPEED) -> None:
        self._speed = speed
        self._process: asyncio.subprocess.Process | None = None
        self._errors: IO[bytes] | None = None

    @property
    def ended(self) -> bool:
        """Whether it was started, and is no more."""
        return self._process is not None and self._process.returncode is not None

    async def start(self) -> Connection:
        """Start the oven with the guide's repositories; raises OvenFailed."""
        terminal = _terminal()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - read when the oven fails, gone with this process
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "breadtui.demo", str(self._speed), str(terminal)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=self._errors,
                pass_fds=() if terminal == NO_TERMINAL else (terminal,),
                start_new_session=True,  # so that a hang-up of the terminal leaves it time to tidy up
            )
        finally:
            if terminal != NO_TERMINAL:
                os.close(terminal)
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise OvenFailed(f"The oven on this machine did not start: {self._last_words()}")
        told = json.loads(line)
        return Connection(told["url"], Secret(told["key"]), rehearsal=True)

    async def stop(self) -> None:
        """Let the oven end and tidy up; kill it if it does not."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.write(FAREWELL)
            process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _last_words(self) -> str:
        if self._errors is None:
            return "it said nothing."
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing."


def main() -> None:
    """The oven's side: serve until the pipe on standard input closes. Arguments: speed, terminal's descriptor."""
    speed, terminal = float(sys.argv[1]), int(sys.argv[2])
    data = Path(tempfile.mkdtemp(prefix="breadtui-demo-"))
    try:
        asyncio.run(_serve(data, speed, terminal))
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def _serve(data: Path, speed: float, terminal: int) -> None:
    from breadtui.oven.server import OvenSettings, serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(0, _heard, bytearray(), terminal, stop)

    def ready(url: str, key: str) -> None:
        sys.stdout.write(json.dumps({"url": url, "key": key}) + "\n")
        sys.stdout.flush()

    await serve(OvenSettings(data=data, speed=speed, samples=True), on_ready=ready, stop=stop)


def _heard(said: bytearray, terminal: int, stop: asyncio.Event) -> None:
    """The app spoke, or is gone."""
    if some := os.read(0, 1024):
        said.extend(some)
        return
    asyncio.get_running_loop().remove_reader(0)
    if FAREWELL not in said and terminal != NO_TERMINAL:
        from breadtui.terminal.rescue import give_back

        give_back(terminal)
    stop.set()


def _terminal() -> int:
    """A descriptor of our terminal for the oven to hold, or NO_TERMINAL."""
    with contextlib.suppress(OSError, ValueError):
        if sys.__stdin__ is not None and sys.__stdin__.isatty():
            return os.dup(sys.__stdin__.fileno())
    return NO_TERMINAL


if __name__ == "__main__":
    main()
