"""Ends the program even where its terminal is gone, so that nothing is left spinning on a dead line."""

from __future__ import annotations

import os
import threading

GRACE = 2.0
"""Seconds an orderly end may take."""


def end_soon(code: int) -> None:
    """End this process with `code` in `GRACE` seconds, unless it has ended by itself before.

    Textual 8.2 reads a closed terminal in a tight loop, and writes to it through a bounded queue that nobody empties
    any more: its own way out can be blocked. Files are written atomically, so nothing is lost by not waiting.
    """
    timer = threading.Timer(GRACE, os._exit, (code,))
    timer.daemon = True
    timer.start()
