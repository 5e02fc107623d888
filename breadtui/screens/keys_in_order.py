"""Lets keys that arrive together, as over a slow line, each do its work before the next is read.

Textual 8.2 hands every key on at once to what has the focus at that moment. Of `np` and a name that came in one piece,
all would go to the tree, though the `n` opens a menu, the `p` a form, and the name belongs there.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from textual import events
from textual.app import App
from textual.message import Message

WHILE_MOUNTING = 0.005
"""Seconds between two looks at a screen that is being put up."""
LOST = 0.25
"""Seconds after which a key counts as done, as when what had it was removed meanwhile."""


class KeysInOrder(App[None]):
    """Sends a mark behind each key, on the same way up through the widgets; when it arrives, so has the key."""

    class Passed(Message):
        """The mark."""

    def __init__(self, *, css_path: Sequence[Path]) -> None:
        super().__init__(css_path=[*css_path])
        self._held: deque[events.Key | events.Paste] = deque()
        self._sent: float | None = None  # when the key under way was handed on

    async def on_event(self, event: events.Event) -> None:
        """Hold what is typed while a key is under way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._held.append(event)
            if self._sent is None or time.monotonic() - self._sent > LOST:
                await self._hand_on()
            elif len(self._held) == 1:
                self.set_timer(LOST, self._go_on)
        else:
            await super().on_event(event)

    async def on_keys_in_order_passed(self) -> None:
        """The next, please."""
        await self._hand_on()

    async def _go_on(self) -> None:
        if self._sent is not None and time.monotonic() - self._sent >= LOST:
            await self._hand_on()
        elif self._held:
            self.set_timer(LOST, self._go_on)

    async def _hand_on(self) -> None:
        self._sent = None
        if self._held and not self.screen.is_mounted:
            # Until it is, nothing on it has the focus; when it is, what shall have it has.
            self._sent = time.monotonic()
            self.set_timer(WHILE_MOUNTING, self._hand_on)
        elif self._held:
            event = self._held.popleft()
            self._sent = time.monotonic()
            target = self.focused or self.screen
            await super().on_event(event)
            if not target.post_message(self.Passed()):
                await self._hand_on()
