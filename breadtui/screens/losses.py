"""Asks for the losses of the bakes in a family tree: the tree of a repository does not tell them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.widget import Widget

from breadtui.api.errors import BreadError
from breadtui.bakery.jobs import State
from breadtui.bakery.lineage import Origin
from breadtui.widgets.lineage_list import LineageList

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

RESTED = 0.08
"""Seconds the bakes in view must rest before their losses are asked for."""
AT_ONCE = 8
"""Requests under way together, at most."""


class Losses:
    """Asks while `screen` stands, once for each bake of `repo`; the watcher tells what was learnt."""

    def __init__(self, screen: Widget, kitchen: Kitchen, repo: str) -> None:
        self._screen = screen
        self._kitchen = kitchen
        self._repo = repo
        self._asked: set[str] = set()
        self._resting: Timer | None = None

    def moved(self, family: LineageList) -> None:
        """Other bakes are in view; what scrolls away before it rested is not asked for."""
        if self._resting is None:
            self._resting = self._screen.set_timer(RESTED, lambda: self._ask(family))
        else:
            self._resting.reset()

    def _ask(self, family: LineageList) -> None:
        self._resting = None
        bakes = [node for node in family.in_view if node.origin is Origin.BAKE and node.loss is None]
        unknown = [node.name for node in bakes if node.state is State.COMPLETE and node.name not in self._asked]
        if unknown:
            self._screen.run_worker(self._ask_all(unknown), group="losses", exclusive=True, exit_on_error=False)

    async def _ask_all(self, bakes: Sequence[str]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(bake: str) -> None:
            async with gate:
                await self._kitchen.look_at_bake(self._repo, bake)
                self._asked.add(bake)

        answers = await asyncio.gather(*map(ask, bakes), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, BreadError):
                raise answer
