"""Carries requests to a Bread server and answers back: keys, retries, limits and the JSON edge.

What is asked, and what the answers mean, is left to the client.
"""

import json
import logging
import os
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TypeVar
from urllib.parse import quote

from breadtui import __version__
from breadtui.api import errors
from breadtui.api.address import read_address
from breadtui.api.http import httpx
from breadtui.api.outages import outage
from breadtui.api.refusals import Answer, not_json, parse_json, refusal
from breadtui.api.secret import Secret
from breadtui.api.text import clean_json, one_line

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are taken in, at most; unpacked, if it came compressed."""
TRIES = 3
LONGEST_WAIT = 60.0
"""Seconds a server may ask to wait before the next try. Asked for more, the answer is the error."""

T = TypeVar("T")
Params = Mapping[str, str | int]


class Transport:
    """One server, one key, one pool of connections.

    `latency` is how many seconds the last good answer took to begin; `requests` counts every try; `server` is what
    the last good answer names as its maker.

    Raises:
        InsecureHttp, Unreachable: see `read_address`.
        WrongKey: the key holds characters that cannot be in a key.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        insecure_http: bool = False,
        user_id: str | None = None,
        connect_timeout: float = 5.0,
        timeout: float = 60.0,
    ) -> None:
        self.address = read_address(base_url, insecure_http=insecure_http)
        self.key = _usable(key)
        self.latency: float | None = None
        self.requests = 0
        self.server = ""
        headers = [(b"User-Agent", f"breadtui/{__version__}".encode()), (b"Accept", b"application/json")]
        if user_id:
            headers.append((b"X-User-Id", one_line(user_id).encode()))
        self._http = httpx.AsyncClient(
            auth=_Bearer(self.key),
            headers=headers,
            # Redirects are not followed, so plain http stays plain: certificates need no loading (20 ms).
            verify=self.address.encrypted,
            # A proxy cannot reach our loopback, and would read the key.
            trust_env=not self.address.loopback,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout, connect=connect_timeout),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=60.0),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
    ) -> object:
        """Send a request and give the JSON of its answer, cleaned; None where it is rightly empty.

        Raises:
            BreadError: in its many kinds, after what is worth retrying was retried.
        """
        return await _retrying(self._asked, self._request(method, path, params, body))

    @asynccontextmanager
    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[httpx.Response]:
        """Post a request and give the good answer as soon as it begins; leaving the block closes it.

        Raises:
            BreadError: as `call` does, until the answer begins. Nothing is sent again after that.
        """
        response = await _retrying(self._answer, self._request("POST", path, None, body))
        try:
            yield response
        finally:
            await response.aclose()

    async def json(self, response: httpx.Response) -> object:
        """The whole of an answer as JSON, cleaned; None if it is empty and may be.

        Raises:
            NotJson, TooLarge, TimedOut: it is not JSON, or did not come whole.
        """
        found = await self._parsed(response)
        if isinstance(found, errors.BreadError):
            raise found
        return found

    def _request(
        self, method: str, path: str, params: Params | None, body: Mapping[str, object] | None
    ) -> httpx.Request:
        headers: dict[str, str] = {}
        if method != "GET":
            headers["Idempotency-Key"] = f"breadtui-{os.urandom(16).hex()}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else _encoded(body)
        url = self.address.base_url + path
        return self._http.build_request(method, url, params=params, content=content, headers=headers)

    async def _asked(self, request: httpx.Request) -> object:
        response = await self._answer(request)
        try:
            return await self.json(response)
        finally:
            await response.aclose()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """Send `request` once; the good answer, its body still to be read."""
        # Errors are made further in and raised out here, where no handler is active. So neither httpx's error,
        # whose request bears the key, nor a body that may repeat it is in a traceback, chained or with locals.
        outcome = await self._outcome(request)
        if isinstance(outcome, errors.BreadError):
            raise outcome
        return outcome

    async def _outcome(self, request: httpx.Request) -> httpx.Response | errors.BreadError:
        self.requests += 1
        began = time.perf_counter()
        try:
            response = await self._http.send(request, stream=True)
        except (httpx.HTTPError, UnicodeError) as error:  # UnicodeError: a name of a host that DNS cannot carry
            return outage(error, self.address.host)
        if response.is_success:
            self.latency = time.perf_counter() - began
            self.server = one_line(response.headers.get("Server", ""))
            return response
        try:
            body, _ = await _body(response)
        finally:
            await response.aclose()
        method = response.request.method
        return refusal(Answer(response.status_code, response.headers, body, self.address.host, method), self.key)

    async def _parsed(self, response: httpx.Response) -> object:
        """The JSON of an answer, or the error that there is none."""
        body, lost = await _body(response)
        host = self.address.host
        if isinstance(lost, httpx.TimeoutException):
            return outage(lost, host)
        if len(body) > LARGEST:
            said = f"{host} sent more than {LARGEST >> 20} MiB in one answer. The rest was not read."
            return errors.TooLarge(said, status=response.status_code)
        if not body and not lost and (response.status_code == 204 or response.request.method == "DELETE"):
            return None
        try:
            return clean_json(parse_json(body))
        except ValueError:
            return not_json(body, host, self.key, status=response.status_code, broke_off=lost is not None)


