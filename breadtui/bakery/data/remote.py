"""The stimuli or responses of a target, asked of its server."""

from __future__ import annotations

from collections.abc import Sequence

from breadtui.api.client import BreadClient
from breadtui.api.errors import TooLarge
from breadtui.api.models import OutputPage
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import What
from breadtui.bakery.jobs import JobStatus, State, state_of

LARGEST_PAGE = 1000
"""Rows that a server gives at once, at most."""


class Remote:
    """Counts what each answer tells of the rows, and what the watcher does (`learn`).

    `trajectories` and `most_tokens` are the target's own settings, where they are known.
    """

    def __init__(self, client: BreadClient, repo: str, target: str, what: What) -> None:
        self._client = client
        self.repo = repo
        self.target = target
        self.what = what
        self.known = 0
        self.whole = False
        self.version = 0
        self._counted = False  # whether the server tells how many there are

    @property
    def name(self) -> str:
        """`repo/target stimuli`."""
        return f"{self.repo}/{self.target} {self.what}"

    def learn(self, status: JobStatus, before: JobStatus | None = None) -> None:
        """Take in what the job that makes the rows says of itself."""
        if status.lines is not None:
            if before and before.lines is not None and status.lines < before.lines:
                self.version += 1  # run again: what was read is gone
                self.known = status.lines
            self.known = max(self.known, status.lines)
            self._counted = True
        self.whole = self._counted and status.state.settled

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        """See `Source`. A server that gives fewer rows than it was asked for is asked again for the rest."""
        rows: list[Row] = []
        while len(rows) < limit:
            found, more = await self._some(offset + len(rows), min(limit - len(rows), LARGEST_PAGE))
            rows += found
            if not found or not more:
                break
        return rows

    async def find_end(self) -> int:
        """The count; of a server that does not tell it, found by asking ever further, then between."""
        if not self._counted:
            await self._some(0, 1)
        low = self.known
        if self._counted or self.whole:
            return low
        step = LARGEST_PAGE
        while (await self._some(low + step, 1))[0]:
            low, step = low + step + 1, step * 2
        high = low + step
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if (await self._some(middle, 1))[0] else (low, middle)
        self.known = low
        return low

    async def _some(self, offset: int, limit: int) -> tuple[list[Row], bool]:
        """Some rows, and whether there are more behind them."""
        ask = self._client.stim_output if self.what is What.STIMULI else self._client.rollout_output
        version = self.version
        try:
            answer = await ask(self.repo, self.target, offset, limit)
        except TooLarge as error:
            if limit > 1:
                return (await self._some(offset, limit // 2))[0], True
            return [Row(offset, why=str(error))], True
        if version == self.version:
            self._note(answer, offset, limit)
        rows = [Row(offset + at, fields) for at, fields in enumerate(answer.output[:limit])]
        return rows, answer.has_more or offset + len(rows) < self.known

    def _note(self, answer: OutputPage, offset: int, limit: int) -> None:
        """How many rows there are, by an answer. What it gave counts for more than what it says."""
        end = offset + len(answer.output)
        settled = state_of(answer.status).settled
        self._counted = answer.lines is not None
        if answer.lines is not None and (end >= answer.lines or answer.has_more or len(answer.output) == limit):
            self.known = max(self.known if not settled else 0, answer.lines, end if answer.output else 0)
            self.whole = settled
        elif answer.has_more and answer.output:
            self.known = max(self.known, end + 1)
        elif answer.output or not offset:
            self.known = end
            self.whole = settled or state_of(answer.status) is State.UNRECOGNISED
        elif self.known > offset:
            self.known = offset  # fewer than it said
