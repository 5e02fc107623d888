"""Why a download does not begin, or comes to no end, in sentences for people."""

from __future__ import annotations

import errno
from pathlib import Path

from breadtui.bakery.downloads.transfer import format_bytes


class DownloadError(Exception):
    """What came so far is kept, unless the text says otherwise; the same download again goes on with it."""


class Taken(DownloadError):
    """A file, or a part of something else, is there already. It was left as it is."""


class Busy(DownloadError):
    """Another program downloads the same file."""


class NoRoom(DownloadError):
    """The disk is too small, or full."""


class Spoilt(DownloadError):
    """What came is not what the server promised: too long, too short, or with another checksum."""


class Away(DownloadError):
    """The server, or the host that has the file, stayed away for longer than anybody wanted to wait."""


def unwritable(error: OSError, part: Path, received: int) -> DownloadError:
    """What the disk says, in words."""
    kept = f"{format_bytes(received)} are kept in {part}" if received else "Nothing was kept"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return NoRoom(f"The disk is full. {kept}; make room, and ask again.")
        case errno.EFBIG:
            return NoRoom(f"The file grows larger than files may be there. {kept}.")
        case errno.ENOENT:
            return DownloadError(f"The folder {part.parent} is not there. Make it, or name another.")
        case errno.EISDIR:
            return DownloadError(f"{part} is a folder. Name another file.")
        case _:
            return DownloadError(f"{part} cannot be written: {error.strerror or error}. {kept}.")


def no_room(folder: Path, needed: int, free: int) -> NoRoom:
    """There is less room than what is still to come."""
    return NoRoom(
        f"There is no room in {folder}: {format_bytes(needed)} are still to come, and {format_bytes(free)} are free. "
        "Make room, or name another folder."
    )
