"""Which addresses a key may be sent to. Sending it is left to the transport."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from breadtui.api.errors import InsecureHttp, Unreachable
from breadtui.api.text import one_line


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is. `base_url` has no slash at its end; `host` has the port, if one was given."""

    base_url: str
    host: str
    encrypted: bool
    loopback: bool


def read_address(base_url: str, *, insecure_http: bool = False) -> Address:
    """Read `base_url`; a user name, query or fragment in it is dropped.

    Raises:
        Unreachable: it is no http or https address.
        InsecureHttp: it is plain http to another machine, and `insecure_http` does not allow that.
    """
    parts = _split(base_url.strip())
    name = parts.hostname or ""
    host = parts.netloc.rpartition("@")[2]
    encrypted = parts.scheme == "https"
    loopback = is_loopback(name)
    if not (encrypted or loopback or insecure_http):
        raise InsecureHttp(
            f"The key was not sent to {host}: over plain http anyone on the way could read it. "
            "Use an https:// address, or allow it for a network you trust with --insecure-http."
        )
    base = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
    return Address(base, host, encrypted, loopback)


def is_loopback(name: str) -> bool:
    """Whether a host's name means this machine: localhost, *.localhost (RFC 6761), 127.0.0.0/8 or ::1."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _split(base_url: str) -> SplitResult:
    shown = one_line(base_url.rpartition("@")[2])[:80]
    problem = Unreachable(f"“{shown}” is not the address of a server. Write it like https://bapi.bread.com.ai.")
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket left open, a port that is no number
        raise problem from None
    if not usable:
        raise problem
    return parts
