"""A screen that looks at a directory: again when its files change, and live while its plan is carried out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from breadtui.api.errors import BreadError
from breadtui.bakery.changes import CatalogChanged, JobChanged, LinkChanged, PipelineChanged
from breadtui.bakery.jobs import JobStatus, State
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bgit.applying import Applying, Bench
from breadtui.bgit.plan import Plan
from breadtui.bgit.problems import ProjectError
from breadtui.bgit.recording import NO_GIT, Record
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.plan.sight import Course, Sight, course_of, held_against, see, stamp_of
from breadtui.screens.plan.words import Word, ended
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.settings import Bgit

CHANGED = "The files, or what is checked out, changed meanwhile; they are read again when it is through."
EVERY = 2.0
"""Seconds after which the files are looked at again: somebody may write them in another terminal."""


class WentOn(Message, bubble=False):
    """A step of what is under way stands otherwise."""


class Ended(Message, bubble=False):
    """What was under way is over; `word` says what came of it."""

    def __init__(self, word: Word) -> None:
        super().__init__()
        self.word = word


class Looking(Screen[Item | None]):
    """Knows a directory, and what is done about it; `draw` is called when something of it is new."""

    def __init__(self, kitchen: Kitchen, directory: Path, bench: Bench, settings: Bgit, *, server: str = "") -> None:
        super().__init__()
        self.kitchen = kitchen
        self.server = server or kitchen.client.host
        self.directory = directory
        self.bench = bench
        self.sight = Sight(directory)
        self.records = settings.record
        self.commits = settings.commit
        self.renames = False
        self.said: Word | None = None
        """What came of what was done last."""
        self.stale = False
        """Whether the files were changed while something is under way."""
        self._last: Applying | None = None  # what came to its end before the eyes of who looks

    def draw(self) -> None:
        """Show how it stands."""
        raise NotImplementedError

    @property
    def course(self) -> Course | None:
        """How the steps stand, where there is a plan."""
        if self.under_way:
            return course_of(self.under_way.plan, self.under_way)
        return course_of(self.sight.plan, self._last) if self.sight.plan else None

    @property
    def under_way(self) -> Applying | None:
        """What is carried out now, whichever screen began it."""
        return self.bench.applying if self.bench.under_way else None

    @property
    def recording(self) -> Record | None:
        """What is written down when the bake is complete."""
        return Record(commit=self.commits) if self.records else None

    @property
    def complete(self) -> bool:
        """Whether the bake that is asked for is done, and nothing is under way."""
        return self.under_way is None and bool(self.course and self.course.complete)

    @property
    def in_git(self) -> bool:
        """Whether anything can be committed."""
        return bool(self.sight.where and self.sight.where.branch != NO_GIT)

    def on_mount(self) -> None:
        """Show what is under way, or look."""
        if applying := self.under_way:
            self.records, self.commits = applying.record is not None, bool(applying.record and applying.record.commit)
        app: App[None] = self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what
        self.watch(app, "app_focus", self._focused, init=False)
        self.set_interval(EVERY, self._look_again)
        self.look()

    def on_screen_resume(self) -> None:
        """Somebody comes back to it, and may have been at the files meanwhile."""
        self._look_if_changed()

    def _look_again(self) -> None:
        """Not while it is looked at, or written, already: what came of that would be taken for news."""
        if self.is_current and not any(worker.is_running for worker in self.workers if worker.node is self):
            self._look_if_changed()

    def _focused(self, focus: bool) -> None:
        if focus and self.is_current:
            self._look_if_changed()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        repo = self.sight.project.repo if self.sight.project else None
        match event.change:
            case JobChanged(status=status) if status.key.repo == repo:
                self.draw()
                if self._ended_elsewhere(status):
                    self.look()
            case CatalogChanged(repo=changed) if changed == repo:
                self.draw()
            case LinkChanged(problem=None) if self.sight.away:
                self.look()
            case PipelineChanged() | LinkChanged():
                self.draw()
            case _:
                pass

    def _ended_elsewhere(self, status: JobStatus) -> bool:
        """Whether a job is over that the plan was waiting for, without anything being carried out from here."""
        if self.under_way or self.sight.plan is None or status.state not in (State.COMPLETE, State.FAILED):
            return False
        standings = self.sight.plan.foresight.standings.items()
        return any(
            standing is Standing.UNDER_WAY and key.job(status.key.repo) == status.key for key, standing in standings
        )

    @on(WentOn)
    def _went_on(self) -> None:
        self.draw()

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        self._last, self.said, self.stale = self.bench.applying, event.word, False
        self.look()

    @work(group="look", exclusive=True, exit_on_error=False)
    async def look(self) -> None:
        """Read the files, and ask the server; what is under way stays as it is."""
        await self.look_now()

    async def look_now(self) -> Sight:
        """The same, for who waits for it."""
        seen = await asyncio.to_thread(see, self.directory)
        if self.sight.plan is None or seen.project is None:
            self.sight = seen
            self.draw()
        self.sight = await held_against(self.kitchen, seen, rename=self.renames)
        self.draw()
        return self.sight

    @work(group="stamp", exclusive=True, exit_on_error=False)
    async def _look_if_changed(self) -> None:
        stamp = await asyncio.to_thread(stamp_of, self.directory)
        if stamp == self.sight.stamp or not self.sight.stamp:
            return
        if self.under_way:
            self.stale = True
            self.draw()
        else:
            self.forget()
            self.look()

    def forget(self) -> None:
        """What came of what was done last is old news."""
        self._last = self.said = None

    def say(self, sentence: str, colour: str) -> None:
        """Tell what came of something, until something else is done."""
        self.said = sentence, colour
        self.draw()

    def begin(self, plan: Plan) -> None:
        """Carry a plan out; it goes on when this screen is left."""
        if self.under_way:
            return
        app: App[None] = self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what
        where = self.sight.where
        applying = Applying(self.kitchen, plan, lambda _: _tell(app, WentOn()), where=where, record=self.recording)
        self.bench.applying, self.bench.under_way = applying, True
        self.forget()
        # Of the app, not of the screen, which may be left meanwhile.
        app.run_worker(_carry_out(app, self.bench, applying), group="apply", exit_on_error=False)
        self.draw()


async def _carry_out(app: App[None], bench: Bench, applying: Applying) -> None:
    repo = applying.plan.project.repo
    try:
        await applying.carry_out()
        word = ended(applying)
    except (BreadError, RecipeError, ProjectError) as error:
        word = f"{error} What was made stays: do it again to go on.", "error"
    finally:
        bench.under_way = False
    if not isinstance(app.screen, Looking):
        app.notify(f"{repo}: {word[0]}", severity="error" if word[1] == "error" else "information", markup=False)
    _tell(app, Ended(word))


def _tell(app: App[None], message: WentOn | Ended) -> None:
    """Tell whichever screens look at it by now."""
    for screen in app.screen_stack:
        if isinstance(screen, Looking):
            screen.post_message(message)
