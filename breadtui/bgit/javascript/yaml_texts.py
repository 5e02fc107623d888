"""How a text stands in the YAML that js-yaml 4 writes: bare, in quotes, or as a block."""

from __future__ import annotations

import re
from math import isfinite

WIDTH = 80
NARROWEST = 40
"""However deep it stands, a text is folded no narrower."""

_CONTROLS = (
    "\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"  # line break among them, which blocks may hold
)
_UNPRINTABLE = re.compile(f"[{_CONTROLS}]")
_NO_BLOCK = re.compile(f"(?!\n)[{_CONTROLS}]")
_ESCAPED = re.compile(f'[{_CONTROLS}"\\\\]')
_ESCAPES = {
    "\x00": r"\0",
    "\x07": r"\a",
    "\x08": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
    "\x1b": r"\e",
    '"': r"\"",
    "\\": r"\\",
    "\x85": r"\N",
    "\xa0": r"\_",
    "\u2028": r"\L",
    "\u2029": r"\P",
}
_BARE = re.compile(r"""(?![-?:,\[\]{}#&*!|=>'"%@` ])(?!.*(?: #|: )).*[^ :]""")
_OLD_FLAGS = {word for flag in ("y", "n", "yes", "no", "on", "off") for word in (flag, flag.capitalize(), flag.upper())}
_OLD_MINUTES = re.compile(r"[-+]?[0-9_]+(?::[0-9_]+)+(?:\.[0-9_]*)?")
_WORDS = {word for value in ("null", "true", "false") for word in (value, value.capitalize(), value.upper())} | {
    "~",
    "<<",
}
_BASED = re.compile(r"[-+]?0(?:b([01]+)|o([0-7]+)|x([0-9a-fA-F]+))")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_FOLD = re.compile(" (?=[^ ])")
_INDENTED = re.compile("\n* ")


def units(text: str) -> int:
    """Its length as JavaScript counts it: two for a character beyond the first 65,536."""
    return len(text) if text.isascii() else len(text) + len(_ASTRAL.findall(text))


def key_text(key: str) -> str:
    """A key of an object; it stands on one line."""
    return _quoted(key) if _UNPRINTABLE.search(key) else _inline(key)


def scalar_text(text: str, level: int) -> str:
    """A text that stands `level` objects and lists deep; the lines after its first are indented."""
    if _NO_BLOCK.search(text):
        return _quoted(text)
    indentation = 2 * max(1, level)
    width = max(NARROWEST, WIDTH - indentation)
    lines = text.split("\n")
    folded = any(not line.startswith(" ") and units(line) > width for line in lines)
    if (not folded and len(lines) == 1) or _is_old(text):
        return _inline(text)
    head = (">" if folded else "|") + ("2" if _INDENTED.match(text) else "") + _chomping(text)
    shown = (_folded(text, width) if folded else text).removesuffix("\n")
    return "\n".join((head, *(" " * indentation + line if line else "" for line in shown.split("\n"))))


def _inline(text: str) -> str:
    if _BARE.fullmatch(text) and not _is_old(text) and not _means_something(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or _escape(ord(found[0])), text) + '"'


def _escape(code: int) -> str:
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def _chomping(text: str) -> str:
    """The mark that tells what becomes of the newlines at a block's end."""
    if not text.endswith("\n"):
        return "-"
    return "+" if text == "\n" or text.endswith("\n\n") else ""


def _folded(text: str, width: int) -> str:
    """Long lines broken at spaces. A line break of the text itself is doubled, unless a line beside it is indented."""
    first = text.split("\n", 1)[0]
    parts = [_wrapped(first, width)]
    indented = text[0] in "\n "
    for breaks, line in re.findall("(\n+)([^\n]*)", text[len(first) :]):
        was, indented = indented, line.startswith(" ")
        parts.append(breaks if was or indented or not line else breaks + "\n")
        parts.append(_wrapped(line, width))
    return "".join(parts)


def _wrapped(line: str, width: int) -> str:
    if line.startswith(" "):
        return line
    rows: list[str] = []
    row, filled = "", -1
    for word in _FOLD.split(line):
        long = units(word)
        if filled >= 0 and filled + 1 + long > width:
            rows.append(row)
            row, filled = word, long
        else:
            row, filled = f"{row} {word}" if filled >= 0 else word, filled + 1 + long
    return "\n".join((*rows, row))


def _is_old(text: str) -> bool:
    """Whether the YAML of before 2009 took it for a truth value, or for a number in base 60."""
    return text in _OLD_FLAGS or _OLD_MINUTES.fullmatch(text) is not None


def _means_something(text: str) -> bool:
    """Whether it would be read as anything but a text."""
    if based := _BASED.fullmatch(text):
        binary, octal, hexadecimal = based.groups()
        return _is_finite(int(binary or octal or hexadecimal, 2 if binary else 8 if octal else 16))
    if _NUMBER.fullmatch(text):
        return _is_finite(text)
    return text in _WORDS or any(form.fullmatch(text) for form in (_ENDLESS, _DAY, _TIME))


def _is_finite(number: int | str) -> bool:
    try:
        return isfinite(float(number))
    except OverflowError:
        return False
