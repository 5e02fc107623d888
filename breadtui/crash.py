"""What is left of a mistake of ours: a report on disk, and a sentence that says where. Never values, only places."""

from __future__ import annotations

import traceback

from breadtui import __version__
from breadtui.files import write_private
from breadtui.settings import state_path


def report_crash() -> str:
    """Write down the exception being handled, without the values of variables; gives the sentence for the user."""
    path = state_path() / "crash.txt"
    try:
        write_private(path, f"breadtui {__version__}\n{traceback.format_exc()}")
    except OSError:
        path = None
    where = f" What led to it is written down in {path}." if path else ""
    return f"breadtui made a mistake and had to stop; jobs run on at the server.{where}"
