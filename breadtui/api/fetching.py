"""Fetches files from signed links, from whatever host those point to.

No key goes along, and what is signed is neither shown nor logged. Where the bytes are kept is left to others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from breadtui import __version__
from breadtui.api import errors
from breadtui.api.address import Address, read_address
from breadtui.api.digests import Checksum, checksum_of
from breadtui.api.http import httpx
from breadtui.api.outages import outage
from breadtui.api.refusals import bounded, ended, read_json, retry_after, server_words, should_retry
from breadtui.api.secret import Secret
from breadtui.api.text import one_line

MOST_REDIRECTS = 5
_WORDS = 4096
"""Bytes of a refusal that are read for the server's words."""
_NOBODY = Secret("")
_EXPIRED = (400, 401, 403, 410)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer that has begun. `chunks` are the bytes from `start` on; if they break off, that raises BreadError.

    `validator` names this content among all that the link may lead to; empty where the server has no such name.
    """

    start: int
    total: int | None
    validator: str
    checksum: Checksum | None
    host: str
    chunks: AsyncIterator[bytes]


class Files:
    """Opens links. Plain http goes to this machine alone, unless `insecure_http`; that holds of redirects too."""

    def __init__(self, *, insecure_http: bool = False, connect_timeout: float = 10.0, timeout: float = 30.0) -> None:
        self._insecure_http = insecure_http
        self._timeout = httpx.Timeout(timeout, connect=connect_timeout)

    @asynccontextmanager
    async def open(self, link: Secret, start: int = 0, validator: str = "") -> AsyncGenerator[Incoming]:
        """Ask for a file from byte `start` on, if it is still the one that `validator` names.

        What comes begins at `start`, or at 0 where the file is another one, or the server knows no way to go on.

        Raises:
            LinkRefused: it has expired, or is not accepted.
            InsecureHttp: it, or what it redirects to, is plain http to another machine. Nothing was sent there.
            BreadError: in its other kinds, as a request to Bread does. Nothing is tried again here.
        """
        resuming = start if validator else 0
        async with self._answered(link, resuming, validator) as (response, address):
            incoming = _read(response, address, resuming, validator)
            if incoming:
                async with aclosing(_chunks(response, address.host)) as chunks:
                    yield _with(incoming, chunks)
                return
        async with self._answered(link, 0, "") as (response, address):
            incoming = _read(response, address, 0, "") or _whole(response, address)
            async with aclosing(_chunks(response, address.host)) as chunks:
                yield _with(incoming, chunks)

    @asynccontextmanager
    async def _answered(
        self, link: Secret, start: int, validator: str
    ) -> AsyncGenerator[tuple[httpx.Response, Address]]:
        """The answer at the end of all redirects."""
        headers = {"User-Agent": f"breadtui/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": validator}
        for _ in range(MOST_REDIRECTS + 1):
            address = self._address(link)
            # Each hop has a client of its own: none carries to one host what it was told by another.
            async with httpx.AsyncClient(
                headers=headers,
                verify=address.encrypted,  # certificates take 20 ms to load
                trust_env=not address.loopback,
                follow_redirects=False,
                timeout=self._timeout,
            ) as http:
                # Errors are raised where no handler is active, so that none chains httpx's, which holds the link.
                found = await _sent(http, link, address)
                if isinstance(found, errors.BreadError):
                    raise found
                try:
                    if not found.has_redirect_location:
                        problem = await _refusal(found, address, link, start)
                        if problem:
                            raise problem
                        yield found, address
                        return
                    link = _next(found, address)
                finally:
                    await found.aclose()
        raise errors.Redirected(f"The link leads from one place to the next, more than {MOST_REDIRECTS} times.")

    def _address(self, link: Secret) -> Address:
        try:
            address = read_address(link.reveal(), insecure_http=True)
        except errors.Unreachable:
            address = None
        if address is None:
            raise errors.Unreachable("The link to the file is no http or https address. Ask whoever runs the server.")
        if not (address.encrypted or address.loopback or self._insecure_http):
            raise errors.InsecureHttp(
                f"The file was not asked for at {address.host}: over plain http anyone on the way could read or change "
                "it. Allow it for a network you trust with --insecure-http."
            )
        return address


async def _sent(http: httpx.AsyncClient, link: Secret, address: Address) -> httpx.Response | errors.BreadError:
    asking = _asking.set(True)
    try:
        return await http.send(http.build_request("GET", link.reveal()), stream=True)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return outage(error, address.host)
    finally:
        _asking.reset(asking)


def _loggable(_: logging.LogRecord) -> bool:
    return not _asking.get()


_asking: ContextVar[bool] = ContextVar("asking", default=False)
"""Whether a link is being sent: httpx logs whole addresses, and httpcore headers such as `Location`."""
for _name in ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks"))):
    logging.getLogger(_name).addFilter(_loggable)


def _next(response: httpx.Response, address: Address) -> Secret:
    try:
        return Secret(str(response.url.join(response.headers["location"])))
    except httpx.InvalidURL:
        problem = errors.Redirected(f"{address.host} points to another place, but not to one that has an address.")
    raise problem


def _read(response: httpx.Response, address: Address, start: int, validator: str) -> Incoming | None:
    """What an answer to a question for `start` and on brings; None where the whole must be asked for instead."""
    if not start or response.status_code == 200:
        return _whole(response, address)
    first, total = _range(response.headers.get("content-range", ""))
    tag = _validator(response.headers)
    if tag and tag != validator:
        return None  # a server that knows ranges, but not If-Range
    going_on = first == start if response.status_code == 206 else total == start
    checksum = checksum_of(response.headers, address.host, partial=True)
    return Incoming(start, total, validator, checksum, address.host, _nothing()) if going_on else None


def _whole(response: httpx.Response, address: Address) -> Incoming:
    length = response.headers.get("content-length", "")
    total = int(length) if length.isascii() and length.isdigit() else None
    checksum = checksum_of(response.headers, address.host)
    return Incoming(0, total, _validator(response.headers), checksum, address.host, _nothing())


def _with(incoming: Incoming, chunks: AsyncIterator[bytes]) -> Incoming:
    return Incoming(incoming.start, incoming.total, incoming.validator, incoming.checksum, incoming.host, chunks)


def _validator(headers: Mapping[str, str]) -> str:
    """An entity tag, if it promises the very same bytes (RFC 9110, 8.8.1)."""
    tag = headers.get("etag", "").strip()
    return tag if re.fullmatch(r'"[\x21\x23-\x7e]*"', tag) else ""


def _range(told: str) -> tuple[int | None, int | None]:
    """The first byte, and the length of the whole, from `bytes 100-199/200` or `bytes */200`."""
    match = re.fullmatch(r"bytes\s+(?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18}|\*)", told.strip(), re.ASCII | re.IGNORECASE)
    if match is None:
        return None, None
    first, total = match.groups()
    return (int(first) if first else None), (int(total) if total != "*" else None)


async def _chunks(response: httpx.Response, host: str) -> AsyncGenerator[bytes]:
    if response.status_code == 416:
        return  # all of it is there; this body is an error's
    lost: errors.BreadError | None = None
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx.HTTPError as error:
        lost = outage(error, host)
    if lost:
        raise lost


async def _nothing() -> AsyncGenerator[bytes]:
    for chunk in ():
        yield chunk


async def _refusal(response: httpx.Response, address: Address, link: Secret, start: int) -> errors.BreadError | None:
    """The error that an answer stands for; None for one that brings bytes, or says that all were asked for."""
    status, host = response.status_code, address.host
    if status == 200 or (start and status in (206, 416)):
        return None
    words = _without(link, await _words(response))
    retryable, wait = should_retry(status, response.headers), retry_after(response.headers)
    if status in _EXPIRED:
        kind, said = errors.LinkRefused, f"{host} does not accept the link to the file"
    elif status == 404:
        kind, said = errors.NotFound, f"{host} does not have the file"
    elif status == 429:
        kind, said = errors.RateLimited, f"{host} gets too many requests"
    elif status >= 500 or status == 408:
        kind, said = errors.ServerFailed, f"{host}, which has the file, failed ({status})"
    else:
        kind, said = errors.Refused, f"{host} does not give the file ({status})"
    sentence = f"{said}: {ended(words)}" if words else f"{said}."
    return kind(sentence, status=status, retryable=retryable, retry_after=wait)


async def _words(response: httpx.Response) -> str:
    """What a host says of its refusal, as Bread or as S3 does."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _WORDS:
                break
    except httpx.HTTPError:
        return ""
    found = re.search(rb"<Message>([^<]{1,300})</Message>", body)
    said = found.group(1).decode("utf-8", "replace") if found else server_words(read_json(bytes(body)), _NOBODY)
    return bounded(one_line(said).strip(), 200)


def _without(link: Secret, words: str) -> str:
    """No words at all where they repeat what is signed."""
    return "" if any(value in words for value in _signed(link)) else words


def _signed(link: Secret) -> Iterator[str]:
    query = urlsplit(link.reveal()).query
    yield from (value for _, value in parse_qsl(query) if len(value) > 12)
    if query:
        yield query
