"""All that the watcher keeps of one job, and what follows from that of its beginning and its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from breadtui.bakery.jobs import JobStatus, State
from breadtui.bakery.pace import Pace

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


def beginning(entry: Watched, status: JobStatus, before: JobStatus | None, now: float) -> tuple[float, float] | None:
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
