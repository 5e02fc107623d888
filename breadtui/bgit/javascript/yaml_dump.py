"""Writes YAML as js-yaml 4 dumps it with its usual settings, byte for byte, so that two programs make no differences.

Objects and lists stand indented by two, long texts are folded at 80 columns, and what could be misread is in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import copysign, inf, isfinite, isnan

from breadtui.api.lenient import is_object, items
from breadtui.bgit.javascript.values import in_order, number_text
from breadtui.bgit.javascript.yaml_texts import key_text, scalar_text, units

LONGEST_KEY = 1024
"""Of a key that is followed by its colon at once."""


def yaml_text(value: object) -> str:
    """A JSON value as YAML, with a newline at its end. Any depth: it does not recurse."""
    written: list[str] = []
    left: list[str | _Node] = [_Node(value, 0, on_line=True)]
    while left:
        node = left.pop()
        if isinstance(node, str):
            written.append(node)
        else:
            left.extend(reversed([*_pieces(node)]))
    return "".join(written) + "\n"


@dataclass(frozen=True, slots=True)
class _Node:
    """A value still to be written."""

    value: object
    level: int
    on_line: bool
    """Whether its first entry stands on the line that was begun, after a dash for instance."""


def _pieces(node: _Node) -> Iterator[str | _Node]:
    value, level = node.value, node.level
    start = "\n" + "  " * level
    lead = "" if node.on_line else start
    if is_object(value) and value:
        for key in in_order(value):
            written = key_text(key)
            apart = units(written) > LONGEST_KEY
            yield f"{lead}? {written}{start}:" if apart else f"{lead}{written}:"
            if apart or not _has_entries(value[key]):
                yield " "
            yield _Node(value[key], level + 1, on_line=apart)
            lead = start
    elif inner := items(value):
        for item in inner:
            yield f"{lead}- "
            yield _Node(item, level + 1, on_line=True)
            lead = start
    else:
        yield _single(value, level)


def _has_entries(value: object) -> bool:
    return bool(items(value) or (is_object(value) and value))


def _single(value: object, level: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            return scalar_text(value, level)
        case _:
            return "{}" if is_object(value) else "[]"


def _number(number: float) -> str:
    try:
        double = float(number)
    except OverflowError:
        double = inf if number > 0 else -inf
    if not isfinite(double):
        return ".nan" if isnan(double) else ".inf" if double > 0 else "-.inf"
    if double == 0:
        return "-0.0" if copysign(1, double) < 0 else "0"
    mantissa, e, exponent = number_text(double).partition("e")
    # An exponent needs a point before it, for YAML 1.1; js-yaml sees to that where the number is no whole one.
    return f"{mantissa}{'' if double.is_integer() or '.' in mantissa or not e else '.'}{e}{exponent}"
