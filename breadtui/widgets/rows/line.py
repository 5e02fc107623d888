"""One row as the list shows it: short, so that thousands cost nothing to keep; and how its line is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from breadtui.bakery.data.rows import Reading, Row
from breadtui.bakery.data.signs import Sign
from breadtui.widgets.drawing import fit, shorten

NOTHING = Sign(0)
LONGEST = 400
"""Characters of a text that are kept for its line."""
SIGNS = {
    Sign.EMPTY: ("∅", "error"),
    Sign.BROKEN: ("✖", "error"),
    Sign.TRUNCATED: ("✂", "warning"),
    Sign.REFUSAL: ("⊘", "warning"),
    Sign.DUPLICATE: ("=", "secondary"),
    Sign.NEAR: ("≈", "secondary"),
}
"""What stands behind a row's number, and its colour."""
QUESTION = 0.4
"""The part of a line that the question has, where a response stands beside it."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """`response` is None of a row without one; `again` that the row above is of the same stimulus."""

    question: str
    response: str | None = None
    signs: Sign = NOTHING
    again: bool = False


def line_of(row: Row, reading: Reading, signs: Sign, *, again: bool) -> RowLine:
    """What the list shows of a row."""
    question = row.text or row.why if row.why else reading.question
    response = None if reading.response is None else _short(reading.response)
    return RowLine(_short(question), response, signs, again)


def line_segments(
    number: int, line: RowLine | None, width: int, digits: int, marked: bool, colour: Callable[[str], Style]
) -> list[Segment]:
    """A line of the list: mark, number, signs and texts; of a row that is still to come, its number."""
    head = [
        Segment("▪ " if marked else "  ", colour("accent")),
        Segment(f"{number + 1:>{digits},} ", colour("muted")),
    ]
    if line is None:
        return [*head, Segment("  …", colour("muted"))]
    room = max(width - digits - 6, 4)
    head += [*_signs(line.signs, colour), Segment(" ")]
    if line.response is None:
        return [
            *head,
            Segment(shorten(line.question, room) or "(empty)", Style() if line.question else colour("muted")),
        ]
    half = int(room * QUESTION)
    question = fit("  ↳" if line.again else line.question, half)
    answer = shorten(line.response, room - half - 2)
    return [
        *head,
        Segment(question, colour("muted") if line.again else Style()),
        Segment("  "),
        Segment(answer or "(empty)", colour("secondary") if answer else colour("muted")),
    ]


def _signs(signs: Sign, colour: Callable[[str], Style]) -> list[Segment]:
    """Two at most: the worst come first."""
    shown = [drawn for sign, drawn in SIGNS.items() if sign & signs][:2]
    blank = 2 - sum(cell_len(sign) for sign, _ in shown)
    return [*(Segment(sign, colour(name)) for sign, name in shown), Segment(" " * blank)]


def _short(text: str) -> str:
    return " ".join(text[:LONGEST].split())
