"""The line at the top: where we are, which server it is, how it answers, and what runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """One line; where it is narrow, the server gives way to the place, unless there is something wrong with it."""

    ALLOW_SELECT = False
    place: reactive[Place] = reactive(Place())
    aside: reactive[str] = reactive("")
    """What stands behind the title where there is room for everything else."""

    def validate_place(self, place: Place) -> Place:
        """A latency in steps of 10 ms: it is never the same twice, and each time the whole line would be written."""
        return place if place.latency is None else replace(place, latency=round(place.latency, 2))

    def render(self) -> RenderResult:
        """Program and place at the left, the link and the running jobs at the right."""
        place, width = self.place, self.size.width
        name = Content.styled(" breadtui ", "bold $primary")
        room = width - name.cell_length - cell_len(place.title) - 3
        variants = self._variants(place)
        right = next((variant for variant in variants if variant.cell_length <= room), variants[-1])
        title = shorten(place.title, max(width - name.cell_length - right.cell_length - 3, 0))
        gap = max(1, width - name.cell_length - cell_len(title) - right.cell_length - 2)
        aside = Content.styled(f"{' · ' if title else ''}{self.aside}" if self.aside else "", "$muted")
        if right is not variants[0] or aside.cell_length >= gap:
            aside = Content("")
        return Content.assemble(name, " ", title, aside, " " * (gap - aside.cell_length), right, " ")

    def _variants(self, place: Place) -> list[Content]:
        """What stands at the right, from all there is to say down to what must not be lost."""
        rehearsal = Content.styled("rehearsal", "$secondary") if place.rehearsal else Content("")
        running = Content.styled(f"◐ {place.running} running", "$primary") if place.running else Content("")
        few = Content.styled(f"◐ {place.running}", "$primary") if place.running else Content("")
        if place.problem is not None:
            return [_spaced(rehearsal, self._link(place, pace=False))]
        return [
            _spaced(rehearsal, self._link(place, pace=True), running),
            _spaced(rehearsal, self._link(place, pace=False), running),
            _spaced(rehearsal, running),
            _spaced(rehearsal, few),
        ]

    def _link(self, place: Place, *, pace: bool) -> Content:
        if not place.server:
            return Content("")
        if place.problem is not None:
            return Content.styled(f"✖ {place.server} {place.problem}", "$error")
        if place.latency is None:
            return Content.styled(f"◌ {place.server}", "$muted")
        told = f" · {place.latency * 1000:.0f} ms" if pace and place.latency else " · < 10 ms" if pace else ""
        return Content.assemble(("● ", "$success"), (f"{place.server}{told}", "$muted"))


def _spaced(*parts: Content) -> Content:
    return Content("   ").join([part for part in parts if part])
