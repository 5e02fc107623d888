"""Reads the recipes of many commits. Each repeats nearly all of the one before it, so what they share is read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from breadtui.bgit.files.recipe import RecipeFile, read_recipe
from breadtui.bgit.problems import ProjectError

_STEPS = re.compile(r"^steps:\n(?P<steps>(?: .*\n|\n)+)", re.MULTILINE)
_STEP = re.compile(r"^  - step: (?P<number>\d{1,9})\n(?P<rest>(?:    .*\n|\n)+)", re.MULTILINE)


@lru_cache(maxsize=256)
def recipe_in(text: str) -> RecipeFile | None:
    """What a `recipe.yml` says, as `read_recipe` has it; None for one that cannot be read."""
    try:
        return _in_pieces(text) or read_recipe(text)
    except ProjectError:
        return None


def _in_pieces(text: str) -> RecipeFile | None:
    """None for what is not laid out as programs do it."""
    found = _STEPS.search(text)
    if found is None or text.count("\nsteps:") > 1 or _STEP.sub("", found["steps"]):
        return None
    try:
        rest = read_recipe(f"{text[: found.start()]}steps: []\n{text[found.end() :]}")
        steps = tuple({**_step(step["rest"]), "step": int(step["number"])} for step in _STEP.finditer(found["steps"]))
    except ProjectError:
        return None
    return replace(rest, steps=steps)


@lru_cache(maxsize=2048)
def _step(rest: str) -> Mapping[str, object]:
    """A step without its number, which is another in each recipe.

    Raises:
        ProjectError: it is no step by itself.
    """
    steps = read_recipe(f"steps:\n  - step: 0\n{rest}").steps
    if len(steps) != 1:
        raise ProjectError("This is not one step.")
    return steps[0]
