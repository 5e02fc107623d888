"""Jobs and the rows they yield, in the oven's SQLite file; a row commits with the progress that counts it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breadtui.oven.database import transaction

_PAGE = 500


class Phase(StrEnum):
    """What a job does."""

    STIM = "stim"
    ROLLOUT = "rollout"
    BAKE = "bake"


class Status(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a phase, with the fields in the order of the columns.

    `lines` of `expected` rows are committed; checkpoints are training steps, ascending.
    """

    id: int
    resource_id: int
    phase: Phase
    status: Status
    lines: int
    expected: int
    error: str | None
    checkpoints: tuple[int, ...]
    latest_loss: float | None
    min_loss: float | None
    max_loss: float | None


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of a batch of training steps."""

    latest: float
    lowest: float
    highest: float


class JobStore:
    """The tables `jobs` and `rows`, on the store's connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def of(self, resource_id: int, phase: Phase) -> Job | None:
        """The job of a resource in a phase."""
        row = self._db.execute(
            "SELECT * FROM jobs WHERE resource_id = ? AND phase = ?",
            (resource_id, phase),
        ).fetchone()
        return _job(row) if row else None

    def get(self, job_id: int) -> Job | None:
        """The job of that id."""
        row = self._db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def all_of(self, resource_ids: Sequence[int], phase: Phase) -> dict[int, Job]:
        """The jobs of many resources in a phase, by resource."""
        rows = self._db.execute(
            "SELECT * FROM jobs WHERE phase = ? AND resource_id IN (SELECT value FROM json_each(?))",
            (phase, json.dumps(list(resource_ids))),
        )
        return {row[1]: _job(row) for row in rows}

    def finished_bakes(self) -> list[Job]:
        """Every complete bake, in the order of submission."""
        rows = self._db.execute("SELECT * FROM jobs WHERE status = 'complete' AND phase = 'bake' ORDER BY id")
        return [_job(row) for row in rows]

    def submit(self, resource_id: int, phase: Phase, expected: int, checkpoints: Sequence[int] = ()) -> Job:
        """Queue a job in place of an earlier one of the same phase, whose rows go."""
        with transaction(self._db):
            self._db.execute("DELETE FROM jobs WHERE resource_id = ? AND phase = ?", (resource_id, phase))
            row = self._db.execute(
                "INSERT INTO jobs (resource_id, phase, status, expected, checkpoints)"
                " VALUES (?, ?, 'queued', ?, ?) RETURNING *",
                (resource_id, phase, expected, json.dumps(list(checkpoints))),
            ).fetchone()
        return _job(row)

    def interrupted(self) -> list[Job]:
        """The jobs that were running when the oven went down, oldest first."""
        rows = self._db.execute("SELECT * FROM jobs WHERE status = 'running' ORDER BY id")
        return [_job(row) for row in rows]

    def begin(self, job_id: int) -> None:
        """That queued job is running from now on."""
        self._db.execute("UPDATE jobs SET status = 'running' WHERE id = ?", (job_id,))

    def take_next(self) -> Job | None:
        """The oldest queued job, from now on running."""
        # fetchall, for the change of a RETURNING statement stands only when all its rows were read.
        rows = self._db.execute(
            "UPDATE jobs SET status = 'running' WHERE id = (SELECT min(id) FROM jobs WHERE status = 'queued')"
            " RETURNING *"
        ).fetchall()
        return _job(rows[0]) if rows else None

    def advance(
        self, job_id: int, start: int, rows: Sequence[Mapping[str, object]], losses: Losses | None = None
    ) -> bool:
        """Commit `rows`, the first of which has number `start`, with the progress they make.

        False, and nothing is written, when the job is gone or stands elsewhere: its resource was deleted or
        changed.
        """
        with transaction(self._db):
            moved = self._db.execute(
                "UPDATE jobs SET lines = ? WHERE id = ? AND lines = ? AND status = 'running'",
                (start + len(rows), job_id, start),
            ).rowcount
            if not moved:
                return False
            self._db.executemany(
                "INSERT INTO rows VALUES (?, ?, ?)",
                ((job_id, number, json.dumps(row)) for number, row in enumerate(rows, start)),
            )
            if losses:
                self._db.execute(
                    "UPDATE jobs SET latest_loss = ?, min_loss = min(coalesce(min_loss, ?), ?),"
                    " max_loss = max(coalesce(max_loss, ?), ?) WHERE id = ?",
                    (losses.latest, losses.lowest, losses.lowest, losses.highest, losses.highest, job_id),
                )
        return True

    def complete(self, job_id: int) -> None:
        """All rows are there."""
        self._db.execute("UPDATE jobs SET status = 'complete' WHERE id = ?", (job_id,))

    def fail(self, job_id: int, error: str) -> None:
        """The job has ended without being complete; `error` says why."""
        self._db.execute("UPDATE jobs SET status = 'failed', error = ? WHERE id = ?", (error, job_id))

    def rows(self, job_id: int, offset: int, limit: int) -> list[dict[str, object]]:
        """Rows `offset` to `offset + limit`.

        By number in the primary key, so that the last page costs what the first does.
        """
        rows = self._db.execute(
            "SELECT body FROM rows WHERE job_id = ? AND number >= ? ORDER BY number LIMIT ?",
            (job_id, offset, limit),
        )
        return [json.loads(row[0]) for row in rows]

    def rows_from(self, job_id: int, offset: int) -> Iterator[dict[str, object]]:
        """All rows from `offset` on, read a page at a time."""
        while page := self.rows(job_id, offset, _PAGE):
            yield from page
            offset += len(page)


def _job(
    row: tuple[int, int, str, str, int, int, str | None, str, float | None, float | None, float | None],
) -> Job:
    identity, resource, phase, status, lines, expected, error, checkpoints, *losses = row
    return Job(
        identity,
        resource,
        Phase(phase),
        Status(status),
        lines,
        expected,
        error,
        tuple(json.loads(checkpoints)),
        *losses,
    )
