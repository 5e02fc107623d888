"""Questions asked before: chosen by key, edited and asked otherwise, and the versions that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.bakery.chats.conversation import Exchange
from breadtui.screens.chat import pages

if TYPE_CHECKING:
    from breadtui.screens.chat.conversing import Conversing


@dataclass(slots=True)
class Earlier:
    """What is marked or edited on the page of `screen`. What was being written meanwhile is put aside."""

    screen: Conversing
    marked: int | None = None
    """The place of a question in the talk, from 0."""
    editing: int | None = None
    """The number of the question that is being edited."""
    _aside: str = ""

    @property
    def busy(self) -> bool:
        """Whether a question is marked or edited."""
        return self.marked is not None or self.editing is not None

    def mark(self, by: int) -> None:
        """Mark the question before or behind; behind the last one, none."""
        if self.editing is not None:
            self.let_be()
        count = len(self.screen.conversation.path())
        now = (count if self.marked is None else self.marked) + by
        if not count or now >= count:
            self.let_be()
            return
        self.marked = max(now, 0)
        self._show(f"Question {self.marked + 1} of {count} · enter edits it, esc lets it be")

    def take(self) -> None:
        """Put the marked question where questions are written."""
        if self.marked is None:
            return
        exchange = self.screen.conversation.path()[self.marked]
        self.editing, self._aside = exchange.number, self.screen.composer.text
        self.screen.composer.fill(exchange.question)
        self._show(f"Editing question {self.marked + 1} · enter asks it instead, esc keeps it as it was")

    def let_be(self) -> None:
        """Neither mark nor edit; what was being written is there again."""
        if self.editing is not None:
            self.screen.composer.fill(self._aside)
        self.forget()

    def sent(self) -> int | None:
        """What is sent takes the place of the question with this number, None if of none."""
        edited, aside = self.editing, self._aside
        self.forget()
        if edited is not None and aside:
            self.screen.composer.fill(aside)
        return edited

    def forget(self) -> None:
        """As if nothing had been marked."""
        self.marked = self.editing = None
        self._aside = ""
        self._show("Ask")

    # -- versions --

    @property
    def turnable(self) -> bool:
        """Whether there are versions to turn to."""
        return self._of_versions() is not None

    def turn(self, by: int) -> None:
        """Go on in another version of the marked question, or of the last one that has several."""
        exchange, conversation = self._of_versions(), self.screen.conversation
        if exchange is None:
            return
        numbers = [version.number for version in conversation.siblings(exchange.number)]
        turned_to = numbers[(numbers.index(exchange.number) + by) % len(numbers)]
        conversation.turn_to(turned_to)
        self.screen.talk.journal.turned()
        marked = self.marked
        self.let_be()
        self.screen.reload()
        self.screen.show_heads()
        if marked is not None:
            self.mark(marked - len(conversation.path()))

    def _of_versions(self) -> Exchange | None:
        conversation = self.screen.conversation
        several, path = pages.versions(conversation), conversation.path()
        if self.marked is not None and self.marked < len(path):
            return path[self.marked] if path[self.marked].number in several else None
        return next((exchange for exchange in reversed(path) if exchange.number in several), None)

    def _show(self, title: str) -> None:
        screen = self.screen
        screen.composer.titled(title, picking=self.marked is not None and self.editing is None)
        for view in screen.columns.views:
            view.transcript.highlight(self.marked)
        screen.refresh_bindings()
