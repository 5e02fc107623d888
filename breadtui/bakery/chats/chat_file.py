"""A file that is only ever written to at its end, and by one program at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from breadtui.files import make_private


class ChatFile:
    """`length` is how many bytes of it are known to this program; one it never saw has none."""

    def __init__(self, length: int = 0) -> None:
        self.length = length
        self._held: int | None = None
        self._unwritten = b""
        """What is left of an `append` of which the disk took a part: it goes first the next time."""

    @property
    def is_open(self) -> bool:
        """Whether it is held."""
        return self._held is not None

    @property
    def waits(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._unwritten)

    @property
    def is_deleted(self) -> bool:
        """Whether somebody deleted it while it is held."""
        return self._held is not None and os.fstat(self._held).st_nlink == 0

    def open(self, path: Path) -> bool:
        """Make or open the file at `path` and hold it; False, and not opened, if it is another program's by now.

        One that is empty has length 0 from then on, whatever was known of it.

        Raises:
            OSError: it cannot be made or opened.
        """
        make_private(path.parent)
        held = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        found = os.fstat(held).st_size
        if not _locked(held) or found not in (0, self.length):
            os.close(held)
            return False
        self.length, self._held = found, held
        if found and not self._unwritten and os.pread(held, 1, found - 1) != b"\n":
            self._unwritten = b"\n"  # a torn line stays a line of its own
        return True

    def append(self, some: bytes) -> None:
        """Write behind what is there.

        Raises:
            OSError: the disk did not take it all. The rest is written first with the next `append`.
        """
        self._unwritten += some
        while self._unwritten and self._held is not None:
            written = os.write(self._held, self._unwritten)
            self.length += written
            self._unwritten = self._unwritten[written:]

    def close(self) -> None:
        """Let go of it."""
        if self._held is not None:
            with contextlib.suppress(OSError):
                os.close(self._held)
            self._held = None


def _locked(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:  # a file system without locks is no reason to keep nothing
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True
