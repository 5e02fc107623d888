"""A body as YAML 1.2: written so that people can read it, and read so that no text, however odd, does harm.

Reading takes about a second for each 500 kB, so a large text is better read in a thread. Comments are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.scalars import block, inline

LONGEST_KEY = 1000
"""Characters of a key that is followed by its colon at once; YAML allows 1024."""


@dataclass(frozen=True, slots=True)
class Located:
    """Something wrong in a text. `line` and `column` count from 0; the sentence, which is for people, from 1."""

    line: int
    column: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says."""

    body: dict[str, object] | None
    """None where the text is not a YAML mapping, or not one that JSON can carry."""
    problem: Located | None
    """What is wrong then."""
    lines: Mapping[Path, int]
    """The line (0 is the first) of each key and list item that was read, as far as the problem if there is one."""


def to_yaml(body: object) -> str:
    """`body` in YAML, keys in its order, texts of several lines as blocks; `from_yaml` gives the same body again."""
    lines: list[str] = []
    left = [("", 0, body)]
    while left:
        lead, column, value = left.pop()
        if inner := list(_children(lead, column, value)):
            if lead.endswith(":"):
                lines.append(lead)
            left.extend(reversed(inner))
        elif text := block(value):
            head, content = text
            lines.append(f"{lead} {head}")
            lines.extend(" " * column + line if line else "" for line in content)
        else:
            written = "{}" if is_object(value) else "[]" if value in ([], ()) else inline(value)
            lines.append(f"{lead} {written}" if lead else written)
    return "\n".join(lines) + "\n"


def from_yaml(text: str) -> Read:
    """Read `text`; never raises. Aliases, tags, merge keys and keys that are no text are faults: JSON has none."""
    from breadtui.bakery.authoring.reading import Fault, read_body

    lines: dict[Path, int] = {}
    try:
        return Read(read_body(text, lines), None, lines)
    except Fault as fault:
        line, column = fault.line, fault.column
        return Read(None, Located(line, column, f"Line {line + 1}, column {column + 1}: {fault}"), lines)


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of what stands at `path`, or else of the nearest thing around it; 0 where nothing is known."""
    around = (path[:length] for length in range(len(path), -1, -1))
    return next((lines[known] for known in around if known in lines), 0)


def _children(lead: str, column: int, value: object) -> Iterator[tuple[str, int, object]]:
    """(what stands before it on its line, column of its own children, value) of each entry of an object or list."""
    start = f"{lead} " if lead.endswith("-") else " " * column  # after a dash, the first stands on the same line
    for key, item in value.items() if is_object(value) else ():
        written = inline(key)
        colon = ":" if len(written) < LONGEST_KEY else f"\n{' ' * column}:"
        yield f"{start}{'' if colon == ':' else '? '}{written}{colon}", column + 2, item
        start = " " * column
    for item in items(value):
        yield f"{start}-", column + 2, item
        start = " " * column
