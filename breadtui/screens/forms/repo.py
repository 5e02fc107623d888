"""The form of a repository."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from breadtui.screens.forms.form import Form, label
from breadtui.widgets.repo_tree import Item, Kind

BASE_MODEL = "Qwen/Qwen3-32B"
"""The service's own default."""


class RepoForm(Form):
    """A name, and the model its bakes start from."""

    HEADING = "New repository"

    def fields(self) -> ComposeResult:
        """Two lines."""
        yield label("Name")
        yield Input(id="name", placeholder="e.g. yoda_repo")
        yield label("Base model", "cannot be changed later")
        yield Input(BASE_MODEL, id="base_model")

    async def make(self) -> Item:
        """Create it."""
        repo = await self.kitchen.create_repo(self.required("name", "The name"), self.text("base_model") or None)
        return Item(Kind.REPO, repo.repo_name)
