"""Turns what went wrong below HTTP (names, connections, TLS, silence) into the error it stands for."""

import socket
import ssl

from breadtui.api.errors import BreadError, TimedOut, Unreachable
from breadtui.api.http import httpx


def outage(error: Exception, host: str) -> BreadError:
    """The error for a request to `host` that got no answer, or not the whole of one."""
    if isinstance(error, httpx.TimeoutException):
        doing = "be reached" if isinstance(error, httpx.ConnectTimeout) else "answer"
        return TimedOut(f"{host} did not {doing} in time. Check the network, or try again.", retryable=True)
    said = f"{host} cannot be reached: {_reason(error)}. Check the address and the network."
    return Unreachable(said, retryable=True)


def _reason(error: Exception) -> str:
    return next((said for cause in _causes(error) if (said := _plain(cause))), "the connection failed")


def _plain(cause: BaseException) -> str:
    """What one error in the chain says of the reason; empty if nothing."""
    match cause:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({cause.verify_message})"
        case ssl.SSLError():
            return "it did not speak TLS as expected"
        case ConnectionRefusedError():
            return "it refused the connection, so nothing listens there"
        case socket.gaierror():
            return "its name could not be found"
        case ConnectionError() | httpx.RemoteProtocolError():
            return "it dropped the connection, or does not speak HTTP"
        case httpx.ProxyError():
            return "the proxy in between refused"
        case UnicodeError():
            return "that is no name of a host"
        case OSError(strerror=str(said)) if said:
            return said.lower()
        case _:
            return ""


def _causes(error: BaseException | None) -> list[BaseException]:
    """`error` and what it came of, innermost first."""
    if error is None:
        return []
    # A name with several addresses fails with a group of errors, one for each.
    tried: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return [
        *_causes(error.__cause__ or error.__context__),
        *(cause for one in tried for cause in _causes(one)),
        error,
    ]
