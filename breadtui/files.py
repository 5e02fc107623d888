"""Writes files so that a reader sees the old or the new content and never half of one, under names that are safe."""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` (UTF-8) in one step, readable by its owner alone (0600).

    Missing folders are made (0700). A link is followed, so that a file kept elsewhere stays there.

    Raises:
        OSError: the disk is full, or the place may not be written; the old content is then untouched.
    """
    make_private(path.resolve().parent)
    _replace(path, text, 0o600)


def write_over(path: Path, text: str) -> None:
    """Replace `path` by `text` (UTF-8) in one step; who may read it stays as it is, or is as usual for a new file.

    A link is followed, so that a file kept elsewhere stays there.

    Raises:
        OSError: the disk is full, or the place may not be written; the old content is then untouched.
    """
    _replace(path, text, path.stat().st_mode & 0o777 if path.exists() else None)


def _replace(path: Path, text: str, mode: int | None) -> None:
    path = path.resolve()
    name = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # What is allowed to nobody else is so from the beginning; None leaves it to the user's umask.
    handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.fchmod(file.fileno(), mode)
        name.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            name.unlink()
        raise


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


def safe_name(name: str) -> str:
    """A file's name made of any text: one segment of letters, digits, `.`, `_` and `-`, at most 80 characters.

    What had to be changed bears a few digits of the original's SHA-256, so that no two names meet in one file.
    """
    bare = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:70]
    if bare and bare == name:
        return bare
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{bare}-{digest}" if bare else digest


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone (0700)."""
    # mkdir's own `parents` gives its mode to the last folder alone.
    for missing in reversed([way for way in (folder, *folder.parents) if not way.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
