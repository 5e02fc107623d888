"""Rows under a cursor: the part of the tree that draws and moves. What the rows are is left to others."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Container, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from breadtui.widgets.tree.drawing import Look, row_segments
from breadtui.widgets.tree.items import FOLDERS, Item, Note
from breadtui.widgets.tree.rows import Row

VISIBLE_AFTER = 0.08
"""Seconds the rows must rest before they count as looked at, so that scrolling past asks nothing."""


class TreeView(ScrollView, can_focus=True):
    """Shows rows, and draws those anew that differ; the cursor stays on its item as rows come and go."""

    ALLOW_SELECT = False
    BINDINGS = [
        Binding("down", "cursor_down", "Down", show=False),
        Binding("up", "cursor_up", "Up", show=False),
    ]
    COMPONENT_CLASSES = {"tree--cursor"}

    emptiness: reactive[str] = reactive("")
    """What to read where there is no row yet."""

    class Moved(Message):
        """The cursor is on another item."""

    class Rested(Message):
        """The rows in view have rested: what is not known of `items` is worth asking for."""

        def __init__(self, items: tuple[Item, ...]) -> None:
            super().__init__()
            self.items = items

    def __init__(self, note: Callable[[Item], Note], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._note = note
        self._rows: Sequence[Row] = ()
        self._line: dict[Item, int] = {}
        self._cursor = 0
        self._resting: Timer | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Every row, in view or not."""
        return self._rows

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self._rows[self._cursor].item if self._rows else None

    @property
    def in_view(self) -> tuple[Item, ...]:
        """The items whose rows can be seen."""
        top = self.scroll_offset.y
        return tuple(row.item for row in self._rows[top : top + self.size.height])

    @property
    def signed(self) -> Container[Item]:
        """The items whose rows carry a mark."""
        return ()

    def show_rows(self, rows: Sequence[Row], cursor: Item | None = None) -> None:
        """Show `rows`, with the cursor on `cursor`, or where it was: on its item, or on the nearest that is left."""
        current, line, before, top = self.current, self._cursor, self._rows, self.scroll_offset.y
        self._rows = rows
        self._line = {row.item: line for line, row in enumerate(rows)}
        self._cursor = self._place_of(cursor, before, line)
        self._measure()
        if cursor is None and self._cursor != line:
            # What is looked at stays where it is, whatever came or went above it.
            self.scroll_to(y=top + self._cursor - line, animate=False, immediate=True)
        self.keep_in_view()
        self._draw_changes(before, top, line)
        if self.current != current:
            self.post_message(self.Moved())
        self.rest()

    def refresh_items(self, items: Sequence[Item]) -> None:
        """Draw rows again whose notes changed."""
        for item in items:
            if (line := self._line.get(item)) is not None:
                self._refresh_row(line)

    def move_to(self, line: int) -> None:
        """Put the cursor on a row, the nearest there is."""
        before, self._cursor = self._cursor, min(max(line, 0), max(len(self._rows) - 1, 0))
        if before != self._cursor:
            self._refresh_row(before)
            self._refresh_row(self._cursor)
            self.post_message(self.Moved())
        self.keep_in_view()

    def keep_in_view(self) -> None:
        """Scroll no further than the cursor's row asks for."""
        top, height = self.scroll_offset.y, self.size.height
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, immediate=True)
        elif height and self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, immediate=True)

    def rest(self) -> None:
        """Tell, a moment from now, which rows are in view."""
        if self._resting is None and self.is_mounted:
            self._resting = self.set_timer(VISIBLE_AFTER, self._rested)

    def render_line(self, y: int) -> Strip:
        """A row, or why there is none."""
        width, base = self.size.width, self.rich_style
        line = y + self.scroll_offset.y
        if not self._rows:
            return Strip([Segment(self._empty_line(y), base + self._colour("muted"))]).adjust_cell_length(width, base)
        if line >= len(self._rows):
            return Strip.blank(width, base)
        row, on_cursor = self._rows[line], line == self._cursor
        if on_cursor:
            base += self.get_component_rich_style("tree--cursor")
        look = Look(base, self._colour, row.item in self.signed, on_cursor)
        return Strip(row_segments(row, self._note(row.item), width, look)).adjust_cell_length(width, base)

    def on_resize(self) -> None:
        """Rows are as wide as the tree."""
        self._measure()
        self.keep_in_view()
        self.rest()

    def on_focus(self) -> None:
        """The cursor shows where keys go."""
        self._refresh_row(self._cursor)

    def on_blur(self) -> None:
        """And where they do not."""
        self._refresh_row(self._cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Rows that scroll into view may be worth asking for."""
        super().watch_scroll_y(old_value, new_value)
        self.rest()

    def action_cursor_down(self) -> None:
        """One row down."""
        self.move_to(self._cursor + 1)

    def action_cursor_up(self) -> None:
        """One row up."""
        self.move_to(self._cursor - 1)

    def action_page_down(self) -> None:
        """One page down."""
        self.move_to(self._cursor + max(self.size.height - 1, 1))

    def action_page_up(self) -> None:
        """One page up."""
        self.move_to(self._cursor - max(self.size.height - 1, 1))

    def action_scroll_home(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_scroll_end(self) -> None:
        """To the last row."""
        self.move_to(len(self._rows) - 1)

    def action_select(self) -> None:
        """What enter, or a click, does with the row under the cursor."""

    def on_click(self, event: events.Click) -> None:
        """A click is the cursor and enter at once."""
        at = event.get_content_offset(self)
        if at is not None and at.y + self.scroll_offset.y < len(self._rows):
            self.move_to(at.y + self.scroll_offset.y)
            self.action_select()

    def _place_of(self, wanted: Item | None, before: Sequence[Row], line: int) -> int:
        if wanted is not None and (there := self._line.get(wanted)) is not None:
            return there
        for at in (*range(line, len(before)), *range(min(line, len(before)) - 1, -1, -1)):
            if (there := self._line.get(before[at].item)) is not None:
                return there
        return 0

    def _draw_changes(self, before: Sequence[Row], top_before: int, cursor_before: int) -> None:
        top = self.scroll_offset.y
        if bool(before) != bool(self._rows):
            self.refresh()
            return
        for y in range(self.size.height):
            old, new = _row(before, top_before + y), _row(self._rows, top + y)
            # A folder's note is a count of what may have changed.
            same = old == new and not (new and new.item.kind in FOLDERS)
            if not same or (top_before + y == cursor_before) != (top + y == self._cursor):
                self._refresh_row(top + y)

    def _refresh_row(self, line: int) -> None:
        self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def _empty_line(self, y: int) -> str:
        width = max(self.size.width - 1, 8)
        lines = [line for text in self.emptiness.splitlines() for line in textwrap.wrap(text, width) or [""]]
        return lines[y] if y < len(lines) else ""

    def _colour(self, name: str) -> Style:
        return Style(color=self.app.theme_variables.get(name) or None)

    def _measure(self) -> None:
        """Tell the scrollbar. Assigned as usual, the size would have Textual 8.2 lay out the whole screen."""
        size = Size(self.size.width, max(len(self._rows), self.size.height))
        if size != self.virtual_size:
            # Of a class, a reactive gives itself; pyright takes it for its value as well.
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
            self._scroll_update(size)

    def _rested(self) -> None:
        self._resting = None
        self.post_message(self.Rested(self.in_view))


def _row(rows: Sequence[Row], line: int) -> Row | None:
    return rows[line] if line < len(rows) else None
