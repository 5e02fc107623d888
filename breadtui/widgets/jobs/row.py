"""What a row of the table of jobs holds: what changes by events, and what changes by time alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from breadtui.bakery.jobs import JobKey, JobStatus, State
from breadtui.bakery.pace import Eta, Rate


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it stands. `note` tells why one does not run: what it waits for, or what stopped it."""

    status: JobStatus
    note: str = ""

    @property
    def key(self) -> JobKey:
        """The job."""
        return self.status.key

    @property
    def state(self) -> State:
        """How it stands."""
        return self.status.state

    @property
    def ticks(self) -> bool:
        """Whether there is something about it that changes by time alone."""
        return self.status.state in (State.QUEUED, State.RUNNING, State.UNRECOGNISED)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do about it. A failed job still asks for attention."""
        return self.status.state is State.COMPLETE


@dataclass(frozen=True, slots=True)
class DownloadRow:
    """A download among the jobs. All that there is to tell of it changes by events."""

    transfer: Transfer

    @property
    def key(self) -> DownloadKey:
        """The download."""
        return self.transfer.key

    @property
    def state(self) -> State:
        """How it stands."""
        return self.transfer.state

    @property
    def note(self) -> str:
        """What it waits for, or what stopped it."""
        return self.transfer.note

    @property
    def ticks(self) -> bool:
        """Whether there is something about it that changes by time alone."""
        return False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.transfer.state is State.COMPLETE


Row = JobRow | DownloadRow
RowKey = JobKey | DownloadKey


@dataclass(frozen=True, slots=True)
class Vitals:
    """What of a job changes by time alone; lent when a line is drawn. `age`, `took` and `ended` are seconds."""

    age: float | None = None
    """Since the server last answered about it."""
    stale: bool = False
    stalled: bool = False
    rate: Rate | None = None
    eta: Eta | None = None
    took: float | None = None
    ended: float | None = None
    """When it was seen to become complete, in seconds since 1970."""


Lend = Callable[[JobKey], Vitals]
