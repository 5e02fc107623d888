"""The form that bakes a folder of documents: it shows the plan first, then makes what is missing, and reports."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import fields as fields_of
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.content import Content

from breadtui.api.errors import BreadError
from breadtui.bakery.authoring.check_values import check_fields
from breadtui.bakery.authoring.checks import Around, Problem, name_problem
from breadtui.bakery.authoring.fields import Field, Shape
from breadtui.bakery.folder.options import EMPTY_STUDENT, NUMQ, QUESTION_MODEL, Options
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.sketch import Sketch
from breadtui.screens.forms.writing import SEND
from breadtui.widgets.fields.rows import Row
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.bakery.folder.applying import Failure, Step
    from breadtui.bakery.folder.plan import Plan
    from breadtui.bakery.kitchen import Kitchen

FOLDER = Field(("folder",), Shape.TEXT, "Every .md and .txt file in it becomes a teacher prompt and a target.")
FIELDS = (
    Field(("bake",), Shape.TEXT, "The bake over all of them; called after the folder if empty."),
    Field(("student",), Shape.TEXT, "The student prompt they share; made empty if it is not there."),
    Field(("intro",), Shape.LONG, "Put before every document, such as: You are a support agent. What you know:"),
    Field(("numq",), Shape.WHOLE, "Questions a model writes for each document; 0 for none.", least=0),
    Field(("model",), Shape.TEXT, "The model that writes them."),
    Field(("temperature",), Shape.NUMBER, "How much its questions vary; the server's if empty.", least=0, most=2),
    Field(("trajectories",), Shape.WHOLE, "Responses to each question.", least=1),
    Field(("weights",), Shape.TEXT, "even, length (by characters), or the path of a table: name, weight."),
    Field(("epochs",), Shape.WHOLE, "How often the training goes through all; the template's if empty.", least=1),
    Field(("prefix",), Shape.TEXT, "Begins the names of targets and teacher prompts."),
)
LABELS = {"bake": "Bake", "numq": "Questions each"}


class FolderForm(Form):
    """Answers with the bake, once all of it stands."""

    THING = Thing.BAKE
    HEADING = "Bake a folder"
    BINDINGS = [Binding("ctrl+o", "send", "Plan, then create", tooltip="Show the plan; then do it", id="form.send")]

    def __init__(self, kitchen: Kitchen, repo: str) -> None:
        super().__init__(kitchen, repo, origin="of a folder")
        self._plan: Plan | None = None
        self._planned: Mapping[str, object] = {}
        self._failures: list[Failure] = []

    def blank(self) -> dict[str, object]:
        """As the command of the same name begins."""
        told: dict[str, object] = {"folder": None, "student": EMPTY_STUDENT, "numq": NUMQ, "model": QUESTION_MODEL}
        return {
            key: value for key, value in {**told, "trajectories": 1, "weights": "even"}.items() if value is not None
        }

    def judge(self, thing: Thing, body: Mapping[str, object], around: Around) -> list[Problem]:
        """Whether the folder is there, and the numbers can be."""
        problems = list(check_fields((FOLDER, *FIELDS), body))
        folder = body.get("folder")
        if not folder or not _place(body).is_dir():
            problems.append(Problem(FOLDER.path, f"{folder} is no folder." if folder else "A folder is missing."))
        if body.get("bake") and (sentence := name_problem(Thing.BAKE, body["bake"])):
            problems.append(Problem(("bake",), sentence))
        return problems

    def rows(self, sketch: Sketch) -> list[Row]:
        """A line for each."""
        rows = [sketch.row(FOLDER, label="Folder")]
        return rows + [sketch.row(field, label=LABELS.get(field.label, field.label.capitalize())) for field in FIELDS]

    def promise(self) -> str:
        """First the plan, then what it plans."""
        plan = self._standing_plan
        if plan is None:
            return "Show the plan"
        new = sum(piece.standing == "new" for piece in plan.pieces)
        return f"Create {new:,} {'thing' if new == 1 else 'things'}"

    def summary(self) -> Content:
        """What it is about."""
        if (plan := self._standing_plan) is not None:
            told = f"{len(plan.targets):,} documents · {plan.stimuli:,} questions · {plan.responses:,} responses"
            told += " · shift+↓ reads on" if self.page.virtual_size.height > self.page.size.height else ""
            return Content.styled(told, "$secondary")
        return Content.styled("ctrl+o shows what would be made. Nothing is made before you say so again.", "$muted")

    def aside(self, row: Row, option: str) -> Content:
        """The plan, as soon as there is one, and what failed."""
        from breadtui.bakery.folder.report import failure_line, plan_lines

        plan = self._standing_plan
        if plan is None:
            return super().aside(row, option)
        failed = [Content.styled(failure_line(failure), "$error") for failure in self._failures]
        return Content("\n").join([*failed, *(Content(line) for line in plan_lines(plan))])

    async def prepare(self) -> None:
        """Nothing has to be known beforehand."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What will be sent is not one body, and so has no YAML."""
        return action != "yaml" and super().check_action(action, parameters)

    @work(group="send", exclusive=True, exit_on_error=False)
    async def send_body(self) -> None:
        """Plan, or do what was planned."""
        try:
            if (plan := self._standing_plan) is None:
                await self._make_plan()
            else:
                await self._carry_out(plan)
        except (BreadError, FolderError, OSError) as error:
            self.redraw()
            self.say(str(error))

    async def _make_plan(self) -> None:
        from breadtui.bakery.folder.plan import make_plan
        from breadtui.bakery.folder.reading import read_folder

        body, options = self.manuscript.body, self._options()
        apart = [options.weights] if isinstance(options.weights, FilePath) else []
        self.say("Reading the folder …", "muted")
        folder = await asyncio.to_thread(read_folder, _place(body), apart)
        told = self._compared
        self._plan = await make_plan(self.kitchen.client, self.repo, folder, options, told)
        self._planned, self._failures = body, []
        if self._plan.complete:
            await self._finish(self._plan)
            return
        self.add_class("-planned")
        self.redraw()
        self.list.go_to(SEND)

    async def _carry_out(self, plan: Plan) -> None:
        from breadtui.bakery.folder.applying import apply
        from breadtui.bakery.folder.pieces import Standing
        from breadtui.bakery.folder.report import step_line

        if plan.of(Standing.CONFLICT):
            taken = len(plan.of(Standing.CONFLICT))
            self.say(
                f"{taken:,} of these names are taken by something else. Give a prefix, or another name to the bake."
            )
            return
        failures: list[Failure] = []
        step: Step | None = None
        # Done halfway, it is not what was planned any more: the next ctrl+o looks anew.
        self._planned = {}
        async for step in apply(self.kitchen.client, plan):
            failures += step.failed
            self.say(step_line(step), "muted")
        self._failures = failures
        if failures:
            self._planned = self.manuscript.body
            self.redraw()
            self._planned = {}
            self.say(f"{len(failures):,} could not be made; ctrl+o looks again, and goes on with the rest.")
            return
        await self._finish(plan)

    async def _finish(self, plan: Plan) -> None:
        await self.kitchen.reopen(self.repo)
        self.notify(f"{plan.bake.name} and all it needs stand in {self.repo}. r runs it.", markup=False)
        self.forget()
        self.dismiss(Item(Kind.BAKE, self.repo, plan.bake.name))

    def _compared(self, done: int, total: int) -> None:
        self.say(f"Comparing what is there: {done:,} of {total:,} …", "muted")

    @property
    def _standing_plan(self) -> Plan | None:
        """The plan, while nothing was changed since."""
        return self._plan if self._plan and self._planned == self.manuscript.body else None

    def _options(self) -> Options:
        names = {field.name for field in fields_of(Options)}
        told = {key: value for key, value in self.manuscript.body.items() if key in names}
        weights = str(told.get("weights", "even"))
        chosen = weights if weights in ("even", "length") else FilePath(weights).expanduser()
        return Options(**{**told, "weights": chosen})  # pyright: ignore[reportArgumentType] - checked field by field


def _place(body: Mapping[str, object]) -> FilePath:
    return FilePath(str(body["folder"])).expanduser()
