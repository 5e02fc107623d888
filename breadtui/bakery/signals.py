"""The signals that ask a command to end: it is told of them, so that it can end in good order and say how."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Generator

KILLED = 128
"""The exit code to which a signal's number is added, as shells do."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def told_to_end(end: Callable[[signal.Signals], None]) -> Generator[None]:
    """Inside of it, such a signal calls `end` from the running loop, and does nothing else."""
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)
