"""A list to pick from, drawn by line, so that ten thousand rows cost no more than those in view; and its filter."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import RenderOptions
from textual.widgets import Input

from breadtui.actions import bindings
from breadtui.actions.chat import PICKER

Draw = Callable[[int, int], Content]
"""Row (0 is the first) and width in cells to what stands there."""


class FilterLine(Input):
    """What is typed narrows the list; the keys that move in the list and take from it work here too.

    The screen does the actions; it need not give the list the focus.
    """

    BINDINGS = bindings(PICKER)


class PickList(ScrollView):
    """Shows as many rows as it is told of, each drawn when it is in view."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"picks--cursor"}
    DEFAULT_CSS = "PickList { overflow: hidden scroll; }"

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row, or other rows are in view."""

    class Taken(Message):
        """The row under the cursor was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="scrolls")
        self._count = 0
        self._draw: Draw = lambda _row, _width: Content("")

    @property
    def room(self) -> int:
        """Cells of a row: those beside the scrollbar."""
        return self.scrollable_size.width

    @property
    def in_view(self) -> range:
        """The rows that can be seen."""
        top = self.scroll_offset.y
        return range(top, min(top + self.size.height, self._count))

    def show(self, count: int, draw: Draw, cursor: int = 0) -> None:
        """Show `count` rows, with the cursor on one of them."""
        self._count, self._draw = count, draw
        self._measure()
        self.cursor = cursor
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Moved())

    def move(self, rows: int) -> None:
        """Go so many rows down; below zero, up."""
        self.cursor += rows

    def turn(self, pages: int) -> None:
        """Go so many pages down; below zero, up."""
        self.cursor += pages * max(self.size.height - 1, 1)

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on a row."""
        return min(max(cursor, 0), max(self._count - 1, 0))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the row it left and the one it came to, and keep it in view."""
        self.refresh_line(before)
        self.refresh_line(after)
        self._keep_in_view()
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Others are in view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """A row."""
        row, width = y + self.scroll_offset.y, self.size.width
        if row >= self._count or width <= 0:
            return Strip.blank(width, self.rich_style)
        style = self.get_visual_style("picks--cursor") if row == self.cursor else self.visual_style
        options = RenderOptions(self._get_style, self.styles.get_rules())
        strips = self._draw(row, self.room).render_strips(self.room, 1, style, options)
        return (strips[0] if strips else Strip([])).adjust_cell_length(width, style.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        """Rows are as wide as the list, and the cursor in view."""
        self._measure()
        self._keep_in_view()
        self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the row it is on already, it takes that."""
        if (at := event.get_content_offset(self)) is None or (row := at.y + self.scroll_offset.y) >= self._count:
            return
        if row == self.cursor:
            self.post_message(self.Taken())
        self.cursor = row

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self._count)

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height > top:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
