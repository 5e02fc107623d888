"""Two configurations key by key: nested keys as paths, lists by position, datasets by the name of their target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from breadtui.api.lenient import as_object, is_object, items
from breadtui.bakery.authoring.differences import ABSENT, differences, path_text
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.comparison.lines import Sign

_FREE = ("extra_kwargs", "peft_config")
"""Objects of a person's own, in which a null is a value as any other."""

Leaves = dict[Path, object]


@dataclass(frozen=True, slots=True)
class Setting:
    """A key with its values, ABSENT where there is none. `inherited`: it is as the template `default` has it."""

    sign: Sign
    name: str
    before: object
    after: object
    inherited: tuple[bool, bool] = (False, False)


def compared_settings(
    before: Mapping[str, object],
    after: Mapping[str, object],
    defaults: tuple[Mapping[str, object], Mapping[str, object]] = ({}, {}),
) -> tuple[Setting, ...]:
    """Every key of either; the values of a key stand together whichever side has them."""
    one, other = leaves(before), leaves(after)
    inherited = [leaves(default) for default in defaults]
    order = {key: at for at, key in enumerate(dict.fromkeys(path[0] for path in (*one, *other)))}
    paths = sorted(dict.fromkeys((*one, *other)), key=lambda path: order[path[0]])
    return tuple(
        Setting(
            _sign(one.get(path, ABSENT), other.get(path, ABSENT)),
            path_text(path),
            one.get(path, ABSENT),
            other.get(path, ABSENT),
            (_as_in(inherited[0], one, path), _as_in(inherited[1], other, path)),
        )
        for path in paths
    )


def leaves(config: Mapping[str, object]) -> Leaves:
    """The values that hold no others, by where they stand; what is null says nothing. Any depth."""
    found: Leaves = {}
    left: list[tuple[Path, object]] = [((), config)]
    while left:
        path, value = left.pop()
        inner = _named(value) if path == ("datasets",) else _inner(value)
        if inner or not path:
            left.extend(reversed([((*path, key), item) for key, item in inner.items()]))
        elif value is not None or any(step in _FREE for step in path[:-1]):
            found[path] = value
    return found


def _inner(value: object) -> Mapping[str | int, object]:
    if is_object(value):
        return {**value}
    return dict(enumerate(items(value)))


def _named(value: object) -> Mapping[str | int, object]:
    """Datasets by their targets; an absent weight counts as 1 [contract]."""
    found: dict[str | int, object] = {}
    for place, item in enumerate(items(value)):
        dataset = as_object(item)
        target = dataset.get("target")
        if not isinstance(target, str):
            found[place] = item
            continue
        name, number = target, 2
        while name in found:
            name, number = f"{target} ({number})", number + 1
        rest = {key: item for key, item in dataset.items() if key != "target"}
        found[name] = {"weight": 1.0, **{key: item for key, item in rest.items() if item is not None}}
    return found


def _as_in(defaults: Leaves, own: Leaves, path: Path) -> bool:
    return path in defaults and path in own and not differences(defaults[path], own[path])


def _sign(before: object, after: object) -> Sign:
    if before is ABSENT:
        return Sign.NEW
    if after is ABSENT:
        return Sign.GONE
    return Sign.OTHER if differences(before, after) else Sign.SAME
