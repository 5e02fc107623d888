"""The order in which JavaScript's `localeCompare` puts texts, without ICU's tables: bgit sorts by it before it hashes.

What is in ASCII stands exactly where ICU's root collation has it, and so do the letters of Latin-1 and Latin
Extended-A and the marks that word processors put in. Everything else is placed by its code point, letters of other
scripts behind the Latin ones. ICU agrees in most of this, not in all: where two texts differ first in such a sign,
bgit may order them, and so name what holds them, in another way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

Place = tuple[list[int], list[int], list[int]]
"""Where a text stands: by its signs; if they are equal, by its accents; if those are too, by its case."""

_Weights = tuple[int, int, int]
_NO_ACCENT = 1
_SMALL, _SMALL_FORM, _CAPITAL, _CAPITAL_FORM, _RAISED = range(1, 6)

_WHITE = "\t\n\v\f\r\x85\u2028\u2029 "
_MARKS = "_ - ‐ ‒ – — ― , ; : ! ¡ ? ¿ . · '‘’‚‛ ‹ › \"“”„‟ « » ( ) [ ] { } § ¶ @ * / \\ & # % ‰ † ‡ • ′"
_SYMBOLS = "` ´ ^ ¯ ¨ ¸ ° © ® + ± ÷ × < = > ¬ | ¦ ~ ¤ ¢ $ £ ¥ €"
_GROUPS = [*_WHITE, *_MARKS.split(), *_SYMBOLS.split()]
"""Signs in one group are told apart only when all else is equal."""
_SIGNS = {sign: (number, variant) for number, group in enumerate(_GROUPS) for variant, sign in enumerate(group)}
_ACCENTS = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0338\u0327\u0328\u0304"
"""Acute, grave, breve, circumflex, caron, ring, diaeresis, double acute, tilde, dot, stroke, cedilla, ogonek, macron.
Others follow by their code points.
"""
_AS = {
    "ø": "o\u0338",
    **{stroked: f"{letter}\u0335" for stroked, letter in ("đd", "ħh", "łl")},
    **{varied: f"{letter}\u0336" for varied, letter in ("ðd", "ſs", "ŀl")},
    **{joined: f"{first}\u0336{second}" for joined, first, second in ("æae", "œoe", "ßss")},
}
"""Letters that count as others, with an accent that Unicode does not take off them."""
_BEHIND = {"ı": "i", "ŋ": "n", "ĸ": "q", "ŧ": "t", "þ": "z"}
"""Letters in their own right, each right behind another."""

_RANKS = {"Cc": 0, "Z": 0, "P": 1, "S": 2, "Sc": 3, "Nd": 4}
_LATIN, _OTHER = 5, 6
_ROOM = 1 << 22
"""Places within a rank: those in the tables come first, code points from the middle on."""


def place(text: str) -> Place:
    """Where `text` stands, as a key to sort by. Texts that differ in control characters only stand in one place."""
    weights = [found for sign in unicodedata.normalize("NFD", text) for found in _weights(sign)]
    signs, accents, cases = (([weight[level] for weight in weights if weight[level]]) for level in range(3))
    return signs, accents, cases


def _weights(sign: str) -> Iterator[_Weights]:
    """What a sign adds to each of the three levels; nothing for one that is not seen."""
    small = sign.lower()
    case = _CAPITAL if small != sign else _SMALL
    if sign in _SIGNS:
        number, variant = _SIGNS[sign]
        yield _ranked(sign, number), _NO_ACCENT + variant, _SMALL
    elif small in _AS:
        for part in _AS[small]:
            yield _weight(part, case)
    elif form := unicodedata.decomposition(sign):
        for part in unicodedata.normalize("NFKD", sign):
            yield _weight(part.lower(), _form(part, form))
    elif not _unseen(sign):
        yield _weight(small, case)


def _weight(sign: str, case: int) -> _Weights:
    if unicodedata.combining(sign):
        known = _ACCENTS.find(sign)
        return 0, _NO_ACCENT + 0x100 + (known if known >= 0 else ord(sign)), _SMALL
    if sign in _SIGNS:
        return _ranked(sign, _SIGNS[sign][0]), _NO_ACCENT, case
    if "a" <= (letter := _BEHIND.get(sign, sign)) <= "z":
        return _LATIN * _ROOM + 2 * ord(letter) + (letter != sign), _NO_ACCENT, case
    if unicodedata.category(sign) == "Nd":
        return _ranked(sign, unicodedata.digit(sign)), _NO_ACCENT, case
    return _ranked(sign, _ROOM // 2 + ord(sign)), _NO_ACCENT, case


def _form(part: str, form: str) -> int:
    """The case of a part of a sign that is a form of other signs: of a ligature, or of what stands above the line."""
    if form.startswith("<super>"):
        return _RAISED
    return _SMALL_FORM if part.lower() == part else _CAPITAL_FORM


def _ranked(sign: str, number: int) -> int:
    category = unicodedata.category(sign)
    return _RANKS.get(category, _RANKS.get(category[0], _OTHER)) * _ROOM + number + 1


def _unseen(sign: str) -> bool:
    """Control characters, joiners and selectors of variants, which ICU passes over."""
    return unicodedata.category(sign) in {"Cc", "Cf"} or "\ufe00" <= sign <= "\ufe0f"
