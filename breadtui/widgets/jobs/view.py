"""Jobs under a cursor: the part of the table that draws and moves. What is shown of them is left to the table."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from breadtui.bakery.jobs import JobKey
from breadtui.widgets.jobs.arranging import Arrangement, Folded, Heading, Line, Place, place_of
from breadtui.widgets.jobs.columns import Layout, layout
from breadtui.widgets.jobs.drawing import folded_segments, heading_segments, row_segments, titles
from breadtui.widgets.jobs.row import DownloadRow, JobRow, Lend, Row, RowKey, Vitals

TITLED = 5
"""Lines from which on the first one tells what the columns are."""
ARRANGED = 0.25
"""Seconds between two arrangements of rows that change places: more often, nobody could read them."""
RESTED = 0.08
"""Seconds the rows must rest before they count as looked at."""


class JobsView(ScrollView, can_focus=True):
    """Shows what is arranged, and draws those lines anew that differ; the cursor stays on its job.

    `lend` gives what changes by time alone, when a line is drawn; while jobs that run are in view it is asked anew
    every second, and what reads as before is not written again.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"jobs--cursor"}

    emptiness: reactive[str] = reactive("")
    """What to read where there is no row yet."""

    class Moved(Message):
        """The cursor is on another job, or there are other marks."""

    class Viewed(Message):
        """Other jobs are in view, and have been for a moment."""

    def __init__(self, lend: Lend, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lend = lend
        self._arrangement = Arrangement(lend)
        self._lines: tuple[Line, ...] = ()
        self._at: dict[Place, int] = {}
        self._layout = Layout(0, 0)
        self._cursor = 0
        self._drawn: dict[int, tuple[list[Segment], bool]] = {}  # by line of the screen
        self._arranged = 0.0
        self._arranging: Timer | None = None
        self._resting: Timer | None = None
        self._ticking: Timer | None = None
        self._viewed: tuple[JobKey, ...] | None = None

    @property
    def lines(self) -> Sequence[Line]:
        """Every line, in view or not."""
        return self._lines

    @property
    def total(self) -> int:
        """How many jobs there are, shown or not."""
        return len(self._arrangement)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The jobs and downloads shown, in view or not."""
        rows = (self._arrangement.row(line.key) for line in self._lines if isinstance(line, JobRow | DownloadRow))
        return tuple(row for row in rows if row)

    @property
    def in_view(self) -> tuple[JobKey, ...]:
        """The jobs that can be seen."""
        return tuple(row.key for row in self._rows_in_view if isinstance(row, JobRow))

    @property
    def current(self) -> Row | None:
        """The job or download under the cursor."""
        line = self._line
        return self._arrangement.row(line.key) if isinstance(line, JobRow | DownloadRow) else None

    @property
    def repo(self) -> str:
        """The repository whose line the cursor is on, where that is none of a job's."""
        line = self._line
        return line.repo if isinstance(line, Heading | Folded) else ""

    @property
    def signed(self) -> Container[RowKey]:
        """Those whose rows carry a mark."""
        return ()

    def put(self, rows: Sequence[Row]) -> None:
        """Take in rows that are new or changed."""
        if self._arrangement.put(rows):
            self._arrange_soon()
        self._redraw([self._at[row.key] for row in rows if row.key in self._at])
        self._wind()
        if self.current in rows:
            self.post_message(self.Moved())

    # -- drawing --

    def render_line(self, y: int) -> Strip:
        """A job, a line about several, the titles, or a word on how there come to be some."""
        width, base = self.size.width, self.rich_style
        if not self._lines:
            text = f" {self._word}" if y == 0 else ""
            return Strip([Segment(text, base + self._colour("muted"))]).adjust_cell_length(width, base)
        if self._top and y == 0:
            arrangement = self._arrangement
            told = titles(self._layout, arrangement.column, arrangement.reversed, self._colour)
            return Strip(told).adjust_cell_length(width).apply_style(base)
        line = y - self._top + self.scroll_offset.y
        segments, on_cursor = self._drawn[y] = self._drawing(line)
        strip = Strip(segments).adjust_cell_length(width)
        return strip.apply_style(self.get_component_rich_style("jobs--cursor") if on_cursor else base)

    def on_mount(self) -> None:
        """A clock for what changes by time; it stands still unless such a job is in view."""
        self._ticking = self.set_interval(1.0, self._tick, pause=True)

    def on_resize(self) -> None:
        """Rows are as wide as the table."""
        self._measure()
        self._keep_in_view()
        self._rest()

    def on_focus(self) -> None:
        """The cursor shows while the table has the focus."""
        self._redraw([self._cursor])

    def on_blur(self) -> None:
        """And hides when it has not."""
        self._redraw([self._cursor])

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other jobs are in view."""
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
        self._move_to(self._cursor + max(self._height - 1, 1))

    def action_page_up(self) -> None:
        """One page up."""
        self._move_to(self._cursor - max(self._height - 1, 1))

    def action_scroll_home(self) -> None:
        """To the first row."""
        self._move_to(0)

    def action_scroll_end(self) -> None:
        """To the last row."""
        self._move_to(len(self._lines) - 1)

    # -- keeping up --

    @property
    def _line(self) -> Line | None:
        return self._lines[self._cursor] if self._cursor < len(self._lines) else None

    @property
    def _top(self) -> int:
        """Lines given to the titles."""
        return 1 if self.size.height >= TITLED else 0

    @property
    def _height(self) -> int:
        return max(self.size.height - self._top, 1)

    @property
    def _seen(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self._height, len(self._lines)))

    @property
    def _rows_in_view(self) -> list[Row]:
        lines = self._lines[self._seen.start : self._seen.stop]
        return [self._arrangement.row(line.key) or line for line in lines if isinstance(line, JobRow | DownloadRow)]

    def _arrange_soon(self) -> None:
        """At once, unless it was done a moment ago."""
        wait = self._arranged + ARRANGED - time.monotonic()
        if wait <= 0:
            self._arrange()
        elif self._arranging is None:
            self._arranging = self.set_timer(wait, self._arrange)

    def _arrange(self) -> None:
        if self._arranging:
            self._arranging.stop()
        self._arranging, self._arranged = None, time.monotonic()
        current, line, before = self.current, self._cursor, self._lines
        # At the top and left alone, the cursor stays at the top, where what asks for attention comes in.
        left_alone = not line and not self.has_focus
        self._lines = self._arrangement.lines()
        self._at = {place_of(each): at for at, each in enumerate(self._lines)}
        self._cursor = 0 if left_alone else self._place_again(before, line)
        self._measure()
        if self._cursor != line:
            # What is looked at stays where it is, whatever came or went above it.
            self.scroll_to(y=self.scroll_offset.y + self._cursor - line, animate=False, immediate=True)
        self._keep_in_view()
        if bool(before) != bool(self._lines):
            self.refresh()
        self._redraw(range(self.scroll_offset.y, self.scroll_offset.y + self._height))
        self._rest()
        if self.current != current:
            self.post_message(self.Moved())

    def _place_again(self, before: Sequence[Line], line: int) -> int:
        """The line that the cursor's job is on now, or the nearest to it that is left."""
        for at in (*range(line, len(before)), *range(min(line, len(before)) - 1, -1, -1)):
            if (there := self._at.get(place_of(before[at]))) is not None:
                return there
        return 0

    def _move_to(self, line: int) -> None:
        before, self._cursor = self._cursor, min(max(line, 0), max(len(self._lines) - 1, 0))
        if before != self._cursor:
            self._redraw([before, self._cursor])
            self.post_message(self.Moved())
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Scroll no further than the cursor's row asks for."""
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, immediate=True)
        elif self.size.height and self._cursor >= top + self._height:
            self.scroll_to(y=self._cursor - self._height + 1, animate=False, immediate=True)

    def _measure(self) -> None:
        """Lay out the columns and tell the scrollbar."""
        grouped = self._arrangement.grouped
        rows = (line.key for line in self._lines if isinstance(line, JobRow | DownloadRow))
        longest = max((len(key.name) if grouped else len(key.repo) + len(key.name) + 1 for key in rows), default=0)
        found = layout(self.size.width, longest)
        if found != self._layout:
            self._layout = found
            self.refresh()
        size = Size(self.size.width, max(len(self._lines) + self._top, self.size.height))
        if size != self.virtual_size:
            # Assigned as usual, the size would have Textual 8.2 lay out the whole screen.
            # Of a class, a reactive gives itself; pyright takes it for its value as well.
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
            self._scroll_update(size)

    def _drawing(self, line: int) -> tuple[list[Segment], bool]:
        """What a line is made of, and whether the cursor shows on it."""
        on_cursor = line == self._cursor and self.has_focus
        if line >= len(self._lines):
            return [], False
        match self._lines[line]:
            case Heading() as heading:
                return heading_segments(heading, self.size.width, self._colour), on_cursor
            case Folded() as folded:
                return folded_segments(folded, self._colour), on_cursor
            case JobRow() | DownloadRow() as row:
                row = self._arrangement.row(row.key) or row
                marked, short = row.key in self.signed, self._arrangement.grouped
                vitals = self._lend(row.key) if isinstance(row, JobRow) else Vitals()
                return row_segments(row, vitals, self._layout, marked, short, self._colour), on_cursor

    def _redraw(self, lines: Iterable[int]) -> None:
        """Draw those of `lines` again that are in view, and read otherwise than when they were drawn last."""
        top, width = self.scroll_offset.y, self.size.width
        for line in lines:
            y = line - top + self._top
            if self._top <= y < self.size.height and self._drawn.get(y) != self._drawing(line):
                self.refresh(Region(0, y, width, 1))

    def _tick(self) -> None:
        if self.screen.is_active:
            self._redraw(self._seen)

    def _rest(self) -> None:
        self._wind()
        if self._resting is None and self.is_mounted:
            self._resting = self.set_timer(RESTED, self._rested)

    def _rested(self) -> None:
        self._resting = None
        keys = self.in_view
        if keys != self._viewed:
            self._viewed = keys
            self.post_message(self.Viewed())

    def _wind(self) -> None:
        """Let the clock run only while it can change something that is seen."""
        if self._ticking:
            if any(row.ticks for row in self._rows_in_view):
                self._ticking.resume()
            else:
                self._ticking.pause()

    @property
    def _word(self) -> str:
        """What stands where there is no row."""
        return self.emptiness

    def _colour(self, name: str) -> Style:
        return Style(color=self.app.theme_variables.get(name) or None)
