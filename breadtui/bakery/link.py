"""Whether the server answers; and where it does not, from when on it is asked again."""

from __future__ import annotations

from breadtui.api.errors import BreadError, RateLimited, Unreachable, WrongKey

LONGEST_ASKED = 86_400.0
"""Seconds that a server may ask to wait: one that says a year does not mean it."""


class Link:
    """One server, as the polls find it. Times are seconds of the caller's clock."""

    def __init__(self) -> None:
        self.problem: str | None = None
        """Why it does not answer, in people's words; None while it does."""
        self.ailment = ""
        self._answered = float("-inf")
        self._failed = float("-inf")
        self._failures = 0
        self._retry = 0.0
        self._asked_to_wait = 0.0

    def wait(self, now: float) -> float:
        """Seconds until it may be asked again; 0 if it may."""
        return max(self._retry, self._asked_to_wait, now) - now

    def try_now(self) -> None:
        """Do without what is left of our own waiting; what the server asked for is waited all the same."""
        self._retry = 0.0

    def answered(self, now: float) -> bool:
        """Take in that there was an answer; gives whether that is news.

        While the server is left alone because it asked for that, an answer that was under way ends nothing.
        """
        self._answered = now
        if self._asked_to_wait > now:
            return False
        recovered = self.problem is not None
        self.problem, self.ailment = None, ""
        self._failures, self._retry = 0, 0.0
        return recovered

    def failed(self, error: BreadError, *, began: float, now: float, pause: float, longest: float) -> bool:
        """Take in a poll that began at `began` and failed; gives whether what is known of the link is news.

        The wait doubles with every try in vain, from twice the job's own `pause` to `longest`.
        """
        if error.retry_after is not None:
            self._asked_to_wait = max(self._asked_to_wait, now + min(error.retry_after, LONGEST_ASKED))
        if began > self._failed or not self._failures:  # those under way at that time tell of the same outage
            self._failures += 1
            self._retry = now + backed_off(pause, self._failures, longest)
            self._failed = now
        told = self.problem, self.ailment
        self.problem, self.ailment = str(error), error.ailment
        return told != (self.problem, self.ailment)

    def is_to_blame(self, error: BreadError, since: float) -> bool:
        """Whether a job's failure is the server's as a whole: nobody else was answered `since` that job's last turn."""
        plain = error.retry_after is not None or isinstance(error, Unreachable | WrongKey | RateLimited)
        return plain or self._answered <= since


def backed_off(pause: float, failures: int, longest: float) -> float:
    """Seconds to wait after so many failures in a row."""
    doublings = min(failures, 6)  # enough for the longest; after a night's errors, 2**failures is no float
    return min(pause * 2**doublings, longest)
