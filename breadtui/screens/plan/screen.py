"""The plan of a directory of bgit: what is made of it, with what differs beside, live while it is baked.

Nothing is made or written down that was not asked for; left alone, what is under way goes on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual import work
from textual.app import App
from textual.content import Content

from breadtui.actions import bindings
from breadtui.actions.plan import PLAN
from breadtui.api.errors import BreadError
from breadtui.bakery.jobs import Phase, State
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bakery.things import Thing
from breadtui.bgit.plan import ALL_PHASES, Plan, make_plan
from breadtui.bgit.problems import INPUT, ProjectError
from breadtui.bgit.recording import Record, Recorded, record
from breadtui.screens.plan.rows import thing_of
from breadtui.screens.plan.showing import Showing
from breadtui.screens.plan.words import question
from breadtui.screens.question import Answer, Question
from breadtui.widgets.recipe_list import RecipeList
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.screens.lineage import Chosen
    from breadtui.screens.making import Making


class PlanScreen(Showing):
    """Answers with what is to be shown in the tree of repositories, or None."""

    HELP = "Plan"
    BINDINGS = bindings(PLAN)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        idle = self.under_way is None
        match action:
            case "bake" | "make":
                return idle and self.to_do
            case "go_on":
                return bool(self.under_way and self.kitchen.pipeline.paused)
            case "rename":
                return idle and bool(self.renames or (self.sight.plan and self.sight.plan.conflicts))
            case "record":
                return self.asks_for_bake and not (self.complete and self.sight.recorded)
            case "commit":
                return self.asks_for_bake and self.in_git
            case "clear":
                return self.complete and self.sight.recorded
            case "edit":
                return idle and self.sight.project is not None
            case "refresh":
                return idle
            case "turn":
                return bool(self.course and self.course.standings)
            case "show" | "copy_name":
                return self.under_cursor is not None
            case "chat":
                return self.model is not None
            case "loss":
                return bool(self.baking and self.baking.state is not State.NOT_STARTED)
            case "data":
                return bool(self.under_cursor and self.under_cursor[0] is not Thing.PROMPT and self.course)
            case _:
                return True

    def action_bake(self) -> None:
        """Look again, say what it comes to, and do it if the answer is yes."""
        self._order(ALL_PHASES)

    def action_make(self) -> None:
        """The same, without running anything."""
        self._order(())

    def action_go_on(self) -> None:
        """Start again what waits for credits."""
        self.kitchen.pipeline.go_on()

    def action_rename(self) -> None:
        """Plan with other names for what is taken, or with its own again."""
        self.renames = not self.renames
        self.forget()
        self.look()

    def action_record(self) -> None:
        """Write down what is complete; or have it done when it is, or no more."""
        if not self.complete:
            self.records = not self.records
            self._intend()
        elif self.sight.plan and self.sight.plan.conflicts:
            self._ask_as_it_is()
        else:
            self._record(Record(commit=self.commits))

    def action_commit(self) -> None:
        """Have what is written down committed, or no more; what was written down before is committed at once."""
        if self.complete and self.sight.recorded:
            self._record(Record(commit=True))
            return
        # Nothing can be committed that is not recorded.
        self.commits = not (self.commits and (self.records or self.complete))
        self.records = self.records or not self.complete
        self._intend()

    def action_clear(self) -> None:
        """Ask, and comment out what was baked."""

        def answered(name: str | None) -> None:
            if name:
                self._record(Record(clear=True))

        text = Content(f"What {INPUT} asks for is recorded. Each of its lines gets a # in front: nothing is lost.")
        answers = (Answer("enter", "Clear", "clear"), Answer("escape", "Leave it"))
        self.app.push_screen(Question(f"Clear {INPUT}", text, answers), answered)

    def action_edit(self) -> None:
        """Give `input.yml` to the user's editor, and plan again."""
        from breadtui.screens.plan.editing import edit_input
        from breadtui.terminal.editor import NoEditor, outside

        changed = True
        try:
            changed = outside(self, lambda: edit_input(self.directory))
        except (NoEditor, ProjectError) as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        if changed:
            self.forget()
            self.look()

    def action_history(self) -> None:
        """Show what was baked, in all branches and tags."""
        from breadtui.screens.history.screen import HistoryScreen

        self.app.push_screen(HistoryScreen(self.kitchen, self.directory), self._seen_history)

    def action_chat(self) -> None:
        """Talk to what the bake made, or to what the next is on."""
        if self.model:
            self._chat_with(self.model)

    def action_loss(self) -> None:
        """Show the loss of the bake."""
        from breadtui.screens.loss import LossScreen

        if status := self.baking:
            self.app.push_screen(LossScreen(self.kitchen, [(status.key.repo, status.key.name)]))

    def action_data(self) -> None:
        """Read the stimuli and responses of the target, or of those the bake learns from."""
        from breadtui.screens.data.opening import Opening

        row = self.query_one(RecipeList).current
        if (item := self.item) and row:
            phase = row.key.action.phase if isinstance(row.key, StepKey) else None
            # Over any screen, whatever that one answers with; the class asks for one that answers nothing.
            opening = Opening(self, self.kitchen, self._complain)  # pyright: ignore[reportArgumentType]
            opening.open(item, phase)

    def action_turn(self) -> None:
        """From the tree to the steps, or back; the cursor stays with the thing that it is on."""
        found = self.under_cursor
        self.in_order = not self.in_order
        self.draw()
        self.query_one(RecipeList).reveal(lambda row: thing_of(row.key) == found)

    def action_show(self) -> None:
        """Go to it in the tree of repositories."""
        if item := self.item:
            self.dismiss(item)

    def action_copy_name(self) -> None:
        """Copy a name to the terminal's clipboard."""
        if found := self.under_cursor:
            self.app.copy_to_clipboard(found[1])
            self.notify(f"Copied {found[1]}", markup=False)

    def action_next_pane(self) -> None:
        """To the other pane."""
        self.focus_next()

    def action_refresh(self) -> None:
        """Read the files and ask the server again."""
        self.forget()
        self.look()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    # -- the work --

    @work(group="order", exclusive=True, exit_on_error=False)
    async def _order(self, phases: Collection[Phase]) -> None:
        """What is asked about is how it stands now: the files and the server may both have changed."""
        self.forget()
        plan = (await self.look_now()).plan
        if plan and phases != ALL_PHASES:
            try:
                plan = await make_plan(self.kitchen, plan.project, phases=phases, rename=self.renames)
            except BreadError as error:
                self._complain(error)
                return
        if plan and plan.usable and plan.foresight.of(Standing.TO_DO, Standing.UNDER_WAY):
            self._ask(plan)

    def _ask(self, plan: Plan) -> None:
        def answered(name: str | None) -> None:
            if name:
                self.begin(plan)

        does = "Bake" if plan.phases and plan.names.bake else "Make"
        answers = (Answer("enter", does, "do"), Answer("escape", "Not now"))
        text = question(plan, self.recording, self.server, rehearsed=self.kitchen.client.rehearsal)
        self.app.push_screen(Question(does, text, answers), answered)

    def _ask_as_it_is(self) -> None:
        def answered(name: str | None) -> None:
            if name:
                self._record(Record(commit=self.commits))

        text = Content(
            f"What is at the server differs from {INPUT}, as the list shows. It is written down as it is there."
        )
        answers = (Answer("enter", "Record", "record"), Answer("escape", "Not now"))
        self.app.push_screen(Question("Record it as it is", text, answers), answered)

    @work(group="record", exclusive=True, exit_on_error=False)
    async def _record(self, how: Record) -> None:
        plan, where = self.sight.plan, self.sight.where
        if plan is None or where is None:
            return
        self.say("Writing down …", "muted")
        try:
            done = await record(self.kitchen, plan, where, how)
        except (ProjectError, BreadError) as error:
            self.forget()
            self.say(f"It was not recorded: {error}", "error")
        else:
            self.forget()
            if done.problem or not how.clear:
                self.say(self._told(done, how), "warning" if done.problem else "success")
        self.look()

    def _told(self, done: Recorded, how: Record) -> str:
        if how.commit and not (done.files or done.commit or done.problem):
            return f"All of it was committed before: the next bake is on {done.model}."
        more = " C commits them." if done.files and self.in_git and not how.commit else ""
        return f"{done.sentence}{more}"

    def _intend(self) -> None:
        """What is under way ends as it is asked for now."""
        if applying := self.under_way:
            applying.record = self.recording
        self.draw()

    def _chat_with(self, model: str) -> None:
        from breadtui.screens.chat import open_chat

        app: App[None] = self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what
        open_chat(app, self.kitchen, [model], self.server, rehearsal=self.kitchen.client.rehearsal)

    def _seen_history(self, chosen: Chosen | None) -> None:
        """What was chosen there is done from here."""
        if chosen is None:
            return
        if chosen.what == "chat" and chosen.model:
            self._chat_with(chosen.model)
        elif chosen.what == "bake" and chosen.model and chosen.item:
            self._making(chosen.item).on_top(chosen.model)
        elif chosen.item:
            self.dismiss(chosen.item)

    def _making(self, item: Item) -> Making:
        from breadtui.screens.making import Making

        # Over any screen, whatever that one answers with; the class asks for one that answers nothing.
        return Making(self, self.kitchen, item, self._made, self._complain)  # pyright: ignore[reportArgumentType]

    def _made(self, made: Item | None) -> None:
        if made:
            self.dismiss(made)

    def _complain(self, error: BreadError) -> None:
        self.notify(str(error), severity="error", timeout=10, markup=False)
