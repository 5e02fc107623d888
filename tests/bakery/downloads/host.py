"""A host that has a file, as S3 and its kin do: signed links, ranges, entity tags; and every way to break off."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from breadtui.api.fetching import Files
from breadtui.api.secret import Secret
from breadtui.bakery.downloads.download import Download, Order, Source
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from tests.api.wire import Server, reply, serving

MODEL = "baker/yoda_repo/yoda_bake_v1/21"
CONTENT = bytes(hashlib.shake_256(b"weights").digest(200_000))


@dataclass
class Host:
    """`cuts` are the bytes after which the next answers break off; `dead` answers are cut before they begin.

    A link holds for `uses` answers, and then a new one is needed.
    """

    server: Server
    content: bytes = CONTENT
    tag: str = '"one"'
    cuts: list[int] = field(default_factory=list)
    uses: int = 10**9
    ranges: bool = True
    if_range: bool = True
    length: int | None = None
    """What is said to be the length of the whole; None is the truth."""
    digest: bytes | None = None
    failures: list[bytes] = field(default_factory=list)
    """Answers given in place of the next."""
    asked: int = 0
    _left: int = 0

    async def link(self, _model: str) -> Secret:
        self.asked += 1
        self._left = self.uses
        return Secret(f"{self.server.url}/weights/21.tar.gz?expires=1&signature=secret-{self.asked:04}")

    @property
    def ranged(self) -> list[str]:
        """What the answers were asked to begin with; empty for the beginning."""
        return [got.headers.get("range", "") for got in self.server.got]

    async def answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got = self.server.got[-1]
        if self.failures:
            writer.write(self.failures.pop(0))
            return
        if self._left <= 0 or (self.uses < 10 and not got.target.endswith(f"secret-{self.asked:04}")):
            writer.write(reply("<Error><Message>Request has expired</Message></Error>", 403))
            return
        self._left -= 1
        head, body = self._whole(got.headers)
        cut = self.cuts.pop(0) if self.cuts else None
        writer.write(head + (body if cut is None else body[:cut]))
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    def _whole(self, headers: dict[str, str]) -> tuple[bytes, bytes]:
        total = len(self.content) if self.length is None else self.length
        told = {"etag": self.tag} if self.tag else {}
        if self.digest is not None:
            told["repr-digest"] = f"sha-256=:{base64.b64encode(self.digest).decode()}:"
        found = re.fullmatch(r"bytes=(\d+)-", headers.get("range", "")) if self.ranges else None
        if found and (headers.get("if-range") == self.tag or not self.if_range):
            start = int(found.group(1))
            if start >= len(self.content):
                return _head(416, {**told, "content-range": f"bytes */{total}", "content-length": "0"}), b""
            body = self.content[start:]
            place = f"bytes {start}-{start + len(body) - 1}/{total}"
            return _head(206, {**told, "content-range": place, "content-length": str(len(body))}), body
        return _head(200, {**told, "content-length": str(total)}), self.content


@contextlib.asynccontextmanager
async def hosting(**settings: object) -> AsyncGenerator[Host]:
    async with serving() as server:
        host = Host(server, **settings)  # pyright: ignore[reportArgumentType] - fields by name
        server.plays(host.answer)
        yield host


async def fetch(host: Host, path: Path, *, overwrite: bool = False, model: str = MODEL) -> list[Transfer]:
    """Download from `host`, without waiting between tries; gives what was told of it."""
    told: list[Transfer] = []
    source = Source(host.link, Files(), pause=lambda _: asyncio.sleep(0))
    await Download(source, Order(DownloadKey(model, path), overwrite), told.append).run()
    return told


def beside(path: Path) -> set[str]:
    """What stands beside a file, and itself."""
    return {other.name for other in path.parent.iterdir()}


def notes(told: Sequence[Transfer]) -> list[str]:
    return [note for note in dict.fromkeys(each.note for each in told) if note]


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers.items()), "connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
