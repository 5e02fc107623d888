"""A list of lines with a cursor: what moving in one comes to, whatever its lines show."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from breadtui.actions import MOVING, bindings


class CursorList(ScrollView, can_focus=True):
    """One line a row; a move costs the line the cursor left and the one it came to."""

    ALLOW_SELECT = False
    BINDINGS = [*bindings(MOVING), ("down", "cursor_down"), ("up", "cursor_up")]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row, or other rows are in view."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def measure(self) -> None:
        """Take in that there are more rows or fewer, or that they are of another width."""
        self.virtual_size = Size(self.size.width, self.count)

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on a row."""
        return min(max(cursor, 0), max(self.count - 1, 0))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the line it left and the line it came to, and keep it in view."""
        self.refresh_line(before)
        self.refresh_line(after)
        top, height = self.scroll_offset.y, self.size.height
        if after < top:
            self.scroll_to(y=after, animate=False)
        elif after >= top + height > top:
            self.scroll_to(y=after - height + 1, animate=False)
        self.post_message(self.Moved())

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as wide as the list, and the cursor in view."""
        self.measure()
        self.watch_cursor(self.cursor, self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there."""
        if (at := event.get_content_offset(self)) is not None:
            self.cursor = at.y + self.scroll_offset.y

    def action_cursor_down(self) -> None:
        """One row down."""
        self.cursor += 1

    def action_cursor_up(self) -> None:
        """One row up."""
        self.cursor -= 1

    def action_page_down(self) -> None:
        """One page down."""
        self.cursor += max(self.size.height - 1, 1)

    def action_page_up(self) -> None:
        """One page up."""
        self.cursor -= max(self.size.height - 1, 1)

    def action_scroll_home(self) -> None:
        """To the first row."""
        self.cursor = 0

    def action_scroll_end(self) -> None:
        """To the last row."""
        self.cursor = self.count - 1
