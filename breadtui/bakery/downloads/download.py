"""One download, from the question for the link to the file in its place, through every break in between."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from breadtui.api.digests import Checksum
from breadtui.api.errors import BreadError, LinkRefused, Unreachable
from breadtui.api.fetching import Files, Incoming
from breadtui.api.secret import Secret
from breadtui.api.transport import once
from breadtui.bakery.downloads.part import Origin, Part, opened
from breadtui.bakery.downloads.problems import Away, Spoilt, no_room, unwritable
from breadtui.bakery.downloads.speed import Speed
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer, format_bytes
from breadtui.bakery.jobs import State, format_span
from breadtui.bakery.link import backed_off

BLOCK = 1 << 20
"""Bytes that are written at once, at most."""
WRITTEN = 0.5
"""Seconds after which what came is written and told, however little it is."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
SHORT = 3
"""Answers in a row that end before their time and bring nothing: then the server does not have what it promised."""

Ask = Callable[[str], Awaitable[Secret]]
Tell = Callable[[Transfer], None]
Pause = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. `overwrite` lets a file that is there go; `link` is one that was asked for a moment ago."""

    key: DownloadKey
    overwrite: bool = False
    link: Secret | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where weights come from: `ask` gives the link to a model's, `files` opens it.

    `pause` waits so many seconds between two tries. After `patience` seconds without a byte, it is given up.
    """

    ask: Ask
    files: Files
    pause: Pause = asyncio.sleep
    patience: float | None = None


