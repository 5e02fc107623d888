"""The rows of a JSONL file of any size: the first are there at once, an index of the others is built meanwhile."""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from breadtui.api.lenient import is_object
from breadtui.api.refusals import parse_json
from breadtui.api.text import clean, clean_json
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import Unreadable, What

MARK = 64
"""Every so many lines the index holds where one begins: of two million lines a quarter of a megabyte."""
CHUNK = 256 * 1024
"""Bytes that are looked through at once. Meanwhile nothing else of the program runs."""
SLICE = 16 * 1024 * 1024
"""Bytes that are looked through before it is told how far that is."""
LONGEST = 16 * 1024 * 1024
"""Bytes of a line that are read, at most."""
SHOWN = 4_000
"""Characters of a line that is no row that are shown."""
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells whether a file is the one that was read, or has changed."""

    file: int
    size: int
    changed: int


class Local:
    """One line is one row, also where it is none: rows keep the numbers of their lines.

    `whole` turns True when the index is built (`index`); `refresh` looks whether the file has grown.

    Raises:
        Unreadable: the file cannot be opened, or holds something else.
    """

    what = What.ROWS

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = 0
        self.whole = False
        self._marks = array("Q", [0])
        self._lines = 0  # ended ones, as far as the index reaches
        self._reached = 0
        self._read_to = 0
        self._torn = False  # whether something stands behind the last line's end
        self._grown = asyncio.Event()
        self._indexing = asyncio.Lock()
        self._mark = self._look()
        self._check()

    @property
    def name(self) -> str:
        """The file's name."""
        return clean(self.path.name)

    @property
    def known(self) -> int:
        """The lines counted so far, or read: the first rows are on the screen before anything was counted."""
        return max(self._lines + self._torn, self._read_to)

    @property
    def indexed(self) -> float:
        """How much of the file has been looked through, from 0 to 1."""
        return self._reached / self._mark.size if self._mark.size else 1.0

    async def index(self, told: Callable[[], None] = lambda: None) -> None:
        """Look through the file, or through what was added to it; calls `told` now and then, and at the end."""
        async with self._indexing:
            self.whole = False
            while self._reached < self._mark.size:
                await asyncio.to_thread(self._index_slice)
                self._tell(told)
            self.whole, self._read_to = True, 0
            self._tell(told)

    async def refresh(self, told: Callable[[], None] = lambda: None) -> bool:
        """Look whether the file has changed, and index what is new; another file of the name is read anew."""
        mark = await asyncio.to_thread(self._look)
        if mark == self._mark or self._indexing.locked():
            return False
        if mark.file != self._mark.file or mark.size < self._reached or self._torn:
            self.version += 1  # also a torn line: what follows is its end
            if mark.file != self._mark.file or mark.size < self._reached:
                self._marks, self._lines, self._reached, self._torn = array("Q", [0]), 0, 0, False
        self._mark = mark
        await self.index(told)
        return True

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        """See `Source`. The first rows are read without the index; for later ones it is waited for."""
        while not self.whole and offset // MARK >= len(self._marks):
            self._grown.clear()
            if not self._indexing.locked():
                await self.index()
            else:
                await self._grown.wait()
        return await asyncio.to_thread(self._read, offset, limit)

    async def find_end(self) -> int:
        """How many lines there are, counted to the end."""
        if not self.whole:
            await self.index()
        return self.known

    def _tell(self, told: Callable[[], None]) -> None:
        self._grown.set()
        told()

    def _look(self) -> _Mark:
        try:
            found = self.path.stat()
        except OSError as error:
            raise _refusal(self.path, error) from None
        return _Mark(found.st_ino, found.st_size, found.st_mtime_ns)

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _refusal(self.path, error) from None

    def _check(self) -> None:
        if self.path.is_dir():
            raise Unreadable(f"{self.name} is a folder. Name a file of JSON lines.")
        with self._open() as file:
            start = file.read(4096).removeprefix(BOM).lstrip()
        if start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")):
            raise Unreadable(f"{self.name} is compressed. Unpack it first.")
        if re.match(rb"\[\s*([\[{]|$)", start) and not re.match(rb"\[[^\n]*\]\s*(\n|$)", start):
            raise Unreadable(
                f"{self.name} is one JSON array, not a row a line. This makes it one: jq -c '.[]' FILE > ROWS.jsonl"
            )

    def _index_slice(self) -> None:
        """Count on for a slice. All is assigned at the end of each chunk, for another thread may be reading."""
        end = min(self._reached + SLICE, self._mark.size)
        with self._open() as file:
            file.seek(self._reached)
            while self._reached < end and (chunk := file.read(min(CHUNK, end - self._reached))):
                first = MARK - 1 - self._lines % MARK  # lines that end before the next mark
                ends = islice(re.finditer(rb"\n", chunk), first, None, MARK)
                self._marks.extend(self._reached + found.end() for found in ends)
                self._lines += chunk.count(b"\n")
                self._reached += len(chunk)
                self._torn = not chunk.endswith(b"\n")
            if self._reached < end:  # it became shorter meanwhile
                self._mark = _Mark(self._mark.file, self._reached, self._mark.changed)

    def _read(self, offset: int, limit: int) -> list[Row]:
        mark = min(offset // MARK, len(self._marks) - 1)
        rows: list[Row] = []
        with self._open() as file:
            file.seek(self._marks[mark])
            for number in range(mark * MARK, offset + limit):
                line = file.readline(LONGEST)
                if not line:
                    break
                torn = not line.endswith(b"\n")
                if torn and len(line) == LONGEST:
                    torn = not _skip_line(file)
                if number >= offset:
                    rows.append(row_of(number, line, torn=torn))
        self._read_to = 0 if self.whole else max(self._read_to, offset + len(rows))
        return rows


def row_of(number: int, line: bytes, *, torn: bool = False) -> Row:
    """What stands in a line. `torn` is the last one of a file, where its end is missing."""
    if number == 0:
        line = line.removeprefix(BOM)
    bare = line.strip()
    if not bare:
        return Row(number, why="The line is empty.")
    if len(line) >= LONGEST:
        return _broken(number, bare, f"The line is longer than {LONGEST >> 20} MiB.")
    try:
        found = clean_json(parse_json(bare))
    except ValueError as error:
        said = "The line breaks off: the file may still be written." if torn else f"This is no JSON: {error}."
        return _broken(number, bare, said)
    return Row(number, found if is_object(found) else {"value": found})


def _broken(number: int, line: bytes, why: str) -> Row:
    return Row(number, why=clean(why), text=clean(line[: SHOWN * 4].decode("utf-8", "replace"))[:SHOWN])


def _skip_line(file: BinaryIO) -> bool:
    """To the end of a line; whether it has one."""
    while part := file.readline(LONGEST):
        if part.endswith(b"\n"):
            return True
    return False


def _refusal(path: Path, error: OSError) -> Unreadable:
    name = clean(str(path))
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"{name} is not there. Look at the path.")
    return Unreadable(f"{name} cannot be read: {error.strerror or error}.")
