"""Brings malformed JSON as near as possible to the shape a model wants, so that one bad item spoils no list.

Each function takes any JSON value and leaves out what it cannot use. Defaults are left to the models.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import TypeGuard

_LARGEST = 2.0**63
"""A float from here on says nothing of the integer that was meant."""


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether `value` is a JSON object."""
    return isinstance(value, Mapping)


def as_object(value: object) -> Mapping[str, object]:
    """`value` if it is a JSON object, else an empty one."""
    return value if is_object(value) else {}


def items(value: object) -> list[object]:
    """The items of a JSON array; nothing for any other value."""
    return [*value] if isinstance(value, list | tuple) else []  # pyright: ignore[reportUnknownVariableType]


def listed(value: object, key: str) -> list[object]:
    """The items of a list that an answer holds under `key`, or is itself."""
    return items(value.get(key)) if is_object(value) else items(value)


def text(value: object) -> str | None:
    """A string as it is."""
    return value if isinstance(value, str) else None


def whole(value: object) -> int | None:
    """An integer, also one that came as `21.0` or `"21"`."""
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _LARGEST):
        return None
    return _integer(value)


def number(value: object) -> float | None:
    """A number, also one that came as a string; may be NaN or infinite."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def finite(value: object) -> float | None:
    """As `number`, of those that a chart can place."""
    return found if is_finite(found := number(value)) else None


def flag(value: object) -> bool | None:
    """True or false, also as 1 or 0 and in words."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    return bool(value) if value in (0, 1) else None


def entries(value: object) -> dict[str, object] | None:
    """The fields of a JSON object."""
    return {**value} if is_object(value) else None


def is_finite(value: float | None) -> TypeGuard[float]:
    """Whether `value` is a number a chart can place."""
    return value is not None and math.isfinite(value)


def texts(value: object) -> list[str]:
    """The strings of an array; a bare string counts as one."""
    return [value] if isinstance(value, str) else [item for item in items(value) if isinstance(item, str)]


def integers(value: object) -> list[int]:
    """The integers of an array, also those that came as `21.0` or `"21"`; a bare one counts as one."""
    found = (_integer(item) for item in (items(value) or [value]))
    return [number for number in found if number is not None]


def objects(value: object) -> list[object]:
    """The objects of an array; a bare object counts as one."""
    return [value] if _has_fields(value) else [item for item in items(value) if _has_fields(item)]


def object_or_none(value: object) -> object:
    """An object, or None for anything else."""
    return value if _has_fields(value) else None


def named(name_field: str) -> Callable[[object], list[object]]:
    """Reads an array whose items count if they have a name: strings, or objects with one in `name_field`."""

    def keep(value: object) -> list[object]:
        return [item for item in items(value) if name_of(item, name_field)]

    return keep


def name_of(item: object, name_field: str) -> str:
    """The name of an item of a list: itself, or what stands under `name_field`; empty if there is none."""
    name = item.get(name_field) if is_object(item) else getattr(item, name_field, item)
    return name if isinstance(name, str) else ""


def named_objects(value: object) -> dict[str, object]:
    """The entries of an object that are objects."""
    return {name: entry for name, entry in value.items() if _has_fields(entry)} if is_object(value) else {}


def named_texts(value: object) -> dict[str, str | None]:
    """The names of an object (or array), each with its string; None where there is none."""
    if not is_object(value):
        return dict.fromkeys(texts(value))
    return {name: entry if isinstance(entry, str) else None for name, entry in value.items()}


def reasons(value: object) -> dict[str, str]:
    """What failed and why. A failure without a readable reason is kept: losing it would call it a success."""
    if not is_object(value):
        return dict.fromkeys(texts(value), "")
    return {name: words(reason) or "" for name, reason in value.items()}


def words(value: object) -> str | None:
    """A message for people: the string itself, the `message` or `detail` of an object, or else its JSON."""
    if value is None or isinstance(value, str):
        return value
    if is_object(value):
        for key in ("message", "detail", "error"):
            if isinstance(found := value.get(key), str):
                return found
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):  # nested deeper, or a number longer, than can be written
        return None


def edges(value: object) -> list[tuple[str, ...]]:
    """Those items of an array that are four strings."""
    found = [items(item) for item in items(value)]
    return [tuple(four) for edge in found if len(edge) == 4 and len(four := texts(edge)) == 4]


def content(value: object) -> object:
    """A message's content: a bare part becomes a list of one, a bare string among parts a text part."""
    if is_object(value):
        return [value]
    if value is None or isinstance(value, str):
        return value
    return objects([{"type": "text", "text": item} if isinstance(item, str) else item for item in items(value)])


def text_of(value: object) -> str:
    """The text in a message's content: a string as it is, text parts joined."""
    if isinstance(value, str):
        return value
    found = (item.get("text") if is_object(item) else item for item in items(value))
    return "".join(text for text in found if isinstance(text, str))


def _has_fields(value: object) -> bool:
    """Whether `value` is a JSON object, or one that was already read into a model."""
    return value is not None and not isinstance(value, str | int | float | list | tuple)


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None
