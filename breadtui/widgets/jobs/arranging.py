"""Brings the rows of the table into order: sorted, filtered, in groups, and with what is finished folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breadtui.bakery.jobs import Phase, State
from breadtui.widgets.jobs.columns import Column, Value, moves, value
from breadtui.widgets.jobs.query import matcher
from breadtui.widgets.jobs.row import DownloadRow, JobRow, Lend, Row, RowKey

_PHASES: dict[str, int] = {phase: rank for rank, phase in enumerate(Phase)}


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above the jobs of a repository: how many there are in each state."""

    repo: str
    counts: tuple[tuple[State, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """The line that stands for finished jobs; `repo` is empty where those of all repositories are meant."""

    repo: str
    count: int


Line = Row | Heading | Folded
Place = RowKey | tuple[str, str]
"""What a line is about, whatever it says of it."""


def place_of(line: Line) -> Place:
    """What a line is about."""
    match line:
        case JobRow() | DownloadRow():
            return line.key
        case Heading():
            return "heading", line.repo
        case Folded():
            return "folded", line.repo


class Arrangement:
    """All rows, and how they are to be shown. `lend` gives what changes by time alone, for columns that sort by it."""

    def __init__(self, lend: Lend) -> None:
        self._lend = lend
        self._rows: dict[RowKey, Row] = {}
        self.column = Column.STATE
        self.reversed = False
        self.query = ""
        self.grouped = False
        self.folded = False
        self.found = 0
        """How many rows the last arrangement showed or folded away."""

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, key: RowKey) -> Row | None:
        """The row of a job."""
        return self._rows.get(key)

    def replace(self, rows: Iterable[Row]) -> None:
        """Have these rows and no others."""
        self._rows = {row.key: row for row in rows}

    def put(self, rows: Iterable[Row]) -> bool:
        """Take in rows that are new or changed; gives whether lines may come, go or change places by it."""
        moved = [self._put(row) for row in rows]
        return any(moved)

    def sort(self, column: Column) -> None:
        """Sort by a column; by the same again, the other way round."""
        self.reversed = column is self.column and not self.reversed
        self.column = column

    def lines(self) -> tuple[Line, ...]:
        """What the table shows, from top to bottom."""
        holds = matcher(self.query)
        rows = self._sorted([row for row in self._rows.values() if holds(row)])
        self.found = len(rows)
        if not self.grouped:
            return tuple(self._with_fold("", rows))
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.key.repo, []).append(row)
        lines: list[Line] = []
        for repo, group in groups.items():
            lines += [_heading(repo, group), *self._with_fold(repo, group)]
        return tuple(lines)

    def _put(self, row: Row) -> bool:
        before = self._rows.get(row.key)
        self._rows[row.key] = row
        if before is None:
            return True
        return before != row and (moves(self.column) or before.state is not row.state or before.note != row.note)

    def _sorted(self, rows: list[Row]) -> list[Row]:
        rows.sort(key=_by_name)  # where the column says nothing, names do
        valued: list[tuple[Value, Row]] = []
        rest: list[Row] = []
        for row in rows:
            found = value(self.column, row, self._lend)
            if found is None:
                rest.append(row)
            else:
                valued.append((found, row))
        # One column's values are of one kind, so they compare.
        valued.sort(key=lambda pair: pair[0], reverse=self.reversed)
        return [row for _, row in valued] + rest

    def _with_fold(self, repo: str, rows: Sequence[Row]) -> list[Line]:
        if not self.folded:
            return [*rows]
        shown: list[Line] = [row for row in rows if not row.finished]
        hidden = len(rows) - len(shown)
        return [*shown, Folded(repo, hidden)] if hidden else shown


def _by_name(row: Row) -> tuple[str, int, str]:
    return row.key.repo, _PHASES.get(row.key.phase, len(_PHASES)), row.key.name


def _heading(repo: str, rows: Sequence[Row]) -> Heading:
    counts = Counter(row.state for row in rows)
    return Heading(repo, tuple((state, counts[state]) for state in State if counts[state]))
