"""Runs a program in a pseudo-terminal and reads its screen as a person would, through pyte."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "left": "\x1b[D",
    "right": "\x1b[C",
    "ctrl+o": "\x0f",
    "ctrl+q": "\x11",
}
PATIENCE = 30.0


class Terminal:
    """A program and the screen it draws. `send` presses keys by name or types text; `wait_for` waits for the screen."""

    def __init__(
        self, command: Sequence[str], *, environ: Mapping[str, str], columns: int = 120, rows: int = 36
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.written = bytearray()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **environ},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one system call, no lock
            close_fds=True,
        )
        self._slave = slave  # kept open, so that what stays of the terminal's state can be read at the end

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.screen.display)

    def send(self, *keys: str) -> None:
        """Press keys one by one; a word that is no key's name is typed."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            self._read(0.02)

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> str:
        """Read on until the screen matches; gives the screen. Fails with the screen that was seen instead."""
        self.wait_until(lambda: re.search(pattern, self.text) is not None, f"{pattern!r} on the screen", seconds)
        return self.text

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Read on until `holds`."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds:g} s for {what}; the screen was:\n{self.text}")
            self._read(0.05)

    def wait_for_end(self, seconds: float = PATIENCE) -> int:
        """Read on until the program has ended; gives its exit code."""
        self.wait_until(lambda: self.process.poll() is not None, "the program's end", seconds)
        self._read(0.1)
        return self.process.returncode

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped connection does."""
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def restored(self) -> bool:
        """Whether the terminal is as a shell left it: echo and line editing on, main screen, cursor shown, no mouse."""
        flags = termios.ECHO | termios.ICANON | termios.ISIG
        now = termios.tcgetattr(self._slave)
        self._read(0.05)
        text = bytes(self.written)
        ends_on_main = text.rfind(b"\x1b[?1049l") > text.rfind(b"\x1b[?1049h")
        cursor_shown = text.rfind(b"\x1b[?25h") > text.rfind(b"\x1b[?25l")
        mouse_off = text.rfind(b"\x1b[?1003l") > text.rfind(b"\x1b[?1003h")
        return now[3] & flags == self.before[3] & flags and ends_on_main and cursor_shown and mouse_off

    def close(self) -> None:
        """End the program, if it has not."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)

    def _read(self, seconds: float) -> None:
        if self._master < 0:
            select.select([], [], [], seconds)
            return
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            with contextlib.suppress(OSError):
                data = os.read(self._master, 65536)
                self.written.extend(data)
                # pyte does not know private CSI such as the kitty keyboard's, and would print their ends.
                self._stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[^0-9;hl]", b"", data))


def isolated(folder: Path, **extra: str) -> dict[str, str]:
    """An environment in which the program finds no settings but those in `folder`."""
    told_of_another = ("BREAD", "TEXTUAL", "COLUMNS", "LINES", "TERM", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(told_of_another)}
    return {
        **kept,
        "HOME": str(folder),
        "BREADTUI_CONFIG": str(folder / "config.toml"),
        "BREADTUI_STATE": str(folder / "state"),
        **extra,
    }
