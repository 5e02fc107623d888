"""Light Markdown: headings, lists, quotes, code and emphasis are styled, everything else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual.content import Content

LONGEST = 200_000
"""Characters above which a text is shown as it is: styling it would be felt."""

_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"(\s*)[-*+]\s+(.*)$")
_NUMBER = re.compile(r"(\s*)(\d{1,9}[.)])\s+(.*)$")
_FENCE = re.compile(r"\s*(```|~~~)")
_MARKED = re.compile(r"`([^`]+)`|\*\*(\S(?:.*?\S)?)\*\*")


def prose(text: str) -> Content:
    """A text with its Markdown rendered, line by line."""
    if len(text) > LONGEST:
        return Content(text)
    return Content("\n").join(list(_lines(text)))


def _lines(text: str) -> Iterator[Content]:
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
            yield Content.styled(line, "$muted")
        elif fence:
            yield Content.styled(line, "$accent")
        else:
            yield _line(line)


def _line(line: str) -> Content:
    if found := _HEADING.match(line):
        return Content.styled(found[1], "bold $secondary")
    if found := _BULLET.match(line):
        return Content.assemble(found[1], ("• ", "$primary"), _inline(found[2]))
    if found := _NUMBER.match(line):
        return Content.assemble(found[1], (f"{found[2]} ", "$primary"), _inline(found[3]))
    if line.startswith(">"):
        return Content.styled(line, "$muted")
    return _inline(line)


def _inline(text: str) -> Content:
    """`code` and **strong** words."""
    parts: list[str | tuple[str, str]] = []
    end = 0
    for found in _MARKED.finditer(text):
        parts.append(text[end : found.start()])
        parts.append((found[1], "$accent") if found[1] else (found[2], "bold"))
        end = found.end()
    return Content.assemble(*parts, text[end:])
