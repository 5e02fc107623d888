"""Writes what is shown beside what the user has there already: under a safe name, and never over another file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from breadtui.files import safe_name, write_private


def write_new(folder: Path, name: str, suffix: str, text: str) -> Path:
    """Write `text` into a new file of `folder`, called for `name`, with -2, -3 where there is one; gives its path.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    for path in _paths(folder, safe_name(name), suffix):
        try:
            # Takes the name before anything is written: another program may want it at the same moment.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        try:
            write_private(path, text)
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return path
    raise AssertionError  # the numbers do not end


def _paths(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{stem}{suffix}"
    for number in count(2):
        yield folder / f"{stem}-{number}{suffix}"
