"""The part of a file that came: `name.part`, under a lock; `name.part.json` beside it tells what it is a part of."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path

from breadtui.api.digests import Checksum
from breadtui.api.lenient import as_object
from breadtui.bakery.downloads.names import part_of
from breadtui.bakery.downloads.problems import Busy, DownloadError, Taken, unwritable
from breadtui.files import write_private

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Origin:
    """What a part is a part of. The link is not kept: it is as good as a key, and does not live long."""

    model: str = ""
    validator: str = ""
    total: int | None = None
    checksum: Checksum | None = None
    spoilt: bool = False
    """It came whole, and was not what the server promised: there is nothing to go on with."""


@dataclass(frozen=True, slots=True)
class Left:
    """A part that nobody has open: what it is of, and how many bytes came."""

    origin: Origin
    received: int


def left_at(target: Path) -> Left | None:
    """What an earlier download left of `target`; None where there is nothing to go on with."""
    part = part_of(target)
    try:
        received = part.stat().st_size
    except OSError:
        return None
    origin = _read(part)
    return Left(origin, received) if received and origin.model and not origin.spoilt else None


class Part:
    """An open part; close it, and another program may go on with it. `path` is where it stands."""

    def __init__(self, target: Path, handle: int) -> None:
        self.target = target
        self.path = part_of(target)
        self._handle = handle
        self.size = os.fstat(handle).st_size
        self.origin = _read(self.path)

    def begin_anew(self) -> None:
        """Throw away what came."""
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        self.size = 0

    def note(self, origin: Origin) -> None:
        """Keep what it is a part of."""
        if origin != self.origin:
            self.origin = origin
            write_private(_beside(self.path), json.dumps(asdict(origin)))

    def write(self, data: bytes) -> None:
        """Put `data` at its end; of what does not fit, as much as does."""
        left = memoryview(data)
        os.lseek(self._handle, self.size, os.SEEK_SET)
        while left:
            written = os.write(self._handle, left)
            self.size += written
            left = left[written:]

    def finish(self, *, overwrite: bool) -> None:
        """Make it the file it is to be, in one step; a crash leaves the part or the whole.

        Raises:
            Taken: there is such a file by now.
        """
        os.fsync(self._handle)
        if overwrite:
            self.path.replace(self.target)
        else:
            self._put_in_place()
        _beside(self.path).unlink(missing_ok=True)
        folder = os.open(self.target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Let go of it; of one that is empty nothing is left behind."""
        if self.path.exists() and os.fstat(self._handle).st_size == 0 and _is_at(self._handle, self.path):
            with contextlib.suppress(OSError):
                _beside(self.path).unlink(missing_ok=True)
                self.path.unlink()
        os.close(self._handle)

    def _put_in_place(self) -> None:
        try:
            # A second name instead of another: unlike renaming, it takes no file's place.
            os.link(self.path, self.target, follow_symlinks=False)
        except FileExistsError:
            raise taken(self.target) from None
        except OSError:  # a disk that knows no second names
            if self.target.exists():
                raise taken(self.target) from None
            self.path.replace(self.target)
        else:
            self.path.unlink()


@contextlib.contextmanager
def opened(target: Path, model: str, *, overwrite: bool) -> Generator[Part]:
    """The part of `target`, to go on with, or empty.

    Raises:
        Taken: `target` is there, or a part of something else is, and nobody said that it may go.
        Busy: another program has it open.
        DownloadError: it cannot be written there.
    """
    if target.is_dir():
        raise DownloadError(f"{target} is a folder. Name a file in it.")
    if target.exists() and not overwrite:
        raise taken(target)
    try:
        handle = _locked(part_of(target), target)
    except OSError as error:
        raise unwritable(error, part_of(target), 0) from None
    part = Part(target, handle)
    try:
        if part.size and part.origin.model != model:
            if not overwrite:
                whose = f"is a part of {part.origin.model}" if part.origin.model else "was not begun by breadtui"
                raise Taken(f"{part.path} is there, and {whose}. Move it away, or name another file.")
            part.begin_anew()
        yield part
    finally:
        part.close()


def taken(target: Path) -> Taken:
    """There is such a file."""
    return Taken(f"{target} is there already, and was left as it is.")


def _locked(path: Path, target: Path) -> int:
    while True:
        handle = os.open(path, _FLAGS, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise Busy(f"{target} is being downloaded already, here or by another breadtui.") from None
        except OSError:
            return handle  # a disk that knows no locks
        if _is_at(handle, path):
            return handle
        os.close(handle)  # whoever held it has just made it the whole file


def _is_at(handle: int, path: Path) -> bool:
    try:
        there, here = path.stat(), os.fstat(handle)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _beside(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _read(part: Path) -> Origin:
    """What was kept; nothing where that cannot be read."""
    try:
        kept = as_object(json.loads(_beside(part).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return Origin()
    checksum = as_object(kept.get("checksum"))
    model, validator, total = kept.get("model"), kept.get("validator"), kept.get("total")
    algorithm, digest = checksum.get("algorithm"), checksum.get("digest")
    return Origin(
        model if isinstance(model, str) else "",
        validator if isinstance(validator, str) else "",
        total if isinstance(total, int) else None,
        Checksum(algorithm, digest) if isinstance(algorithm, str) and isinstance(digest, str) else None,
        bool(kept.get("spoilt")),
    )
