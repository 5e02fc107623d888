"""Finds the directory of bgit that one is in. Light: it is asked before the first picture."""

from __future__ import annotations

from pathlib import Path

from breadtui.bgit.problems import BREAD


def find_project(start: Path) -> Path | None:
    """The nearest directory, from `start` upwards, that holds a `.bread`; None where there is none."""
    try:
        here = start.resolve()
        return next((folder for folder in (here, *here.parents) if (folder / BREAD).is_file()), None)
    except OSError:
        return None
