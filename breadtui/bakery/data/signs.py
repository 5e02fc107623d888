"""Signs that something is wrong with a row: nothing said, a refusal, an answer that breaks off."""

from __future__ import annotations

import re
from enum import IntFlag, auto

from breadtui.bakery.data.rows import Reading, Row, read

OPENING = 240
"""Characters at the beginning of a response in which a refusal stands."""
_REFUSAL = re.compile(
    # Who is sorry for somebody's trouble, and then helps, refuses nothing.
    r"\b(?:i(?:'|’)?m|i am)\b.{0,20}\b(?:sorry|afraid)\b.{0,30}\b(?:can(?:'|’)?t|cannot|unable|not able|won(?:'|’)?t)"
    r"|\b(?:i|we)\s+(?:can(?:'|’)?t|cannot|can not|am not able to|won(?:'|’)?t|will not)\s+"
    r"(?:help|assist|comply|provide|answer|do that|fulfil|support|discuss|share|create|generate|continue|engage)"
    r"|\bi\s+must\s+(?:decline|refuse)|\bi(?:'|’)?m unable to|\bi am unable to"
    r"|\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|\bi (?:don(?:'|’)?t|do not) (?:feel comfortable|have (?:access|the ability))",
    re.IGNORECASE,
)
_CUT = ("length", "max_tokens", "max_length", "token_limit", "truncated")
_ENDS = re.compile(r"[.!?…。！？:;)\]}>\"'”’»`*_~|-]\s*$|[^\w\s,]\s*$")


class Sign(IntFlag):
    """What was found of a row; several may be."""

    EMPTY = auto()
    DUPLICATE = auto()
    NEAR = auto()
    REFUSAL = auto()
    TRUNCATED = auto()
    BROKEN = auto()


def signs_of(row: Row, reading: Reading | None = None, most_tokens: int | None = None) -> Sign:
    """What can be told of a row by itself. `most_tokens` is how many a response could have, where that is known."""
    if row.why:
        return Sign.BROKEN
    reading = reading or read(row)
    found = Sign(0)
    if not reading.text.strip():
        found |= Sign.EMPTY
    if reading.response is not None:
        if _REFUSAL.search(reading.response[:OPENING]):
            found |= Sign.REFUSAL
        if is_truncated(reading, most_tokens):
            found |= Sign.TRUNCATED
    return found


def is_truncated(reading: Reading, most_tokens: int | None = None) -> bool:
    """Whether a response was cut: the row says so, or it has all the tokens it could have and ends on no stop."""
    if reading.finish.lower() in _CUT:
        return True
    most = reading.most_tokens or most_tokens
    if not reading.response or not most or reading.tokens is None or reading.finish:
        return False
    return reading.tokens >= most and not _ENDS.search(reading.response[-80:])