class Download:
    """Carries out an order, and tells how it goes on."""

    def __init__(self, source: Source, order: Order, tell: Tell) -> None:
        self._source = source
        self._order = order
        self._tell = tell
        self._link = order.link
        self._proven = order.link is not None
        """Whether the link was good once, so that a refusal means that it has expired."""
        self._speed = Speed()
        self._told = 0.0
        self._short = self._again = 0
        self._from_beginning, self._broke_at = False, 0
        self._now = Transfer(order.key, State.RUNNING)

    async def run(self) -> Path:
        """Fetch the file; gives where it is. Cancelled, it keeps what came.

        Raises:
            DownloadError: it cannot be begun, written or trusted.
            BreadError: the server does not give it, in any of the ways that waiting does not mend.
        """
        key = self._order.key
        with opened(key.path, key.model, overwrite=self._order.overwrite) as part:
            try:
                await self._until_whole(part)
                await self._check(part)
                await asyncio.to_thread(part.finish, overwrite=self._order.overwrite)
            except OSError as error:
                raise unwritable(error, part.path, part.size) from None
            self._say(replace(self._now, state=State.COMPLETE, received=part.size, total=part.size, note=""))
        return key.path

    async def _until_whole(self, part: Part) -> None:
        """Fetch, and again after every break that waiting mends."""
        self._see(part, note="")
        failures, since = 0, time.monotonic()
        while True:
            before = part.size
            try:
                await self._fetch(part)
                return
            except LinkRefused:
                if self._link is not None and not self._proven:
                    raise
                self._link, self._proven = None, False
                continue
            except BreadError as error:
                if not error.retryable:
                    raise
                reason = error
            self._look_whether_it_comes_further(part)
            if part.size > before:
                failures, since = 0, time.monotonic()
            failures += 1
            await self._wait(part, reason, failures, since)

    async def _fetch(self, part: Part) -> None:
        """Ask for what is missing, with a new link where there is none, and write what comes."""
        self._from_beginning = False
        if self._link is None:
            with once():  # it is asked again here
                self._link = await self._source.ask(self._order.key.model)
        validator = "" if part.origin.spoilt else part.origin.validator
        async with self._source.files.open(self._link, part.size, validator) as incoming:
            self._proven, self._from_beginning = True, incoming.start == 0
            await self._begin(part, incoming)
            await self._pour(part, incoming)
        self._look_whether_whole(part, incoming)

    async def _begin(self, part: Part, incoming: Incoming) -> None:
        origin = Origin(self._order.key.model, incoming.validator, incoming.total, incoming.checksum)
        if incoming.start != part.size:
            self._see(part, note=_why_anew(part, incoming))
            part.begin_anew()
        elif part.size:
            total = part.origin.total
            if total is not None and incoming.total is not None and incoming.total != total:
                part.note(replace(part.origin, spoilt=True))
                raise Spoilt(
                    f"{incoming.host} said that the file has {total:,} bytes, and now that it has "
                    f"{incoming.total:,}. {_kept(part)}; {_ANEW}"
                )
            known = incoming.checksum or part.origin.checksum
            origin = replace(origin, total=incoming.total if total is None else total, checksum=known)
        part.note(origin)
        if origin.total is not None:
            free = await asyncio.to_thread(lambda: shutil.disk_usage(part.path.parent).free)
            if free < origin.total - part.size:
                raise no_room(part.path.parent, origin.total - part.size, free)
        self._see(part)

    async def _pour(self, part: Part, incoming: Incoming) -> None:
        """Write what comes; what came before a break too."""
        gathered, since = bytearray(), 0.0
        try:
            async for chunk in incoming.chunks:
                gathered += chunk
                now = time.monotonic()
                if len(gathered) >= BLOCK or now - since >= WRITTEN:
                    block, gathered, since = bytes(gathered), bytearray(), now
                    await _written(part, block)
                    self._look_whether_too_long(part)
                    self._speed.add(now, part.size)
                    self._see_now_and_then(part, now)
        finally:
            part.write(bytes(gathered))
        self._look_whether_too_long(part)

    def _look_whether_too_long(self, part: Part) -> None:
        total = part.origin.total
        if total is not None and part.size > total:
            part.note(replace(part.origin, spoilt=True))
            raise Spoilt(f"More came than the {total:,} bytes that were promised. {_kept(part)}; {_ANEW}")

    def _look_whether_whole(self, part: Part, incoming: Incoming) -> None:
        """An answer that ends as if it were whole, and is not, is a break like any other, but not again and again."""
        total = part.origin.total
        if total is None or part.size >= total:
            return
        self._short = self._short + 1 if part.size == incoming.start else 0
        if self._short >= SHORT:
            raise Spoilt(
                f"{incoming.host} promised {total:,} bytes, and sends no more than {part.size:,}. "
                f"{_kept(part)}; try again later, or remove it to begin anew."
            )
        raise Unreachable(f"{incoming.host} ended before the file did. It is asked for the rest.", retryable=True)

    def _look_whether_it_comes_further(self, part: Part) -> None:
        """What is sent from its beginning, and breaks off at the same byte each time, is all that there is."""
        again = self._from_beginning and 0 < part.size == self._broke_at
        self._again, self._broke_at = self._again + 1 if again else 0, part.size
        if self._again >= SHORT:
            raise Spoilt(
                f"The file is sent from its beginning each time, and always ends after {part.size:,} bytes"
                f"{f' of {part.origin.total:,}' if part.origin.total else ''}. {_kept(part)}; try again later."
            )

    async def _wait(self, part: Part, error: BreadError, failures: int, since: float) -> None:
        patience, away = self._source.patience, time.monotonic() - since
        if patience is not None and away >= patience:
            raise Away(f"{error} Nothing came for {format_span(away)}. {_kept(part)}; ask again to go on.")
        pause = backed_off(FIRST_PAUSE / 2, failures, LONGEST_PAUSE) * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
        if error.retry_after is not None:
            pause = max(pause, min(error.retry_after, 3600.0))
        if patience is not None:
            pause = min(pause, max(patience - away, 0.1))
        self._speed.pause()
        self._see(part, state=State.QUEUED, note=str(error))
        await self._source.pause(pause)
        self._see(part, note="")

    async def _check(self, part: Part) -> None:
        checksum = part.origin.checksum
        if checksum is None:
            return
        self._see(part, note=f"checking its {_NAMES.get(checksum.algorithm, checksum.algorithm)}")
        if await asyncio.to_thread(_digest, part.path, checksum) != checksum.digest:
            part.note(replace(part.origin, spoilt=True))
            name = _NAMES.get(checksum.algorithm, checksum.algorithm)
            raise Spoilt(f"What came is not what was sent: its {name} is another. {_kept(part)}; {_ANEW}")

    # -- telling --

    def _see_now_and_then(self, part: Part, now: float) -> None:
        if now - self._told >= WRITTEN:
            self._see(part)

    def _see(self, part: Part, *, state: State = State.RUNNING, note: str | None = None) -> None:
        rate, total = self._speed.rate, part.origin.total
        left = (total - part.size) / rate if rate and total is not None else None
        note = self._now.note if note is None else note
        self._say(Transfer(self._order.key, state, part.size, total, rate, left, note))

    def _say(self, transfer: Transfer) -> None:
        self._told, self._now = time.monotonic(), transfer
        self._tell(transfer)


_ANEW = "ask again, and it begins anew."
_NAMES = {"sha256": "SHA-256", "sha512": "SHA-512", "md5": "MD5"}


async def _written(part: Part, block: bytes) -> None:
    """Beside the loop, for a disk may be slow; to the end also when nobody waits for it any more."""
    writing = asyncio.ensure_future(asyncio.to_thread(part.write, block))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await writing
        raise


def _digest(path: Path, checksum: Checksum) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(checksum.algorithm, usedforsecurity=False)).hexdigest()


def _why_anew(part: Part, incoming: Incoming) -> str:
    if part.origin.spoilt:
        return "What came before was spoilt: it begins anew."
    if part.origin.validator and incoming.validator == part.origin.validator:
        return f"{incoming.host} knows no way to go on where it stopped: it begins anew."
    return "The file is not the one of which a part is here: it begins anew."


def _kept(part: Part) -> str:
    return f"{format_bytes(part.size)} are kept in {part.path}"
