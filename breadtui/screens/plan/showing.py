"""Shows a directory: what it is about above, steps and mistakes in a list, beside it what is under the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from breadtui.bakery.jobs import JobKey, JobStatus, Phase
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bakery.things import Thing
from breadtui.bgit.problems import INPUT, Mistake
from breadtui.screens.plan import rows
from breadtui.screens.plan.detail import before_detail, conflict_detail, mistake_detail, step_detail
from breadtui.screens.plan.head import Habits, head
from breadtui.screens.plan.looking import CHANGED, Looking
from breadtui.screens.plan.rows import Before, thing_of
from breadtui.screens.plan.sight import Course
from breadtui.screens.plan.words import Word, progress, word
from breadtui.screens.recipe.drawing import detail
from breadtui.sheets import sheet
from breadtui.widgets.details.parts import joined
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.recipe_list import RecipeList, Row
from breadtui.widgets.top_bar import Place, TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind

NARROW = 100
"""Below this many columns the detail stands under the list."""
SIDE_BY_SIDE = 72
"""Cells of the detail from which on what differs stands side by side."""
KINDS = {Thing.PROMPT: Kind.PROMPT, Thing.TARGET: Kind.TARGET, Thing.BAKE: Kind.BAKE}


class Showing(Looking):
    """All of the screen but its keys."""

    CSS_PATH = sheet("plan")
    AUTO_FOCUS = "RecipeList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]

    _conflicts: Collection[StepKey] = ()
    in_order = False
    """Whether the steps are shown in their order, or else as a tree."""

    def compose(self) -> ComposeResult:
        """Place, what it is about, list and detail, a sentence about it all, and the keys."""
        bar = TopBar()
        bar.place = Place(f"Plan of {self.directory.name}", rehearsal=self.kitchen.client.rehearsal)
        yield bar
        yield Static("", id="plan-head", markup=False)
        with Container(id="plan"):
            yield RecipeList(id="plan-list", classes="scrolls")
            yield Page(id="plan-detail", classes="scrolls")
        yield Static("", id="plan-word", markup=False)
        yield KeyBar()

    def draw(self) -> None:
        """Show how it stands; nothing before it is composed, or after it was left."""
        if not self.is_attached or not self.query(KeyBar):
            return
        listed = self.query_one(RecipeList)
        listed.border_title = self._heading
        listed.show(self._rows)
        self._point_at_conflicts(listed)
        self._show_head()
        self._show_detail()
        said, colour = self._word
        self.query_one("#plan-word", Static).update(Content.styled(said, f"${colour}"))
        self.refresh_bindings()

    # -- what is seen --

    @property
    def under_cursor(self) -> tuple[Thing, str] | None:
        """The thing under the cursor."""
        row = self.row
        return thing_of(row.key) if row else None

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.query_one(RecipeList).current if self.is_attached and self.query(RecipeList) else None

    @property
    def item(self) -> Item | None:
        """What is under the cursor, as the tree of repositories has it."""
        found, project = self.under_cursor, self.sight.project
        return Item(KINDS[found[0]], project.repo, found[1]) if found and project else None

    @property
    def asks_for_bake(self) -> bool:
        """Whether there is a bake to be recorded."""
        course = self.course
        return bool(course and course.plan.names.bake and course.standings and not course.taken)

    @property
    def to_do(self) -> bool:
        """Whether there is something to make, to run, or to wait for."""
        plan = self.sight.plan
        return bool(plan and plan.usable and plan.foresight.of(Standing.TO_DO, Standing.UNDER_WAY))

    @property
    def before(self) -> str:
        """The bake under the cursor, if it was recorded before; else empty."""
        return self.row.key.bake if self.row and isinstance(self.row.key, Before) else ""

    @property
    def baking(self) -> JobStatus | None:
        """The job of the bake that is asked for, or of the earlier one under the cursor, where the server knows it."""
        if self.before and self.sight.project:
            return self._look(JobKey(self.sight.project.repo, self.before, Phase.BAKE))
        plan = self.course.plan if self.course and not self.course.taken else None
        if plan is None or plan.names.bake is None:
            return None
        return self._look(JobKey(plan.project.repo, plan.names.bake.name, Phase.BAKE))

    @property
    def model(self) -> str | None:
        """What the bake made; where it has made nothing yet, what the next is on."""
        if self.before and self.sight.project and (told := self.sight.project.bread.bakes.get(self.before)):
            return told[0]
        models = self.baking.models if self.baking else ()
        if models:
            return models[0]
        return self.sight.project.bread.parent_model if self.sight.project else None

    # -- showing --

    @on(RecipeList.Moved)
    def _moved(self) -> None:
        self._show_detail()
        self.refresh_bindings()

    @on(Page.Widened)
    def _widened(self) -> None:
        self._show_head()
        self._show_detail()

    @property
    def _rows(self) -> list[Row]:
        sight, project, course = self.sight, self.sight.project, self.course
        if project is None and course is None:
            return []
        found = rows.mistake_rows(tuple(mistake for mistake in sight.mistakes if not mistake.warning))
        if course and course.standings:
            found += rows.step_rows(course, self._look) if self.in_order else rows.tree_rows(course, self._look)
        elif project and project.ready:
            found += rows.before_rows(project)
        elif sight.recipe:
            found += rows.named_rows(sight.recipe)
        return found + rows.mistake_rows(tuple(mistake for mistake in sight.mistakes if mistake.warning))

    @property
    def _heading(self) -> str:
        if self.sight.wrong:
            return f"Mistakes in {INPUT}"
        if self.sight.project and self.sight.project.ready:
            return "Baked before"
        return "Steps" if self.in_order else "Plan"

    @property
    def _word(self) -> Word:
        if applying := self.under_way:
            told, colour = progress(applying, self.kitchen.pipeline.problem or self.kitchen.watcher.problem or "")
            return (f"{told} {CHANGED}", "warning") if self.stale else (told, colour)
        return self.said or word(self.sight, self.course)

    def _point_at_conflicts(self, listed: RecipeList) -> None:
        """What keeps it from being made has the cursor when it comes up."""
        conflicts = self.course.plan.conflicts.keys() if self.course else ()
        if conflicts and not self._conflicts:
            listed.reveal(lambda row: row.key in conflicts)
        self._conflicts = conflicts

    def _show_head(self) -> None:
        width = max(self.size.width - 4, 20)
        self.query_one("#plan-head", Static).update(
            joined(head(self.sight, self.course, self._habits, self._base, width))
        )

    @property
    def _habits(self) -> Habits:
        return Habits(self.recording, self.commits, self.kitchen.client.rehearsal)

    @property
    def _base(self) -> str:
        """The repository's base model: as the server has it, or else as it was when something was recorded."""
        project = self.sight.project
        if project is None:
            return ""
        known = {repo.repo_name: repo.base_model for repo in self.kitchen.catalog.repos or ()}
        noted = project.bread.recipe.base_model if project.bread.recipe else None
        return known.get(project.repo) or noted or ""

    def _show_detail(self) -> None:
        page, row, course = self.query_one(Page), self.row, self.course
        project = self.sight.project
        if row is None or project is None:
            page.head(Content(""))
            page.show(self._nothing)
            return
        match row.key:
            case Mistake() as mistake:
                page.head(Content(f"{INPUT}:{mistake.line}:{mistake.column}"))
                page.show(mistake_detail(mistake, project.input.text, page.room), mistake)
            case Before(bake):
                page.head(Content(f"bake {bake}"))
                page.show(before_detail(project, bake, page.room), row.key)
            case StepKey() as key if course:
                self._show_step(page, course, key)
            case StepKey() as key if self.sight.recipe:
                page.head(Content(str(key)))
                page.show(detail(self.sight.recipe, key.action.thing, key.name), key)
            case _:
                page.show(Content(""))

    def _show_step(self, page: Page, course: Course, key: StepKey) -> None:
        page.head(Content(str(key)))
        if course.standings.get(key) is Standing.CONFLICT:
            self._compare(course, key)
        else:
            page.show(step_detail(course, key, self._look, page.room), key)

    @work(group="compare", exclusive=True, exit_on_error=False)
    async def _compare(self, course: Course, key: StepKey) -> None:
        """Off the loop: of long prompts it takes longer than a key may wait."""
        page = self.query_one(Page)
        width = page.room
        drawn = await asyncio.to_thread(conflict_detail, course, key, width, two=width >= SIDE_BY_SIDE)
        if self.row and self.row.key == key:
            page.show(drawn, key)

    @property
    def _nothing(self) -> Content:
        """What stands beside an empty list."""
        if self.sight.project and self.sight.project.ready:
            return Content.styled(
                f"{INPUT} asks for nothing. e opens it: PROMPT, TARGET and BAKE make a bake.", "$muted"
            )
        return Content("")

    def _look(self, key: JobKey) -> JobStatus | None:
        return self.kitchen.watcher.status(key)
