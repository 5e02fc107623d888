"""What a list of chats shows of each, read from their files without a look at what was answered."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from breadtui.bakery.chats.conversation import Conversation
from breadtui.bakery.chats.journal import SUFFIX
from breadtui.bakery.chats.records import title_of
from breadtui.bakery.chats.replay import replay

NAME = re.compile("[0-9a-z]{1,40}")
"""What a chat's id looks like; files of other names are nobody's chats."""
LARGEST = 500_000_000
"""Bytes of a file that is looked into, at most."""
TELLING = tuple(f'{{"is":"{kind}"'.encode() for kind in ("chat", "columns", "title", "asked", "gone"))
"""How those lines begin of which a list shows something."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A chat in a list. `begun` and `changed` are Unix times."""

    id: str
    title: str
    begun: float
    changed: float
    models: tuple[str, ...]
    questions: int


def kept_of(conversation: Conversation, changed: float) -> Kept:
    """A conversation as it stands in a list."""
    return Kept(
        conversation.id,
        title_of(conversation),
        conversation.begun,
        changed,
        tuple(column.model for column in conversation.columns),
        len(conversation.exchanges),
    )


def holds(kept: Kept, conversation: Conversation, words: Sequence[str]) -> bool:
    """Whether each of the words, casefolded, occurs in a title, a model's name, a question or an answer."""
    missing = {*words} - _within(f"{kept.title} {' '.join(kept.models)}", words)
    for exchange in conversation.exchanges.values():
        if not missing:
            break
        missing -= _within(exchange.question, missing)
        for tries in exchange.tries.values():
            for answer in tries:
                missing -= _within(answer.text, missing)
    return not missing


class Glances:
    """Remembers what was read of each file, for as long as that does not change."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], Kept | None]] = {}

    def at(self, folder: Path) -> Iterator[Kept]:
        """The chats in a folder, in no order; what is none, is broken or cannot be read is passed over."""
        try:
            files = [entry for entry in os.scandir(folder) if entry.name.endswith(SUFFIX)]
        except OSError:
            return
        for entry in files:
            path = Path(entry.path)
            try:
                found = entry.stat()
                seen = found.st_size, found.st_mtime_ns
                known = self._known.get(path)
                if known is None or known[0] != seen:
                    known = self._known[path] = seen, _glance(path, found.st_size, found.st_mtime)
            except OSError:
                continue
            if known[1]:
                yield known[1]


def _glance(path: Path, size: int, changed: float) -> Kept | None:
    if size > LARGEST or not NAME.fullmatch(path.stem):
        return None
    with path.open("rb") as file:
        conversation = replay(line for line in file if line.startswith(TELLING))
    if conversation is None or not conversation.exchanges:
        return None
    conversation.id = path.stem
    return kept_of(conversation, changed)


def _within(text: str, words: Iterable[str]) -> set[str]:
    said = text.casefold()
    return {word for word in words if word in said}
