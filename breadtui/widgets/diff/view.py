"""Shows what was drawn of a comparison, line by line as they come into sight, so that any length costs the same."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.visual import RenderOptions

from breadtui.actions import READING, bindings
from breadtui.widgets.diff.drawing import Drawn
from breadtui.widgets.reading import Reading

MARK, NO_MARK = "▸", " "
ABOVE = 3
"""Lines left above a difference that is gone to."""


class DiffView(Reading, can_focus=True):
    """Shows `Drawn` lines, and a mark before the difference one is at."""

    HELP = "Differences"
    BINDINGS = bindings(READING)
    # The column of the scrollbar is kept: coming and going, it would change the width that is drawn for.
    DEFAULT_CSS = "DiffView { overflow: hidden scroll; }"

    class Widened(Message):
        """There is another width to draw for."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn = Drawn((), ())
        self._current: int | None = None
        self._room = 0

    @property
    def room(self) -> int:
        """Cells of a line: those beside the scrollbar."""
        return self.scrollable_size.width

    @property
    def text(self) -> str:
        """What stands there."""
        return "\n".join(f"{self._gutter(at)}{line.plain}" for at, line in enumerate(self._drawn.lines))

    @property
    def differences(self) -> int:
        """How many can be gone to."""
        return len(self._drawn.starts)

    @property
    def current(self) -> int | None:
        """The number of the difference one is at, from 0."""
        return self._current

    def show(self, drawn: Drawn) -> None:
        """Show these lines; one stays at the difference one was at, if it is among them."""
        current, self._current = self._current, None
        self._drawn = drawn
        self.virtual_size = Size(self.room, len(drawn.lines))
        self.refresh()
        if current is not None and current < self.differences:
            self.go_to(current)

    def go_to(self, number: int | None) -> None:
        """Mark a difference, and bring it into sight."""
        before, self._current = self._marked, number
        for line in (before, self._marked):
            if line is not None:
                self.refresh(Region(0, line - self.scroll_offset.y, 1, 1))
        if self._marked is not None:
            self.scroll_to(y=max(self._marked - ABOVE, 0), animate=False)

    def render_line(self, y: int) -> Strip:
        """One line of what was drawn."""
        at, width = y + self.scroll_offset.y, self.size.width
        if at >= len(self._drawn.lines):
            return Strip.blank(width, self.rich_style)
        line = Content.assemble((self._gutter(at), "bold $accent"), self._drawn.lines[at])
        options = RenderOptions(self._get_style, self.styles.get_rules())
        strips = line.render_strips(max(line.cell_length, 1), None, self.visual_style, options)
        return strips[0].adjust_cell_length(width, self.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        """What it shows was drawn for another width."""
        if self.room != self._room:
            self._room = self.room
            self.post_message(self.Widened())

    @property
    def _marked(self) -> int | None:
        return None if self._current is None else self._drawn.starts[self._current]

    def _gutter(self, line: int) -> str:
        return MARK if line == self._marked else NO_MARK
