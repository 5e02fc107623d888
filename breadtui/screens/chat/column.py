"""One column of a chat: who is asked and how, and what was said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.chat import TRANSCRIPT
from breadtui.screens.chat.pages import Entry
from breadtui.widgets.transcript import Question, Remark, Transcript

Place = tuple[int, int]
"""Where one is in a page: the question, from 0, and the entry from there on. Columns have these in common."""


class ColumnView(Vertical):
    """A heading and a transcript. It knows where in its transcript each question stands."""

    HELP = "An answer in a chat"
    BINDINGS = bindings(TRANSCRIPT)

    def __init__(self, number: int) -> None:
        super().__init__(classes="column")
        self.number = number
        self._questions: list[int] = []  # the entry of each
        self._entries = 0

    def compose(self) -> ComposeResult:
        """Line, page."""
        yield Static("", classes="column-head", markup=False)
        transcript = Transcript(classes="scrolls transcript")
        transcript.can_focus = True
        yield transcript

    @property
    def transcript(self) -> Transcript:
        """The page."""
        return self.query_one(Transcript)

    def head(self, content: Content) -> None:
        """Say who is asked."""
        self.query_one(".column-head", Static).update(content, layout=False)

    # -- the page --

    def load(self, entries: Sequence[Entry]) -> None:
        """Show these, and nothing else."""
        self._questions = [place for place, entry in enumerate(entries) if isinstance(entry, Question)]
        self._entries = len(entries)
        self.transcript.load(entries)

    def ask(self, question: str) -> None:
        """Another question."""
        self._questions.append(self._entries)
        self._entries += 1
        self.transcript.ask(question)

    def begin(self, speaker: str) -> None:
        """An answer begins."""
        self._entries += 1
        self.transcript.begin(speaker)

    def remark(self, remark: Remark) -> None:
        """A word of the program's own."""
        self._entries += 1
        self.transcript.remark(remark.text, remark.colour)

    def place_of(self, entry: int) -> Place:
        """Where an entry stands among questions."""
        question = bisect_right(self._questions, entry) - 1
        return question, entry - self._questions[question] if question >= 0 else entry

    def entry_at(self, place: Place) -> int:
        """The entry at a place, or, where this page has fewer there, the last one before the next question."""
        question, further = place
        begin = self._questions[question] if 0 <= question < len(self._questions) else 0
        end = self._questions[question + 1] if question + 1 < len(self._questions) else self._entries
        return max(min(begin + further, end - 1), 0)

    # -- keys --

    def action_scroll(self, by: int) -> None:
        """One line."""
        if by > 0:
            self.transcript.action_scroll_down()
        else:
            self.transcript.action_scroll_up()

    def action_top(self) -> None:
        """To the beginning."""
        self.transcript.action_scroll_home()

    def action_end(self) -> None:
        """To the end."""
        self.transcript.action_scroll_end()
