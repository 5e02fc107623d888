"""What can go wrong between this program and a Bread server, in words for people.

Which answer becomes which error is left to `refusals`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class BreadError(Exception):
    """A request that did not bring what it was for. `str()` says what happened, why, and what to do next.

    `status` is the HTTP status, None when there was no answer. `request_id` is the server's own name for the
    request, where it gave one. `retryable` says whether the same request may well succeed later.
    `retry_after` is the wait the server asked for, in seconds.
    """

    ailment: ClassVar[str] = ""
    """What it says of the server as a whole, to be read behind its name; empty where it concerns one request only."""

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.request_id = request_id
        self.retryable = retryable
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that the server will not have: where (`overrides.temperature`; empty if untold) and why."""

    loc: str
    msg: str


class WrongKey(BreadError):
    """401: the key is missing, unknown or withdrawn; or it has characters no key has, and was not sent."""

    ailment = "refuses the key"


class NoCredits(BreadError):
    """402: the account has run out of credit."""


class Forbidden(BreadError):
    """403: the key is known, but may not do this."""

    ailment = "forbids this"


class NotFound(BreadError):
    """404: there is no such thing (any more)."""


class Conflict(BreadError):
    """409: something else stands there already; what exists is immutable. Carries the server's message."""


class Invalid(BreadError):
    """400 and 422: the server will not have what was sent. Also what cannot even be sent, not being JSON."""

    def __init__(
        self,
        sentence: str,
        *,
        fields: Sequence[FieldError] = (),
        status: int | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence, status=status, request_id=request_id, retryable=retryable, retry_after=retry_after)
        self.fields = tuple(fields)


class Refused(BreadError):
    """Any other 4xx."""


class RateLimited(BreadError):
    """429: too many requests; `retry_after` tells in seconds how long to wait, where the server said."""

    ailment = "asks to wait"


class ServerFailed(BreadError):
    """500 and above: the fault is the server's."""

    ailment = "has failed"


class NotSupported(BreadError):
    """405 or 501, and a 404 to a request that Bread's prose mentions and its specification does not."""


class Redirected(BreadError):
    """3xx: the server points elsewhere. Not followed, for the key must not go where nobody sent it."""

    ailment = "points elsewhere"


class LinkRefused(BreadError):
    """400, 401, 403 or 410 to a signed link: it has expired, or is not accepted. A new one may be."""


class Unreachable(BreadError):
    """No answer: the host could not be found, refused, dropped the connection or failed its TLS handshake."""

    ailment = "does not answer"


class TimedOut(BreadError):
    """No answer, or not the whole of it, in time; or the server itself said so (408)."""

    ailment = "does not answer in time"


class NotJson(BreadError):
    """The answer is not the JSON it should be: a proxy's page, or a body that broke off."""

    ailment = "answers something else"


class TooLarge(BreadError):
    """The answer is larger than this program is willing to hold."""


class InsecureHttp(BreadError):
    """Plain http to another machine: the key would cross the network readable by anyone. Nothing was sent."""

    ailment = "is not encrypted"


class StreamFailed(BreadError):
    """The server reported an error in the middle of a chat answer; what had come before it stands."""
