"""Checks of values against the tables of fields: types as strict as the service's, ranges, and no unknown keys."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias, assert_never

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.fields import Field, Path, Repeated, Shape, is_list
from breadtui.bakery.authoring.problems import Problem, nearest, shown

DEEPEST = 100
"""How many objects and lists may stand one in the other, the body itself counted."""
_TOO_DEEP = f"It is nested too deeply: at most {DEEPEST} objects and lists may stand one in the other."
_WRITABLE_BITS = 10_000
Table: TypeAlias = "dict[str, Field | Repeated | Table | None]"


def carried(body: object) -> list[Problem]:
    """What no request can carry, wherever it stands: numbers that JSON lacks, torn characters, depth without end."""
    found: list[Problem] = []
    left: list[tuple[Path, object]] = [((), body)]
    while left:
        path, value = left.pop()
        if is_object(value) or is_list(value):
            if len(path) >= DEEPEST:
                found.append(Problem(path[:4], _TOO_DEEP))
                continue
            if is_object(value):
                found += [Problem(path, sentence) for key in value if (sentence := _uncarried_key(key))]
            # The last on top, so that what comes first in the body is looked at first.
            left += [((*path, step), item) for step, item in reversed(_entries(value))]
        elif sentence := _uncarried(value):
            found.append(Problem(path, sentence))
    return found


def check_fields(
    fields: tuple[Field | Repeated, ...], value: object, path: Path = (), *, elsewhere: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """All that is wrong with an object whose keys are those of `fields`, and with what it holds.

    The keys of `elsewhere` may stand there too; what they hold is checked elsewhere.
    """
    return _check_table({**dict.fromkeys(elsewhere), **_table(fields)}, value, path)


def named(path: Path) -> str:
    """What stands at `path`, as a sentence calls it: `numq`, or `generators 2`."""
    if path and isinstance(path[-1], int):
        return f"{named(path[:-1])} {path[-1] + 1}"
    return str(path[-1]) if path else "It"


def is_whole(value: object) -> bool:
    """Whether the service takes `value` for a whole number: neither `true` nor `1.0`."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether the service takes `value` for a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


@lru_cache
def _table(fields: tuple[Field | Repeated, ...]) -> Table:
    table: Table = {}
    for field in fields:
        below = table
        for step in field.path[:-1]:
            deeper = below.setdefault(str(step), {})
            if not isinstance(deeper, dict):
                raise TypeError(f"{field.path} stands in a field")
            below = deeper
        below[str(field.path[-1])] = field
    return table


def _check_table(table: Table, value: object, path: Path) -> Iterator[Problem]:
    if not is_object(value):
        yield Problem(path, f"{named(path)} must be an object, not {shown(value)}.")
        return
    for key, item in value.items():
        here = (*path, key)
        if key not in table:
            yield Problem(here, f"There is no {shown(key)} here.{nearest(key, table)}")
        match table.get(key):
            case None:
                pass
            case Field() as field:
                yield from _check_field(field, item, here)
            case Repeated() as repeated:
                yield from _check_repeated(repeated, item, here)
            case dict() as below:
                # A null says nothing, here as everywhere.
                yield from _check_table(below, item, here) if item is not None else ()
    for key, field in table.items():
        if isinstance(field, Field) and field.required and value.get(key) is None:
            yield Problem((*path, key), f"{key} is missing.")


def _check_repeated(repeated: Repeated, value: object, path: Path) -> Iterator[Problem]:
    if value is None:
        return
    if not is_list(value):
        yield Problem(path, f"{named(path)} must be a list, not {shown(value)}.")
        return
    for number, item in enumerate(value):
        yield from check_fields(repeated.fields, item, (*path, number))


def _check_field(field: Field, value: object, path: Path) -> Iterator[Problem]:
    if value is None:
        return
    if wanted := _wanted(field, value):
        listed = is_list(value) and field.shape in (Shape.LINES, Shape.NUMBERS)
        yield Problem(path, f"{named(path)} must be {wanted}{'' if listed else f', not {shown(value)}'}.")
    elif _out_of_range(field, value):
        between = f"from {field.bounds}" if field.least is not None and field.most is not None else field.bounds
        yield Problem(path, f"{named(path)} must be {between}.")
    elif field.closed and str(value) not in field.offers:
        yield Problem(path, f"{named(path)} must be one of {', '.join(field.offers)}, not {shown(value)}.")


def _wanted(field: Field, value: object) -> str:
    """What should stand there, if `value` is nothing of that kind."""
    match field.shape:
        case Shape.TEXT | Shape.LONG:
            return "" if isinstance(value, str) else "text"
        case Shape.WHOLE:
            return "" if is_whole(value) else "a whole number"
        case Shape.NUMBER:
            return "" if is_number(value) else "a number"
        case Shape.FLAG:
            return "" if isinstance(value, bool) else "yes or no"
        case Shape.LINES:
            fits = is_list(value) and all(isinstance(item, str) for item in value)
            return "" if fits else "a list of texts"
        case Shape.NUMBERS:
            fits = is_list(value) and field.count in (None, len(value)) and all(map(is_number, value))
            return "" if fits else f"{field.count or ''} numbers".strip()
        case Shape.OBJECT:
            return "" if is_object(value) else "an object"
        case Shape.LIST:
            return "" if is_list(value) else "a list"
        case _:
            assert_never(field.shape)


def _out_of_range(field: Field, value: object) -> bool:
    if not isinstance(value, int | float):
        return False
    return (field.least is not None and value < field.least) or (field.most is not None and value > field.most)


def _entries(value: object) -> list[tuple[str | int, object]]:
    return [*value.items()] if is_object(value) else [*enumerate(items(value))]


def _uncarried_key(key: object) -> str:
    # What is read from YAML may have keys of other kinds.
    return _uncarried(key) if isinstance(key, str) else f"The key {shown(key)} must be text: put it in quotes."


def _uncarried(value: object) -> str:
    match value:
        case None | bool():
            return ""
        case str():
            return "" if _encodable(value) else "A character in it is torn in half and cannot be sent: type it anew."
        case int():
            short = value.bit_length() < _WRITABLE_BITS or _writable(value)
            return "" if short else "The number is too long to be sent."
        case float():
            return "" if math.isfinite(value) else f"{value} is no number that can be sent."
        case _:
            return f"{shown(value)} is nothing that JSON has: put it in quotes."


def _encodable(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _writable(value: int) -> bool:
    try:
        return bool(str(value))
    except ValueError:
        return False
