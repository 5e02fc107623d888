"""Phases, their states and their progress, as plain values read from what the server says.

Loads nothing heavy: the widgets that draw jobs need it before the server's library is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, assert_never

from breadtui.api.lenient import as_object

if TYPE_CHECKING:
    from breadtui.api.models import Job


class Phase(StrEnum):
    """The three long jobs, in the order in which they run."""

    STIM = "stim"
    ROLLOUT = "rollout"
    BAKE = "bake"


class State(StrEnum):
    """What a job is doing, whatever word the server has for it."""

    NOT_STARTED = "not started"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    UNRECOGNISED = "unrecognised"

    @property
    def sign(self) -> str:
        """One character, so that colour is never alone."""
        match self:
            case State.NOT_STARTED:
                return "○"
            case State.QUEUED:
                return "◌"
            case State.RUNNING:
                return "◐"
            case State.COMPLETE:
                return "✔"
            case State.FAILED:
                return "✖"
            case State.UNRECOGNISED:
                return "?"
            case _:
                assert_never(self)

    @property
    def settled(self) -> bool:
        """Nothing more will happen by itself, so there is nothing to poll."""
        return self in (State.NOT_STARTED, State.COMPLETE, State.FAILED)


# The words of the contract, of the tree, and those the official SDK waits on besides.
_WORDS = {
    "not_started": State.NOT_STARTED,
    "pending": State.QUEUED,
    "preparing": State.QUEUED,
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "incomplete": State.RUNNING,
    "complete": State.COMPLETE,
    "failed": State.FAILED,
}


def state_of(word: str) -> State:
    """The state behind a status word; a word nobody knows is UNRECOGNISED, and polled on, more slowly."""
    return _WORDS.get(word.strip().lower(), State.UNRECOGNISED)


@dataclass(frozen=True, slots=True, order=True)
class JobKey:
    """Names a job: a phase of the target (stim, rollout) or bake called `name` in `repo`."""

    repo: str
    name: str
    phase: Phase

    def __str__(self) -> str:
        return f"{self.phase} of {self.repo}/{self.name}"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One look at a job. Lines count stimuli or responses; losses are about 1e-7."""

    key: JobKey
    state: State
    word: str = ""
    """The server's own word, shown where the state is unrecognised."""
    lines: int | None = None
    total: int | None = None
    percent: float | None = None
    error: str | None = None
    loss: float | None = None
    models: tuple[str, ...] = ()
    """A finished bake's checkpoints as model names, the latest first."""
    parent: str | None = None
    """The model a bake was trained on, where the server tells."""

    @property
    def fraction(self) -> float | None:
        """Progress from 0 to 1; None where nobody knows."""
        if self.state is State.COMPLETE:
            return 1.0
        if self.lines is not None and self.total is not None and self.total > 0:
            # Bounded before it is divided: a count longer than a float can hold is JSON too.
            return min(max(self.lines, 0), self.total) / self.total
        if self.percent is not None and isfinite(self.percent):
            return min(max(self.percent / 100, 0.0), 1.0)
        return None


def read_job(key: JobKey, job: Job) -> JobStatus:
    """What the server's answer says of the job `key`."""
    loss = getattr(job, "loss", None)
    return JobStatus(
        key,
        state_of(job.status),
        job.status,
        job.lines,
        job.total_expected if key.phase is Phase.ROLLOUT else None,
        job.progress_percent,
        job.error,
        _first(getattr(loss, "final_loss", None), getattr(loss, "latest_loss", None)),
        tuple(getattr(job, "model_name", ())),
        _parent(job.config),
    )


def format_loss(loss: float | None) -> str:
    """A loss for people: `5.2e-07`. Never with fixed decimals, which would print 0.000000."""
    return "" if loss is None else f"{loss:.1e}"


def format_span(seconds: float) -> str:
    """A span of time in at most two units: `3 s`, `2 m 04 s`, `1 h 05 m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} m"


def checkpoint_of(model: str) -> str:
    """The last part of `user/repo/bake/checkpoint`."""
    return model.rsplit("/", 1)[-1]


def _first(*values: object) -> float | None:
    return next((float(v) for v in values if isinstance(v, int | float) and isfinite(v)), None)


def _parent(config: object) -> str | None:
    parent = as_object(as_object(config).get("model")).get("parent_model_name")
    return parent if isinstance(parent, str) else None
