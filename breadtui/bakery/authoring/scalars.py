"""How single values stand in YAML 1.2: what a bare word means, and how a value is written so that it is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import inf, isfinite

LONG = 80
"""Characters from which on a text that needs quotes stands in a block of its own instead."""
LONGEST_NUMBER = 14_000
"""Bits of a whole number, at most: CPython writes no more than 4300 digits, so no request could carry it."""

_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o([0-7]+)")
_HEX = re.compile(r"0x([0-9a-fA-F]+)")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_ENDLESS_WRITTEN = {inf: ".inf", -inf: "-.inf"}

_TAKEN_FOR_FLAGS = {"y", "n", "yes", "no", "on", "off"}
"""Texts that the YAML of before 2009, and so many a program, takes for true and false."""
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What JSON writes as it is, and YAML does not."""
_NO_BLOCK = re.compile("[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What no block can hold as it is."""


def meaning(word: str) -> object:
    """What a word without quotes means: None, a truth value, a number, else itself. A date is a text.

    Raises:
        ValueError: it is a number that JSON cannot carry.
    """
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if found := _OCTAL.fullmatch(word):
        return _bounded(int(found[1], 8))
    if found := _HEX.fullmatch(word):
        return _bounded(int(found[1], 16))
    if _NUMBER.fullmatch(word):
        return _finite(float(word))
    if _ENDLESS.fullmatch(word):
        raise ValueError("no number of JSON's")
    return word


def inline(value: object) -> str:
    """A value on one line. A number that JSON cannot carry is written so that reading it names it as a fault."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if isfinite(value) else _ENDLESS_WRITTEN.get(value, ".nan")
        case _:
            text = str(value)
            return text if _may_stand_bare(text) else _quoted(text)


def block(value: object) -> tuple[str, list[str]] | None:
    """The head of a literal block (such as `|-`) and its lines, for a text that reads better so; None for others."""
    if not isinstance(value, str) or not value.strip("\n\t ") or _NO_BLOCK.search(value):
        return None
    if "\n" not in value and (len(value) < LONG or _may_stand_bare(value)):
        return None
    ends = len(value) - len(value.rstrip("\n"))
    indentation = "2" if value[0] in "\n\t " else ""  # told, where the first line does not show it
    lines = value.split("\n")
    return "|" + indentation + ("-", "", "+")[min(ends, 2)], lines[:-1] if ends else lines


def _may_stand_bare(text: str) -> bool:
    return (
        (text[:1].isalpha() or text[:1] == "_")
        and text.isprintable()
        and not text.endswith((" ", ":"))
        and ": " not in text
        and " #" not in text
        and text.lower() not in _TAKEN_FOR_FLAGS
        and text not in _WORDS
    )


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _bounded(number: int) -> int:
    if number.bit_length() > LONGEST_NUMBER:
        raise ValueError("too long")
    return number


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError("too large")
    return number
