"""One of the lists of the data screen: its rows, which of them are shown, what is marked, and what was measured."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence

from breadtui.bakery.data.grouped import together
from breadtui.bakery.data.measure import Survey
from breadtui.bakery.data.pages import Pages
from breadtui.bakery.data.rows import Reading, Row, read
from breadtui.bakery.data.sieve import Filter, Kind, among
from breadtui.bakery.data.signs import Sign, signs_of
from breadtui.bakery.data.source import Source, What
from breadtui.bakery.data.words import counted, noun
from breadtui.widgets.rows.line import RowLine, line_of

KEPT = 500
"""Lines that are kept as they were read, at most."""

Arrived = Callable[["Tab", range], None]
Refused = Callable[["Tab", Exception], None]


class Tab:
    """`arrived` and `refused` are told of pages; `most_tokens` is how many a response could have, where known."""

    def __init__(self, source: Source, arrived: Arrived, refused: Refused, most_tokens: int | None = None) -> None:
        self.source = source
        self.pages = Pages(source, self._arrived, lambda error: refused(self, error))
        self._told = arrived
        self.most_tokens: int | None = most_tokens
        self.survey = Survey(most_tokens)
        self.marks: set[int] = set()
        self.filter: Filter | None = None
        self.words = ""
        self.everywhere = False
        """Whether the words were looked for in all rows, not only in those that are loaded."""
        self.numbers: array[int] | None = None
        """Those of the rows that filter and words let through; None where all are shown."""
        self.cursor: int | None = None
        self._begun: int | None = None
        self._sifted = 0
        self._lines: OrderedDict[int, RowLine] = OrderedDict()
        self._version = source.version

    @property
    def shown(self) -> Sequence[int]:
        """The numbers of the rows to show."""
        return range(self.source.known) if self.numbers is None else self.numbers

    @property
    def begun(self) -> bool:
        """Whether the first page is here, be there rows on it or not."""
        return self._begun is not None

    @property
    def sieved(self) -> bool:
        """Whether not all rows are shown."""
        return self.numbers is not None

    @property
    def measured(self) -> bool:
        """Whether all rows were measured."""
        return self.survey.done and self.survey.measured >= self.source.known

    @property
    def title(self) -> str:
        """What is listed, and how many there are: `306 responses · 12 new`."""
        if self._begun is None:
            return noun(self.source.what)
        known, new = self.source.known, self.source.known - self._begun
        if self.source.what is What.ROWS and not self.source.whole:
            new = 0  # a file is counted bit by bit
        more = "" if self.source.whole else " so far"
        return f"{counted(self.source.what, known)}{more}" + (f" · {new:,} new" if new > 0 else "")

    def line(self, number: int) -> RowLine | None:
        """What the list shows of a row, once it is here."""
        if (known := self._lines.get(number)) is not None:
            self._lines.move_to_end(number)
            return known
        if (row := self.pages.row(number)) is None:
            return None
        reading = read(row)
        line = line_of(row, reading, self.signs(row, reading), again=self._is_again(row, reading))
        self._lines[number] = line
        if len(self._lines) > KEPT:
            self._lines.popitem(last=False)
        return line

    def signs(self, row: Row, reading: Reading) -> Sign:
        """What is wrong with a row, as far as that is known: repeats only where it was measured."""
        return signs_of(row, reading, self.most_tokens) | self.survey.signs(row.number)

    def sift_loaded(self) -> None:
        """Show what filter and words let through of the rows that are loaded, or measured."""
        self.everywhere = False
        if self.words:
            found = among(self.pages.held, self.words)
            passes = self.filter.passes(self.survey) if self.filter else None
            self.numbers = array("Q", filter(passes, found)) if passes else found
        else:
            self.numbers = self.filter.chosen(self.survey) if self.filter else None

    def begin_sifting(self) -> None:
        """Rows are going to be measured: of those that are already, show what the filter lets through."""
        self._sifted = 0
        if self.filter and not self.words:
            self.numbers = array("Q")
            self.sift_measured()

    def sift_measured(self) -> None:
        """Show besides what the filter lets through of the rows measured since; what is short, only all can tell."""
        if self.filter and self.numbers is not None and self.filter.kind not in (Kind.SHORT, Kind.LONG):
            self.numbers.extend(self.filter.chosen(self.survey, self._sifted))
            self._sifted = self.survey.measured

    def learn(self, most_tokens: int | None) -> None:
        """Take in how many tokens a response could have."""
        if most_tokens != self.most_tokens and not self.survey.measured:
            self.most_tokens, self.survey = most_tokens, Survey(most_tokens)
            self._lines.clear()

    def grown(self) -> bool:
        """Take in that the source may hold other rows than before; whether they were made anew."""
        if self._version == self.source.version:
            return False
        self._version = self.source.version
        self._begun = None
        self.survey = Survey(self.most_tokens)
        self.marks.clear()
        self.filter, self.words, self.numbers = None, "", None
        self._lines.clear()
        return True

    def count_anew(self) -> None:
        """What has come so far is not new: a file is counted bit by bit."""
        self._begun = self.source.known

    def redraw_lines(self) -> None:
        """More is known of rows than their lines tell."""
        self._lines.clear()

    def _arrived(self, numbers: range) -> None:
        self.grown()
        if self._begun is None:
            self._begun = self.source.known
        for number in (numbers.start, numbers.stop):
            self._lines.pop(number, None)  # whether it goes on from the row above can be told now
        self._told(self, numbers)

    def _is_again(self, row: Row, reading: Reading) -> bool:
        if reading.response is None or self.numbers is not None:
            return False
        above = self.pages.row(row.number - 1) if row.number else None
        return above is not None and together(read(above), reading)
