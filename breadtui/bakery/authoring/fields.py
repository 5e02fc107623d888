"""What a field of a request body is, and how its value reads as text and back.

A text that cannot be read stays in the body as it was typed, so that nothing is lost; the checks say what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard, assert_never

from breadtui.api.lenient import is_object, items

Path = tuple[str | int, ...]
"""Where a value stands in a body: keys of objects, numbers in lists."""


class Shape(StrEnum):
    """What a field holds, and so how it is typed."""

    TEXT = "text"
    LONG = "long text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"
    LINES = "lines"
    NUMBERS = "numbers"
    OBJECT = "JSON object"
    LIST = "JSON list"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a configuration. `least` and `most` are inclusive; `offers` are values worth offering, not all there
    may be, unless it is `closed`.
    """

    path: Path
    """Within the configuration (a target's or bake's `overrides`, a generator, an item of a list)."""
    shape: Shape
    help: str
    group: str = ""
    """The heading it stands under."""
    least: float | None = None
    most: float | None = None
    offers: tuple[str, ...] = ()
    closed: bool = False
    count: int | None = None
    """How many NUMBERS there must be."""
    required: bool = False
    """Whether what holds it must hold it too, and not as a null."""

    @property
    def label(self) -> str:
        """How the field is called: its last key, as in the configuration itself."""
        return str(self.path[-1])

    @property
    def bounds(self) -> str:
        """Its range in words: `0 to 2`, `at least 1`; empty where there is none."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        if self.least is not None:
            return f"at least {self.least:g}"
        return f"at most {self.most:g}" if self.most is not None else ""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list of objects, each with the same `fields` (paths within an item); `noun` names one of them."""

    path: Path
    noun: str
    fields: tuple[Field, ...]
    help: str
    group: str = ""


def read(field: Field, text: str) -> object:
    """What a person's `text` means for a field: a JSON value, None for an empty one, else the text as it is.

    Of LINES each is an item. One that is written as a JSON string, because it holds line breaks of its own, is read so.
    """
    bare = text.strip()
    match field.shape:
        case Shape.TEXT:
            return bare or None
        case Shape.LONG:
            return text or None
        case Shape.LINES:
            return [_item(line.strip()) for line in text.splitlines() if line.strip()] or None
        case Shape.WHOLE:
            return _read(int, bare)
        case Shape.NUMBER:
            return _read(_number, bare)
        case Shape.FLAG:
            return {"yes": True, "true": True, "no": False, "false": False, "": None}.get(bare.lower(), bare)
        case Shape.NUMBERS:
            return _read(_numbers, bare)
        case Shape.OBJECT:
            return _read(_object, bare)
        case Shape.LIST:
            return _read(_list, bare)
        case _:
            assert_never(field.shape)


def write(field: Field, value: object) -> str:
    """A value as the text that `read` would make it of again."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    match field.shape:
        case Shape.LINES if is_list(value):
            return "\n".join(_line(item) if isinstance(item, str) else _plain(item) for item in value)
        case Shape.NUMBERS if is_list(value):
            return ", ".join(_plain(item) for item in value)
        case _:
            return _plain(value)


def is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list | tuple)


def get(body: object, path: Path) -> object:
    """What stands at `path`; None where nothing does."""
    for step in path:
        if isinstance(step, str):
            body = body.get(step) if is_object(body) else None
        else:
            held = items(body)
            body = held[step] if -len(held) <= step < len(held) else None
    return body


def put(body: object, path: Path, value: object) -> dict[str, object]:
    """`body` with `value` at `path`; with None, without what stood there, and without objects left empty by that.

    A number past the end of a list adds to it.
    """
    if value is None and not _holds(body, path):
        return {**body} if is_object(body) else {}
    put_in = _put(body, path, value)
    return {**put_in} if is_object(put_in) else {}


def _put(body: object, path: Path, value: object) -> object:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return _put_item(items(body), step, rest, value)
    table: Mapping[str, object] = body if is_object(body) else {}
    below = _put(table.get(step), rest, value)
    emptied = rest and isinstance(rest[0], str) and below == {}
    if below is None or emptied:
        return {key: item for key, item in table.items() if key != step}
    return {**table, step: below}


def _put_item(held: list[object], step: int, rest: Path, value: object) -> list[object]:
    at = step + len(held) if -len(held) <= step < 0 else max(step, 0)
    if not rest and value is None:
        return [*held[:at], *held[at + 1 :]]
    return [*held[:at], _put(held[at] if at < len(held) else None, rest, value), *held[at + 1 :]]


def _holds(body: object, path: Path) -> bool:
    """Whether anything stands at `path`, were it a null."""
    *above, last = path or ("",)
    held = get(body, (*above,))
    if isinstance(last, str):
        return is_object(held) and last in held
    count = len(items(held))
    return -count <= last < count


def _read(reader: Callable[[str], object], text: str) -> object:
    if not text:
        return None
    try:
        return reader(text)
    except (ValueError, RecursionError, OverflowError):
        return text


def _number(text: str) -> float:
    number = float(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return int(text) if text.lstrip("+-").isdigit() else number


def _numbers(text: str) -> list[float]:
    numbers = [_number(part) for part in text.strip("[]").replace(",", " ").split()]
    if not numbers:
        raise ValueError(text)
    return numbers


def _list(text: str) -> object:
    value = json.loads(text)
    if not is_list(value):
        raise ValueError(text)
    return value


def _object(text: str) -> object:
    value: object = json.loads(text)
    if not is_object(value):
        raise ValueError(text)
    return value


_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def _line(text: str) -> str:
    """An item of LINES on one line."""
    if _stands_alone(text):
        return text
    # The line ends that JSON leaves as they are would cut the line in two.
    return _LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", json.dumps(text, ensure_ascii=False))


def _item(line: str) -> str:
    """The item that a line is read as."""
    decoded = _decoded(line)
    return line if decoded is None else decoded


def _stands_alone(text: str) -> bool:
    return text == text.strip() and len(text.splitlines()) == 1 and _decoded(text) is None


def _decoded(line: str) -> str | None:
    """The text that a JSON string stands for, if it could not stand on a line as it is."""
    if len(line) < 2 or line[0] != '"' or line[-1] != '"':
        return None
    try:
        text: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return text if isinstance(text, str) and not _stands_alone(text) else None


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_object(value) or is_list(value):
        return _as_json(value)
    try:
        return f"{value}"
    except ValueError:  # a number of more digits than Python writes
        return "…"


def _as_json(value: object) -> str:
    for indent in (1, None):
        try:
            return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
        except (ValueError, RecursionError):  # indenting reaches less deep
            continue
    return "…"
