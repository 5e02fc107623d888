"""Shows jobs that all change once a second, to be measured from outside: `python -m tests.bench.jobs [JOBS]`.

Each job moves by 1 % a second at a moment of its own, as polls do that are spread out; `q` ends it.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from textual.app import App, ComposeResult

from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.pace import Basis, Eta, Rate, Unit
from breadtui.themes import DARK
from breadtui.widgets.jobs.row import JobRow, Vitals
from breadtui.widgets.jobs.table import JobsTable

VITALS = Vitals(age=0.5, rate=Rate(1.0, Unit.PERCENT), eta=Eta(60.0, Basis.PACE))


class Bench(App[None]):
    """The table alone."""

    CSS = "JobsTable { height: 1fr; overflow: hidden scroll; } JobsTable > .jobs--cursor { text-style: bold; }"
    BINDINGS = [("q", "quit", "Quit")]

    def __init__(self, jobs: int) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        keys = [JobKey("repo", f"bake_{number:04}", Phase.BAKE) for number in range(jobs)]
        self._rows = [JobRow(JobStatus(key, State.RUNNING, percent=0.0, loss=5e-7)) for key in keys]

    def compose(self) -> ComposeResult:
        """One widget."""
        yield JobsTable(lambda _: VITALS)

    def on_mount(self) -> None:
        """Begin."""
        table = self.query_one(JobsTable)
        table.show(self._rows)
        table.focus()
        self.run_worker(self._move(table))

    async def _move(self, table: JobsTable) -> None:
        turn = 0
        while True:
            await asyncio.sleep(1 / len(self._rows))
            row = self._rows[turn % len(self._rows)]
            percent = ((row.status.percent or 0.0) + 1) % 100
            row = replace(row, status=replace(row.status, percent=percent, loss=5e-7 * (1 - percent / 200)))
            self._rows[turn % len(self._rows)] = row
            table.put([row])
            turn += 1


if __name__ == "__main__":
    Bench(int(sys.argv[1]) if len(sys.argv) > 1 else 20).run()
