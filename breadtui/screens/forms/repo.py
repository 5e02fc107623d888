"""The form of a repository."""

from __future__ import annotations

from textual.content import Content

from breadtui.bakery.authoring.fields import Field, Shape
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.sketch import Sketch
from breadtui.widgets.fields.rows import Row

BASE_MODEL = "Qwen/Qwen3-32B"
"""The service's own default."""

NAME = Field(("repo_name",), Shape.TEXT, "What the repository is called, such as yoda_repo.")
MODEL = Field(("base_model",), Shape.TEXT, "The model its bakes start from. It cannot be changed later.")


class RepoForm(Form):
    """A name, and the model its bakes start from."""

    THING = Thing.REPO
    HEADING = "New repository"

    def blank(self) -> dict[str, object]:
        """The service's own base model, to be seen before it is fixed."""
        return {"repo_name": "", "base_model": BASE_MODEL}

    def rows(self, sketch: Sketch) -> list[Row]:
        """Two lines."""
        return [sketch.row(NAME, label="Name"), sketch.row(MODEL, label="Base model")]

    def summary(self) -> Content:
        """What cannot be taken back."""
        return Content.styled("A workspace for prompts, targets and bakes. Its base model is fixed for good.", "$muted")
