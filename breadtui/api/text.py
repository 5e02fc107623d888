"""Makes remote text safe for a terminal: without controls, reordering marks and what no encoding can carry.

What the text means, markup included, is left to whoever shows it.
"""

import re


def clean(text: str) -> str:
    """`text` without what could drive or garble a terminal. Cleaning twice changes nothing more.

    Removed: C0 and C1 controls and DEL, newline and tab apart (CR LF and a lone CR become a newline); the
    bidirectional marks, embeddings, overrides and isolates (Unicode's UAX #9: U+061C, U+200E, U+200F,
    U+202A-202E, U+2066-2069), with which a name can pass for another. A lone surrogate becomes U+FFFD.
    Joiners stay: emoji and several scripts need them.
    """
    if text.isprintable() or not _UNSAFE.search(text):
        return text
    return _UNSAFE.sub(_safe, text)


def one_line(text: str) -> str:
    """`text` cleaned, with every run of line breaks and tabs turned into one space."""
    return _BREAKS.sub(" ", clean(text))


def clean_json(value: object) -> object:
    """`value`, as a JSON parser gives it, with every string in it cleaned, keys included.

    Of two keys that are the same once cleaned, the last one counts. Any depth: it does not recurse.
    """
    top: list[object] = [value]
    left: list[list[object] | dict[str, object]] = [top]
    while left:
        box = left.pop()
        if isinstance(box, list):
            for place, item in enumerate(box):
                box[place] = _cleaned(item, left)
        else:
            entries = list(box.items())
            box.clear()
            for key, item in entries:
                box[clean(key)] = _cleaned(item, left)
    return top[0]


class DeltaCleaner:
    """Cleans a text that comes in pieces, so that the pieces together read as the whole text cleaned.

    Only a CR LF torn in two needs this memory. The halves of a surrogate pair torn in two are not joined.
    """

    def __init__(self) -> None:
        self._after_cr = False

    def feed(self, delta: str) -> str:
        """The next piece, cleaned."""
        if not delta:
            return ""
        rest = delta[1:] if self._after_cr and delta[0] == "\n" else delta
        self._after_cr = delta[-1] == "\r"
        return clean(rest)


_UNSAFE = re.compile("\r\n?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\n\t\u2028\u2029]+")


def _safe(found: re.Match[str]) -> str:
    sign = found.group()
    if sign[0] == "\r":
        return "\n"
    return "\ufffd" if "\ud800" <= sign <= "\udfff" else ""


def _cleaned(item: object, left: list[list[object] | dict[str, object]]) -> object:
    """`item` cleaned if it is a string; a copy of it, put among what is `left` to do, if it holds others."""
    if isinstance(item, str):
        return clean(item)
    if isinstance(item, list):
        array: list[object] = [*item]  # pyright: ignore[reportUnknownVariableType] - its items are JSON
        left.append(array)
        return array
    if isinstance(item, dict):
        table: dict[str, object] = {**item}  # pyright: ignore[reportUnknownVariableType] - JSON's keys are strings
        left.append(table)
        return table
    return item
