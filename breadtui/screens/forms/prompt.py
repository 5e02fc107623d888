"""The form of a prompt: one system message, which may be empty."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from breadtui.screens.forms.form import Form, label
from breadtui.widgets.repo_tree import Item, Kind


class PromptForm(Form):
    """A name and the text of the system message."""

    HEADING = "New prompt"

    def fields(self) -> ComposeResult:
        """A line, a text, and what the text amounts to."""
        yield label("Name")
        yield Input(id="name", placeholder="e.g. yoda_teacher")
        yield label("System message", "tab leaves the text")
        yield TextArea(id="content", tab_behavior="focus", soft_wrap=True)
        yield Static(id="length", markup=False)

    def on_mount(self) -> None:
        """Tell the length from the start."""
        super().on_mount()
        self._tell_length()

    @on(TextArea.Changed)
    def _tell_length(self) -> None:
        count = len(self.query_one(TextArea).text)
        told = (
            f"{count:,} characters, about {count // 4:,} tokens"
            if count
            else "Empty: as a student, the baked behaviour is always on."
        )
        self.query_one("#length", Static).update(Content.styled(told, "$muted"))

    async def make(self) -> Item:
        """Create it."""
        name = self.required("name", "The name")
        content = self.query_one(TextArea).text
        await self.kitchen.create_prompt(self.repo, name, [{"role": "system", "content": content}])
        return Item(Kind.PROMPT, self.repo, name)
