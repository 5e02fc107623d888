"""What a bare word of `input.yml` means to bgit: YAML as JavaScript's readers have it, where all numbers are one kind.

Told by running js-yaml 4.3 on it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import inf, isfinite

from breadtui.bakery.authoring.scalars import meaning

_LEADS = frozenset("+-.0123456789")
"""What a number begins with."""
_BASED = re.compile(r"([-+]?)0(?:b([01]+)|o([0-7]+)|x([0-9a-fA-F]+))")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
)
_MOST_DIGITS = 400
"""No number of JavaScript's is as long."""
_WRITTEN_OUT = 1e21
"""From here on JavaScript writes an exponent."""


def meant(word: str) -> object:
    """What a word without quotes means: None, a truth value, a number, else itself. A date is a text.

    A number without a fraction is an int, however it is written, and as near as JavaScript comes to it.

    Raises:
        ValueError: it is a number that JSON cannot carry.
    """
    if word[:1] not in _LEADS:
        return meaning(word)
    if found := _BASED.fullmatch(word):
        digits, base = next((part, base) for part, base in zip(found.groups()[1:], (2, 8, 16), strict=True) if part)
        return _rounded(f"{found[1]}{int(digits, base)}" if len(digits) < _MOST_DIGITS else "1e400")
    if _WHOLE.fullmatch(word):
        return _rounded(word)
    if _NUMBER.fullmatch(word):
        return _rounded(word) if isfinite(float(word)) else word
    if _ENDLESS.fullmatch(word):
        raise ValueError("no number of JSON's")
    return word


def is_date(word: str) -> bool:
    """Whether bgit takes a word without quotes for a date."""
    return word[:1].isdigit() and _DATE.fullmatch(word) is not None


def as_written(word: str) -> int | None:
    """The whole number that a word in decimal digits writes; None for any other word."""
    return int(word) if len(word) < _MOST_DIGITS and _WHOLE.fullmatch(word) else None


def _rounded(word: str) -> int | float:
    number = float(word)
    if abs(number) == inf:
        raise ValueError("too large")
    # Of a long number JavaScript writes the digits that tell it from its neighbours, and zeros.
    return int(Decimal(repr(number))) if number.is_integer() and abs(number) < _WRITTEN_OUT else number
