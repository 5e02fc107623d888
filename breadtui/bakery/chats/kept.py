"""The chats that are kept: listed, searched, opened, renamed and deleted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from pathlib import Path

from breadtui.api.text import one_line
from breadtui.bakery.chats import records
from breadtui.bakery.chats.chat_file import ChatFile
from breadtui.bakery.chats.conversation import Conversation
from breadtui.bakery.chats.glances import LARGEST, NAME, Glances, Kept, holds, kept_of
from breadtui.bakery.chats.journal import Journal, place
from breadtui.bakery.chats.replay import replay

GONE = "This chat is not there any more."

Listing = list[Kept]


class Unreadable(Exception):
    """A chat cannot be read, or not be changed; the text says why."""


class Chats:
    """The chats of one server, a file each in `folder`; without one, those of this run, in memory."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._journals: list[Journal] = []
        self._glances = Glances()

    @property
    def on_disk(self) -> bool:
        """Whether chats outlive the program."""
        return self.folder is not None

    def journal(self, conversation: Conversation) -> Journal:
        """What keeps a conversation, from its first question on."""
        for journal in self._journals:
            if journal.conversation is conversation:
                return journal
        journal = Journal(conversation, self.folder)
        self._journals.append(journal)
        return journal

    def list(self) -> Listing:
        """All chats, the one in which something was said last first. May be called in any thread."""
        live = [journal for journal in [*self._journals] if self._is_live(journal) and journal.conversation.exchanges]
        found = [kept_of(journal.conversation, journal.changed) for journal in live]
        if self.folder:
            ids = {kept.id for kept in found}
            found += [kept for kept in self._glances.at(self.folder) if kept.id not in ids]
        return sorted(found, key=lambda kept: kept.changed, reverse=True)

    def found(self, words: str) -> Iterator[Kept]:
        """As `list`, those in whose title, models, questions or answers every one of the words occurs."""
        return (kept for kept in self.list() if self.mentions(kept, words))

    def mentions(self, kept: Kept, words: str) -> bool:
        """Whether each of the words occurs in a chat. May be called in any thread."""
        try:
            return holds(kept, self.look(kept.id), words.casefold().split())
        except Unreadable:
            return False

    def search(self, words: str) -> Listing:
        """All that `found` finds."""
        return [*self.found(words)]

    def open(self, id: str) -> Conversation:
        """A kept conversation; one that this program has in hand already is the same.

        Raises:
            Unreadable: it is gone, or its file is broken.
        """
        if journal := self._in_hand(id):
            return journal.conversation
        conversation, length, changed = self._read(id)
        self._journals = [journal for journal in self._journals if journal.conversation.id != id]
        self._journals.append(Journal(conversation, self.folder, length, changed))
        return conversation

    def look(self, id: str) -> Conversation:
        """As `open`, to read in it only: nothing said in it from then on would be kept.

        Raises:
            Unreadable: it is gone, or its file is broken.
        """
        journal = self._in_hand(id)
        return journal.conversation if journal else self._read(id)[0]

    def rename(self, id: str, title: str) -> None:
        """Call a chat otherwise; by an empty title, as its first question begins.

        Raises:
            Unreadable: it is gone or broken, or cannot be written.
        """
        if journal := self._in_hand(id):
            journal.conversation.title = _one_line(title)
            journal.titled()
            return
        conversation, length, changed = self._read(id)
        conversation.title = _one_line(title)
        with self._held(id, length) as (file, path):
            file.append(records.line(records.title(conversation)))
            os.utime(path, (changed, changed))  # nothing was said in it

    def delete(self, id: str) -> None:
        """Delete a chat; what is said later in one that is still shown is not kept.

        Raises:
            Unreadable: another program has it open, or it may not be deleted.
        """
        for journal in [journal for journal in self._journals if journal.conversation.id == id]:
            journal.abandon()
            self._journals.remove(journal)
        if self.folder and place(self.folder, id).exists():
            with self._held(id, None) as (_, path):
                path.unlink()

    def close(self) -> None:
        """Write what is not written yet, and let go of every file; nothing is forgotten."""
        for journal in self._journals:
            journal.close()

    def _in_hand(self, id: str) -> Journal | None:
        """The journal of a conversation that is as it is on disk, or goes on here."""
        for journal in self._journals:
            if journal.conversation.id == id and (self._is_live(journal) or self._is_current(journal)):
                return journal
        return None

    def _is_live(self, journal: Journal) -> bool:
        return self.folder is None or journal.is_open

    def _is_current(self, journal: Journal) -> bool:
        if self.folder is None:
            return True
        try:
            return place(self.folder, journal.conversation.id).stat().st_size == journal.length
        except OSError:
            return False

    def _read(self, id: str) -> tuple[Conversation, int, float]:
        """A conversation, the length of its file, and when that was changed."""
        if not self.folder or not NAME.fullmatch(id):
            raise Unreadable(GONE)
        try:
            with place(self.folder, id).open("rb") as file:
                found = os.fstat(file.fileno())
                conversation = replay(file) if found.st_size <= LARGEST else None
                length = file.tell()
        except OSError as error:
            raise Unreadable(GONE if isinstance(error, FileNotFoundError) else _refused(error)) from None
        if conversation is None:
            raise Unreadable("The file of this chat is none that breadtui wrote. It was left as it is.")
        conversation.id = id
        return conversation, length, found.st_mtime

    @contextlib.contextmanager
    def _held(self, id: str, length: int | None) -> Generator[tuple[ChatFile, Path]]:
        """The file of a chat that nobody else has open, to change it. Without a length, it may have changed since."""
        if self.folder is None:
            raise Unreadable(GONE)
        path = place(self.folder, id)
        try:
            file = ChatFile(path.stat().st_size if length is None else length)
            if not file.open(path):
                raise Unreadable("This chat is open in another breadtui. It was left as it is.")
            try:
                yield file, path
            finally:
                file.close()
        except OSError as error:
            raise Unreadable(_refused(error)) from None


def _one_line(title: str) -> str:
    return " ".join(one_line(title).split())


def _refused(error: OSError) -> str:
    return f"The file of this chat cannot be used: {error.strerror or error}. It was left as it is."
