"""What is found wrong with a body, and what is known of the repository around it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from breadtui.api.lenient import is_object
from breadtui.api.text import one_line
from breadtui.bakery.authoring.fields import Path, is_list

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of a body; a warning may be sent all the same."""

    path: Path
    """Within the body: `("overrides", "generators", 0, "numq")`, `("prompt_name",)`."""
    sentence: str
    """For people: `numq must be at least 1.`"""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What the repository holds, as far as known; None where it is not known."""

    prompts: Collection[str] | None = None
    targets: Collection[str] | None = None
    bakes: Collection[str] | None = None
    template: Mapping[str, object] | None = None
    """The configuration that the body's `template` gives; for `default` it need not be told."""
    ready: Collection[str] | None = None
    """The targets with a complete rollout."""
    base_model: str | None = None


def shown(value: object) -> str:
    """A value as a sentence quotes it: short, and safe for a terminal."""
    if isinstance(value, str):
        text = one_line(value[: 2 * _LONGEST_SHOWN])
        return f"“{_cut(text)}”"
    if is_object(value):
        return "an object"
    if is_list(value):
        return "a list" if value else "an empty list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "yes", False: "no"}[value]
    try:
        return _cut(f"{value}")
    except ValueError:  # a number of more digits than Python writes
        return "a number of thousands of digits"


def nearest(word: str, known: Iterable[str]) -> str:
    """A question after the known word that was probably meant, with a blank before it; empty if none is near."""
    # Comparing takes time that grows with the square of the length.
    near = get_close_matches(word[:_LONGEST_SHOWN], list(known), 1)
    return f" Is {shown(near[0])} meant?" if near else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
