"""One answer of a sweep, whole, beside what the teacher answered to the same question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.sweep import SWEEP_ANSWER
from breadtui.bakery.sweep.agreement import likeness
from breadtui.bakery.sweep.records import called
from breadtui.bakery.sweep.sweep import Cell, Place, Standing, Sweep
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.sweep.drawing import percent, seconds

LONGEST_QUESTION = 2_000
"""Characters of a question that stand above the answers."""


class SweepAnswer(ModalScreen[Place]):
    """Shows the cell at `place`; answers with the one that was looked at last. `order` is that of the grid."""

    CSS_PATH = sheet("sweep")
    HELP = "An answer of a sweep"
    BINDINGS = bindings(SWEEP_ANSWER)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, sweep: Sweep, order: Sequence[int], place: Place) -> None:
        super().__init__()
        self._sweep = sweep
        self._order = order
        self._line = order.index(place[0])
        self._column = place[1]
        self._answer = Page(id="sweep-said-by-model", classes="scrolls")
        self._teacher = Page(id="sweep-said-by-teacher", classes="scrolls")

    def compose(self) -> ComposeResult:
        """The question, the two answers, and the keys."""
        with Vertical(id="sweep-answer"):
            yield Static("", id="sweep-question", markup=False)
            with Container(id="sweep-texts"):
                for page in (self._answer, self._teacher):
                    page.can_focus = False  # the keys move both
                    yield page
            yield KeyBar()

    def on_mount(self) -> None:
        """Show it."""
        self._show()

    def changed(self, places: Iterable[Place]) -> None:
        """These cells read otherwise now."""
        if self.place in places:
            self._show()

    @property
    def place(self) -> Place:
        """The cell that is shown."""
        return self._order[self._line], self._column

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There may be nothing beside it."""
        match action, parameters:
            case "beside", (int(down), int(right)):
                inside = 0 <= self._line + down < len(self._order)
                return inside and 0 <= self._column + right < len(self._sweep.columns)
            case _:
                return True

    def action_beside(self, down: int, right: int) -> None:
        """Another question, or another model's answer."""
        self._line += down
        self._column += right
        self._show()
        self.refresh_bindings()

    def action_scroll(self, by: int) -> None:
        """Read on, or back, in both answers."""
        for page in (self._answer, self._teacher):
            page.scroll_relative(y=by * max(page.size.height // 2, 1), animate=False)

    def action_copy(self) -> None:
        """Copy the answer."""
        self.app.copy_to_clipboard(self._sweep.cell(*self.place).text)
        self.notify("Copied the answer", markup=False)

    def action_back(self) -> None:
        """Go back to the grid."""
        self.dismiss(self.place)

    def _show(self) -> None:
        row, column = self.place
        question, cell = self._sweep.questions[row], self._sweep.cell(row, column)
        box = self.query_one("#sweep-answer")
        box.border_title = Content(f"Question {row + 1:,} of {len(self._order):,}")
        box.border_subtitle = Content(f"model {column + 1} of {len(self._sweep.columns)}")
        self.query_one("#sweep-question", Static).update(Content(question.text[:LONGEST_QUESTION]))
        self._answer.head(Content(called(self._sweep.columns[column])))
        self._answer.show(answer_content(cell), self.place)
        count = len(question.references)
        self._teacher.display = bool(count)
        self._teacher.head(Content("the teacher" if count == 1 else f"the teacher, {count} answers"))
        self._teacher.show(teacher_content(cell, question.references), self.place)


def answer_content(cell: Cell) -> Content:
    """An answer below its figures."""
    facts = Content.styled(" · ".join(_facts(cell)), "$muted")
    why = Content.styled(cell.why, "$error" if cell.standing is Standing.FAILED else "$warning")
    text = Content.styled("It said nothing.", "$warning") if cell.empty else Content(cell.text)
    return Content("\n\n").join([part for part in (facts, why, text) if part])


def teacher_content(cell: Cell, references: Sequence[str]) -> Content:
    """What the teacher answered, the one most like the answer first."""
    answered = cell.standing is Standing.ANSWERED
    ranked = sorted(
        ((likeness(cell.text, one) if answered else 0.0, one) for one in references), key=lambda one: -one[0]
    )
    parts: list[Content] = []
    for alike, text in ranked:
        parts += [Content.styled(f"{percent(alike).strip()} alike", "bold $secondary")] if answered else []
        parts.append(Content(text))
    return Content("\n\n").join(parts)


def _facts(cell: Cell) -> list[str]:
    told = [f"{cell.standing.sign} {cell.standing}"]
    if cell.agreement is not None:
        told.append(f"{percent(cell.agreement).strip()} agreement")
    if cell.tokens is not None:
        told.append(f"{'about ' if cell.estimated else ''}{cell.tokens:,} tokens")
    if cell.first is not None:
        told.append(f"first after {seconds(cell.first)}")
    if cell.seconds:
        told.append(f"{seconds(cell.seconds)} in all")
    return told
