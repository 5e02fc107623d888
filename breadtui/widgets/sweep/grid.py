"""A sweep as a grid: a question a line, a model a column, as many of them as fit. Only what is in view is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from breadtui.actions import MOVING, bindings
from breadtui.bakery.sweep.records import called
from breadtui.bakery.sweep.summary import Tally
from breadtui.bakery.sweep.sweep import Place, Sweep
from breadtui.widgets.sweep.drawing import Heading, Layout, Painter, layout

TOP = 4
"""Lines above the questions: names, agreements, figures, and a line between."""
BEST, WORST = "▲ best", "▼ worst"


class SweepGrid(ScrollView, can_focus=True):
    """Shows a sweep in an order of its questions; the cursor is on one cell."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"sweep--cursor"}
    BINDINGS = bindings(MOVING)

    class Moved(Message):
        """The cursor is on another cell."""

    class Opened(Message):
        """The cell under the cursor was clicked once more."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._sweep: Sweep | None = None
        self._tally: Tally | None = None
        self._order: Sequence[int] = ()
        self._at: dict[int, int] = {}
        self._told = ""
        self._layout = Layout()
        self._line = 0
        self._column = 0
        self._drawn: dict[int, list[Segment]] = {}  # by line of the screen
        self._headed: list[list[Segment]] = []

    @property
    def place(self) -> Place | None:
        """The cell under the cursor."""
        return (self._order[self._line], self._column) if self._order else None

    @property
    def order(self) -> Sequence[int]:
        """The questions as they are shown."""
        return self._order

    def show(self, sweep: Sweep, tally: Tally, order: Sequence[int] | None = None, told: str = "as asked") -> None:
        """Show `sweep`, its questions in an order that `told` names; the cursor stays on its question."""
        held = self.place if sweep is self._sweep else None
        self._sweep, self._tally, self._told = sweep, tally, told
        self._order = range(len(sweep.questions)) if order is None else order
        self._at = {row: line for line, row in enumerate(self._order)}
        self._line = self._at.get(held[0], 0) if held else 0
        self._column = min(self._column, len(sweep.columns) - 1) if held else 0
        self.virtual_size = Size(self._width, len(self._order) + TOP)
        self._arrange()
        self._keep_in_view()
        self.refresh()

    def go_to(self, place: Place) -> None:
        """Put the cursor on a cell."""
        self._move(self._at.get(place[0], self._line), place[1])

    def changed(self, places: Iterable[Place]) -> None:
        """Draw these cells anew, if they are in view and read otherwise, and the figures above them."""
        self._redraw({self._at[row] for row, _ in places if row in self._at})
        self._redraw_top()

    # -- drawing --

    def render_line(self, y: int) -> Strip:
        """The figures of the models, or a question."""
        width, base = self._width, self.rich_style
        if self._sweep is None:
            return Strip.blank(width, base)
        if y < TOP:
            self._headed = self._top()
            return Strip(self._headed[y]).adjust_cell_length(width, base).apply_style(base)
        line = y - TOP + self.scroll_offset.y
        segments = self._drawn[y] = self._drawing(line)
        strip = Strip(segments).adjust_cell_length(width)
        here = line == self._line and self.has_focus
        return strip.apply_style(self.get_component_rich_style("sweep--cursor") if here else base)

    def on_resize(self, event: events.Resize) -> None:
        """Columns are as wide as there is room."""
        self.virtual_size = Size(self._width, len(self._order) + TOP)
        self._arrange()
        self._keep_in_view()

    def on_focus(self) -> None:
        """The cursor shows."""
        self.refresh()

    def on_blur(self) -> None:
        """And hides."""
        self.refresh()

    # -- moving --

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; where it is already, it opens."""
        at = event.get_content_offset(self)
        if at is None or at.y < TOP or not self._order:
            return
        line = min(at.y - TOP + self.scroll_offset.y, len(self._order) - 1)
        inside = at.x - self._layout.left
        column = self._column
        if inside >= 0:
            column = min(self._layout.first + inside // max(self._layout.cell, 1), self._last)
        if (line, column) == (self._line, self._column):
            self.post_message(self.Opened())
        self._move(line, column)

    def action_cursor_down(self) -> None:
        """One question down."""
        self._move(self._line + 1, self._column)

    def action_cursor_up(self) -> None:
        """One question up."""
        self._move(self._line - 1, self._column)

    def action_page_down(self) -> None:
        """One page down."""
        self._move(self._line + max(self._height - 1, 1), self._column)

    def action_page_up(self) -> None:
        """One page up."""
        self._move(self._line - max(self._height - 1, 1), self._column)

    def action_scroll_home(self) -> None:
        """To the first question."""
        self._move(0, self._column)

    def action_scroll_end(self) -> None:
        """To the last question."""
        self._move(len(self._order) - 1, self._column)

    def move_beside(self, by: int) -> None:
        """To the model `by` columns to the right."""
        self._move(self._line, self._column + by)

    @property
    def _width(self) -> int:
        """Cells beside the scrollbar."""
        return self.scrollable_size.width

    @property
    def _height(self) -> int:
        return max(self.size.height - TOP, 1)

    @property
    def _last(self) -> int:
        return len(self._sweep.columns) - 1 if self._sweep else 0

    def _move(self, line: int, column: int) -> None:
        before = self._line, self._column
        self._line = min(max(line, 0), max(len(self._order) - 1, 0))
        self._column = min(max(column, 0), self._last)
        if before == (self._line, self._column):
            return
        self._arrange()
        self._redraw({before[0], self._line}, anew=True)
        self._keep_in_view()
        self.post_message(self.Moved())

    def _keep_in_view(self) -> None:
        top = self.scroll_offset.y
        if self._line < top:
            self.scroll_to(y=self._line, animate=False, immediate=True)
        elif self.size.height and self._line >= top + self._height:
            self.scroll_to(y=self._line - self._height + 1, animate=False, immediate=True)

    def _arrange(self) -> None:
        """Lay the columns out, with the one under the cursor in view."""
        models = len(self._sweep.columns) if self._sweep else 1
        found = layout(self._width, models, self._column, self._layout.first)
        if found != self._layout:
            self._layout = found
            self.refresh()

    @property
    def _painter(self) -> Painter:
        return Painter(self.app.theme_variables, self._layout)

    def _drawing(self, line: int) -> list[Segment]:
        sweep = self._sweep
        if sweep is None or line >= len(self._order):
            return []
        row = self._order[line]
        cells = [sweep.cell(row, column) for column in self._shown]
        cursor = self._column - self._layout.first if line == self._line else None
        return self._painter.row(row + 1, sweep.questions[row], cells, cursor)

    @property
    def _shown(self) -> range:
        return range(self._layout.first, self._layout.first + self._layout.columns)

    def _top(self) -> list[list[Segment]]:
        """The lines above the questions."""
        sweep, painter = self._sweep, self._painter
        if sweep is None or self._tally is None:
            return [[] for _ in range(TOP)]
        best, worst = self._tally.best_and_worst()
        headings = [
            Heading(
                called(sweep.columns[at]),
                self._tally.summary(at),
                BEST if at == best else WORST if at == worst else "",
            )
            for at in self._shown
        ]
        beside = len(sweep.columns) - len(headings)
        title = f"{len(sweep.questions):,} questions, {self._told}"
        told = "agreement with the teacher" if sweep.compared else "no teacher to compare with"
        more = f"model {self._layout.first + 1} of {len(sweep.columns)} ← →" if beside else ""
        rule = [Segment("─" * self._width, painter.style("border"))]
        return [
            painter.names(title, headings),
            painter.agreements(told, headings),
            painter.figures(more, headings),
            rule,
        ]

    def _redraw(self, lines: Iterable[int], *, anew: bool = False) -> None:
        """Draw those of `lines` again that are in view, and read otherwise than before, or all of them."""
        top, width = self.scroll_offset.y, self._width
        for line in lines:
            y = line - top + TOP
            if TOP <= y < self.size.height and (anew or self._drawn.get(y) != self._drawing(line)):
                self.refresh(Region(0, y, width, 1))

    def _redraw_top(self) -> None:
        now = self._top()
        if now != self._headed:
            self.refresh(Region(0, 0, self._width, TOP))
