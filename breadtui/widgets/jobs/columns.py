"""The columns of the table of jobs: how wide each is, which give way where it is narrow, and how rows sort by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from breadtui.bakery.jobs import Phase, State
from breadtui.bakery.pace import Unit
from breadtui.widgets.jobs.row import DownloadRow, JobRow, Lend, Row

ORDER = (State.RUNNING, State.QUEUED, State.UNRECOGNISED, State.FAILED, State.NOT_STARTED, State.COMPLETE)
"""What asks for attention first."""
_RANKS = {state: rank for rank, state in enumerate(ORDER)}
_PHASES = {phase: rank for rank, phase in enumerate(Phase)}

Value = float | str | tuple[float, float]


class Column(StrEnum):
    """What the table tells of a job, from left to right."""

    STATE = "state"
    PHASE = "phase"
    NAME = "name"
    DONE = "done"
    FIGURE = "figure"
    RATE = "rate"
    LEFT = "left"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Title:
    """What stands above a column, and the letter of it that, with shift, sorts by the column."""

    text: str
    letter: str
    right: bool = False


TITLES: Mapping[Column, Title] = {
    Column.STATE: Title("S", "S"),
    Column.PHASE: Title("Phase", "P"),
    Column.NAME: Title("Name", "N"),
    Column.DONE: Title("Done", "D"),
    Column.FIGURE: Title("lines/lOss", "O", right=True),
    Column.RATE: Title("raTe", "T", right=True),
    Column.LEFT: Title("lEft", "E", right=True),
    Column.AGE: Title("Age", "A", right=True),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells of the columns that are as wide as the room is; 0 for those that gave way."""

    name: int
    bar: int
    figure: int = 11
    rate: int = 9
    left: int = 10
    age: int = 8
    slack: int = 0
    """Cells that are left over at the right."""

    @property
    def tail(self) -> int:
        """Cells of the columns behind the bar and the percentage."""
        widths = [width for width in (self.figure, self.rate, self.left, self.age) if width]
        return sum(widths) + max(len(widths) - 1, 0)


STATE, PHASE, DONE = 3, 8, 5
"""Cells of the columns that never give way."""
_GIVING_WAY = (
    Layout(0, 20, rate=13),
    Layout(0, 10),
    Layout(0, 10, rate=0),
    Layout(0, 6, rate=0),
    Layout(0, 0, rate=0),
    Layout(0, 0, rate=0, age=0),
    Layout(0, 0, figure=0, rate=0, age=0),
)


def layout(width: int, longest: int) -> Layout:
    """The columns in `width` cells, given the cells of the longest name: rate, bar, age and figures give way to it."""
    wanted = min(longest, max(16, width // 4))
    fitting = (found for found in _GIVING_WAY if _room(found, width) >= wanted)
    return _named(next(fitting, _GIVING_WAY[-1]), width, longest)


def _room(found: Layout, width: int) -> int:
    """Cells that are left for the name."""
    return width - STATE - PHASE - 1 - (found.bar + 1 if found.bar else 0) - DONE - 1 - found.tail - 1


def _named(found: Layout, width: int, longest: int) -> Layout:
    room = _room(found, width)
    return replace(found, name=max(min(room, longest), 4), slack=max(room - longest, 0))


def moves(column: Column) -> bool:
    """Whether any news of a job may change its place among rows sorted by the column."""
    return column not in (Column.STATE, Column.PHASE, Column.NAME)


def value(column: Column, row: Row, lend: Lend) -> Value | None:
    """What rows are sorted by, the least first; None where there is nothing, which comes last either way.

    Only the columns that need it are lent what changes by time: with 1,000 jobs that counts.
    """
    if isinstance(row, DownloadRow):
        return _download_value(column, row)
    status = row.status
    match column:
        case Column.STATE:
            return _attention(row, lend)
        case Column.PHASE:
            return float(_PHASES[row.key.phase])
        case Column.NAME:
            return row.key.name.lower()
        case Column.DONE:
            fraction = status.fraction
            return None if fraction is None or status.state is State.NOT_STARTED else -fraction
        case Column.FIGURE:
            if status.loss is not None:
                return 0.0, status.loss
            return None if status.lines is None else (1.0, -float(min(status.lines, 10**15)))
        case Column.RATE:
            rate = lend(row.key).rate
            return None if rate is None else (0.0 if rate.unit is Unit.LINES else 1.0, -rate.a_second)
        case Column.LEFT:
            eta = lend(row.key).eta
            return eta.seconds if eta else None
        case Column.AGE:
            return _recency(row, lend)


def _download_value(column: Column, row: DownloadRow) -> Value | None:
    """The same of a download, which comes behind the jobs where figures do not compare."""
    transfer = row.transfer
    match column:
        case Column.STATE:
            return _RANKS[row.state], 0.0
        case Column.PHASE:
            return float(len(_PHASES))
        case Column.NAME:
            return row.key.name.lower()
        case Column.DONE:
            return None if transfer.fraction is None else -transfer.fraction
        case Column.FIGURE:
            return 2.0, -float(transfer.received)
        case Column.RATE:
            return None if transfer.rate is None else (2.0, -transfer.rate)
        case Column.LEFT:
            return transfer.left
        case Column.AGE:
            return None


def _attention(row: JobRow, lend: Lend) -> tuple[float, float]:
    """Of those that are complete, the last one first."""
    ended = lend(row.key).ended if row.finished else None
    return _RANKS[row.status.state], -(ended or 0.0)


def _recency(row: JobRow, lend: Lend) -> tuple[float, float] | None:
    """What was heard of last comes first; what is done was heard of for good."""
    vitals = lend(row.key)
    if row.finished:
        return None if vitals.ended is None else (1.0, -vitals.ended)
    return None if vitals.age is None or not row.ticks else (0.0, vitals.age)
