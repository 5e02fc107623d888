"""Checks of a prompt's messages; its tools are checked in `prompt`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.check_values import named
from breadtui.bakery.authoring.fields import Path, is_list
from breadtui.bakery.authoring.problems import Problem, nearest, shown
from breadtui.bakery.authoring.prompt import ROLES, check_tools


def check_prompt(body: Mapping[str, object]) -> Iterator[Problem]:
    """What is wrong with the messages and the tools of a prompt's body."""
    messages = body.get("messages")
    if not is_list(messages):
        yield Problem(("messages",), f"messages must be a list, be it empty, not {shown(messages)}.")
    for number, message in enumerate(items(messages)):
        yield from _check_message(message, ("messages", number))
    yield from check_tools(body.get("tools"))


def _check_message(message: object, path: Path) -> Iterator[Problem]:
    if not is_object(message):
        yield Problem(path, f"{named(path)} must be an object, not {shown(message)}.")
        return
    role = message.get("role")
    if not isinstance(role, str):
        missing = "role is missing." if role is None else f"role must be text, not {shown(role)}."
        yield Problem((*path, "role"), missing)
    elif role not in ROLES:
        known = ", ".join(ROLES)
        sentence = f"{shown(role)} is none of the usual roles ({known}).{nearest(role, ROLES)}"
        yield Problem((*path, "role"), sentence, warning=True)
    yield from _check_content(message.get("content"), (*path, "content"))


def _check_content(content: object, path: Path) -> Iterator[Problem]:
    if content is None or isinstance(content, str):
        return
    if not is_list(content):
        yield Problem(path, f"content must be text, a list of parts, or nothing, not {shown(content)}.")
    for number, part in enumerate(items(content)):
        if not is_object(part):
            here = (*path, number)
            yield Problem(here, f"{named(here)} must be an object such as a text part, not {shown(part)}.")
