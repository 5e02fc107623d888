"""The way back through what was asked before, and forth again to what was being written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from breadtui.bakery.chats.kept import Unreadable

if TYPE_CHECKING:
    from breadtui.bakery.chats.conversation import Conversation
    from breadtui.bakery.chats.kept import Chats

RECALLED = 30
"""Kept chats whose questions can be gone back to."""


class Recall:
    """`earlier` gives the questions asked before, the last one first; it is asked no further than one goes back.

    What was changed on the way stays changed until `forget`.
    """

    def __init__(self, earlier: Callable[[], Iterable[str]]) -> None:
        self._earlier = earlier
        self._source: Iterator[str] | None = None
        self._texts: list[str] = [""]
        self._asked: set[str] = set()
        self._at = 0

    def older(self, now: str) -> str | None:
        """The question before; None if there is none. `now` is what is written at present."""
        self._texts[self._at] = now
        if self._at + 1 == len(self._texts):
            self._source = self._source or iter(self._earlier())
            found = next((text for text in self._source if text not in self._asked), None)
            if found is None:
                return None
            self._asked.add(found)
            self._texts.append(found)
        self._at += 1
        return self._texts[self._at]

    def newer(self, now: str) -> str | None:
        """One step towards what was being written; None where one is there."""
        if self._at == 0:
            return None
        self._texts[self._at] = now
        self._at -= 1
        return self._texts[self._at]

    def forget(self) -> None:
        """Begin at what is written now."""
        self._source, self._at = None, 0
        self._texts, self._asked = [""], set()


def asked_before(conversation: Conversation, chats: Chats) -> Iterator[str]:
    """The questions of a conversation, then of the chats that are kept, the last one first."""
    yield from (exchange.question for exchange in reversed(conversation.path()))
    for kept in islice(chats.list(), RECALLED):
        with contextlib.suppress(Unreadable):
            if kept.id != conversation.id:
                yield from (exchange.question for exchange in reversed(chats.look(kept.id).path()))
