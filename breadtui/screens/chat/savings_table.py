"""The table of savings as text: a label and four columns of figures, as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content

from breadtui.bakery.chats.savings_report import HEADS, Line
from breadtui.widgets.drawing import fit, shorten

GAP = 2


def table_lines(rows: Sequence[Line], width: int) -> Iterator[Content]:
    """Line by line in `width` cells; where there is not room for all, shares give way, then the ends of labels."""
    sizes = _sizes(rows)
    if sum(sizes) > width:
        rows = [replace(row, share="") for row in rows]
        sizes = _sizes(rows)
    sizes[0] = max(sizes[0] - max(sum(sizes) - width, 0), 0)
    yield _line(HEADS, sizes, ["$muted"] * len(HEADS))
    for row in rows:
        if row.prompted:
            saved = "bold $warning" if row.worse else "bold $success"
            yield _line(row.cells, sizes, ["", "", "", saved, "$muted"])
        else:
            yield Content.styled(shorten(row.label, width), "bold $primary")


def _sizes(rows: Sequence[Line]) -> list[int]:
    """Cells of each column, those of figures with the space before them."""
    told = [HEADS, *(row.cells for row in rows if row.prompted)]
    return [max(cell_len(cells[place]) for cells in told) + (GAP if place else 0) for place in range(len(HEADS))]


def _line(cells: Sequence[str], sizes: Sequence[int], colours: Sequence[str]) -> Content:
    parts = [Content.styled(fit(cells[0], sizes[0]), colours[0])]
    for text, size, colour in zip(cells[1:], sizes[1:], colours[1:], strict=True):
        parts.append(Content.styled(" " * (size - cell_len(text)) + text, colour))
    return Content.assemble(*parts)
