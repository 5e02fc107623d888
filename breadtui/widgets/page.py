"""A page to read: drawn by line, so that another text costs the lines it changed and no more."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence

from rich.segment import Segment
from rich.style import Style as Ink
from textual import events
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.visual import RenderOptions
from textual.widget import Widget

from breadtui.actions import READING, bindings
from breadtui.widgets.reading import Reading

PIECE = 200
"""Lines that are wrapped in one go: more would be felt, and a prompt may be a megabyte."""
PAUSE = 0.005
"""Seconds between two of them, in which keys are answered."""
AROUND_TITLE = 6
"""Cells of corner, line and space on both sides of a title."""

Piece = tuple[int, Content]
"""Some lines of the text, and the number of the first."""


class Page(Reading, can_focus=True):
    """Shows one text at a time, wrapped for its width; it scrolls by keys and wheel, and the mouse selects in it."""

    HELP = "Detail"
    BINDINGS = bindings(READING)
    # The column of the scrollbar is kept: coming and going, it would have the whole screen laid out anew.
    DEFAULT_CSS = "Page { overflow: hidden scroll; }"

    class Widened(Message):
        """There is another width to write for."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content = Content("")
        self._subject: Hashable = None
        self._strips: list[Strip] = []
        self._pieces: deque[Piece] = deque()  # that are still to be wrapped
        self._wrapping: Timer | None = None
        self._width = 0

    @property
    def text(self) -> str:
        """What stands on the page, before it is wrapped."""
        return self._content.plain

    @property
    def room(self) -> int:
        """Cells of a line: those beside the scrollbar. A page that is hidden will be as wide as it was."""
        return self.scrollable_size.width or self._width

    def show(self, content: Content, subject: Hashable = None) -> None:
        """Show `content`. A page about the same `subject` as before stays where it was scrolled to."""
        if subject != self._subject:
            self._subject = subject
            self.scroll_to(y=0, animate=False)
        if not content.is_same(self._content):
            self._content = content.expand_tabs()
            self._lay()

    def head(self, title: Content) -> None:
        """Write above the page what it is about. Textual 8.2 draws the whole widget anew for a `border_title`."""
        before = self._border_title or Content("")
        if not title.is_same(before):
            self._border_title = title
            left, top = self.content_offset
            drawn = max(before.cell_length, title.cell_length) + AROUND_TITLE
            self.refresh(Region(-left, -top, min(drawn, self.outer_size.width), 1))

    def render_line(self, y: int) -> Strip:
        """One line of the wrapped text."""
        line, width, base = y + self.scroll_offset.y, self.size.width, self.rich_style
        if line >= len(self._strips):
            return Strip.blank(width, base)
        return self._strips[line].adjust_cell_length(width, base)

    def on_resize(self, event: events.Resize) -> None:
        """What it shows was written for another width."""
        self._lay()
        if self.room != self._width:
            self._width = self.room
            self.post_message(self.Widened())

    def notify_style_update(self) -> None:
        """Colours are part of what is kept."""
        super().notify_style_update()
        if self.is_mounted:
            self._lay()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that the mouse selected, without the line breaks that only the width makes."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """What is selected is marked."""
        self._lay()

    def action_scroll_end(self) -> None:
        """To the end, which has to be known for that."""
        while self._pieces:
            self._wrap_piece()
        self._measure()
        self.scroll_end(animate=False)

    def _lay(self) -> None:
        """Wrap the text as far as it is seen, draw the lines that are not what they were, and wrap on afterwards."""
        before, self._strips, self._pieces = self._strips, [], _pieces(self._content) if self.room > 0 else deque()
        top, height = self.scroll_offset.y, self.size.height
        while self._pieces and len(self._strips) < top + height:
            self._wrap_piece()
        self._measure()
        for y in range(top, top + height):
            old, new = _line(before, y), _line(self._strips, y)
            if old != new:
                # Behind the end of both there is nothing to draw. From where they begin to differ would be no less:
                # Textual 8.2 writes a line from the widget's edge on.
                self.refresh(Region(0, y - top, max(old.cell_length, new.cell_length, 1), 1))
        if self._pieces and self._wrapping is None:
            self._wrapping = self.set_timer(PAUSE, self._wrap_on)

    def _wrap_on(self) -> None:
        """The next piece; the scrollbar is told of it only where the reader comes near to the end of what it knows."""
        self._wrapping = None
        if self._pieces:
            self._wrap_piece()
            self._wrapping = self.set_timer(PAUSE, self._wrap_on)
        if not self._pieces or self.max_scroll_y - self.scroll_offset.y < self.size.height:
            self._measure()

    def _wrap_piece(self) -> None:
        line, piece = self._pieces.popleft()
        selection = self.text_selection
        options = RenderOptions(
            self._get_style,
            self.styles.get_rules(),
            None if selection is None else Selection(_up(selection.start, line), _up(selection.end, line)),
            None if selection is None else Style.from_styles(self.screen.get_component_styles("screen--selection")),
        )
        strips = piece.render_strips(self.room, None, self.visual_style, options)
        self._strips += [_lower(strip, line) for strip in strips] if line else strips

    def _measure(self) -> None:
        """Tell the scrollbar. Assigned as usual, the size would have Textual 8.2 lay out the whole screen."""
        # As high as the page at least: below that, Textual draws a bar where there is nothing to scroll.
        size = Size(self.size.width, max(len(self._strips), self.size.height))
        if size != self.virtual_size:
            # Of a class, a reactive gives itself; pyright takes it for its value as well.
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
            self._scroll_update(size)


def _line(strips: Sequence[Strip], y: int) -> Strip:
    return strips[y] if y < len(strips) else Strip([])


def _pieces(content: Content) -> deque[Piece]:
    """The text in pieces of whole lines."""
    breaks = [at for at, sign in enumerate(content.plain) if sign == "\n"][PIECE - 1 :: PIECE]
    cuts = [cut for at in breaks for cut in (at, at + 1)]
    return deque((number * PIECE, piece) for number, piece in enumerate(content.divide(cuts)[::2]))


def _up(offset: Offset | None, lines: int) -> Offset | None:
    return None if offset is None else Offset(offset.x, offset.y - lines)


def _lower(strip: Strip, lines: int) -> Strip:
    """The strip of a piece, with the places in the whole text by which the mouse selects."""
    segments: list[Segment] = []
    for text, ink, _ in strip:
        x, y = ink.meta.get("offset", (0, 0)) if ink else (0, 0)
        segments.append(Segment(text, (ink or Ink()) + Ink.from_meta({"offset": (x, y + lines)})))
    return Strip(segments, strip.cell_length)
