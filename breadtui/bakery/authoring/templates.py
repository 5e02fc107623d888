"""What a template gives and what a body changes of it, put together as the service does."""

from __future__ import annotations

from collections.abc import Mapping

from breadtui.api.lenient import as_object, is_object
from breadtui.bakery.authoring.fields import Path, get
from breadtui.bakery.authoring.target import OLD_NAMES

_FREE = frozenset({"extra_kwargs", "peft_config"})
"""Objects of a person's own, in which a null is a value as any other."""


def merge(base: Mapping[str, object], overrides: Mapping[str, object]) -> dict[str, object]:
    """`overrides` on top of `base`: objects key by key, everything else (lists too) replaced. Any depth."""
    merged = {**base}
    left: list[tuple[dict[str, object], Mapping[str, object]]] = [(merged, overrides)]
    while left:
        into, over = left.pop()
        for key, value in over.items():
            below = into.get(key)
            if is_object(below) and is_object(value):
                deeper = {**below}
                left.append((deeper, value))
                into[key] = deeper
            else:
                into[key] = value
    return merged


def effective(body: Mapping[str, object], template_config: Mapping[str, object] | None) -> dict[str, object]:
    """The configuration that a target's or bake's body comes to; without a known template, what it says itself."""
    return merge(template_config or {}, _present_names(_given(as_object(body.get("overrides")))))


def differing(config: Mapping[str, object], template: Mapping[str, object]) -> set[Path]:
    """Where `config` says something else than `template`; a list counts as one value, and a null as none."""
    found: set[Path] = set()
    left: list[tuple[Path, Mapping[str, object]]] = [((), config)]
    while left:
        path, table = left.pop()
        for key, value in table.items():
            here = (*path, key)
            if is_object(value):
                left.append((here, value))
            elif value is not None and not _same(value, get(template, here)):
                found.add(here)
    return found


def _same(one: object, other: object) -> bool:
    # To Python 1 and True are equal; to the service one of them is an error.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _given(overrides: Mapping[str, object]) -> dict[str, object]:
    """Without nulls, which say nothing."""
    given: dict[str, object] = {}
    left: list[tuple[dict[str, object], Mapping[str, object]]] = [(given, overrides)]
    while left:
        into, source = left.pop()
        for key, value in source.items():
            if is_object(value) and key not in _FREE:
                deeper: dict[str, object] = {}
                left.append((deeper, value))
                into[key] = deeper
            elif value is not None:
                into[key] = value
    return given


def _present_names(given: Mapping[str, object]) -> dict[str, object]:
    renamed = {key: value for key, value in given.items() if key not in OLD_NAMES}
    old = {new: given[old] for old, new in OLD_NAMES.items() if old in given}
    return {**old, **renamed}
