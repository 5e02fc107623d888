"""Where the commands show how jobs go on: in place on a terminal, a line for each change everywhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from breadtui.bakery.following.lines import facts, line, word
from breadtui.bakery.jobs import JobKey, JobStatus, State, format_span
from breadtui.bakery.pace import Basis, Eta

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

COLOURS = {
    State.NOT_STARTED: "bright_black",
    State.QUEUED: "cyan",
    State.RUNNING: "blue",
    State.COMPLETE: "green",
    State.FAILED: "red",
    State.UNRECOGNISED: "yellow",
}
BAR = 20
"""Cells of a progress bar."""


@dataclass(frozen=True, slots=True)
class Row:
    """A job that is not at its end, when it will be, and what it waits for."""

    status: JobStatus
    eta: Eta | None = None
    waits: str = ""


Rows = Callable[[], Sequence[Row]]


class Display(Protocol):
    """Takes what happens. Any method may raise BrokenPipeError, when whoever reads is gone."""

    def changed(self, status: JobStatus) -> None:
        """A job was seen to differ from before."""

    def say(self, sentence: str) -> None:
        """Something else happened."""

    def tick(self) -> None:
        """Time went by."""

    def close(self) -> None:
        """Nothing more will come."""


def display(stream: TextIO, rows: Rows) -> Display:
    """What suits `stream`; `rows` gives the jobs that are not at their end, first what matters most."""
    if stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
        return InPlace(stream, rows)
    return Plain(stream)


class Plain:
    """One line for each change, without colours or anything else that moves a cursor."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: dict[JobKey, str] = {}

    def changed(self, status: JobStatus) -> None:
        """The line of a job, if it says something new."""
        said = line(status)
        if self._last.get(status.key) != said:
            self._last[status.key] = said
            self.say(said)

    def say(self, sentence: str) -> None:
        """A line."""
        self._stream.write(f"{sentence}\n")
        self._stream.flush()

    def tick(self) -> None:
        """Nothing: a log does not grow by waiting."""

    def close(self) -> None:
        """Nothing: every line was written when it came."""


class InPlace:
    """The jobs under way where they stand, and above them, for good, what has come to its end."""

    def __init__(self, stream: TextIO, rows: Rows) -> None:
        from rich.console import Console
        from rich.live import Live

        self._rows = rows
        self._console = Console(file=stream, highlight=False, emoji=False, markup=False)
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, get_renderable=lambda: self._draw(self._console)
        )
        self._live.start()

    def changed(self, status: JobStatus) -> None:
        """What has ended stays on the screen; the rest is drawn anew."""
        if status.state in (State.COMPLETE, State.FAILED):
            self._console.print(_ended(status), soft_wrap=True)
        self._live.refresh()

    def say(self, sentence: str) -> None:
        """A line that stays."""
        from rich.text import Text

        self._console.print(Text(sentence), soft_wrap=True)

    def tick(self) -> None:
        """Draw anew."""
        self._live.refresh()

    def close(self) -> None:
        """Take away what is under way: it is told in words."""
        self._live.stop()

    def _draw(self, console: Console) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        rows = self._rows()
        room = max(1, console.height - 2)
        table = Table.grid(padding=(0, 1))
        for _ in range(4):
            table.add_column(no_wrap=True, overflow="ellipsis")
        for row in rows[:room]:
            key = row.status.key
            table.add_row(_sign(row.status), f"{key.phase:7} {key.repo}/{key.name}", _bar(row.status), _note(row))
        if len(rows) > room:
            table.add_row("", Text(f"and {len(rows) - room:,} more", "bright_black"), "", "")
        return table


def _ended(status: JobStatus) -> Text:
    key = status.key
    return _sign(status).append(
        ", ".join([f" {key.phase:7} {key.repo}/{key.name}  {word(status)}", *facts(status)]), "default"
    )


def _sign(status: JobStatus) -> Text:
    from rich.text import Text

    return Text(status.state.sign, COLOURS[status.state])


def _bar(status: JobStatus) -> Text:
    """In halves of a cell; neither empty nor full before it is."""
    from rich.text import Text

    fraction = status.fraction or 0.0
    halves = round(fraction * 2 * BAR)
    if 0 < fraction < 1:
        halves = min(max(halves, 1), 2 * BAR - 1)
    done = "━" * (halves // 2) + "╸" * (halves % 2)
    return Text.assemble((done, COLOURS[status.state]), ("─" * (BAR - len(done)), "bright_black"))


def _note(row: Row) -> str:
    if row.waits:
        return row.waits
    said = [*facts(row.status), _left(row.eta)] if row.status.state is State.RUNNING else [word(row.status)]
    return "  ".join(part for part in said if part)


def _left(eta: Eta | None) -> str:
    if eta is None:
        return ""
    return f"{'' if eta.basis is Basis.PACE else 'perhaps '}{format_span(eta.seconds)} left"
