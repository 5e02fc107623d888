"""Draws the lines of a form: mark, label, value, and at the right what is worth knowing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from breadtui.widgets.drawing import bar, fit, shorten
from breadtui.widgets.fields.line_edit import LineEdit
from breadtui.widgets.fields.rows import Row, RowKind

MARK = 2
"""Cells for the mark before a label; also what a level is indented by."""
BAR = 16
FIGURE = 9
"""Cells for a figure that has a bar."""
CARET = Style(reverse=True)


@dataclass(frozen=True, slots=True)
class Editing:
    """What goes on in the row with the focus: the line being typed, and what is sought among its options."""

    line: LineEdit
    selected: bool
    """Whether typing replaces the line."""
    sought: str
    matches: tuple[str, ...]
    option: str


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws rows `width` cells wide, labels taking `labels` of them, in the theme's colours."""

    colours: Mapping[str, str]
    width: int
    labels: int

    def draw(self, row: Row, option: str, editing: Editing | None) -> Strip:
        """A row; `option` is what a button stands at, `editing` is given for the row with the focus."""
        indent = MARK * row.indent
        label = max(self.labels - indent, 4)
        head = [
            Segment(" " * indent),
            self._mark(row),
            Segment(fit(row.label, label) + " ", self._label_style(row)),
        ]
        room = max(self.width - indent - MARK - label - 3, 4)
        here = Segment("▌" if editing else " ", self._style("primary"))
        return Strip([here, *head, *self._value(row, room, option, editing)]).adjust_cell_length(self.width)

    def _mark(self, row: Row) -> Segment:
        if row.fault and not (row.kind is RowKind.HEADING and row.open):
            return Segment("! " if row.warning else "✖ ", self._style("warning" if row.warning else "error"))
        if row.kind is RowKind.HEADING:
            return Segment("▾ " if row.open else "▸ ", self._style("muted"))
        return Segment("  ")

    def _label_style(self, row: Row) -> Style:
        match row.kind:
            case RowKind.HEADING:
                return self._style("primary", bold=True)
            case RowKind.BUTTON:
                return self._style("accent")
            case _:
                return self._style("muted")

    def _value(self, row: Row, room: int, option: str, editing: Editing | None) -> list[Segment]:
        tail = self._tail(row, room, editing)
        # A share stands beside its figure, so that the bars make a column.
        room = max(FIGURE if row.bar is not None else room - sum(segment.cell_length for segment in tail), 4)
        if editing and row.kind is RowKind.FIELD:
            return [*self._typed(row, room, editing), *tail]
        bright = bool(row.value) and row.kind is not RowKind.HEADING
        text = option if row.kind is RowKind.BUTTON else row.value or row.ghost
        style = self._style("foreground", bold=True) if bright else self._style("muted")
        return [Segment(fit(text, room), style), *tail]

    def _typed(self, row: Row, room: int, editing: Editing) -> Sequence[Segment]:
        """The line being edited with its cursor; behind an empty one, what holds without it."""
        line, muted, style = editing.line, self._style("muted"), self._style("foreground", bold=True)
        if not line.text:
            ghost = fit(row.ghost, room)
            return [Segment(ghost[:1], muted + CARET), Segment(ghost[1:], muted)]
        shown, at = line.window(room - 1)
        style = style + Style(underline=True) if editing.selected else style
        parts = [
            Segment(shown[:at], style),
            Segment(shown[at : at + 1] or " ", style + CARET),
            Segment(shown[at + 1 :], style),
        ]
        return list(Strip(parts).adjust_cell_length(room))

    def _tail(self, row: Row, room: int, editing: Editing | None) -> list[Segment]:
        """A share as a bar, and the hint; where options can be sought, what was, and how many there are."""
        hint = row.hint
        if editing and row.options and row.kind in (RowKind.CHOICE, RowKind.BUTTON):
            at = editing.matches.index(editing.option) + 1 if editing.option in editing.matches else "–"
            sought = f"“{editing.sought}” " if editing.sought else ""
            hint = f"{sought}{at} of {len(editing.matches)} ← →"
        segments: list[Segment] = []
        if row.bar is not None:
            done, rest = bar(row.bar, BAR)
            segments = [Segment(done, self._style("secondary")), Segment(rest, self._style("border")), Segment(" ")]
        if hint:
            segments.append(Segment(f" {shorten(hint, max(room * 3 // 5, 8))}", self._style("muted")))
        return segments

    def _style(self, colour: str, *, bold: bool = False) -> Style:
        return Style(color=self.colours[colour], bold=bold or None)


def label_width(rows: Sequence[Row], width: int) -> int:
    """Cells for the labels, so that the values stand in a column."""
    longest = max((MARK * row.indent + len(row.label) for row in rows), default=0)
    return min(longest, max(width * 3 // 8, 12))
