"""Draws a row of the tree: mark, fold, sign and name at the left, its note at the right edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from breadtui.widgets.drawing import shorten
from breadtui.widgets.tree.items import Kind, Note
from breadtui.widgets.tree.rows import Row

CLOSED, OPEN = "▸ ", "▾ "
MARK = "▪ "
INDENT = 2


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is seen now: `colour` gives the style of a theme colour, `base` is that of the line."""

    base: Style
    colour: Callable[[str], Style]
    marked: bool = False
    plain: bool = False
    """On the cursor's line one colour rules, so that nothing is lost against its background."""


def row_segments(row: Row, note: Note, width: int, look: Look) -> list[Segment]:
    """The row in `width` cells."""
    base = look.base
    indent = " " * (INDENT * row.depth)
    if look.marked:
        indent = indent[: -len(MARK)] + MARK
    fold = (OPEN if row.opened else CLOSED) if row.folds else "" if row.item.kind is Kind.REPO else "  "
    sign = f"{note.sign} " if note.sign else ""
    room = width - cell_len(indent + fold + sign) - 1
    right = shorten(note.right, max(room - 8, 0))
    label = row.item.label
    name = shorten(label, max(room - cell_len(right) - 1, 4))
    gap = max(room - cell_len(name) - cell_len(right), 1)
    tint = base if look.plain else base + look.colour(note.colour)
    accent = base if look.plain else base + look.colour("accent")
    bold = base + Style(bold=True) if look.marked else base
    return [
        Segment(indent, (accent if look.marked else base) + (Style(bold=True) if look.marked else Style())),
        Segment(fold, base),
        Segment(sign, tint),
        *_name(name, _still_there(label, name, row.hits), bold),
        Segment(" " * gap, base),
        Segment(right, tint),
    ]


def _name(name: str, hits: frozenset[int], style: Style) -> list[Segment]:
    """The name, the letters that were looked for underlined."""
    if not hits:
        return [Segment(name, style)]
    found = style + Style(bold=True, underline=True)
    segments: list[Segment] = []
    start = 0
    for at in range(1, len(name) + 1):
        if at == len(name) or (at in hits) != (start in hits):
            segments.append(Segment(name[start:at], found if start in hits else style))
            start = at
    return segments


def _still_there(label: str, name: str, hits: tuple[int, ...]) -> frozenset[int]:
    """Which of `hits` the shortened name still has at their places."""
    return frozenset(at for at in hits if at < len(name) and name[at] == label[at])
