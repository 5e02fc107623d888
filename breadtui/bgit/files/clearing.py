"""Makes an `input.yml` ready for the next bake, as bgit does: what it asked for stays there as comments."""

from __future__ import annotations

import re

_SECTION = re.compile(r"\s*\{?\s*(['\"]?)(?:PROMPT|TARGET|BAKE)\1[ \t]*:")
_MARK = "\ufeff"


def cleared(text: str) -> str:
    """`text` with `# ` before all that its sections say: every line from the first of them on.

    Blank lines, and those that are comments or read as such, stay as they are; so do the ends of lines.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    lines = text.removeprefix(_MARK).split("\n")
    first = next((number for number, line in enumerate(lines) if _SECTION.match(line)), len(lines))
    return mark + "\n".join([*lines[:first], *map(_commented, lines[first:])])


def _commented(line: str) -> str:
    return line if not line.strip() or line.lstrip().startswith("#") else f"# {line}"
