"""What is known of a download at one moment, as plain values.

Loads nothing heavy: the widgets that draw jobs need it before the server's library is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from breadtui.bakery.jobs import State, format_span

PHASE = "weights"
"""What stands where the phase of a job does."""


@dataclass(frozen=True, slots=True, order=True)
class DownloadKey:
    """Names a download: the model, `user/repo/bake/checkpoint`, and the file that it is to become."""

    model: str
    path: Path

    @property
    def repo(self) -> str:
        """The repository; empty for a model that is in none."""
        parts = self.model.split("/")
        return parts[1] if len(parts) == 4 else ""

    @property
    def bake(self) -> str:
        """The bake that made the model; empty for one that no bake made."""
        parts = self.model.split("/")
        return parts[2] if len(parts) == 4 else ""

    @property
    def name(self) -> str:
        """The model within its repository."""
        return "/".join(self.model.split("/")[2:]) if self.repo else self.model

    @property
    def phase(self) -> str:
        """What it is among jobs."""
        return PHASE

    def __str__(self) -> str:
        return f"download of {self.path.name}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One look at a download. `received` of `total` bytes are there; `rate` is in bytes a second, `left` in seconds.

    `note` says what it waits for, what made it fail or begin anew, or how an earlier start left it.
    """

    key: DownloadKey
    state: State
    received: int = 0
    total: int | None = None
    rate: float | None = None
    left: float | None = None
    note: str = ""

    @property
    def fraction(self) -> float | None:
        """Progress from 0 to 1; None where nobody knows."""
        if self.state is State.COMPLETE:
            return 1.0
        return min(self.received / self.total, 1.0) if self.total else None

    @property
    def percent(self) -> str:
        """The same for people, rounded down: 100 % is what is complete."""
        fraction = self.fraction
        return "" if fraction is None else f"{int(fraction * 100)} %"

    @property
    def amount(self) -> str:
        """`12.3 of 27.0 MB`; of what is complete, its size."""
        if self.total is None or self.received == self.total:
            return format_bytes(self.received)
        whole, part = format_bytes(self.total), format_bytes(self.received)
        return f"{part.split()[0] if part.split()[1] == whole.split()[1] else part} of {whole}"

    @property
    def facts(self) -> list[str]:
        """How far it is, how fast, and the time left, as far as that is known."""
        told = [self.amount, f"{format_bytes(self.rate)}/s" if self.rate else ""]
        told.append(f"{format_span(self.left)} left" if self.left is not None else "")
        return [fact for fact in told if fact]


def format_bytes(count: float) -> str:
    """An amount in three digits and decimal units, as disks are sold: `512 B`, `1.20 MB`, `27.0 GB`."""
    if count < 1000:
        return f"{count:.0f} B"
    units = ("kB", "MB", "GB", "TB", "PB", "EB")
    power = 0
    count /= 1000
    while count >= 999.5 and power < len(units) - 1:
        count, power = count / 1000, power + 1
    digits = 2 if count < 9.995 else 1 if count < 99.95 else 0
    return f"{count:.{digits}f} {units[power]}"
