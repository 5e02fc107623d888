"""Whether what the server has is what would be made. Only what would be sent is compared: a template adds the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping

from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.models import Bake, Prompt, Target
from breadtui.api.text import clean_json


def prompt_differs(prompt: Prompt, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """What of a prompt is another: `messages`, `tools`; nothing if it is the same."""
    found = [{"role": message.role, "content": message.text} for message in prompt.messages]
    tools = ("tools",) if prompt.tools else ()
    return (*_differing({"messages": found}, wanted), *tools)


def target_differs(target: Target, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """The keys of a target's configuration that are others. A template that the server does not show is no difference:
    it keeps the file apart from the target, under its name [spec].
    """
    found = target.config.model_dump(exclude_unset=True)
    shown = [as_object(generator) for generator in items(found.get("generators"))]
    asked = items(wanted.get("generators"))
    if len(shown) == len(asked):
        told = [_as_shown(generator, there) for generator, there in zip(asked, shown, strict=True)]
        wanted = {**wanted, **({"generators": told} if told else {})}
    return _differing(found, wanted)


def bake_differs(bake: Bake, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """The keys of a bake's configuration that are others; an absent weight counts as 1 [contract]."""
    config = as_object(bake.config)
    datasets = [{"weight": 1.0, **as_object(item)} for item in items(config.get("datasets"))]
    return _differing({**config, "datasets": datasets}, wanted)


def _as_shown(generator: object, shown: Mapping[str, object]) -> object:
    if not is_object(generator) or shown.get("template_content") is not None or not shown.get("template_path"):
        return generator
    return {key: value for key, value in generator.items() if key != "template_content"}


def _differing(found: Mapping[str, object], wanted: Mapping[str, object]) -> tuple[str, ...]:
    # What comes from a server is cleaned; so must be what it is measured by.
    cleaned = as_object(clean_json({**wanted}))
    return tuple(key for key, value in cleaned.items() if not _holds(found.get(key), value))


def _holds(found: object, wanted: object) -> bool:
    """Whether `found` says all that `wanted` says; of an object's further keys nothing is asked."""
    if is_object(wanted):
        return is_object(found) and all(_holds(found.get(key), value) for key, value in wanted.items())
    if asked := items(wanted):
        there = items(found)
        return len(there) == len(asked) and all(map(_holds, there, asked))
    if isinstance(wanted, float) and isinstance(found, float | int):
        return math.isclose(found, wanted, rel_tol=1e-9)
    return found == wanted
