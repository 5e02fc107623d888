"""What was written and not sent: on disk half a second later, and there again the next time, also after a crash."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual.timer import Timer

from breadtui.bakery.drafts import DraftKey
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.screens.chat.conversing import Conversing

KEEP_AFTER = 0.5


class Unsent:
    """Keeps what stands in the composer of `screen`, where chats are kept at all."""

    def __init__(self, screen: Conversing) -> None:
        self._screen = screen
        self._text = ""
        self._keeping: Timer | None = None

    def take_up(self) -> None:
        """Put what was left unsent where it was."""
        draft = self._screen.kitchen.drafts.get(self._key) if self._screen.kitchen.chats.on_disk else None
        text = draft.get("text") if draft else None
        if isinstance(text, str) and not self._screen.composer.text:
            self._screen.composer.fill(text)

    def changed(self) -> None:
        """See to it that what is written is on disk soon."""
        self._text = self._screen.composer.whole
        if self._keeping is None and self._screen.kitchen.chats.on_disk:
            self._keeping = self._screen.set_timer(KEEP_AFTER, self._keep)

    def close(self) -> None:
        """What was written last is kept as well."""
        if self._keeping is not None:
            self._keep()

    def _keep(self) -> None:
        self._keeping = None
        drafts, text = self._screen.kitchen.drafts, self._text
        if not text:
            drafts.drop(self._key)
            return
        with contextlib.suppress(OSError):  # it is there as long as the program runs
            drafts.put(self._key, {"text": text})

    @property
    def _key(self) -> DraftKey:
        return DraftKey(Thing.PROMPT, "", f"unsent to {' | '.join(self._screen.models)}")
