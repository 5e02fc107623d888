"""The program with its imports done: each run of it is a fork of one process, which saves the half second of loading.

What a fork starts with is what a start from a shell ends up with before its first request; tests of the start itself
begin a process of their own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

LOADED = (
    "breadtui.api.client",
    "breadtui.bakery.authoring.reading",
    "breadtui.bakery.comparison.command",
    "breadtui.bakery.downloads.command",
    "breadtui.bakery.folder.command",
    "breadtui.bakery.following.run",
    "breadtui.bakery.following.status",
    "breadtui.bakery.following.watch",
    "breadtui.bakery.kitchen",
    "breadtui.bakery.recipes.command",
    "breadtui.bakery.sweep.command",
    "breadtui.bgit.command",
    "breadtui.cli",
)
_MOST = 200_000
"""Bytes of an order, environment and all."""


class Order(TypedDict):
    """A run of the program that is asked for."""

    arguments: list[str]
    environ: dict[str, str]
    cwd: str


class Preloaded:
    """A process that has loaded the program, and runs it as often as it is told to."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.preloaded", str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
        theirs.close()
        atexit.register(self._end)

    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end, with no terminal."""
        order: Order = {"arguments": [*arguments], "environ": dict(environ), "cwd": str(cwd)}
        ended, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, ended, theirs:
            socket.send_fds(self._channel, [json.dumps(order).encode()], [out.fileno(), err.fileno(), theirs.fileno()])
            theirs.close()
            ended.settimeout(timeout)
            code = int(ended.recv(32).decode() or "255")
            texts = [file.read().decode() for file in (out, err) if file.seek(0) == 0]
        return subprocess.CompletedProcess([*arguments], code, *texts)

    def _end(self) -> None:
        self._channel.close()
        self._process.wait()


@cache
def preloaded() -> Preloaded:
    """The one of this process."""
    return Preloaded()


def _serve(channel: socket.socket) -> None:
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    while True:
        order, handles, _, _ = socket.recv_fds(channel, _MOST, 3)
        if not order:
            return
        if os.fork() == 0:
            channel.close()
            _supervise(json.loads(order), handles)
        for handle in handles:
            os.close(handle)
        _reap()


def _supervise(order: Order, handles: Sequence[int]) -> None:
    """Wait for the program, and tell how it ended; does not return but in the program itself."""
    out, err, ended = handles
    child = os.fork()
    if child == 0:
        os.close(ended)
        _become(order, out, err)
        return
    _, status = os.waitpid(child, 0)
    os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(order: Order, out: int, err: int) -> None:
    """Be the program that was asked for: it ends as a program ends."""
    for place, handle in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
        os.dup2(handle, place)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8")  # noqa: SIM115 - open till the end
    sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8")  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(
        open(2, "wb", closefd=False),  # noqa: SIM115
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["cwd"])
    sys.argv = ["breadtui", *order["arguments"]]
    from breadtui.__main__ import main

    main()
    sys.exit(0)


def _reap() -> None:
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
