"""What is said of a prompt: its role, its length, its messages whole, rendered or raw, and its tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.lenient import as_object, is_object, texts
from breadtui.widgets.details.parts import Lines, count, field, heading, hint, joined
from breadtui.widgets.details.prose import prose

if TYPE_CHECKING:
    from breadtui.api.models import Message, Prompt

ROLES = {
    "teacher": "teacher: holds the behaviour to bake in",
    "student": "student: calls the baked behaviour up",
    "both": "teacher and student of different targets, or of one",
    "unused": "unused: no target here takes it",
}


def prompt_detail(
    prompt: Prompt, role: str, users: Sequence[str], lengths: tuple[int, int], width: int, *, raw: bool = False
) -> Content:
    """A prompt. `lengths` are its characters and estimated tokens; `raw` shows the JSON of what is no text."""
    lines = field("role", ROLES.get(role, role) or "not used by the targets seen so far", width)
    if users:
        lines += field("used by", ", ".join(users), width)
    characters, tokens = lengths
    messages = count(len(prompt.messages), "message")
    lines += field("length", f"{characters:,} characters, about {tokens:,} tokens, in {messages}", width)
    if characters == 0:
        lines += [Content(""), *hint("Empty: as a student, the baked behaviour is always on.", width)]
    for message in prompt.messages:
        lines += [Content(""), heading(message.role or "message"), *(_raw(message) if raw else _rendered(message))]
    if prompt.tools:
        lines += [Content(""), heading("Tools", f"{len(prompt.tools)}")]
        lines += [_json(tool) for tool in prompt.tools] if raw else [_tool(tool, width) for tool in prompt.tools]
    return joined(lines)


def _rendered(message: Message) -> Lines:
    if message.text:
        return [prose(message.text)]
    if message.content:
        return [Content.styled("(no text; p shows what there is)", "$muted")]
    return [Content.styled("(empty)", "$muted")]


def _raw(message: Message) -> Lines:
    """The text as it was written; parts and whatever else a message holds as JSON."""
    text = message.content
    lines = [Content(text) if isinstance(text, str) else _json(text)]
    return [*lines, _json(message.model_extra)] if message.model_extra else lines


def _tool(tool: Mapping[str, object], width: int) -> Content:
    """A tool as one calls it, and what it is for."""
    function = as_object(tool.get("function"))
    name, told = function.get("name"), function.get("description")
    called = f"{name if isinstance(name, str) else 'unnamed'}({', '.join(_parameters(function))})"
    said = " ".join(told.split()) if isinstance(told, str) else ""
    return Content.assemble(" ".join(called.split()), (f"  {said}", "$muted")).truncate(max(width, 4), ellipsis=True)


def _parameters(function: Mapping[str, object]) -> Iterator[str]:
    """Names of parameters, with a question mark behind those that may be left out."""
    schema = as_object(function.get("parameters"))
    needed = texts(schema.get("required"))
    for name in as_object(schema.get("properties")):
        yield name if name in needed else f"{name}?"


def _json(value: object) -> Content:
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=_as_written)
    except (ValueError, RecursionError):  # nested deeper, or a number longer, than can be written
        text = "…"
    return Content.styled(text, "$secondary")


def _as_written(value: object) -> object:
    return dict(value) if is_object(value) else f"{value}"
