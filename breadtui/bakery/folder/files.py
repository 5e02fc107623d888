"""Reads the files of a folder as text, or says why one is none."""

from __future__ import annotations

import csv
import stat
from collections.abc import Sequence
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of a document, at most."""
LARGEST_TABLE = 8 << 20
"""Bytes of a table of questions or weights, at most."""


class Unusable(Exception):
    """A file that cannot be used; the text goes behind its name: “is empty”."""


def read_text(path: Path, largest: int = LARGEST) -> str:
    r"""A file's text, its line ends made \n, so that it reads the same on every machine.

    Raises:
        Unusable: it is unreadable, larger than `largest` bytes, empty, or not text in UTF-8.
    """
    content = _content(path, largest)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unusable(f"is not UTF-8 (line {line})") from None
    if "\0" in text:
        raise Unusable("is not text: it holds a zero byte")
    if not text.strip():
        raise Unusable("is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(path: Path) -> object:
    """What a YAML file holds: objects, lists and, for every number and word alike, the text as it stands there.

    Raises:
        Unusable: as `read_text`, or it is not YAML.
    """
    text = read_text(path, LARGEST_TABLE)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        # "base" leaves 1.10 and 2024 as they are written: they may be the names of files.
        found: object = YAML(typ="base", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = getattr(error, "problem_mark", None)  # ruamel does not type it
        line = getattr(mark, "line", None)
        where = f" (line {line + 1})" if isinstance(line, int) else ""
        problem = " ".join(f"{error.problem}".split())
        raise Unusable(f"is not YAML: {problem}{where}") from None
    except (YAMLError, RecursionError, ValueError):
        raise Unusable("is not YAML: it holds what no YAML may, or is nested too deeply") from None
    return found


def read_csv(path: Path) -> Sequence[tuple[int, tuple[str, ...]]]:
    """The rows of a table that have something in them, each with its line: cells parted by commas, semicolons or tabs.

    Raises:
        Unusable: as `read_text`, or it is no such table.
    """
    text = read_text(path, LARGEST_TABLE)
    first = text.lstrip().partition("\n")[0]
    parting = next((sign for sign in "\t;" if sign in first), ",")
    reader = csv.reader(text.splitlines(), delimiter=parting, skipinitialspace=True, strict=True)
    try:
        rows = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    except csv.Error as error:
        raise Unusable(f"is not CSV: {error} (line {reader.line_num})") from None
    return [(line, row) for line, row in rows if any(row)]


def _content(path: Path, largest: int) -> bytes:
    try:
        # Asked first: to open a pipe waits until somebody writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unusable("is not a file")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise Unusable(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(content) > largest:
        raise Unusable(f"is larger than {largest >> 20} MiB")
    return content
