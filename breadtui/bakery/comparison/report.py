"""A comparison as text in the manner of a unified diff, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from breadtui.bakery.authoring.differences import ABSENT
from breadtui.bakery.comparison.compared import Comparison, Heading, Row, Section, Trouble
from breadtui.bakery.comparison.lines import Line, Sign, Spans
from breadtui.bakery.comparison.settings import Setting

CONTEXT = 3
"""Lines of a text shown around one that differs."""

Gap = int
"""So many lines of a text that are the same, and left out."""


def folded(rows: Sequence[Row], around: int = CONTEXT) -> list[Row | Gap]:
    """The rows that differ, of texts with those around them."""
    kept = {near for at, row in enumerate(rows) if _tells(row) for near in _near(row, at, around)}
    found: list[Row | Gap] = []
    for at, row in enumerate(rows):
        if isinstance(row, Heading) or _tells(row) or (at in kept and isinstance(row, Line)):
            found.append(row)
        elif isinstance(row, Line):
            if found and isinstance(found[-1], int):
                found[-1] += 1
            else:
                found.append(1)
    return _with_headings_of_use(found)


def unified(comparison: Comparison, *, everything: bool = False) -> list[str]:
    """The comparison line by line: `-` is of the first, `+` of the second."""
    lines = [f"--- {comparison.before.label}", f"+++ {comparison.after.label}"]
    for section in comparison.sections:
        rows = list(section.rows) if everything else folded(section.rows)
        if everything or section.differences or section.troubled:
            lines += [f"@@ {head_of(section)} @@", *(line for row in rows for line in _lines(row))]
    return [*lines, verdict(comparison)]


def head_of(section: Section) -> str:
    """The title, and the prompts it is about."""
    names = " and ".join(dict.fromkeys(name for name in section.names if name))
    return f"{section.title}: {names}" if names else section.title


def verdict(comparison: Comparison) -> str:
    """What it comes to, in a sentence."""
    if comparison.problems:
        return "Not all could be read."
    number = comparison.differences
    return f"{number:,} difference{'' if number == 1 else 's'}." if number else "Equal."


def as_json(comparison: Comparison) -> str:
    """The comparison for programs. A value that is not there is left out; `lines` are those of texts that differ."""
    told = {
        "kind": str(comparison.before.thing),
        "before": {"repo": comparison.before.repo, "name": comparison.before.name},
        "after": {"repo": comparison.after.repo, "name": comparison.after.name},
        "equal": not comparison.differences and not comparison.problems,
        "differences": comparison.differences,
        "problems": list(comparison.problems),
        "sections": [_section(section) for section in comparison.sections],
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)


def written(value: object) -> str:
    """A value as JSON has it; text as it is, where it cannot be taken for anything else."""
    if isinstance(value, str) and value.strip() == value and value and not value.startswith(("{", "[", '"')):
        return value if "\n" not in value and value not in ("true", "false", "null") else json.dumps(value)
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # a number of more digits than Python writes, or nested too deeply
        return "…"


def plain(spans: Spans | None) -> str:
    """The words of a line."""
    return "".join(span.text for span in spans or ())


def _tells(row: Row) -> bool:
    return isinstance(row, Trouble) or row.sign is not Sign.SAME


def _near(row: Row, at: int, around: int) -> range:
    return range(at - around, at + around + 1) if isinstance(row, Line) else range(at, at + 1)


def _with_headings_of_use(rows: list[Row | Gap]) -> list[Row | Gap]:
    """Without the messages of which nothing is shown."""
    found: list[Row | Gap] = []
    for row in reversed(rows):
        below = found[-1] if found else None
        idle = isinstance(row, Heading) and row.sign is Sign.SAME
        if idle and isinstance(below, int) and (len(found) == 1 or isinstance(found[-2], Heading)):
            found.pop()
        elif not (idle and (below is None or isinstance(below, Heading))):
            found.append(row)
    return found[::-1]


def _lines(row: Row | Gap) -> Iterator[str]:
    match row:
        case int():
            yield f"  ⋯ {row:,} equal line{'' if row == 1 else 's'}"
        case Trouble():
            for told in filter(None, (row.before, row.after)):
                yield f"! {told}"
        case Heading():
            yield f"{row.sign if row.sign is not Sign.SAME else ' '} [{row.text}]"
        case Setting():
            yield from _both(row.sign, _setting(row.name, row.before), _setting(row.name, row.after))
        case Line():
            before = None if row.before is None else plain(row.before)
            yield from _both(row.sign, before, None if row.after is None else plain(row.after))


def _both(sign: Sign, before: str | None, after: str | None) -> Iterator[str]:
    if sign in (Sign.SAME, Sign.UNKNOWN):
        yield f"{sign} {before if before is not None else after}"
        return
    if before is not None:
        yield f"- {before}"
    if after is not None:
        yield f"+ {after}"


def _setting(name: str, value: object) -> str | None:
    return None if value is ABSENT else f"{name}: {written(value)}"


def _section(section: Section) -> dict[str, object]:
    names = {"prompts": list(section.names)} if any(section.names) else {}
    changed = [row for row in section.rows if not isinstance(row, Trouble) and row.sign is not Sign.SAME]
    settings = [_told(row) for row in changed if isinstance(row, Setting)]
    lines = [line for row in changed if not isinstance(row, Setting) for line in _lines(row)]
    return {"title": section.title, **names, "settings": settings, "lines": lines}


def _told(row: Setting) -> dict[str, object]:
    sides = {"before": row.before, "after": row.after}
    return {"path": row.name, **{side: value for side, value in sides.items() if value is not ABSENT}}
