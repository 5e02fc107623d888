"""Writes files so that a reader sees the old or the new content and never half of one, under names that are safe."""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Generator, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TextIO

_RANDOM = 4
"""Random bytes in the name of a file that is still being written."""


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` (UTF-8) in one step, readable by its owner alone (0600).

    Missing folders are made (0700). A link is followed, so that a file kept elsewhere stays there.

    Raises:
        OSError: the disk is full, or the place may not be written; the old content is then untouched.
    """
    path = path.resolve()
    make_private(path.parent)
    with _written(path, text, 0o600) as new:
        new.replace(path)


def write_over(path: Path, text: str) -> None:
    """Replace `path` by `text` (UTF-8) in one step; owner and mode stay as they are, or are as usual for a new file.

    A link is followed, so that a file kept elsewhere stays there.

    Raises:
        OSError: the disk is full, or the place may not be written; the old content is then untouched.
    """
    write_all_over({path: text})


def write_all_over(texts: Mapping[Path, str]) -> None:
    """The same with several files; none is replaced before the disk has taken all of them.

    Raises:
        OSError: as above. Only where the last step itself is refused for one of them, those before it are replaced.
    """
    with contextlib.ExitStack() as stack:
        places = {path.resolve(): text for path, text in texts.items()}
        new = {path: stack.enter_context(_over(path, text)) for path, text in places.items()}
        for path, written in new.items():
            written.replace(path)


@contextlib.contextmanager
def _over(path: Path, text: str) -> Generator[Path]:
    _clear_away(path)
    now = path.stat() if path.exists() else None
    with _written(path, text, now.st_mode & 0o777 if now else None) as new:
        if now:
            # For root it would else become root's; nobody else may give a file away.
            with contextlib.suppress(OSError):
                os.chown(new, now.st_uid, now.st_gid)
        yield new


@contextlib.contextmanager
def _written(path: Path, text: str, mode: int | None) -> Generator[Path]:
    """A new file beside `path` that holds `text`; it is gone afterwards, unless it has taken that place."""
    name = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM)}")
    # What is allowed to nobody else is so from the beginning; None leaves it to the user's umask.
    handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _hold(file)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            yield name
    finally:
        with contextlib.suppress(OSError):
            name.unlink()


def _hold(file: TextIO) -> None:
    """Show to others that this is still being written."""
    with contextlib.suppress(OSError):  # not every file system has locks
        fcntl.flock(file, fcntl.LOCK_EX)


def _clear_away(path: Path) -> None:
    """Take away what a program that was killed has left beside `path`."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{{2 * _RANDOM}}}")
    with contextlib.suppress(OSError):
        for left in [found for found in path.parent.iterdir() if ours.fullmatch(found.name) and found.is_file()]:
            with contextlib.suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while somebody writes it
                left.unlink()


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
