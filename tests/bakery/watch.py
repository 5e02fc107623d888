"""A watcher under test: a clock that the test moves, and a server that says what the test scripts."""

import asyncio
from collections import Counter
from collections.abc import Callable

from breadtui.api.errors import BreadError
from breadtui.bakery.history import History
from breadtui.bakery.jobs import JobKey, JobStatus
from breadtui.bakery.watcher import Watcher
from tests.bakery.recipes import Heard, turns

Answer = JobStatus | Exception


class Watch:
    """`says` sets what the server answers about a job from now on; `poll` lets the polls that are due take place."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.heard = Heard()
        self.asked: list[JobKey] = []
        self.stretch = 1.0
        """What the watcher's jitter gives."""
        self.open = asyncio.Event()
        """While it is not set, answers are held back."""
        self.open.set()
        self.under_way: Counter[JobKey] = Counter()
        self.most_of_one = 0
        self.most_together = 0
        self._answers: dict[JobKey, Answer] = {}
        self.answers: Callable[[JobKey], Answer] = self._answers.__getitem__
        """What the server answers about any job."""
        self.history = History()
        self.knocked: BreadError | None = None
        """What comes of asking the server itself; None is an answer."""
        self.knocks = 0
        self.sizes: dict[JobKey, float] = {}
        self.watcher = Watcher(
            self._fetch,
            self.heard,
            history=self.history,
            size=self.sizes.get,
            knock=self._knock,
            clock=lambda: self.now,
            jitter=lambda: self.stretch,
        )

    def says(self, key: JobKey, answer: Answer) -> None:
        self._answers[key] = answer

    async def poll(self, after: float = 0.0) -> float | None:
        """Move the clock, have polled what is due, and give the seconds until the next poll."""
        self.now += after
        self.watcher.poll_due()
        await turns()
        return self.watcher.poll_due()

    async def polled(self, key: JobKey, answer: Answer, after: float) -> float | None:
        """The same, with an answer for `key`."""
        self.says(key, answer)
        return await self.poll(after)

    async def _knock(self) -> None:
        self.knocks += 1
        if self.knocked:
            raise self.knocked

    async def _fetch(self, key: JobKey) -> JobStatus:
        self.asked.append(key)
        self.under_way[key] += 1
        self.most_of_one = max(self.most_of_one, *self.under_way.values())
        self.most_together = max(self.most_together, self.under_way.total())
        answer = self.answers(key)
        try:
            await self.open.wait()
        finally:
            self.under_way[key] -= 1
        if isinstance(answer, JobStatus):
            return answer
        raise answer


def lost(sentence: str = "bread.test cannot be reached.") -> BreadError:
    return BreadError(sentence, retryable=True)
