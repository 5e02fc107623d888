"""The table of jobs: sorted, filtered, grouped and marked by keys. It shows rows it is given, and asks nobody."""

from __future__ import annotations

from collections.abc import Container, Iterable

from textual import events
from textual.geometry import Region
from textual.message import Message

from breadtui.actions import JOBS, MOVING, bindings
from breadtui.bakery.downloads.transfer import DownloadKey
from breadtui.bakery.jobs import JobKey
from breadtui.widgets.filtered import Filtered
from breadtui.widgets.jobs.arranging import Folded
from breadtui.widgets.jobs.columns import Column
from breadtui.widgets.jobs.row import Lend, Row, RowKey
from breadtui.widgets.jobs.view import JobsView
from breadtui.widgets.typed_line import TypedLine


class JobsTable(JobsView, Filtered):
    """Marks stay on their jobs as rows come, go and change places; those of jobs that are gone go with them."""

    BINDINGS = [*bindings(MOVING, JOBS), ("down", "cursor_down"), ("up", "cursor_up")]

    class Opened(Message):
        """The user asked to see the job or download `key`."""

        def __init__(self, key: RowKey) -> None:
            super().__init__()
            self.key = key

    def __init__(self, lend: Lend, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(lend, id=id, classes=classes)
        self._marks: dict[RowKey, None] = {}
        self._query = TypedLine()

    @property
    def marked(self) -> tuple[RowKey, ...]:
        """What is marked, in the order of the marking."""
        return tuple(self._marks)

    @property
    def signed(self) -> Container[RowKey]:
        """The same, to be looked up row by row."""
        return self._marks

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """What an action acts upon: the jobs that are marked, else the one under the cursor."""
        return tuple(key for key in self.picked if isinstance(key, JobKey))

    @property
    def downloads(self) -> tuple[DownloadKey, ...]:
        """The same of downloads."""
        return tuple(key for key in self.picked if isinstance(key, DownloadKey))

    @property
    def picked(self) -> tuple[RowKey, ...]:
        """Both."""
        return self.marked or ((self.current.key,) if self.current else ())

    def show(self, rows: Iterable[Row]) -> None:
        """Show these rows and no others."""
        self._arrangement.replace(rows)
        for key in [key for key in self._marks if self._arrangement.row(key) is None]:
            del self._marks[key]
        self._arrange()
        self.tell()

    # -- arranging --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be something to clear, to mark and to open."""
        match action:
            case "clear":
                return bool(self._query or self._marks)
            case "mark":
                return self.current is not None
            case "open":
                return self.current is not None or isinstance(self._line, Folded)
            case _:
                return True

    def action_sort(self, column: str) -> None:
        """Sort by a column; by the same again, the other way round."""
        self._arrangement.sort(Column(column))
        self._arrange()
        self.refresh(Region(0, 0, self.size.width, self._top))

    def action_group(self) -> None:
        """Put the jobs of a repository together, or all in one list."""
        self._arrangement.grouped = not self._arrangement.grouped
        self._arrange()

    def action_fold(self) -> None:
        """Fold what is complete away, or show it."""
        self._arrangement.folded = not self._arrangement.folded
        self._arrange()

    def action_mark(self) -> None:
        """Mark the job under the cursor, or no more; and on to the next."""
        if (row := self.current) is None:
            return
        if row.key in self._marks:
            del self._marks[row.key]
        else:
            self._marks[row.key] = None
        line = self._cursor
        self._move_to(line + 1)
        self._redraw([line])
        self.tell()
        self.post_message(self.Moved())

    def action_clear(self) -> None:
        """Take the filter away; without one, the marks."""
        if self._query:
            self._query = TypedLine()
            self.sift()
        else:
            gone = [self._at[key] for key in self._marks if key in self._at]
            self._marks.clear()
            self._redraw(gone)
            self.tell()
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Ask for the current job to be shown; of those folded away, show them."""
        if isinstance(self._line, Folded):
            self.action_fold()
        elif self.current:
            self.post_message(self.Opened(self.current.key))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the row it is on already, it opens it."""
        at = event.get_content_offset(self)
        if at is None:
            return
        line = at.y - self._top + self.scroll_offset.y
        if line == self._cursor and at.y >= self._top:
            self.action_open()
        elif at.y >= self._top:
            self._move_to(line)

    # -- filter --

    def action_filter(self) -> None:
        """Take what is typed from now on for a filter; one that is there is typed on."""
        self._query.typing = True
        self.tell()

    @property
    def typed(self) -> TypedLine:
        """The filter."""
        return self._query

    def end_filter(self) -> None:
        """Take it away."""
        self.action_clear()

    def sift(self) -> None:
        """Show the jobs that are found."""
        self._arrangement.query = self._query.text
        self._arrange()
        self.tell()

    def tell(self) -> None:
        """Below the table: filter, marks, order."""
        arrangement = self._arrangement
        typed = self._query.told
        if self._query.text:
            typed += f"  {arrangement.found:,} of {len(arrangement):,}" if arrangement.found else "  no match"
        marks = f"{len(self._marks):,} marked" if self._marks else ""
        self.say_below(typed, marks)

    @property
    def _word(self) -> str:
        return "No job is like that. esc takes the filter away." if self._query.text else self.emptiness
