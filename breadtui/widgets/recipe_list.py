"""A list of a recipe's things or steps: one line each, with guides, a sign, a name and a note; drawn by line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from breadtui.widgets.cursor_list import CursorList
from breadtui.widgets.drawing import shorten

SHOWN_DEPTH = 10
"""Guides that are drawn, at most: deeper ones would leave no room for the names."""
LEAST_NAME = 8
"""Cells that a name has in any case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `colour` is a theme's variable, for the sign and the note."""

    key: Hashable
    sign: str
    colour: str
    kind: str
    name: str
    note: str = ""
    last: tuple[bool, ...] = ()
    """As in a tree: for it and each above it, whether it ends its row of siblings; empty in a list."""


class RecipeList(CursorList):
    """Shows the rows it is given; the cursor stays on its key as they change."""

    COMPONENT_CLASSES = {"recipe-list--cursor"}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: tuple[Row, ...] = ()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show `rows`; the cursor stays where it is, by key or else by place."""
        held = self.current.key if self.current else None
        before, self._rows = self._rows, tuple(rows)
        self.measure()
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            if before[y : y + 1] != self._rows[y : y + 1]:
                self.refresh_line(y)
        same = held is not None and self.cursor < len(self._rows) and self._rows[self.cursor].key == held
        at = self.cursor if same else next((y for y, row in enumerate(self._rows) if row.key == held), self.cursor)
        self.cursor = at
        if self.current and self.current.key != held:
            self.post_message(self.Moved())

    def reveal(self, wanted: Callable[[Row], bool]) -> None:
        """Put the cursor on the first row that is `wanted`, if there is one."""
        self.cursor = next((y for y, row in enumerate(self._rows) if wanted(row)), self.cursor)

    def render_line(self, y: int) -> Strip:
        """One row."""
        width, base, index = self.size.width, self.rich_style, y + self.scroll_offset.y
        if index >= len(self._rows):
            return Strip.blank(width, base)
        here = index == self.cursor
        strip = Strip(self._segments(self._rows[index], self.scrollable_size.width, "muted" if here else "border"))
        strip = strip.adjust_cell_length(width)
        return strip.apply_style(self.get_component_rich_style("recipe-list--cursor") if here else base)

    def _segments(self, row: Row, width: int, guide_colour: str) -> list[Segment]:
        guides = _guides(row.last)
        kind = f"{row.kind} " if row.kind else ""
        room = max(width - cell_len(guides) - cell_len(kind) - 5 - min(cell_len(row.note), width // 3), LEAST_NAME)
        name = shorten(row.name, room)
        left = width - cell_len(guides) - cell_len(kind) - cell_len(name) - 5
        return [
            Segment(f" {guides}", self._style(guide_colour)),
            Segment(f"{row.sign} ", self._style(row.colour)),
            Segment(kind, self._style("muted")),
            Segment(name),
            Segment(f"  {_fitting(row.note, left)}", self._style(row.colour)),
        ]

    def _style(self, variable: str) -> Style:
        return Style(color=self.app.theme_variables[variable])


def _fitting(note: str, width: int) -> str:
    """A note in at most `width` cells; its wide spaces stay where it fits."""
    return note if cell_len(note) <= width else shorten(note, width)


def _guides(last: tuple[bool, ...]) -> str:
    if not last:
        return ""
    above = last[:-1][-SHOWN_DEPTH:]
    cut = "… " if len(last) - 1 > SHOWN_DEPTH else ""
    return cut + "".join("   " if ends else "│  " for ends in above) + ("└─ " if last[-1] else "├─ ")
