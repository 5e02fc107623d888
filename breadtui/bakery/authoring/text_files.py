"""Reads a text file that a person named, and says in a sentence why it cannot."""

from __future__ import annotations

from pathlib import Path

_KIB = 1 << 10
_MIB = 1 << 20


class Unreadable(Exception):
    """The file is not there, not a text, or too large; the text says which."""


def read_text(path: Path, most: int) -> str:
    """The text of a file of at most `most` bytes (UTF-8, with or without a mark at its beginning).

    Raises:
        Unreadable: with a sentence that names the file.
    """
    try:
        path = path.expanduser()
        # Reading a pipe would wait for ever.
        if path.exists() and not path.is_file():
            raise Unreadable(f"{path} is not a file.")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RuntimeError):  # a null in the name, or a home that nobody has
        raise Unreadable("That is not the name of a file.") from None
    if len(content) > most:
        raise Unreadable(f"{path} is too large: it may have at most {_size(most)}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not text in UTF-8: byte {error.start + 1} is none of it.") from None


def _size(count: int) -> str:
    return f"{count // _MIB} MiB" if count >= _MIB else f"{count // _KIB} KiB"
