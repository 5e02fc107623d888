"""A scripted HTTP server on loopback, down to the bytes: what it got is recorded, what it says is up to the test."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

KEY = "sk-bread-0123456789abcdef"
DEADLINE = 5.0
"""Seconds after which a test that still waits has failed."""


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it arrived. `target` is the raw request target; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> object:
        return json.loads(self.body) if self.body else None


Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Reply = bytes | Act
"""What to send, or what to do with the connection."""


def reply(
    body: object = None,
    status: int = 200,
    *,
    headers: dict[str, str] | None = None,
    kind: str = "application/json",
    length: int | None = None,
) -> bytes:
    """A whole answer; `body` is sent as it is if bytes or text, else as JSON. `length` may lie about its length."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    head = {
        "content-type": kind,
        "content-length": str(len(raw) if length is None else length),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def stream(chunks: Sequence[bytes], *, kind: str = "text/event-stream", ends: bool = True) -> Act:
    """An answer in HTTP chunks, each a packet of its own; one that does not end breaks the connection off."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        for chunk in chunks:
            writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            await writer.drain()
            await asyncio.sleep(0)
        if ends:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        else:
            writer.close()

    return act


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Drop the connection without a word."""
    writer.transport.abort()


class Server:
    """Plays its replies in turn, the last one again and again."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [reply({})]
        self.got: list[Got] = []
        self.connections = 0
        self.closed = asyncio.Event()
        """Set once a client has closed, or broken, a connection."""
        self.url = ""

    def plays(self, *replies: Reply) -> None:
        self.replies = [*replies]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (got := await _read(reader)) is not None:
                self.got.append(got)
                turn = self.replies[min(len(self.got), len(self.replies)) - 1]
                if isinstance(turn, bytes):
                    writer.write(turn)
                    await writer.drain()
                    if _promises_more(turn):
                        break
                else:
                    await turn(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.closed.set()
            writer.close()


@contextlib.asynccontextmanager
async def serving() -> AsyncGenerator[Server]:
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Got | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Got(method, target, headers, body)


def _promises_more(turn: bytes) -> bool:
    """Whether an answer's stated length is more than what is sent, so that only closing can end it."""
    head, _, body = turn.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    return any(line.startswith(b"content-length:") and int(line[15:]) > len(body) for line in lines)