def path(*names: str) -> str:
    """`/v1/` and the names, each as one segment of the path, whatever it holds.

    Raises:
        Invalid: a name is empty, so that the path would mean something else.
    """
    return "/v1/" + "/".join(_segment(name) for name in names)


def _segment(name: str) -> str:
    if not name:
        raise errors.Invalid("A name is missing. Nothing was sent.")
    # "." and ".." are dropped from a path by the rules for URLs (RFC 3986, 5.2.4) unless they are escaped.
    return "%2E" * len(name) if name in (".", "..") else quote(name, safe="", errors="replace")


def _encoded(body: Mapping[str, object]) -> bytes:
    """`body` as JSON.

    Raises:
        Invalid: it holds something JSON cannot say, as a date or NaN from a file.
    """
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as error:
        raise errors.Invalid(f"This cannot be sent as JSON: {error}. Nothing was sent.") from None


async def _body(response: httpx.Response) -> tuple[bytes, httpx.HTTPError | None]:
    """The body as far as it came, at most one chunk over `LARGEST`, and the error that cut it short."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                break
    except httpx.HTTPError as error:
        return bytes(body), error
    return bytes(body), None


class _Bearer(httpx.Auth):
    """Adds the key to a request at the last moment, so that it stands in as few places as can be."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


def _usable(key: Secret) -> Secret:
    """The key without spaces around it, such as pasting adds.

    Raises:
        WrongKey: it holds what no header can carry; httpx would quote it, key and all, in its own error.
    """
    bare = Secret(key.reveal().strip())
    if bare and not re.fullmatch("[!-~]+", bare.reveal()):
        raise errors.WrongKey(
            "The key holds spaces, line breaks or letters no key has, and was not sent. Copy it once more."
        )
    return bare


def _wait(error: Exception) -> bool | float:
    """Whether to try again; where the server asked for a wait, the seconds to wait."""
    if not isinstance(error, errors.BreadError) or not error.retryable:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT else False


_once: ContextVar[bool] = ContextVar("once", default=False)


@contextmanager
def once() -> Generator[None]:
    """Requests within are tried once: whoever makes them asks again by himself."""
    token = _once.set(True)
    try:
        yield
    finally:
        _once.reset(token)


async def _retrying(ask: Callable[[httpx.Request], Awaitable[T]], request: httpx.Request) -> T:
    """What `ask` gives, asked again as often as is worth it."""
    try:
        return await ask(request)
    except errors.BreadError as error:
        if not error.retryable or _once.get():
            raise
        refused = error
    # Loaded when the first request fails, and not when a user waits for the first picture (7 ms, 1 MB).
    import stamina

    # stamina logs a retry as a warning, which Python prints over the screen if logging was not configured.
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    known: list[errors.BreadError] = [refused]

    async def ask_again() -> T:
        if known:
            raise known.pop()  # the first try, which stamina has not seen
        return await ask(request)

    retrying = stamina.AsyncRetryingCaller(
        attempts=TRIES, timeout=None, wait_initial=0.25, wait_jitter=0.1, wait_max=8.0
    )
    return await retrying(_wait, ask_again)
