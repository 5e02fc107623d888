"""The form of a prompt: messages in order, and tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path as FilePath

from textual.content import Content

from breadtui.api.lenient import as_object, items, text_of
from breadtui.bakery.authoring.fields import Field, Path, Shape, get
from breadtui.bakery.authoring.prompt import ROLES, LoadProblem, lengths, load
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.load import AskFile
from breadtui.screens.forms.sketch import Sketch, first_line
from breadtui.widgets.fields.rows import Key, Row, RowKind

MESSAGES: Path = ("messages",)
NAME = Field(("prompt_name",), Shape.TEXT, "What the prompt is called, such as yoda_teacher or empty_student.")
TOOLS = Field(("tools",), Shape.LIST, "Functions the model may call: a JSON list in OpenAI's form.")
ALWAYS_ON = "Empty: as a student, the baked behaviour is always on."
AFTER = {"system": "user", "user": "assistant", "assistant": "user", "tool": "assistant"}
"""Who speaks next, most likely."""


class PromptForm(Form):
    """A name, any number of messages, each with a role, and tools."""

    THING = Thing.PROMPT
    HEADING = "New prompt"

    def blank(self) -> dict[str, object]:
        """One system message, empty."""
        return {"prompt_name": "", "messages": [{"role": "system", "content": ""}]}

    def rows(self, sketch: Sketch) -> list[Row]:
        """A line for each message."""
        messages = items(self.manuscript.body.get("messages"))
        rows = [sketch.row(NAME, label="Name")]
        for number, message in enumerate(messages):
            rows.append(sketch.judged(_message_row(number, as_object(message))))
        rows.append(Row((*MESSAGES, "+"), RowKind.BUTTON, "+ message", options=ROLES))
        tools = items(self.manuscript.body.get("tools"))
        hint = f"{len(tools)} {'tool' if len(tools) == 1 else 'tools'}" if tools else "none"
        named = ", ".join(str(get(tool, ("function", "name")) or "?") for tool in tools)
        sketch.fields[TOOLS.path] = TOOLS
        rows.append(sketch.judged(Row(TOOLS.path, RowKind.TEXT, "Tools", named, hint=hint)))
        return rows

    def summary(self) -> Content:
        """How long it is, and what an empty one means."""
        messages = [as_object(message) for message in items(self.manuscript.body.get("messages"))]
        characters, tokens = lengths(messages)
        if not characters:
            return Content.styled(ALWAYS_ON, "$muted")
        count = f"{len(messages)} messages · " if len(messages) > 1 else ""
        return Content.styled(
            f"{count}{characters:,} characters · about {tokens:,} {'token' if tokens == 1 else 'tokens'}", "$muted"
        )

    def aside(self, row: Row, option: str) -> Content:
        """The roles, where a message is added."""
        if row.key == (*MESSAGES, "+"):
            return self.choice(row, "Whose message it is.", option)
        return super().aside(row, option)

    async def prepare(self) -> None:
        """The content of what is being copied, where nobody has looked at it yet."""
        if self.copy_of and "messages" not in self.manuscript.body:
            original = await self.kitchen.body_of(self.THING, self.repo, self.copy_of)
            self.manuscript.open_with({**original, **self.manuscript.body})
            self.redraw(anew=True)

    def new_item(self, path: Path, option: str) -> object:
        """A message of the role asked for, or of who speaks next."""
        said = [str(as_object(message).get("role")) for message in items(self.manuscript.body.get("messages"))]
        return {"role": option or AFTER.get(said[-1] if said else "", "system"), "content": ""}

    def stepped(self, key: Key, option: str) -> None:
        """Another role."""
        if key[:1] == MESSAGES:
            self.commit()
            self.manuscript.change((*key, "role"), option)
            self.changed()

    def text_of(self, key: Key) -> str:
        """A message's content; parts that are more than text are shown as the JSON they are."""
        if key[:1] != MESSAGES:
            return super().text_of(key)
        content = get(self.manuscript.body, (*key, "content"))
        return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)

    def put_text(self, key: Key, text: str) -> None:
        """Take in a message's content."""
        if key[:1] != MESSAGES:
            super().put_text(key, text)
            return
        was_text = isinstance(get(self.manuscript.body, (*key, "content")), str)
        self.manuscript.change((*key, "content"), text if was_text else _parts(text))

    def action_load(self) -> None:
        """Ask for a JSON file of messages, tools, or both."""
        self.commit()
        self.app.push_screen(AskFile("Load messages or tools", "a JSON file"), self._load)

    def _load(self, path: FilePath | None) -> None:
        if path is None:
            return
        try:
            loaded = load(path)
        except LoadProblem as problem:
            self.say(str(problem))
            return
        found = {"messages": loaded.messages, "tools": loaded.tools}
        self.manuscript.replace(
            {**self.manuscript.body, **{key: held for key, held in found.items() if held is not None}}
        )
        self.attempted = True
        self.changed(anew=True)


def _message_row(number: int, told: Mapping[str, object]) -> Row:
    text, role = text_of(told.get("content")), str(told.get("role", ""))
    more = ", ".join(key for key in told if key not in ("role", "content"))
    hint = " · ".join(
        part for part in (f"+ {more}" if more else "", f"{len(text):,} characters" if text else "") if part
    )
    return Row((*MESSAGES, number), RowKind.TEXT, role, first_line(text), "(empty)", hint=hint, options=ROLES)


def _parts(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
