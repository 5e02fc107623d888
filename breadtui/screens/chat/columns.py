"""The columns of a chat side by side; where the terminal is narrow, one at a time under a line of tabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from breadtui.screens.chat.column import ColumnView
from breadtui.widgets.transcript import Transcript

WIDTHS = {1: 0, 2: 100, 3: 130, 4: 160}
"""The terminal's width from which on so many columns are shown beside one another."""


class Tabs(Widget):
    """`1 yoda/21 · 2 base`, the one in front marked."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._names: tuple[str, ...] = ()
        self._front = 0

    def show(self, names: Sequence[str], front: int) -> None:
        """Name the columns."""
        self._names, self._front = tuple(names), front
        self.refresh()

    def render(self) -> RenderResult:
        """One line."""
        parts = [
            Content.styled(label, "bold $background on $primary" if number == self._front else "$muted")
            for number, label in self._labels()
        ]
        return Content(" ").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Go to the tab under the mouse."""
        left = 0
        for number, label in self._labels():
            left += cell_len(label) + 1
            if event.x < left:
                self.post_message(self.Chosen(number))
                return

    def _labels(self) -> Iterator[tuple[int, str]]:
        for number, name in enumerate(self._names):
            yield number, f" {number + 1} {name} "


class Columns(Vertical):
    """Holds a view for each column and says which one is in front: keys act on it."""

    class Turned(Message):
        """Another column is in front."""

    class Resized(Message):
        """The columns are wider or narrower."""

    def __init__(self) -> None:
        super().__init__(id="columns")
        self.views: list[ColumnView] = []
        self.front = 0
        self.together = True

    def compose(self) -> ComposeResult:
        """Tabs, and the columns below them."""
        yield Tabs()
        yield Horizontal(id="side-by-side")

    async def hold(self, count: int) -> None:
        """Have as many columns as that."""
        side_by_side = self.query_one("#side-by-side", Horizontal)
        while len(self.views) > count:
            await self.views.pop().remove()
        while len(self.views) < count:
            view = ColumnView(len(self.views))
            self.views.append(view)
            await side_by_side.mount(view)
        self.set_class(count == 1, "-alone")
        self._lay_out()
        self.turn_to(min(self.front, count - 1))

    @property
    def current(self) -> ColumnView:
        """The column in front."""
        return self.views[self.front]

    @property
    def narrow(self) -> bool:
        """Whether one column is shown at a time."""
        return self.has_class("-narrow")

    def turn_to(self, number: int) -> None:
        """Bring a column to the front."""
        self.front = number
        for view in self.views:
            view.set_class(view.number == number, "-front")
        self.post_message(self.Turned())

    def page(self, by: int) -> None:
        """Scroll the column in front by a page, and with it those that go along."""
        transcript = self.current.transcript
        if by > 0:
            transcript.action_page_down()
        else:
            transcript.action_page_up()

    def on_resize(self) -> None:
        """There may be room for all, or not any more."""
        self._lay_out()
        self.post_message(self.Resized())

    def _lay_out(self) -> None:
        narrow = len(self.views) > 1 and self.size.width < WIDTHS[len(self.views)]
        self.set_class(narrow, "-narrow")

    @on(Tabs.Chosen)
    def _chosen(self, event: Tabs.Chosen) -> None:
        self.turn_to(event.number)

    @on(Transcript.Scrolled)
    def _scrolled(self, event: Transcript.Scrolled) -> None:
        """Bring the other columns to the same exchange."""
        event.stop()
        scrolled = next((view for view in self.views if view.transcript is event.transcript), None)
        if scrolled is None or not self.together:
            return
        place = scrolled.place_of(event.entry)
        for view in self.views:
            if view is not scrolled:
                view.transcript.scroll_to_entry(view.entry_at(place), event.fraction)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A column that is clicked, or come to by key, is in front."""
        view = next((view for view in self.views if event.widget in (view, view.transcript)), None)
        if view is not None and view.number != self.front:
            self.turn_to(view.number)
