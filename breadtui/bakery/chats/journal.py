"""A chat on disk: a file to which is written what happens in it, as it happens.

What came of an answer is on disk half a second later; a program that is killed loses that much.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from breadtui.bakery.chats import records
from breadtui.bakery.chats.chat_file import ChatFile
from breadtui.bakery.chats.conversation import Conversation, Exchange
from breadtui.bakery.chats.records import Record, Said

SOON = 0.5
"""Seconds in which pieces of answers are gathered."""
LATER = 10.0
"""Seconds after which is tried again what the disk refused."""
SUFFIX = ".jsonl"
DELETED = "This chat was deleted: what is said in it is not kept any more."


class Journal:
    """Keeps a conversation in a file of `folder`; without a folder, nothing is written.

    `length` is how long the file was when the conversation was read from it. Where another program has the file open,
    or has written to it since, a copy is begun under a new id: no two write into one file.
    """

    def __init__(
        self, conversation: Conversation, folder: Path | None, length: int = 0, changed: float | None = None
    ) -> None:
        self.conversation = conversation
        self.changed = time.time() if changed is None else changed
        """When something was last said, as a Unix time."""
        self.problem: str | None = None
        """Why it is not kept at the moment, in people's words."""
        self._folder = folder
        self._file = ChatFile(length)
        self._lines: list[bytes] = []
        self._said: dict[tuple[int, int], Said] = {}
        self._grown: set[tuple[int, int]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def length(self) -> int:
        """Bytes in the file, as far as this program wrote or read it."""
        return self._file.length

    @property
    def is_open(self) -> bool:
        """Whether the file is held, or something waits to be written."""
        return self._file.is_open or self._file.waits or bool(self._lines or self._grown)

    def columns_changed(self, came_from: Iterable[int | None] | None = None) -> None:
        """There are other columns. `came_from` tells where each was before (None: it is new), if places changed."""
        self._note(records.columns(self.conversation, came_from))

    def asked(self, exchange: Exchange) -> None:
        """A question was asked."""
        self.changed = time.time()
        self._note(records.asked(exchange))

    def taken_back(self, number: int) -> None:
        """A question is gone, and the talk goes on where it was before."""
        for key in [key for key in self._said if key[0] == number]:
            self._forget(key)
        self._note(records.taken_back(number), records.leaf(self.conversation))

    def grew(self, exchange: Exchange, column: int) -> None:
        """An answer began, or more of it came."""
        self._said_of(exchange, column)
        self._grown.add((exchange.number, column))
        if not self._write_in(SOON):
            self._write()

    def ended(self, exchange: Exchange, column: int) -> None:
        """An answer is over."""
        self.changed = time.time()
        said = self._said_of(exchange, column)
        told = records.more(exchange, column, said), records.ended(exchange, column, said.place)
        self._forget((exchange.number, column))
        self._note(*told)

    def turned(self) -> None:
        """The talk goes on in another branch."""
        self._note(records.leaf(self.conversation))

    def titled(self) -> None:
        """It is called otherwise."""
        self._note(records.title(self.conversation))

    def close(self) -> None:
        """Write what is not written yet, and let go of the file; what happens after that opens it again.

        A file of a conversation in which nothing was said in the end is not left behind.
        """
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self.is_open:
            self._write()
        if self._file.is_open and self._folder and not self.conversation.exchanges:
            with contextlib.suppress(OSError):
                place(self._folder, self.conversation.id).unlink()
            self._file.length = 0
        self._file.close()

    def abandon(self) -> None:
        """Keep nothing more of it: its file was deleted."""
        self._folder, self.problem = None, DELETED
        self._file.close()
        self._file = ChatFile()
        self._lines.clear()
        self._grown.clear()

    # -- what happened, into lines --

    def _note(self, *told: Record) -> None:
        """Write records at once, behind what came of answers before them."""
        self._gather()
        self._lines += map(records.line, told)
        self._write()

    def _said_of(self, exchange: Exchange, column: int) -> Said:
        key, tries = (exchange.number, column), exchange.tries[column]
        said = self._said.get(key)
        if said is None or said.answer is not tries[-1]:
            said = self._said[key] = Said(tries[-1], len(tries) - 1)
        return said

    def _forget(self, key: tuple[int, int]) -> None:
        self._said.pop(key, None)
        self._grown.discard(key)

    def _gather(self) -> None:
        """Put what came of answers into lines."""
        for number, column in sorted(self._grown):
            more = records.more(self.conversation.exchanges[number], column, self._said[number, column])
            self._lines.append(records.line(more))
        self._grown.clear()

    # -- lines, into the file --

    def _write_in(self, seconds: float) -> bool:
        """See to it that it is written by then; False where there is no loop to do it."""
        if self._timer is None and self._folder is not None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return False
            self._timer = loop.call_later(seconds, self._due)
        return True

    def _due(self) -> None:
        self._timer = None
        self._write()

    def _write(self) -> None:
        known = bool(self._file.is_open or self._file.length)
        if self._folder is None or not (known or self.conversation.exchanges):
            self._lines.clear()  # the file, if it ever comes to one, begins with all there is
            self._grown.clear()
            return
        try:
            self._append(self._folder)
        except OSError as error:
            self._complain(error)

    def _append(self, folder: Path) -> None:
        if self._file.is_deleted:
            self.abandon()
            return
        if not self._file.is_open:
            self._open(folder)
        self._gather()
        lines, self._lines = b"".join(self._lines), []
        self._file.append(lines)
        self.problem = None

    def _open(self, folder: Path) -> None:
        while not self._file.open(place(folder, self.conversation.id)):
            self.conversation.id = uuid.uuid4().hex[:12]
            self._file = ChatFile()
        if self._file.length == 0:
            self._lines = [records.line(record) for record in records.whole(self.conversation)]
            for (number, column), said in self._said.items():  # they are in what was just told
                records.more(self.conversation.exchanges[number], column, said)
            self._grown.clear()

    def _complain(self, error: OSError) -> None:
        if not self._file.is_open and not self._file.length:
            self._lines.clear()
        self.problem = (
            f"This chat cannot be kept in {self._folder}: {error.strerror or error}. It goes on in memory, and is"
            " written as soon as that is possible."
        )
        self._write_in(LATER)


def place(folder: Path, id: str) -> Path:
    """The file of a chat."""
    return folder / f"{id}{SUFFIX}"
