"""A list of rows of any length, drawn by line: it shows what it is lent, and says which rows it would show."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from breadtui.actions import MOVING, bindings
from breadtui.actions.data import DATA
from breadtui.widgets.rows.line import RowLine, line_segments
from breadtui.widgets.typed_line import TypedLine

RESTED = 0.03
"""Seconds the rows must rest before they are asked for, so that those which rush by are not."""

Lend = Callable[[int], RowLine | None]


class RowList(ScrollView, can_focus=True):
    """`lend` gives the line of a row by its number, or None while that is still to come.

    `numbers` are those of the rows shown. The cursor stays on its row as others come.
    """

    ALLOW_SELECT = False
    HELP = "Data"
    BINDINGS = [*bindings(MOVING, DATA), ("down", "cursor_down"), ("up", "cursor_up")]
    COMPONENT_CLASSES = {"rows--cursor"}

    class Moved(Message):
        """The cursor is on another row."""

    class Viewed(Message):
        """Other rows are in view."""

    class Marked(Message):
        """A row was marked, or is no more."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Typed(Message, bubble=True):
        """Words to look for were typed; `done` when they are whole."""

        def __init__(self, text: str, done: bool) -> None:
            super().__init__()
            self.text = text
            self.done = done

    class Entered(Message):
        """The user wants to read the row."""

    def __init__(self, lend: Lend, marked: Container[int] = (), *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self.lend = lend
        self.marked = marked
        self._emptiness = ""
        self._numbers: Sequence[int] = range(0)
        self._cursor = 0
        self._drawn: dict[int, tuple[list[Segment], bool]] = {}
        self._search = TypedLine()
        self._jump = TypedLine()
        self._resting: Timer | None = None
        self._below = ""

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the rows shown, in their order."""
        return self._numbers

    @property
    def current(self) -> int | None:
        """The number of the row under the cursor."""
        return self._numbers[self._cursor] if self._cursor < len(self._numbers) else None

    @property
    def in_view(self) -> Sequence[int]:
        """The numbers of the rows that can be seen."""
        top = self.scroll_offset.y
        return self._numbers[top : top + max(self.size.height, 1)]

    @property
    def typing(self) -> bool:
        """Whether keys belong to a line that is being typed."""
        return self._search.typing or self._jump.typing

    def show(self, numbers: Sequence[int], cursor: int | None = None) -> None:
        """Show these rows, with the cursor on the one of number `cursor`, or on the next that is shown."""
        held = self.current if cursor is None else cursor
        before = self._cursor
        if bool(self._numbers) != bool(numbers):
            self.refresh()
        self._numbers = numbers
        self._cursor = self._place(held)
        self._measure()
        if self._cursor != before:
            # What is looked at stays where it is, whatever came or went above it.
            self.scroll_to(y=max(self.scroll_offset.y + self._cursor - before, 0), animate=False, immediate=True)
        self._keep_in_view()
        self.redraw()
        if self.current != held:
            self.post_message(self.Moved())
        self._rest()

    def tell_why_empty(self, words: str) -> None:
        """What to read where there is no row."""
        if words != self._emptiness:
            self._emptiness = words
            if not self._numbers:
                self.refresh()

    def redraw(self, numbers: Iterable[int] | None = None) -> None:
        """Draw again what is in view and reads otherwise than when it was drawn last; of `numbers`, those alone."""
        wanted = None if numbers is None else set(numbers)
        top, width = self.scroll_offset.y, self.size.width
        for y in range(self.size.height):
            line = top + y
            if wanted is not None and line < len(self._numbers) and self._numbers[line] not in wanted:
                continue
            if self._drawn.get(y) != self._drawing(line):
                self.refresh(Region(0, y, width, 1))

    def tell(self, below: str) -> None:
        """Write below the list how it stands; what is being typed stands before it."""
        self._below = below
        typed = self._jump.told.replace("/", ":", 1) if self._jump else self._search.told
        told = Content("  ".join(part for part in (typed, below) if part))
        if told.is_same(self._border_subtitle or Content("")):
            return
        self._border_subtitle = told  # Textual 8.2 draws the whole widget anew for a `border_subtitle`
        left, top = self.content_offset
        self.refresh(Region(-left, self.outer_size.height - top - 1, self.outer_size.width, 1))

    def head(self, title: Content) -> None:
        """Write above the list what it is of."""
        if not title.is_same(self._border_title or Content("")):
            self._border_title = title
            left, top = self.content_offset
            self.refresh(Region(-left, -top, self.outer_size.width, 1))

    def forget_words(self) -> None:
        """Take away what was looked for."""
        self._search = TypedLine()
        self.tell(self._below)

    def keep_words(self, words: str) -> None:
        """Show words that were looked for before."""
        self._search = TypedLine(words)

    # -- drawing --

    def render_line(self, y: int) -> Strip:
        """A row, or a word on how there come to be none."""
        width, base = self._width, self.rich_style
        if not self._numbers:
            text = f" {self._emptiness}" if y == 0 else ""
            return Strip([Segment(text, base + self._colour("muted"))]).adjust_cell_length(width, base)
        segments, on_cursor = self._drawn[y] = self._drawing(self.scroll_offset.y + y)
        strip = Strip(segments).adjust_cell_length(width)
        return strip.apply_style(self.get_component_rich_style("rows--cursor") if on_cursor else base)

    def on_resize(self) -> None:
        """Rows are as wide as the list."""
        self._measure()
        self._keep_in_view()
        self._rest()

    def on_focus(self) -> None:
        """The cursor is brighter while the list has the focus."""
        self.redraw()

    def on_blur(self) -> None:
        """Whoever went elsewhere is done with typing."""
        self._search.typing = False
        self._jump = TypedLine()
        self.redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in view."""
        super().watch_scroll_y(old_value, new_value)
        self._rest()

    # -- moving --

    def action_cursor_down(self) -> None:
        """One row down."""
        self._move_to(self._cursor + 1)

    def action_cursor_up(self) -> None:
        """One row up."""
        self._move_to(self._cursor - 1)

    def action_page_down(self) -> None:
        """One page down."""
        self._move_to(self._cursor + max(self.size.height - 1, 1))

    def action_page_up(self) -> None:
        """One page up."""
        self._move_to(self._cursor - max(self.size.height - 1, 1))

    def action_scroll_home(self) -> None:
        """To the first row."""
        self._move_to(0)

    def action_scroll_end(self) -> None:
        """To the last row."""
        self._move_to(len(self._numbers) - 1)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the row it is on already, it opens it."""
        at = event.get_content_offset(self)
        if at is None:
            return
        line = at.y + self.scroll_offset.y
        if line == self._cursor:
            self.action_read()
        else:
            self._move_to(line)

    def go_to(self, number: int) -> None:
        """Put the cursor on a row, or on the next that is shown."""
        self._move_to(self._place(number))

    # -- keys --

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While a line is typed, letters do nothing else."""
        return self.typing and character is not None and character.isprintable()

    def action_read(self) -> None:
        """The row is to be read, or the words are to be looked for everywhere."""
        self.post_message(self.Entered())

    def action_mark(self) -> None:
        """Mark the row, or no more; and on to the next."""
        if (number := self.current) is not None:
            line = self._cursor
            self.post_message(self.Marked(number))
            self._move_to(line + 1)

    def action_search(self) -> None:
        """Look for what is typed from now on."""
        self._search.typing = True
        self.tell(self._below)

    def action_jump(self) -> None:
        """Take the number that is typed from now on."""
        self._jump = TypedLine(typing=True)
        self.tell(self._below)

    def on_key(self, event: events.Key) -> None:
        """While a line is typed, keys belong to it. A digit begins the number of a row."""
        if not self.typing:
            if not (event.character and event.character.isdecimal() and event.character.isascii()):
                return
            self._jump = TypedLine(typing=True)
        taken = self._take_number(event) if self._jump.typing else self._take_words(event)
        if taken:
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is looked for."""
        if self._search.typing:
            event.stop()
            self._search.paste(event.text)
            self.post_message(self.Typed(self._search.text, False))

    def _take_words(self, event: events.Key) -> bool:
        match event.key:
            case "enter":
                self._search.typing = False
                self.post_message(self.Typed(self._search.text, True))
            case "escape":
                self._search = TypedLine()
                self.post_message(self.Typed("", True))
            case _ if self._search.take(event.key, event.character):
                self.post_message(self.Typed(self._search.text, False))
            case _:
                return False
        self.tell(self._below)
        return True

    def _take_number(self, event: events.Key) -> bool:
        digit = event.character is None or event.character in "0123456789,. "
        match event.key:
            case "enter":
                typed = "".join(filter(str.isdecimal, self._jump.text))
                self._jump = TypedLine()
                if typed:
                    self.go_to(max(int(typed[:18]) - 1, 0))
            case "escape":
                self._jump = TypedLine()
            case _ if digit and self._jump.take(event.key, event.character):
                pass
            case _:
                return bool(event.character and event.character.isprintable())
        self.tell(self._below)
        return True

    # -- keeping up --

    def _place(self, number: int | None) -> int:
        """The line of a row, or of the next one that is shown."""
        if number is None:
            return 0
        low, high = 0, len(self._numbers)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._numbers[middle] < number else (low, middle)
        return max(min(low, len(self._numbers) - 1), 0)

    def _move_to(self, line: int) -> None:
        before, self._cursor = self._cursor, min(max(line, 0), max(len(self._numbers) - 1, 0))
        if before != self._cursor:
            top, width = self.scroll_offset.y, self.size.width
            for moved in (before, self._cursor):
                if 0 <= moved - top < self.size.height:
                    self.refresh(Region(0, moved - top, width, 1))
            self.post_message(self.Moved())
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Scroll no further than the cursor's row asks for."""
        top, height = self.scroll_offset.y, self.size.height
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, immediate=True)
        elif height and self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, immediate=True)

    def _measure(self) -> None:
        """Tell the scrollbar. Assigned as usual, the size would have Textual 8.2 lay out the whole screen."""
        size = Size(self.size.width, max(len(self._numbers), self.size.height))
        if size != self.virtual_size:
            # Of a class, a reactive gives itself; pyright takes it for its value as well.
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
            self._scroll_update(size)

    def _drawing(self, line: int) -> tuple[list[Segment], bool]:
        """What a line is made of, and whether the cursor is on it."""
        if line >= len(self._numbers):
            return [], False
        number = self._numbers[line]
        digits = len(f"{self._numbers[-1] + 1:,}")
        lent = self.lend(number)
        segments = line_segments(number, lent, self._width, digits, number in self.marked, self._colour)
        return segments, line == self._cursor

    @property
    def _width(self) -> int:
        """Cells of a line: those beside the scrollbar."""
        return self.scrollable_size.width

    def _rest(self) -> None:
        if self._resting is None and self.is_mounted:
            self._resting = self.set_timer(RESTED, self._rested)

    def _rested(self) -> None:
        self._resting = None
        self.post_message(self.Viewed())

    def _colour(self, name: str) -> Style:
        return Style(color=self.app.theme_variables.get(name) or None)
