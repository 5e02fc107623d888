"""Whose turn it is to be asked about: what is due, what is on screen first, and no more than the server should bear.

Polls share a budget of `A_SECOND`, with `BURST` saved up at the most, however many jobs are watched. Of four turns,
three go to jobs on screen where any is due; the fourth goes to the one that is overdue longest of all the others, so
that nobody starves. With 1,000 jobs due at once and nothing on screen, each has its turn every 100 s.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from breadtui.bakery.jobs import JobKey

A_SECOND = 10.0
"""Polls a second, at most, in the long run."""
BURST = 8
"""Polls at once, after a quiet while."""
SHARE = 4
"""Of so many turns, one is for those that are not on screen."""


class Schedule:
    """Jobs with the time at which each is due, in seconds of the caller's clock."""

    def __init__(self) -> None:
        self._due: dict[JobKey, float] = {}
        self._heap: list[tuple[float, JobKey]] = []
        """What will be due; an entry that is not what `_due` says is out of date."""
        self._late: dict[JobKey, None] = {}
        """What is due, in that order."""
        self._in_view: frozenset[JobKey] = frozenset()
        self._budget = Budget(A_SECOND, BURST)
        self._turns = 0

    def __len__(self) -> int:
        return len(self._due)

    @property
    def crowded(self) -> float:
        """Seconds that a turn of all takes, by the budget."""
        return len(self._due) / A_SECOND

    def put(self, key: JobKey, due: float) -> None:
        """Have `key` asked about at `due`, whatever was said of it before."""
        self._due[key] = due
        self._late.pop(key, None)
        heapq.heappush(self._heap, (due, key))

    def drop(self, key: JobKey) -> None:
        """Have `key` asked about no more."""
        self._due.pop(key, None)
        self._late.pop(key, None)

    def hasten(self, now: float) -> None:
        """Have all asked about as soon as the budget allows."""
        for key, due in tuple(self._due.items()):
            if due > now:
                self.put(key, now)

    def show(self, keys: Iterable[JobKey]) -> None:
        """Those are on screen."""
        self._in_view = frozenset(keys)

    def wait(self, now: float) -> float | None:
        """Seconds until somebody's turn comes; None where nothing is to be asked."""
        self._ripen(now)
        if self._late:
            return self._budget.wait(now)
        return self._heap[0][0] - now if self._heap else None

    def take(self, now: float) -> JobKey | None:
        """Whose turn it is; it is out of the schedule until it is put in again."""
        if self.wait(now) != 0:
            return None
        self._turns += 1
        seen = [key for key in self._in_view if key in self._late]
        unseen = next((key for key in self._late if key not in self._in_view), None)
        if seen and (unseen is None or self._turns % SHARE):
            key = min(seen, key=lambda key: (self._due[key], key))
        else:
            key = unseen
        if key is not None:
            self._budget.spend()
            self.drop(key)
        return key

    def _ripen(self, now: float) -> None:
        while self._heap and (self._heap[0][0] <= now or self._is_outdated(*self._heap[0])):
            due, key = heapq.heappop(self._heap)
            if not self._is_outdated(due, key):
                self._late[key] = None

    def _is_outdated(self, due: float, key: JobKey) -> bool:
        return self._due.get(key) != due


class Budget:
    """A bucket that fills by `a_second`, up to `most`, and is spent by one at a time."""

    def __init__(self, a_second: float, most: float) -> None:
        self._a_second = a_second
        self._most = most
        self._left = most
        self._at = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until one can be spent."""
        if now > self._at:
            self._left = min(self._most, self._left + (now - self._at) * self._a_second)
            self._at = now
        # Waited for to the last digit, the whole may be a hair less.
        return 0.0 if self._left > 1 - 1e-6 else (1 - self._left) / self._a_second

    def spend(self) -> None:
        """Take one out."""
        self._left -= 1
