"""How fast bytes come, over the last few seconds."""

from __future__ import annotations

from collections import deque

WINDOW = 8.0
"""Seconds that the rate is of."""
LEAST = 0.4
"""Seconds before which nothing can be said."""


class Speed:
    """Told now and then how many bytes there are; a break in between is left out by `pause`."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, received: int) -> None:
        """There are so many bytes now (in seconds of any clock)."""
        self._seen.append((now, received))
        while now - self._seen[0][0] > WINDOW and len(self._seen) > 2:
            self._seen.popleft()

    def pause(self) -> None:
        """What was seen tells nothing of what comes."""
        self._seen.clear()

    @property
    def rate(self) -> float | None:
        """Bytes a second; None before that is known."""
        if len(self._seen) < 2:
            return None
        (began, before), (ended, received) = self._seen[0], self._seen[-1]
        return (received - before) / (ended - began) if ended - began >= LEAST else None
