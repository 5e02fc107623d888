"""The part of a conversation that is in view: scrolling, drawing and selecting. What stands there is left to others."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from breadtui.widgets.reading import Reading
from breadtui.widgets.transcript.blocks import Block, Layout, Place
from breadtui.widgets.transcript.look import Look, look_of
from breadtui.widgets.transcript.sections import Pen, word_row
from breadtui.widgets.transcript.selection import marked, number_of, selected_text
from breadtui.widgets.transcript.wrapping import NARROWEST

SLICE = 0.006
"""Seconds that blocks out of view are measured in one go."""
PAUSE = 0.03
"""Seconds between two of them, in which keys are answered."""
TOLD = 20
"""Slices after which the scrollbar is told: drawing it more often would cost more than it says."""


class TranscriptView(Reading, can_focus=False):
    """Shows a layout by its rows, and draws those anew that differ. Follows the end unless the reader scrolled up."""

    ALLOW_SELECT = True
    # The column of the scrollbar is kept: coming and going, it would have all lines broken anew.
    DEFAULT_CSS = "TranscriptView { overflow: hidden scroll; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._layout = Layout()
        self._top: Place | None = None
        self._following = True
        self._laid_for = Size(0, 0)
        self._selected: Selection | None = None
        self._measuring: Timer | None = None
        self._slices = 0
        self._untold = False
        self._pen = Pen(look_of({}, dark=True))
        self._placeholder = ""
        self._finished_rows: LRUCache[tuple[Block, Place], Strip] = LRUCache(1024)

    @property
    def placeholder(self) -> str:
        """What to read where there is nothing yet."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self._placeholder = text
        if not self._layout.sections:
            self.refresh()

    @property
    def text(self) -> str:
        """All that stands on the page, line by line; what nobody has seen yet as it was written."""
        return selected_text(self._layout, Selection(None, None))

    def render_line(self, y: int) -> Strip:
        """A row, with the places in it by which the mouse selects."""
        line = y + self.scroll_offset.y
        if line >= self._layout.height:
            strip = word_row(self._placeholder if not self._layout.sections else "", y, self.size, self._pen)
            return strip.apply_style(self.rich_style).adjust_cell_length(self.size.width, self.rich_style)
        place = self._layout.at(line)
        if self._selected is None or not (span := self._selected.get_span(number_of(place))):
            return self._finished(place)
        strip, skip = self._layout.row(place)
        style = self.screen.get_component_rich_style("screen--selection")
        return self._dressed(marked(strip.apply_style(self.rich_style), max(span[0], skip), span[1], style), place)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled, or Textual did as the page got smaller."""
        super().watch_scroll_y(old_value, new_value)
        if self.size != self._laid_for or round(new_value) == round(old_value):
            self._following = self._following and new_value >= old_value
            return
        y, rows = round(new_value), self._laid_for.height
        brought = self._layout.bring(y, rows, round(old_value) if old_value < new_value + rows else 0)
        if brought != y or y > self._layout.height - rows:
            self._move(brought)
        self._measure()
        self._following = self.scroll_y >= self.max_scroll_y
        self._remember_top()
        self.reader_scrolled()

    def on_mount(self) -> None:
        """Take the colours of the theme."""
        self._pen.look = self._theme()

    def reader_scrolled(self) -> None:
        """The reader, not the page itself, has scrolled."""

    def on_resize(self, event: events.Resize) -> None:
        """Lines break anew where the width is another; the end, or the line that is read, stays."""
        if self.size.width != self._laid_for.width:
            self._renew()
        else:
            self._laid_for = self.size
            with self._redrawing():
                pass

    def notify_style_update(self) -> None:
        """Colours are part of what is kept."""
        super().notify_style_update()
        if not self.is_mounted:
            return
        self._finished_rows.clear()
        if self._theme() != self._pen.look:
            self._renew()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse selected, as it is seen."""
        return selected_text(self._layout, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """What is selected is marked, and what is no more is not: no other row is drawn."""
        before, self._selected = self._selected, selection
        for y in range(min(self.size.height, self._layout.height - self.scroll_offset.y)):
            number = number_of(self._layout.at(y + self.scroll_offset.y))
            if _span(before, number) != _span(selection, number):
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _width(self) -> int:
        """Cells that text may fill: beside the scrollbar stays one empty."""
        return max(self.size.width - 2, NARROWEST)

    def _theme(self) -> Look:
        return look_of(self.app.theme_variables, dark=self.app.current_theme.dark)

    def _renew(self) -> None:
        """Draw all anew: first what is in view, the rest in time."""
        place = self._top
        part = self._layout.part(place) if place else 0.0
        self._laid_for = self.size
        self._pen.look = self._theme()
        self._layout.renew(self._width)
        self._finished_rows.clear()
        self._forget_selection()
        if place and not self._following:
            self._show_place(place, part)
        else:
            self._arrange()
        self.refresh(self.size.region)
        self._measure_later()

    def _show_place(self, place: Place, part: float) -> None:
        """Have this block at the top, with this part of it above."""
        self._layout.settle(place)
        block = self._layout.sections[place.section].blocks
        rows = block[place.block].height if place.block < len(block) else 0
        self._arrange(self._layout.top(Place(place.section, place.block, 0)) + int(part * rows))

    def _forget_selection(self) -> None:
        if self._selected is not None:
            self.screen.clear_selection()

    def _in_view(self, section: int) -> bool:
        top = self._layout.top(Place(section, 0, 0)) - self.scroll_offset.y
        return top >= 0 and top + self._layout.sections[section].height <= self._laid_for.height

    def _go_to(self, y: int) -> None:
        """Have row `y` at the top, as the program's own will."""
        self._arrange(y)
        self._following = self.scroll_y >= self.max_scroll_y
        self.refresh(self.size.region)

    def _redraw(self, section: int) -> None:
        """This entry looks different now, and is as high as before."""
        self._layout.forget(section)
        self._finished_rows.clear()

    @contextmanager
    def _redrawing(self) -> Generator[None]:
        """Change the layout within; what in view differs then is drawn."""
        before = self._rows()
        yield
        self._arrange()
        after = self._rows()
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
        changed += range(min(len(before), len(after)), max(len(before), len(after)))
        if len(changed) > len(after) / 2:
            self.refresh(self.size.region)
        elif changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _rows(self) -> list[Strip | None]:
        top, height = self.scroll_offset.y, self._layout.height
        rows = range(top, top + self.size.height)
        return [self._layout.row(self._layout.at(line))[0] if line < height else None for line in rows]

    def _arrange(self, y: int | None = None) -> None:
        """Find out what is in view, from row `y` on if that is told; the end, if the reader follows it."""
        if not self._laid_for.height:
            return
        if y is None and not self._following:
            y = self.scroll_offset.y
        self._move(self._end() if y is None else self._layout.bring(y, self._laid_for.height))
        self._measure()
        self._remember_top()

    def _end(self) -> int:
        """The first row of the last page."""
        while True:
            height = self._layout.height
            y = max(height - self._laid_for.height, 0)
            self._layout.bring(y, self._laid_for.height)
            if self._layout.height == height:
                return y

    def _move(self, y: int, *, tell: bool = True) -> None:
        """Have row `y` at the top. What is drawn for that is left to the caller: most often it is what was there."""
        y = min(max(y, 0), max(self._layout.height - self._laid_for.height, 0))
        if y != self.scroll_y:
            # Of a class, a reactive gives itself; pyright takes it for its value as well.
            self.set_reactive(Widget.scroll_y, float(y))  # pyright: ignore[reportArgumentType]
            self.set_reactive(Widget.scroll_target_y, float(y))  # pyright: ignore[reportArgumentType]
        if tell and self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = y

    def _measure(self, *, tell: bool = True) -> None:
        """Note how high the page is. Assigned as usual, the size would have Textual 8.2 lay out the whole screen."""
        size = Size(self.size.width, max(self._layout.height, self.size.height))
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType] - as above
            self._untold = True
        if self._untold and tell:
            self._untold = False
            self._scroll_update(size)

    def _remember_top(self) -> None:
        y = self.scroll_offset.y
        self._top = self._layout.at(y) if y < self._layout.height else None

    def _measure_later(self) -> None:
        """Begin to find out the heights that are guessed."""
        self._layout.measure_anew()
        if self._measuring is None:
            self._measuring = self.set_timer(PAUSE, self._measure_on)

    def _measure_on(self) -> None:
        """Measure a few blocks; what is in view stays where it is."""
        self._measuring = None
        if not self._laid_for.height:
            return
        y, more = self._layout.measure(self.scroll_offset.y, time.perf_counter() + SLICE)
        if more:
            self._measuring = self.set_timer(PAUSE, self._measure_on)
        self._slices += 1
        tell = not more or self._slices % TOLD == 0
        self._move(self._end() if self._following else y, tell=tell)
        self._measure(tell=tell)
        self._remember_top()

    def _finished(self, place: Place) -> Strip:
        block = self._layout.block(place)
        if block is None:
            return Strip.blank(self.size.width, self.rich_style)
        if (strip := self._finished_rows.get((block, place))) is None:
            strip = self._dressed(self._layout.row(place)[0].apply_style(self.rich_style), place)
            self._finished_rows[block, place] = strip
        return strip

    def _dressed(self, strip: Strip, place: Place) -> Strip:
        return strip.adjust_cell_length(self.size.width, self.rich_style).apply_offsets(0, number_of(place))


def _span(selection: Selection | None, number: int) -> tuple[int, int] | None:
    return selection.get_span(number) if selection else None
