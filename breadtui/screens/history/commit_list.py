"""The commits that changed what was baked: one line each, drawn by line, so that thousands open at once."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from breadtui.bgit.history import Moment
from breadtui.screens.history.drawing import NOW, ago, labels, short, subject
from breadtui.widgets.cursor_list import CursorList
from breadtui.widgets.drawing import fit
from breadtui.widgets.lineage_list import fitting

ID = 7
"""Cells for the beginning of a commit's id."""
AGE = 10
"""Cells for how long ago it was."""
MODEL = 30
"""Cells for the model, at most."""
LEAST_SUBJECT = 12


class CommitList(CursorList):
    """Shows the moments it is given; the cursor stays on its commit as others come and go."""

    COMPONENT_CLASSES = {"commits--cursor"}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._moments: tuple[Moment, ...] = ()
        self._base = ""
        self._now = 0.0

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._moments)

    @property
    def current(self) -> Moment | None:
        """The moment under the cursor."""
        return self._moments[self.cursor] if self._moments else None

    def show(self, moments: Sequence[Moment], base: str, now: float) -> None:
        """Show `moments`, as they are seen `now`; `base` is the model that those are on which name none."""
        if (self._moments, self._base) == (moments, base):
            return  # jobs change many times a minute, and commits do not
        held = _identity(self.current)
        self._moments, self._base, self._now = tuple(moments), base, now
        self.measure()
        self.refresh()
        at = next((y for y, moment in enumerate(self._moments) if _identity(moment) == held), None)
        self.cursor = self.cursor if at is None or held is None else at

    def reveal(self, model: str) -> None:
        """Put the cursor on the newest moment that is on `model`, if there is one."""
        at = next((y for y, moment in enumerate(self._moments) if (moment.model or self._base) == model), None)
        self.cursor = self.cursor if at is None else at

    def render_line(self, y: int) -> Strip:
        """A commit: its id and age, what points to it, its subject, and the model that is on top of it."""
        width, base, index = self.size.width, self.rich_style, y + self.scroll_offset.y
        if index >= len(self._moments):
            return Strip.blank(width, base)
        strip = Strip(self._segments(self._moments[index], self.scrollable_size.width)).adjust_cell_length(width)
        here = index == self.cursor
        return strip.apply_style(self.get_component_rich_style("commits--cursor") if here else base)

    def _segments(self, moment: Moment, width: int) -> list[Segment]:
        commit = moment.commit
        model = short(moment.model or self._base, min(MODEL, width // 3))
        name = commit.id[:ID] if commit else NOW
        age = ago(self._now - commit.when, commit.when) if commit else ""
        room = width - cell_len(model) - ID - AGE - 9
        refs = fitting(labels(moment), min(room - LEAST_SUBJECT, width // 4))
        room -= sum(cell_len(label.text) + 2 for label in refs)
        return [
            Segment(f" {'◆' if moment.model else '■'} ", self._style("accent" if moment.model else "primary")),
            Segment(fit(name, ID), self._style("primary")),
            Segment(f"  {fit(age, AGE)}", self._style("muted")),
            *(Segment(f"  {label.text}", self._style(label.colour)) for label in refs),
            Segment(f"  {fit(subject(moment), max(room, 0))}"),
            Segment(f"  {model}", self._style("secondary")),
        ]

    def _style(self, colour: str) -> Style:
        return Style(color=self.app.theme_variables[colour])


def _identity(moment: Moment | None) -> str | None:
    """By which a commit is known again; empty for the files as they are."""
    return None if moment is None else moment.commit.id if moment.commit else ""
