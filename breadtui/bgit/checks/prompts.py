"""Checks of PROMPT: its keys, and of each prompt its name, messages and tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breadtui.api.lenient import is_object
from breadtui.api.text import one_line
from breadtui.bakery.authoring.checks import Around, check
from breadtui.bakery.authoring.problems import Problem, nearest, shown
from breadtui.bakery.things import Thing
from breadtui.bgit.checks.section import NAMELESS, check_name

_KEYS = ("name", "messages", "tools")


def check_prompts(section: Mapping[str, object]) -> Iterator[Problem]:
    """What is wrong with the prompts of a PROMPT."""
    for key, prompt in section.items():
        if wrong := _key_problem(key):
            yield Problem(("PROMPT", key), wrong)
        if is_object(prompt):
            yield from _check_prompt(key, prompt)
        else:
            sentence = f"A prompt is an object with messages, and may have a name and tools; this is {shown(prompt)}."
            yield Problem(("PROMPT", key), sentence)


def _check_prompt(key: str, prompt: Mapping[str, object]) -> Iterator[Problem]:
    path = ("PROMPT", key)
    for word in prompt:
        if word not in _KEYS:
            sentence = f"There is no {shown(word)} here, only {', '.join(_KEYS)}.{nearest(word, _KEYS)}"
            yield Problem((*path, word), sentence)
    yield from check_name(Thing.PROMPT, prompt, path)
    if prompt.get("messages") is None:
        yield Problem((*path, "messages"), "messages are missing: write a list of them, or [] for an empty prompt.")
    told = {word: prompt[word] for word in ("messages", "tools") if prompt.get(word) is not None}
    body: dict[str, object] = {"prompt_name": NAMELESS[Thing.PROMPT], "messages": [], **told}
    for problem in check(Thing.PROMPT, body, Around()):
        yield Problem((*path, *problem.path), problem.sentence, problem.warning)


def _key_problem(key: str) -> str:
    """Why `.bread` cannot tell of a prompt with this key."""
    if not key.strip():
        return "A prompt needs a key, such as teacher."
    if key != key.strip() or key != one_line(key) or "]" in key or "\\" in key:
        return f"{shown(key)} cannot be the key of a prompt: leave out ], backslashes and what cannot be seen."
    return ""
