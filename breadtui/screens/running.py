"""The ways from a screen to what runs: asking first, going on, calling off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.errors import BreadError
from breadtui.screens import orders
from breadtui.screens.question import Answer, Question

if TYPE_CHECKING:
    from textual.screen import Screen

    from breadtui.bakery.downloads.transfer import DownloadKey
    from breadtui.bakery.jobs import JobKey
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.outlook import Outlook
    from breadtui.bakery.runs import Run
    from breadtui.bakery.steps import Step

LISTED = 8
"""Steps that are told one by one, at most."""


@dataclass(frozen=True, slots=True)
class Running:
    """Asks over `screen` on behalf of a key.

    `refused` is told why the server could not be asked, `done` when an earlier start's steps were taken up or dropped.
    """

    screen: Screen[None]
    kitchen: Kitchen
    refused: Callable[[BreadError], None]
    done: Callable[[], None] = lambda: None

    def run(self, wanted: Sequence[JobKey]) -> None:
        """Find out what the jobs lack, say how much that makes, and run it if the answer is yes."""
        self.screen.run_worker(self._foresee(wanted), group="run", exit_on_error=False)

    def go_on(self) -> None:
        """End a pause, or offer what an earlier start left."""
        if self.kitchen.pipeline.paused:
            self.kitchen.pipeline.go_on()
            return
        left = self.kitchen.pipeline.pending()
        if left.open:
            self._offer(left)

    def call_off(self, keys: Sequence[JobKey], downloads: Sequence[DownloadKey] = ()) -> None:
        """Take out what waits, and what waits for that; halt downloads, or forget those that are halted."""
        self.kitchen.downloads.call_off(downloads)
        before = self._held
        self.kitchen.pipeline.call_off(orders.waiting(self.kitchen, keys))
        if gone := sorted(before - self._held):
            what = f"the {gone[0]}" if len(gone) == 1 else f"{len(gone):,} steps"
            self.screen.notify(f"Called off: {what}.", markup=False)

    @property
    def _held(self) -> set[JobKey]:
        return {*self.kitchen.pipeline.waiting, *self.kitchen.pipeline.stopped}

    async def _foresee(self, wanted: Sequence[JobKey]) -> None:
        from breadtui.bakery.outlook import foresee, outlook

        found = await outlook(self.kitchen, wanted)
        for error in found.refused[:1]:
            self.refused(error)
        steps = {step.key: step for step in (*found.steps, *orders.stopped_after(self.kitchen, wanted))}
        if steps:
            self._ask(foresee(self.kitchen, steps.values()))
        elif not found.refused:
            self.screen.notify(_nothing(wanted), markup=False)

    def _ask(self, found: Outlook) -> None:
        from breadtui.bakery.outlook import unmet

        def answered(name: str | None) -> None:
            if name:
                self.kitchen.pipeline.run(found.steps)

        lines = [Content(line) for line in found.lines]
        if lacking := tuple(unmet(self.kitchen, found.steps)):
            lines += _list("These have to run first, and nobody runs them:", [str(key) for key in lacking], "$warning")
        answers = (Answer("enter", "Run", "run"), Answer("escape", "Not now"))
        self.screen.app.push_screen(Question("Run", Content("\n").join(lines), answers), answered)

    def _offer(self, left: Run) -> None:
        def answered(name: str | None) -> None:
            if name == "go on":
                self.screen.run_worker(self._resume(), group="run", exit_on_error=False)
            elif name == "forget":
                self.kitchen.pipeline.discard()
                self.done()

        steps = [held.step for held in left.open]
        lines = _list("An earlier start left these to do:", [_told(step) for step in steps], "$primary")
        if left.paused:
            lines.append(Content.styled(left.paused, "$warning"))
        lines += [Content(""), Content("What runs or is complete is not started again.")]
        answers = (Answer("enter", "Go on", "go on"), Answer("f", "Forget them", "forget"), Answer("escape", "Later"))
        self.screen.app.push_screen(Question("Go on", Content("\n").join(lines), answers), answered)

    async def _resume(self) -> None:
        try:
            steps = await self.kitchen.pipeline.resume()
        except BreadError as error:
            self.refused(error)
        else:
            self.screen.notify(_went_on(steps), markup=False)
            self.done()


def _nothing(wanted: Sequence[JobKey]) -> str:
    what = wanted[0].name if len(wanted) == 1 else f"{len(wanted):,} marked"
    return f"{what}: nothing is missing; it is complete or under way."


def _went_on(steps: Sequence[Step]) -> str:
    return f"Going on; {len(steps):,} {'step waits' if len(steps) == 1 else 'steps wait'}." if steps else "Going on."


def _told(step: Step) -> str:
    return f"{step.key.phase:8} {step.key.repo}/{step.key.name}"


def _list(heading: str, names: Sequence[str], colour: str) -> list[Content]:
    shown = [Content(f"  {name}") for name in names[:LISTED]]
    if len(names) > LISTED:
        shown.append(Content.styled(f"  and {len(names) - LISTED:,} more", "$muted"))
    return [Content.styled(heading, colour), *shown]
