"""A screen with the line at its top that tells of the link to the server, and with a word where money is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.timer import Timer

from breadtui.widgets.top_bar import Place, TopBar

if TYPE_CHECKING:
    from breadtui.api.errors import BreadError
    from breadtui.bakery.changes import LinkChanged
    from breadtui.bakery.kitchen import Kitchen

OFFLINE = ("does not answer", "does not answer in time")
"""Ailments that come to the same for whoever waits."""


class Linked(Screen[None]):
    """Keeps the line up to date; while the server is away, it counts down to the next try, once a second."""

    def __init__(self, server: str, *, rehearsal: bool = False, problem: str | None = None) -> None:
        super().__init__()
        self._server = server
        self._rehearsal = rehearsal
        self._problem = problem
        self._kitchen: Kitchen | None = None
        self._counting: Timer | None = None
        self._warned = ""

    def first_place(self) -> Place:
        """What the line tells before anything is known."""
        return Place(server=self._server, rehearsal=self._rehearsal)

    def title_now(self) -> str:
        """Where we are, in the words of the screen."""
        return ""

    def show_place(self) -> None:
        """Bring the line up to date."""
        from breadtui.screens import describe

        kitchen = self._kitchen
        self.query_one(TopBar).place = Place(
            self.title_now(),
            self._server,
            kitchen.client.latency if kitchen else None,
            self._problem_now(),
            describe.running_in(kitchen) if kitchen else 0,
            self._rehearsal or bool(kitchen and kitchen.client.rehearsal),
        )

    def link(self, problem: str | None) -> None:
        """Something was learnt of the link: what ails it, in a few words, or None where nothing does."""
        self._problem = problem
        self.show_place()
        if problem is not None and self._counting is None:
            self._counting = self.set_interval(1.0, self._count)
        elif problem is None and self._counting:
            self._counting.stop()
            self._counting = None

    def learn_of(self, error: BreadError | None) -> None:
        """A question was answered, or came back with that error: the watcher sees to it that the server is found again.

        What was answered at all, if only with a refusal, came over a link that is well.
        """
        ailment = error.ailment if error else ""
        if self._kitchen and error and ailment:
            self._kitchen.watcher.missed(error)
        elif self._kitchen:
            self._kitchen.watcher.answered()
        self.link(ailment or None)

    def link_changed(self, change: LinkChanged) -> None:
        """The watcher found the link otherwise."""
        self.link(None if change.problem is None else change.ailment or "does not answer")

    async def show_banner(self, words: str) -> None:
        """Say `words` below the line at the top for as long as they hold; no words take it away."""
        if words == self._warned:
            return
        self._warned = words
        from textual.widgets import Static

        for old in self.query("#banner"):
            await old.remove()
        if words:
            await self.mount(Static(words, id="banner", markup=False), after=self.query_one(TopBar))

    def _count(self) -> None:
        if self.is_active:
            self.show_place()

    def _problem_now(self) -> str | None:
        """What ails the link, and when it is tried again, where that is known."""
        problem, kitchen = self._problem, self._kitchen
        if problem is None or kitchen is None or kitchen.watcher.problem is None:
            return problem
        said, wait = ("offline" if problem in OFFLINE else problem), kitchen.watcher.next_try
        return said if wait is None else f"{said}, next try in {max(round(wait), 1)} s"
