"""Carries out a plan, and records what came of it if that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.recipes.plan import Action, StepKey
from breadtui.bakery.recipes.replay import Replay
from breadtui.bgit.plan import Plan
from breadtui.bgit.problems import ProjectError
from breadtui.bgit.recording import Anchor, Record, Recorded, anchor, record

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


class Applying:
    """One plan under way. `tell` is called with each step whose standing changed, from the loop's own thread.

    `where` is where the directory stood when the plan was shown; without it git is asked, which blocks for a moment.
    `record` may be set or taken back until the bake is complete: None records nothing.
    """

    def __init__(
        self,
        kitchen: Kitchen,
        plan: Plan,
        tell: Callable[[StepKey], None],
        *,
        where: Anchor | None = None,
        record: Record | None = None,
    ) -> None:
        self._kitchen = kitchen
        self.plan = plan
        self.where = where or anchor(plan.project)
        self.replay = Replay(kitchen, plan.foresight, tell)
        self.record = record
        self.recorded: Recorded | None = None
        self.problem = ""
        """Why it was not recorded, though it was asked for; else empty."""

    @property
    def baked(self) -> bool:
        """Whether its bake is complete."""
        standings = self.replay.standings.items()
        return any(key.action is Action.RUN_BAKE and standing.good for key, standing in standings)

    async def carry_out(self) -> None:
        """Do all that can be done. It may be cancelled at any point; a new plan of the same directory goes on.

        Raises:
            RecipeError: the plan cannot be carried out; nothing was made.
            BreadError: the server cannot be reached, or takes nothing from this account.
        """
        if self.record is None or not self.plan.baked_otherwise:
            await self.replay.carry_out()
        if not self.baked or self.record is None:
            return
        try:
            self.recorded = await record(self._kitchen, self.plan, self.where, self.record)
        except (ProjectError, BreadError) as error:
            self.problem = str(error)


@dataclass(slots=True)
class Bench:
    """What goes on in a directory, whichever screen looks at it."""

    applying: Applying | None = None
    """The last plan that was begun; it may have ended."""
    under_way: bool = False
