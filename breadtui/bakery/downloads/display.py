"""Shows downloads on standard error: in one line that is rewritten on a terminal, else in a line for each tenth."""

from __future__ import annotations

import shutil
from typing import Protocol, TextIO

from rich.cells import set_cell_size

from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from breadtui.bakery.jobs import State

BAR = 20


class Display(Protocol):
    """Where it is told how downloads go on."""

    def changed(self, transfer: Transfer) -> None:
        """One went on."""
        ...

    def close(self) -> None:
        """Nothing will change any more."""
        ...


def display(stream: TextIO) -> Display:
    """What fits the stream."""
    return OneLine(stream) if stream.isatty() else Tenths(stream)


class Tenths:
    """A line for each tenth of a file, and for whatever else happens to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tenths: dict[DownloadKey, int] = {}
        self._notes: dict[DownloadKey, str] = {}

    def changed(self, transfer: Transfer) -> None:
        """A line, if it says something new."""
        key = transfer.key
        going_on = transfer.state in (State.RUNNING, State.QUEUED)  # how it ends is told by whoever began it
        if going_on and transfer.note and transfer.note != self._notes.get(key):
            self._say(f"{key.path.name}: {transfer.note}")
        self._notes[key] = transfer.note
        tenth = int((transfer.fraction or 0.0) * 10)
        if transfer.state in (State.RUNNING, State.COMPLETE) and tenth > self._tenths.get(key, 0):
            self._tenths[key] = tenth
            self._say(f"{key.path.name}: {tenth * 10} %, {', '.join(transfer.facts)}")

    def close(self) -> None:
        """Nothing: every line was written when it came."""

    def _say(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


class OneLine:
    """All that is under way in one line; of several, the first as a bar, and the others counted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._under_way: dict[DownloadKey, Transfer] = {}

    def changed(self, transfer: Transfer) -> None:
        """Draw anew."""
        self._under_way[transfer.key] = transfer
        if transfer.state not in (State.RUNNING, State.QUEUED):
            del self._under_way[transfer.key]
        self._draw()

    def close(self) -> None:
        """Leave the line as if nothing had been there."""
        self._under_way.clear()
        self._draw()

    def _draw(self) -> None:
        shown = sorted(self._under_way.values(), key=lambda each: each.state is not State.RUNNING)
        line = _line(shown[0], len(shown) - 1) if shown else ""
        room = max(shutil.get_terminal_size().columns - 1, 1)
        self._stream.write(f"\r{set_cell_size(line, room).rstrip()}\x1b[K")
        self._stream.flush()


def _line(transfer: Transfer, others: int) -> str:
    done = round((transfer.fraction or 0.0) * BAR)
    parts = [transfer.key.path.name, "━" * done + "─" * (BAR - done), f"{transfer.percent:>5}"]
    parts.append(transfer.note if transfer.note else "  ".join(transfer.facts))
    return "  ".join([*parts, *([f"and {others:,} more"] if others else [])])
