"""The fields of a form as one list drawn by line, edited in place: one widget, however many fields there are.

It shows rows and tells its host what was typed; what the rows mean is left to the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from breadtui.widgets.fields.drawing import Editing, Painter, label_width
from breadtui.widgets.fields.line_edit import LineEdit
from breadtui.widgets.fields.rows import Host, Key, Row, RowKind, matching

FLAGS = ("", "yes", "no")
"""What a flag can be: as the template has it, or told."""


class FieldList(ScrollView, can_focus=True):
    """Shows rows, moves a cursor over them, and edits the one it is on. What is being typed stays as typed until the
    cursor leaves, whatever the form makes of it.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"fields--cursor"}

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor came to another row, or what is being sought on its row changed."""

    def __init__(self, host: Host, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._host = host
        self._rows: list[Row] = []
        self._line = LineEdit()
        self._fresh = True  # nothing was typed on this row yet
        self._sought = ""
        self._picked: dict[Key, str] = {}  # the option each button stands at

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def matches(self) -> tuple[str, ...]:
        """The options of the current row that hold what was typed; those that begin with it first."""
        return matching(self.current.options, self._sought) if self.current else ()

    @property
    def picked(self) -> str:
        """The option that the current row stands at."""
        return self._option(self.current) if self.current else ""

    def show(self, rows: Sequence[Row], *, anew: bool = False) -> None:
        """Show `rows`; the cursor stays on its row, and what is being typed stays, unless all is `anew`."""
        before, held = self._rows, self.current
        self._rows = list(rows)
        if len(before) != len(rows) or label_width(before, self.size.width) != label_width(rows, self.size.width):
            self.virtual_size = Size(self.size.width, len(rows))
            self.refresh()
        for y, (old, new) in enumerate(zip(before, rows, strict=False)):
            if old != new:
                self.refresh_line(y)
        at = next((y for y, row in enumerate(rows) if held and row.key == held.key), None)
        # Without its watcher: the cursor did not move, the rows did.
        self.set_reactive(FieldList.cursor, self.validate_cursor(self.cursor if at is None else at))
        if at is None or anew:
            self._arrive()
        self.refresh_line(self.cursor)
        self._keep_in_view()

    def go_to(self, key: Key) -> bool:
        """Put the cursor on the row `key`, the first within it, or the nearest around it; False if there is none."""
        within = (y for y, row in enumerate(self._rows) if row.key[: len(key)] == key)
        above = (y for end in range(len(key) - 1, 0, -1) for y, row in enumerate(self._rows) if row.key == key[:end])
        at = next(within, next(above, None))
        if at is not None:
            self.cursor = at
        return at is not None

    def step(self, by: int) -> None:
        """To the next row that can be filled in or unfolded: `by` 1 down, -1 up."""
        y = self.cursor + by
        while 0 <= y < len(self._rows) and self._rows[y].kind is RowKind.HEADING and self._rows[y].open:
            y += by
        if 0 <= y < len(self._rows):
            self.cursor = y
            if (row := self.current) and row.kind is RowKind.TEXT:
                self._host.opened(row.key, "")

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on a row."""
        return min(max(cursor, 0), max(len(self._rows) - 1, 0))

    def watch_cursor(self, before: int, after: int) -> None:
        """Take up the new row as it is."""
        self._arrive()
        self.refresh_line(before)
        self.refresh_line(after)
        self._keep_in_view()
        self.post_message(self.Moved())

    # -- keys --

    def on_key(self, event: events.Key) -> None:
        """Edit the row under the cursor, or move. Not by bindings: any character may be text."""
        if (row := self.current) and (self._move(event.key) or self._edit(row, event)):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is typed; into a long text it goes whole."""
        row = self.current
        if row and row.kind is RowKind.FIELD:
            self._take(row, self._line.insert(event.text))
            event.stop()
        elif row and row.kind is RowKind.TEXT:
            self._host.opened(row.key, event.text)
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the row it is on already, it presses it."""
        at = event.get_content_offset(self)
        if at is None or (y := at.y + self.scroll_offset.y) >= len(self._rows):
            return
        if y == self.cursor and (row := self.current):
            self._enter(row)
        self.cursor = y

    def on_resize(self, event: events.Resize) -> None:
        """Rows are as wide as the list."""
        self.virtual_size = Size(event.size.width, len(self._rows))
        self._keep_in_view()

    def on_focus(self) -> None:
        """The text cursor shows."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """And hides; what was sought has been found."""
        self._sought = ""
        self.refresh_line(self.cursor)

    def _move(self, key: str) -> bool:
        page = max(self.size.height - 1, 1)
        match key:
            case "up":
                self.cursor -= 1
            case "down":
                self.cursor += 1
            case "pageup":
                self.cursor -= page
            case "pagedown":
                self.cursor += page
            case "tab":
                self.step(1)
            case "shift+tab":
                self.step(-1)
            case _:
                return False
        return True

    def _edit(self, row: Row, event: events.Key) -> bool:
        typed = event.character if event.is_printable and event.character else ""
        if typed and typed in row.hot:
            self._host.ordered(row.key, typed)
            return True
        if event.key == "enter":
            self._enter(row)
            return True
        match row.kind:
            case RowKind.FIELD:
                return self._edit_field(row, event.key, typed)
            case RowKind.CHOICE:
                return self._edit_choice(row, event.key, typed)
            case RowKind.FLAG:
                return self._edit_flag(row, event.key, typed)
            case RowKind.TEXT:
                return self._edit_text(row, event.key, typed)
            case RowKind.BUTTON:
                return self._edit_button(row, event.key, typed)
            case RowKind.HEADING:
                return self._edit_heading(row, event.key)

    def _enter(self, row: Row) -> None:
        match row.kind:
            case RowKind.TEXT:
                self._host.opened(row.key, "")
            case RowKind.HEADING | RowKind.BUTTON:
                self._host.pressed(row, self._option(row))
            case _:
                self.step(1)

    def _edit_field(self, row: Row, key: str, typed: str) -> bool:
        # A figure just come to is as if selected: typing replaces it, moving in it does not.
        begun = LineEdit() if self._fresh and row.figure and typed else self._line
        line = begun.insert(typed) if typed else self._line.press(key)
        if line is None:
            return False
        self._take(row, line)
        return True

    def _take(self, row: Row, line: LineEdit) -> None:
        before, self._line, self._fresh = self._line, line, False
        self.refresh_line(self.cursor)
        if line.text != before.text:
            self._host.edited(row.key, line.text)

    def _edit_choice(self, row: Row, key: str, typed: str) -> bool:
        if by := {"right": 1, "left": -1}.get(key):
            if self.matches:
                self._tell(row, _stepped(self.matches, row.value or row.ghost, by))
        elif key in ("backspace", "delete") and not self._sought:
            self._tell(row, "")
        elif not self._seek(row, key, typed):
            return False
        elif self._sought and row.value not in self.matches[:1]:
            self._tell(row, self.matches[0])
        return True

    def _edit_button(self, row: Row, key: str, typed: str) -> bool:
        if by := {"right": 1, "left": -1}.get(key):
            if self.matches:
                self._pick(row, _stepped(self.matches, self._option(row), by))
        elif not self._seek(row, key, typed):
            return False
        elif self.matches and self._option(row) not in self.matches[:1]:
            self._pick(row, self.matches[0])
        return True

    def _seek(self, row: Row, key: str, typed: str) -> bool:
        """Find an option by typing."""
        if key == "backspace":
            self._sought = self._sought[:-1]
        elif not typed or not row.options:
            return False
        elif not matching(row.options, self._sought + typed):
            self.app.bell()
        else:
            self._sought += typed
        self.refresh_line(self.cursor)
        self.post_message(self.Moved())
        return True

    def _pick(self, row: Row, option: str) -> None:
        self._picked[row.key] = option
        self.refresh_line(self.cursor)
        self.post_message(self.Moved())

    def _edit_flag(self, row: Row, key: str, typed: str) -> bool:
        if key in ("space", "right", "left"):
            self._tell(row, _stepped(FLAGS, row.value, -1 if key == "left" else 1))
        elif typed in ("y", "n"):
            self._tell(row, "yes" if typed == "y" else "no")
        elif key in ("backspace", "delete"):
            self._tell(row, "")
        else:
            return False
        return True

    def _edit_text(self, row: Row, key: str, typed: str) -> bool:
        if (by := {"right": 1, "left": -1}.get(key)) and row.options:
            self._host.stepped(row.key, _stepped(row.options, row.label, by))
        elif typed or key in ("backspace", "delete"):
            self._host.opened(row.key, typed)
        else:
            return False
        return True

    def _edit_heading(self, row: Row, key: str) -> bool:
        turns = key == "space" or (key == "right" and not row.open) or (key == "left" and row.open)
        if turns:
            self._host.pressed(row, "")
        return turns

    def _tell(self, row: Row, value: str) -> None:
        # At once, and not when the form has made up its mind: the next key steps on from here.
        self._rows[self.cursor] = replace(row, value=value)
        self._host.edited(row.key, value)
        self.post_message(self.Moved())

    def _arrive(self) -> None:
        self._sought = ""
        self._line = LineEdit.ending(self.current.value if self.current else "")
        self._fresh = True

    def _option(self, row: Row) -> str:
        picked = self._picked.get(row.key, "")
        return picked if picked in row.options else next(iter(row.options), "")

    def _keep_in_view(self) -> None:
        height = self.size.height
        if self.cursor < self.scroll_offset.y:
            self.scroll_to(y=self.cursor, animate=False)
        elif height and self.cursor >= self.scroll_offset.y + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        """A row, the one under the cursor with what is being typed."""
        width, index = self.size.width, y + self.scroll_offset.y
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, editing = self._rows[index], None
        if index == self.cursor and self.has_focus:
            stands_at = self._option(row) if row.kind is RowKind.BUTTON else row.value or row.ghost
            editing = Editing(self._line, self._fresh and row.figure, self._sought, self.matches, stands_at)
        painter = Painter(self.app.theme_variables, width, label_width(self._rows, width))
        below = self.get_component_rich_style("fields--cursor") if editing else self.rich_style
        return painter.draw(row, self._option(row), editing).apply_style(below)


def _stepped(options: Sequence[str], value: str, by: int) -> str:
    """The option `by` after `value`, round and round; the first if `value` is none of them."""
    return options[(options.index(value) + by) % len(options)] if value in options else options[0]
