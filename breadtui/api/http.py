"""httpx, without the command line of its own that it loads wherever click is installed.

That command line brings rich and pygments along: measured with httpx 0.28, 30 of the 55 ms of its loading and 3 MB, at
the moment when a user waits for the first picture. httpx itself does without it where click is missing.
"""

import sys
from types import ModuleType


def _no_command_line() -> None:
    """Stands where `httpx.main` would."""


if "httpx" not in sys.modules:
    vars(sys.modules.setdefault("httpx._main", ModuleType("httpx._main")))["main"] = _no_command_line

import httpx  # noqa: E402 - after what it must not load

__all__ = ["httpx"]
