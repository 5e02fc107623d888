"""The line at the top: where we are, which server it is, how it answers, and what runs."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from breadtui.widgets.drawing import shorten


@dataclass(frozen=True, slots=True)
class Place:
    """What the line tells. `latency` in seconds; `problem` says, behind the server's name, what ails it."""

    title: str = ""
    server: str = ""
    latency: float | None = None
    problem: str | None = None
    running: int = 0
    rehearsal: bool = False


class TopBar(Widget):
    """One line; the middle gives way when it is narrow."""

    ALLOW_SELECT = False
    place: reactive[Place] = reactive(Place())

    def render(self) -> RenderResult:
        """Program and place at the left, the link and the running jobs at the right."""
        place, width = self.place, self.size.width
        right = self._link(place)
        if place.running:
            right = Content.assemble(right, "   ", (f"◐ {place.running} running", "$primary"))
        if place.rehearsal:
            right = Content.assemble(("rehearsal", "$secondary"), "   ", right)
        name = Content.styled(" breadtui ", "bold $primary")
        room = width - name.cell_length - right.cell_length - 3
        title = shorten(place.title, max(room, 0))
        gap = max(1, width - name.cell_length - cell_len(title) - right.cell_length - 2)
        return Content.assemble(name, " ", title, " " * gap, right, " ")

    def _link(self, place: Place) -> Content:
        if not place.server:
            return Content("")
        if place.problem is not None:
            return Content.styled(f"✖ {place.server} {place.problem}", "$error")
        if place.latency is None:
            return Content.styled(f"◌ {place.server}", "$muted")
        pace = f" · {place.latency * 1000:.0f} ms" if self.size.width >= 100 else ""
        return Content.assemble(("● ", "$success"), (f"{place.server}{pace}", "$muted"))
