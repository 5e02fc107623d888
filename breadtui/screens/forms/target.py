"""The form of a target: a pair of prompts, and the questions to ask."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Input, TextArea

from breadtui.screens.forms.form import FieldError, Form, filled, label
from breadtui.widgets.choice import Choice
from breadtui.widgets.repo_tree import Item, Kind

NO_PROMPTS = "none yet: leave with esc, and make a prompt first"
QUESTION_MODEL = "claude-sonnet-4-5-20250929"


class TargetForm(Form):
    """Teacher, student, questions written here (hardcoded) and questions made by a model (oneshot_qs)."""

    HEADING = "New target"

    def fields(self) -> ComposeResult:
        """Prompts are chosen from those of the repository."""
        shelf = self.kitchen.catalog.shelf(self.repo)
        prompts: Sequence[str] = shelf.prompts if shelf else ()
        yield label("Name")
        yield Input(id="name", placeholder="e.g. yoda_target")
        yield label("Teacher", "the behaviour to bake in")
        yield Choice(prompts, id="teacher", empty=NO_PROMPTS)
        yield label("Student", "what will call it up")
        yield Choice(prompts, id="student", empty=NO_PROMPTS)
        yield label("Questions", "one a line; tab leaves the text")
        yield TextArea(id="questions", tab_behavior="focus")
        yield label("Generated questions", "how many a model shall write; none if empty")
        yield Input(id="numq")
        yield label("Written by", "for generated questions")
        yield Input(QUESTION_MODEL, id="model")
        yield label("At temperature", "0 to 2; the server chooses if empty")
        yield Input(id="temperature")
        yield label("Trajectories", "responses to each question; one if empty")
        yield Input(id="trajectories")

    async def make(self) -> Item:
        """Create it from the default template."""
        name = self.required("name", "The name")
        overrides = filled(
            {
                "teacher_prompt": self._chosen("teacher", "A teacher"),
                "student_prompt": self._chosen("student", "A student"),
                "generators": self._generators(),
                "num_traj_per_stimulus": self.whole("trajectories", "Trajectories", 1),
            }
        )
        await self.kitchen.create_target(self.repo, name, overrides)
        return Item(Kind.TARGET, self.repo, name)

    def _chosen(self, field: str, what: str) -> str:
        if value := self.query_one(f"#{field}", Choice).value:
            return value
        raise FieldError(field, f"{what} must be chosen.")

    def _generators(self) -> list[dict[str, object]]:
        lines = [line.strip() for line in self.query_one("#questions", TextArea).text.splitlines()]
        questions = [line for line in lines if line]
        numq = self.whole("numq", "The number of generated questions", 1)
        found: list[dict[str, object]] = []
        if questions:
            found.append({"type": "hardcoded", "numq": len(questions), "questions": questions})
        if numq is not None:
            temperature = self.number("temperature", "The temperature", 0, 2)
            model = self.text("model") or QUESTION_MODEL
            found.append(filled({"type": "oneshot_qs", "numq": numq, "model": model, "temperature": temperature}))
        if not found:
            raise FieldError("questions", "Write at least one question, or have some generated.")
        return found
