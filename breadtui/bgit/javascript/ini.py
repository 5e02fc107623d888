r"""The form of `.bread`: sections of `key=value`, as npm's `ini` 6 writes and reads them.

Dots in a section's name are written `\.`; what could be misread stands in quotes, as JSON. Every value is a text here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import cast

from breadtui.bgit.javascript.values import stringify

_SPACE = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
"""What JavaScript trims; a byte order mark is of it."""
_LINE = re.compile(r"[\r\n]+")
_BARE_DOT = re.compile(r"(?<!\\)\.")
_MISREAD = re.compile(r"[=\r\n]|\A\[")
_READABLE = re.compile(r"(?:[^\\;#]|\\.|\\\Z)*", re.DOTALL)
"""What stands before a comment."""
_ESCAPE = re.compile(r"\\([\\;#])")

Sections = Mapping[str, Mapping[str, str]]


def read_ini(text: str) -> dict[str, dict[str, str]]:
    """The sections of a text, by their names without escapes; never raises.

    A section that is there twice is one. Of a key that is there twice, the last counts. What is neither is passed over.
    """
    sections: dict[str, dict[str, str]] = {}
    entries: dict[str, str] = {}  # those before the first section belong to none
    for line in _LINE.split(text):
        bare = line.strip(_SPACE)
        if not bare or bare[0] in ";#":
            continue
        if bare[0] == "[" and bare[-1] == "]":
            entries = sections.setdefault(_read(bare[1:-1]).replace("\\.", "."), {})
        else:
            key, equals, value = bare.partition("=")
            if key and equals:
                entries[_read(key)] = _read(value)
    return sections


def ini_text(sections: Sections) -> str:
    """The sections as a text, a blank line between them; one without entries is left out."""
    return "\n".join(_section(name, entries) for name, entries in sections.items() if entries)


def _section(name: str, entries: Mapping[str, str]) -> str:
    head = _written(_BARE_DOT.sub(r"\\.", name))
    return f"[{head}]\n" + "".join(f"{_written(key)}={_written(value)}\n" for key, value in entries.items())


def _written(text: str) -> str:
    if _MISREAD.search(text) or _is_quoted(text) or text != text.strip(_SPACE):
        return stringify(text)
    return text.replace(";", "\\;").replace("#", "\\#")


def _read(written: str) -> str:
    bare = written.strip(_SPACE)
    if _is_quoted(bare):
        return _unquoted(bare[1:-1] if bare[0] == "'" else bare)
    found = _READABLE.match(bare)
    return _ESCAPE.sub(r"\1", found[0] if found else "").strip(_SPACE)


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in "'\"" and text[0] == text[-1]


def _unquoted(text: str) -> str:
    try:
        found = cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, str) else text
