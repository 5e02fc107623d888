"""Writes values as JavaScript's `JSON.stringify` does, byte for byte: bgit makes its hashes of such texts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from breadtui.api.lenient import is_object
from breadtui.bakery.authoring.fields import is_list

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_MOST_INDEX = 2**32 - 2
"""ECMA-262's greatest array index; a key that reads as a greater number is a key like any other."""


def stringify(value: object) -> str:
    """The JSON of a text, number, truth value or None, and of lists and objects of such.

    Raises:
        TypeError: it holds anything else.
        RecursionError: it is hundreds of levels deep.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int | float):
        return number_text(value)
    if is_object(value):
        return "{" + ",".join([f"{_quoted(key)}:{stringify(value[key])}" for key in in_order(value)]) + "}"
    if is_list(value):
        return "[" + ",".join([stringify(item) for item in value]) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON")


def number_text(number: float) -> str:
    """A number as JavaScript writes it, to whom all are doubles; `null` for one that is not finite, as JSON has it."""
    try:
        double = float(number)
    except OverflowError:
        return "null"
    if not math.isfinite(double):
        return "null"
    return "0" if double == 0 else f"{'-' if double < 0 else ''}{_digits(abs(double))}"


def in_order(keys: Iterable[str]) -> list[str]:
    """The order in which JavaScript keeps keys: those that are array indices first, by number, then as they came."""
    return sorted(keys, key=lambda key: (0, int(key)) if _is_index(key) else (1, 0))


def sorted_keys(value: Mapping[str, object]) -> list[str]:
    """The keys of an object in the order of JavaScript's `sort`: by units of UTF-16, so that 🍞 comes before ﬁ."""
    return sorted(value, key=_units)


def truthy(value: object) -> bool:
    """Whether JavaScript takes `value` for true: unlike here, an empty list and an empty object are."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value) or is_object(value) or is_list(value)


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _quoted(text: str) -> str:
    # Two escapes of YAML may have made two halves of one sign; in UTF-16 they have been one all along.
    whole = _units(text).decode("utf-16-be", "surrogatepass")
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(whole, ensure_ascii=False))


def _is_index(key: str) -> bool:
    return _INDEX.fullmatch(key) is not None and int(key) <= _MOST_INDEX


def _digits(double: float) -> str:
    """ECMA-262, Number::toString. Both languages write the fewest digits that tell a double from its neighbours."""
    _, found, _ = (shortest := Decimal(repr(double))).as_tuple()
    digits = "".join(map(str, found)).rstrip("0")
    point = shortest.adjusted() + 1
    if not -6 < point <= 21:
        mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        return f"{mantissa}e{point - 1:+d}"
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    return digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
