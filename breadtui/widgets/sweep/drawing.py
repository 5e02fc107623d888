"""Draws the lines of a sweep's grid: a question and what each model made of it; above them, each model in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from breadtui.bakery.sweep.summary import Summary
from breadtui.bakery.sweep.sweep import Cell, Question, Standing
from breadtui.widgets.drawing import bar, fit, shorten

NUMBER = 6
"""Cells for a question's number."""
LEAST = 34
"""Cells that a model's answer needs to say something."""
BAR = 8
EMPTY = "∅ said nothing"
SIGNS = {Standing.WAITING: "border", Standing.ASKING: "primary", Standing.ANSWERED: "success", Standing.FAILED: "error"}

MARKS = {"▲": "success", "▼": "warning"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide question and cells are, and which models are shown: `columns` from the `first` on."""

    question: int = 0
    cell: int = 0
    first: int = 0
    columns: int = 0

    @property
    def left(self) -> int:
        """Cells before the first model."""
        return NUMBER + self.question + 1


@dataclass(frozen=True, slots=True)
class Heading:
    """A model above its column. `mark` tells in a word what stands out."""

    name: str
    summary: Summary
    mark: str = ""


def layout(width: int, models: int, cursor: int, first: int) -> Layout:
    """What fits into `width`, with the model under the cursor in view and as little scrolled as can be."""
    question = min(max(width * 3 // 10, 18), 56)
    room = max(width - NUMBER - question - 1, 8)
    fits = max(min(room // LEAST, models), 1)
    first = min(max(first, cursor - fits + 1), cursor, max(models - fits, 0))
    return Layout(question, room // fits, max(first, 0), fits)


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws in the theme's colours."""

    colours: Mapping[str, str]
    layout: Layout

    def names(self, title: str, headings: Sequence[Heading]) -> list[Segment]:
        """What the columns are."""
        parts = [self._text(f" {title}", self.layout.left, "muted")]
        for heading in headings:
            mark = f" {heading.mark}" if heading.mark else ""
            name = shorten(heading.name, max(self.layout.cell - len(mark) - 3, 4))
            rest = self.layout.cell - cell_len(name) - 1
            parts += [
                Segment(f" {name}", self.style("primary", bold=True)),
                self._text(mark, rest, MARKS.get(mark[1:2], "muted")),
            ]
        return parts

    def agreements(self, told: str, headings: Sequence[Heading]) -> list[Segment]:
        """How near each model is to the teacher."""
        parts = [self._text(f" {told}", self.layout.left, "muted")]
        for heading in headings:
            mean, spread = heading.summary.agreement, heading.summary.spread
            if mean is None:
                parts.append(Segment(" " * self.layout.cell))
                continue
            figure = f" {percent(mean).strip()} ± {round((spread or 0) * 100)} "
            parts += self._barred(figure, mean, self.layout.cell, self.style("foreground", bold=True))
        return parts

    def figures(self, told: str, headings: Sequence[Heading]) -> list[Segment]:
        """What else there is to say of each model."""
        width = self.layout.cell
        facts = [f" {_facts(heading.summary, width - 2)}" for heading in headings]
        return [
            self._text(f" {told}", self.layout.left, "muted"),
            *(self._text(fact, width, "muted") for fact in facts),
        ]

    def row(self, number: int, question: Question, cells: Sequence[Cell], cursor: int | None) -> list[Segment]:
        """A question and its answers; `cursor` is the cell, of those shown, that the cursor is on."""
        parts = [
            self._text(f"{number:>{NUMBER - 1},} ", NUMBER, "muted"),
            Segment(fit(question.text[:500], self.layout.question) + " "),
        ]
        for at, cell in enumerate(cells):
            parts += self._cell(cell, here=at == cursor)
        return parts

    def style(self, colour: str, *, bold: bool = False) -> Style:
        """A colour of the theme."""
        return Style(color=self.colours.get(colour) or None, bold=bold or None)

    def _cell(self, cell: Cell, *, here: bool) -> list[Segment]:
        edge = Segment("▌" if here else " ", self.style("primary"))
        room = self.layout.cell - 1
        match cell.standing:
            case Standing.WAITING | Standing.ASKING:
                told = f"{cell.standing.sign} {cell.standing.value}"
                return [edge, self._text(told, room, SIGNS[cell.standing], bold=here)]
            case Standing.FAILED:
                return [edge, self._text(f"✖ {cell.why[:500]}", room, "error", bold=here)]
            case Standing.ANSWERED:
                return [edge, *self._answer(cell, room, here=here)]

    def _answer(self, cell: Cell, room: int, *, here: bool) -> list[Segment]:
        head: list[Segment] = []
        if cell.agreement is not None:
            head = self._barred(f"{percent(cell.agreement)} ", cell.agreement, 5 + BAR, self.style("foreground"))
            head.append(Segment(" "))
            room -= 6 + BAR
        told = EMPTY if cell.empty else cell.text[:500]
        return [*head, self._text(told, room, "warning" if cell.empty else "foreground", bold=here)]

    def _barred(self, figure: str, share: float, width: int, style: Style) -> list[Segment]:
        done, rest = bar(share, min(max(width - len(figure) - 1, 1), 24))
        gap = " " * max(width - len(figure) - len(done) - len(rest), 0)
        return [
            Segment(figure, style),
            Segment(done, self.style("secondary")),
            Segment(rest, self.style("border")),
            Segment(gap),
        ]

    def _text(self, text: str, width: int, colour: str, *, bold: bool = False) -> Segment:
        return Segment(fitted(text, width), self.style(colour, bold=bold))


def fitted(text: str, width: int) -> str:
    """`text` in exactly `width` cells, with the spaces that it begins with."""
    begins = len(text) - len(text.lstrip(" "))
    return (" " * begins + fit(text, max(width - begins, 0)))[: max(width, 0)]


def percent(share: float) -> str:
    """A share in three cells and a sign: ` 62%`."""
    return f"{round(share * 100):3}%"


def _facts(summary: Summary, room: int) -> str:
    """In words, or, where there is no room for them, in signs."""
    counts = [("✔", summary.answered, "answered"), ("✖", summary.failed, "failed"), ("∅", summary.empty, "empty")]
    told = [(sign, count, word) for sign, count, word in counts if count or sign == "✔"]
    figures = [f"{summary.tokens:,.0f} tok"] if summary.tokens is not None else []
    figures += [f"first {seconds(summary.first)}"] if summary.first is not None else []
    words = " · ".join([*(f"{sign} {count:,} {word}" for sign, count, word in told), *figures])
    if cell_len(words) <= room:
        return words
    return " · ".join([" ".join(f"{sign} {count:,}" for sign, count, _ in told), *figures])


def seconds(span: float) -> str:
    """A short time: `40 ms`, `1.2 s`."""
    return f"{span * 1000:.0f} ms" if span < 1 else f"{span:.1f} s"
