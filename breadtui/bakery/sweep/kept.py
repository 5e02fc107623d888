"""Sweeps on disk: each a file that grows by a line with every answer, so that a killed program goes on where it was."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from weakref import WeakKeyDictionary

from breadtui.api.text import one_line
from breadtui.bakery.sweep import records
from breadtui.bakery.sweep.sweep import Place, Standing, Sweep
from breadtui.files import write_private

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

SUFFIX = ".jsonl"


class InUse(Exception):
    """Another program is asking the questions of this sweep; the text says so."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sweep that can be opened again. `begun` and `changed` are Unix times; `answered` of `size` cells are done."""

    id: str
    title: str
    begun: float
    changed: float
    models: tuple[str, ...]
    questions: int
    answered: int

    @property
    def size(self) -> int:
        """How many answers make it whole."""
        return self.questions * len(self.models)


class Sweeps:
    """The sweeps of one server, a file each in `folder`; without a folder, those of this run, in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._held: dict[str, Sweep] = {}

    def list(self) -> list[Kept]:
        """Those that can be opened, the last changed first."""
        if self.folder is None:
            found = [_of_memory(sweep) for sweep in self._held.values()]
        else:
            found = [kept for path in self.folder.glob(f"*{SUFFIX}") if (kept := _glance(path))]
        return sorted(found, key=lambda kept: kept.changed, reverse=True)

    def open(self, id: str) -> Sweep | None:
        """A sweep as far as it came; None where there is none that can be read."""
        if self.folder is None:
            return self._held.get(id)
        try:
            with self._path(self.folder, id).open("rb") as file:
                sweep = records.replay(file)
        except (OSError, ValueError):
            return None
        if sweep:
            sweep.id = id
        return sweep

    def delete(self, id: str) -> None:
        """Forget a sweep."""
        self._held.pop(id, None)
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self._path(self.folder, id).unlink()

    def journal(self, sweep: Sweep) -> Journal:
        """What keeps the answers of `sweep` from now on.

        Raises:
            InUse: another program asks its questions.
            OSError: it cannot be written.
        """
        if self.folder is None:
            self._held[sweep.id] = sweep
            return Journal(sweep, None)
        path = self._path(self.folder, sweep.id)
        if not path.exists():
            write_private(path, b"".join(map(records.line, records.whole(sweep))).decode())
        return Journal(sweep, path)

    @staticmethod
    def _path(folder: Path, id: str) -> Path:
        return folder / f"{id}{SUFFIX}"


class Journal:
    """Adds a line for each answer; closed, it lets go of the sweep."""

    def __init__(self, sweep: Sweep, path: Path | None) -> None:
        self._sweep = sweep
        self._file: BinaryIO | None = _opened(path) if path else None
        self.problem = ""
        """Why nothing is kept any more, in people's words; empty while it is."""

    @property
    def on_disk(self) -> bool:
        """Whether what is answered outlives the program."""
        return self._file is not None

    def ended(self, place: Place) -> None:
        """Keep a cell as it is now."""
        if self._file is None:
            return
        try:
            self._file.write(records.line(records.of_cell(place, self._sweep.cells[place])))
            self._file.flush()
        except OSError as error:
            self.problem = (
                f"The answers cannot be kept on disk: {error.strerror or error}. Export them before you leave."
            )
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _opened(path: Path) -> BinaryIO:
    file = path.open("ab+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InUse("Another breadtui asks the questions of this sweep. End it there, or begin a new one.") from None
    except OSError:  # a file system without locks
        pass
    if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
        file.write(b"\n")  # a kill tore the last line
    return file


def _of_memory(sweep: Sweep) -> Kept:
    models = tuple(column.model for column in sweep.columns)
    done = sweep.count(Standing.ANSWERED)
    return Kept(sweep.id, sweep.title, sweep.begun, sweep.begun, models, len(sweep.questions), done)


def _glance(path: Path) -> Kept | None:
    """What a list of sweeps tells of one. Of its answers only the beginnings of the lines are looked at."""
    try:
        with path.open("rb") as file:
            head = records.read(file.readline())
            columns = records.columns_of(head)
            questions = records.number(head.get("questions"))
            if head.get("version") != records.VERSION or not columns or not questions:
                return None
            answered = len(set(_answered(file)))
        changed = path.stat().st_mtime
    except OSError:
        return None
    title = head.get("title")
    models = tuple(column.model for column in columns)
    told = one_line(title) if isinstance(title, str) else ""
    return Kept(
        path.stem, told, records.number(head.get("begun")) or changed, changed, models, int(questions), answered
    )


def _answered(lines: Iterator[bytes]) -> Iterator[bytes]:
    for found in lines:
        if found.startswith(b'{"is": "cell"') and b'"standing": "answered"' in found[:100]:
            yield found[: found.index(b"]")]


_OF: WeakKeyDictionary[Kitchen, Sweeps] = WeakKeyDictionary()


def sweeps_of(kitchen: Kitchen) -> Sweeps:
    """The sweeps of a kitchen's server: kept beside its chats, and where those are not kept, in memory too."""
    return _OF.setdefault(kitchen, Sweeps(folder_beside(kitchen.chats.folder)))


def folder_beside(chats: Path | None) -> Path | None:
    """Where sweeps are kept, if that is where chats are."""
    return chats.parents[1] / "sweeps" / chats.name if chats else None
