"""The table of jobs: one line a job, drawn by line, so that a change costs the lines it changed and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from breadtui.actions import JOBS, MOVING, bindings
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State, checkpoint_of, format_loss, format_span
from breadtui.widgets.drawing import COLOURS, amount, bar, fit, shorten_path, state_word

AMOUNT = 11
"""Cells for `1,593/2,040`."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A line of the table. `left` is the time left in seconds; `waits` names what the job waits for."""

    status: JobStatus
    left: float | None = None
    waits: str = ""


class JobsTable(ScrollView, can_focus=True):
    """Shows the rows it is given; moves a cursor over them, which stays on its job as rows come and go."""

    ALLOW_SELECT = False
    BINDINGS = [*bindings(MOVING, JOBS), ("down", "cursor_down"), ("up", "cursor_up")]
    COMPONENT_CLASSES = {"jobs--cursor"}

    emptiness: reactive[str] = reactive("")
    """What to read where there is no row yet."""
    cursor: reactive[int] = reactive(0, repaint=False)

    class Opened(Message):
        """The user asked to see the job `key`."""

        def __init__(self, key: JobKey) -> None:
            super().__init__()
            self.key = key

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: tuple[JobRow, ...] = ()
        self._longest = 0  # cells of the longest name, so that columns stand straight

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """What is shown."""
        return self._rows

    @property
    def current(self) -> JobRow | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, rows: Sequence[JobRow]) -> None:
        """Show `rows`; lines that are the same as before are not drawn again."""
        before, self._rows = self._rows, tuple(rows)
        longest, self._longest = self._longest, max((_length(row) for row in rows), default=0)
        # At the top and left alone, it stays at the top, where what asks for attention comes in.
        held = before[self.cursor].status.key if before and (self.cursor or self.has_focus) else None
        if len(before) != len(self._rows) or longest != self._longest:
            self.virtual_size = Size(self.size.width, len(self._rows))
            self.refresh()
        else:
            for y, (old, new) in enumerate(zip(before, self._rows, strict=True)):
                if old != new:
                    self.refresh_line(y)
        at = next((y for y, row in enumerate(self._rows) if row.status.key == held), None)
        self.cursor = at if at is not None else min(self.cursor, max(len(self._rows) - 1, 0))

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on a row."""
        return min(max(cursor, 0), max(len(self._rows) - 1, 0))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the line it left and the line it came to, and keep it in view."""
        self.refresh_line(before)
        self.refresh_line(after)
        self.post_message(self.Moved())
        if after < self.scroll_offset.y:
            self.scroll_to(y=after, animate=False)
        elif after >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=after - self.size.height + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        """One job, or a word on how there come to be some."""
        width = self.size.width
        index = y + self.scroll_offset.y
        base = self.rich_style
        if not self._rows:
            text = f" {self.emptiness}" if index == 0 else ""
            return Strip([Segment(text, base + self._style("muted"))]).adjust_cell_length(width, base)
        if index >= len(self._rows):
            return Strip.blank(width, base)
        strip = Strip(self._segments(self._rows[index], width)).adjust_cell_length(width)
        if index == self.cursor and self.has_focus:
            return strip.apply_style(self.get_component_rich_style("jobs--cursor"))
        return strip.apply_style(base)

    def on_resize(self, event: events.Resize) -> None:
        """Rows are as wide as the table."""
        self.virtual_size = Size(event.size.width, len(self._rows))

    def on_focus(self) -> None:
        """The cursor shows while the table has the focus."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """And hides when it has not."""
        self.refresh_line(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the row it is on already, it opens it."""
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y + self.scroll_offset.y == self.cursor:
            self.action_open()
        self.cursor = at.y + self.scroll_offset.y

    def action_cursor_down(self) -> None:
        """One row down."""
        self.cursor += 1

    def action_cursor_up(self) -> None:
        """One row up."""
        self.cursor -= 1

    def action_scroll_home(self) -> None:
        """To the first row."""
        self.cursor = 0

    def action_scroll_end(self) -> None:
        """To the last row."""
        self.cursor = len(self._rows) - 1

    def action_open(self) -> None:
        """Ask for the current job to be shown."""
        if self.current:
            self.post_message(self.Opened(self.current.status.key))

    def _segments(self, row: JobRow, width: int) -> list[Segment]:
        status = row.status
        colour, muted = self._style(COLOURS[status.state]), self._style("muted")
        note = _note(row)
        bar_width, name_width, note_width = self._widths(width)
        done, rest = bar(status.fraction or 0.0, bar_width)
        name = shorten_path(status.key.repo, status.key.name, name_width)
        return [
            Segment(f" {status.state.sign} ", colour),
            Segment(f"{status.key.phase:<8}"),
            Segment(fit(name, name_width)),
            Segment(" "),
            Segment(done, colour),
            Segment(rest, self._style("border")),
            Segment(f" {amount(status):>{AMOUNT}} "),
            Segment(fit(note, note_width), self._style("error") if status.state is State.FAILED else muted),
        ]

    def _widths(self, width: int) -> tuple[int, int, int]:
        """Cells of bar, name and note: the same for every row, so that columns stand straight."""
        bar_width = 20 if width >= 100 else 10 if width >= 60 else 4
        left = max(width - 3 - 8 - 1 - bar_width - AMOUNT - 2, 8)
        name_width = min(self._longest, max(left - 28, left * 3 // 5))
        return bar_width, name_width, max(left - name_width - 1, 0)

    def _style(self, colour: str) -> Style:
        return Style(color=self.app.theme_variables[colour])


def _length(row: JobRow) -> int:
    return len(row.status.key.repo) + len(row.status.key.name) + 1


def _note(row: JobRow) -> str:
    """What is worth saying at the end of the line."""
    status = row.status
    match status.state:
        case State.RUNNING | State.QUEUED:
            loss = f"loss {format_loss(status.loss)}" if status.loss is not None else ""
            left = f"{format_span(row.left)} left" if row.left is not None else state_word(status)
            return f"{loss}  {left}".strip()
        case State.FAILED:
            return status.error or "failed"
        case State.COMPLETE:
            if status.models:
                return f"checkpoints {' · '.join(checkpoint_of(model) for model in status.models)}"
            return {Phase.STIM: "stimuli", Phase.ROLLOUT: "responses", Phase.BAKE: "complete"}[status.key.phase]
        case State.NOT_STARTED:
            return f"waits for {row.waits}" if row.waits else "not started"
        case State.UNRECOGNISED:
            return state_word(status)
