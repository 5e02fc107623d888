"""All that the watcher keeps of one job, and what follows from that of its beginning and its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from breadtui.bakery.jobs import JobStatus, State
from breadtui.bakery.pace import Pace

SHORTEST = 1.0
LONGEST = 30.0
PATIENCE = 20
"""A job that shows nothing new for a while is asked about once for each of so many parts of that while."""
NEW = 60.0
"""A job that did not run so many seconds ago, and runs now, has just begun."""


@dataclass(slots=True)
class Watched:
    """A job under watch. Times are seconds of the watcher's clock."""

    status: JobStatus | None
    seen: float | None = None
    """When the server last answered about it; in an earlier run of the program, where it has not in this one."""
    moved: float = 0.0
    """When its status last changed."""
    completed: float | None = None
    """When it was seen to become complete; None where it was so already, or is not."""
    began: tuple[float, float] | None = None
    """When it was first seen to run, and how far it was then; None where that is not known."""
    took: float | None = None
    """How many seconds it took, where its beginning and its end were seen."""
    errors: int = 0
    failed: float | None = None
    """When asking about it last failed."""
    polling: bool = False
    answers: int = 0
    remembered: bool = False
    """Whether all that is known of it is what was known at the program's last end."""
    progress: Pace = field(default_factory=Pace)
    lines: Pace = field(default_factory=Pace)


def interval(entry: Watched) -> float:
    """About one poll for each 1 % of progress, fewer while nothing moves, between 1 s and 30 s."""
    status = entry.status
    if status is None or entry.seen is None or status.state is State.UNRECOGNISED:
        return LONGEST / 3
    still = (entry.seen - entry.moved) / PATIENCE
    return min(max(entry.progress.each / 100, still, SHORTEST), LONGEST)


def keep_pace(entry: Watched, status: JobStatus, before: JobStatus | None, now: float) -> None:
    """Take in how far a job is, after what was known of it `before`."""
    if status.state.settled:
        entry.progress.clear()
        entry.lines.clear()
        return
    if status.state is not State.RUNNING:
        return  # a server that comes up again may queue a job anew, and go on where it was
    went_on = status.fraction is None or entry.progress.add(now, status.fraction)
    if status.lines is not None:
        entry.lines.add(now, float(min(max(status.lines, 0), 10**15)))
    if not went_on:
        entry.lines.clear()
    if not went_on or before is None or before.state is not State.RUNNING:
        entry.began = entry.began if went_on and entry.began else _beginning(entry, status, before, now)
        entry.took = None


def duration(entry: Watched, status: JobStatus, now: float) -> float | None:
    """Seconds that a job took that is complete now, if its beginning and its end were seen near enough.

    What is known of its beginning is dropped with its end.
    """
    began, entry.began = entry.began, entry.began if not status.state.settled else None
    if status.state is not State.COMPLETE or began is None or entry.seen is None:
        return None
    since, done = began
    unseen = now - entry.seen
    seconds = (now - unseen / 2 - since) / (1 - done)
    return seconds if seconds > 0 and unseen <= seconds / 2 else None


def _beginning(entry: Watched, status: JobStatus, before: JobStatus | None, now: float) -> tuple[float, float] | None:
    """When a job that is now seen to run began, and how far it was then; None where that cannot be told."""
    fraction = status.fraction
    if fraction is not None and fraction <= 0.5:
        return now, fraction
    is_new = before is not None and before.state is not State.UNRECOGNISED and now - (entry.seen or 0.0) < NEW
    return (now, 0.0) if is_new and fraction is None else None


def left_of(entry: Watched, whole: float, now: float) -> float | None:
    """Seconds left of a job that takes `whole` seconds, by how far it is, else by how long it has been at it."""
    fraction = entry.status.fraction if entry.status else None
    moved = entry.progress.last
    if fraction is not None:
        since = moved[0] if moved else now
        return max(0.0, whole * (1 - fraction) - (now - since))
    if entry.began is None or now - entry.began[0] >= whole:
        return None
    return whole - (now - entry.began[0])
