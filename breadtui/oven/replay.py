"""Idempotency keys: a repeated POST or PUT gets its first answer again, after a restart as well.

The same key with another method, path or body is refused with 422. The answers of a server that failed (5xx)
and of chats are not kept.
"""

import asyncio
import hashlib
from weakref import WeakValueDictionary

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from breadtui.oven.answers import Answer
from breadtui.oven.refusals import Refusal
from breadtui.oven.routes.common import refusal_answer
from breadtui.oven.store import Store

_STREAMED = "/v1/chat/completions"


class Replay:
    """ASGI middleware that keeps the answers to requests with an `Idempotency-Key`."""

    def __init__(self, app: ASGIApp, *, store: Store) -> None:
        self._app = app
        self._answers = store.answers
        # One lock a key: a repetition that overtakes its first waits for it. They go when nobody holds them.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or hand the request on and keep its answer."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            await self._once(key, scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        fingerprint = _fingerprint(scope, body)
        kept = self._answers.get(key)
        if kept is None:
            kept = await self._first(fingerprint, scope, body)
            if kept.status < 500:
                self._answers.keep(key, kept)
        if kept.fingerprint != fingerprint:
            words = "Idempotency-Key was already used for another request: use a new key for a new request"
            await refusal_answer(Refusal(422, "VALIDATION_ERROR", words))(scope, receive, send)
            return
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers]
        await send({"type": "http.response.start", "status": kept.status, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body})

    async def _first(self, fingerprint: str, scope: Scope, body: bytes) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, keep)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
        return Answer(fingerprint, sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]))


def _key(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in ("POST", "PUT") or scope["path"] == _STREAMED:
        return None
    return Headers(scope=scope).get("idempotency-key") or None


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


def _fingerprint(scope: Scope, body: bytes) -> str:
    words = "\n".join((scope["method"], scope["path"], scope["query_string"].decode("latin-1")))
    return hashlib.sha256(words.encode("utf-8", "surrogateescape") + b"\n" + body).hexdigest()
