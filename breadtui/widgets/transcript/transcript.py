"""A conversation: what was asked and answered, and the answer that is being said."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.message import Message
from textual.timer import Timer

from breadtui.widgets.transcript.blocks import AT_ONCE, Block, Place, Section
from breadtui.widgets.transcript.entries import Entry, Question, Remark, Reply
from breadtui.widgets.transcript.opened import OpenReply
from breadtui.widgets.transcript.sections import section_of
from breadtui.widgets.transcript.view import TranscriptView

GATHER = 0.05
"""Seconds that what arrives is gathered before it is drawn."""
LONGEST = 0.5
"""Seconds of such a wait, at most."""
SHARE = 2.0
"""How much longer than drawing it took the next wait is, at least: two thirds of the time are for all else."""


class Transcript(TranscriptView):
    """Shows questions, replies and remarks in order, and a reply as it comes."""

    class Scrolled(Message):
        """The reader scrolled. At the top stands this entry, counted from 0; this `fraction` of it lies above."""

        def __init__(self, transcript: Transcript, entry: int, fraction: float) -> None:
            super().__init__()
            self.transcript = transcript
            self.entry = entry
            self.fraction = fraction

        @property
        def control(self) -> Transcript:
            """The page that was scrolled."""
            return self.transcript

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._questions: list[int] = []
        self._last_text = ""
        self._open: OpenReply | None = None
        self._gathering: Timer | None = None
        self._open_section = 0
        self._drawing = 0.0  # seconds it took the last time

    @property
    def answering(self) -> bool:
        """Whether a reply is being said."""
        return self._open is not None

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return len(self._questions)

    @property
    def code_blocks(self) -> tuple[str, ...]:
        """What the code blocks of the last reply hold."""
        from breadtui.widgets.transcript.code import code_blocks

        return code_blocks(self._open.text if self._open else self._last_text)

    def load(self, entries: Sequence[Entry]) -> None:
        """Show these instead of all that was there."""
        self.clear()
        if not entries:
            return
        with self._redrawing():
            for number, entry in enumerate(entries):
                self._note(number, entry)
            self._layout.load([self._section(number, entry) for number, entry in enumerate(entries)])
        self._measure_later()

    def ask(self, text: str) -> None:
        """The user said something, and wants to see what comes of it."""
        self._following = True
        self._add(Question(text))

    def remark(self, text: str, colour: str = "muted") -> None:
        """A word of the program's own, in a theme colour."""
        self._add(Remark(text, colour))

    def begin(self, speaker: str) -> None:
        """A reply begins."""
        self.finish()
        with self._redrawing():
            self._open_section = len(self._layout.sections)
            self._layout.append(Section(list, 0, ""))
            self._layout.settle(Place(self._open_section, 0, 0))
            self._open = OpenReply(speaker, self._pen)
            self._open.show_head(self._splice)

    def say(self, text: str) -> None:
        """More of the reply, in Markdown."""
        if self._open and text:
            began = self._open.began
            self._open.say(text)
            self._gather(at_once=not began)

    def reason(self, text: str) -> None:
        """More of the model's reasoning."""
        if self._open and text:
            began = self._open.began
            self._open.reason(text)
            self._gather(at_once=not began)

    def call(self, index: int, name: str | None, arguments: str) -> None:
        """More of a tool's call: pieces of one `index` are one call."""
        if self._open:
            began = self._open.began
            self._open.call(index, name, arguments)
            self._gather(at_once=not began)

    def finish(self, footnote: str = "") -> None:
        """The reply is complete, or as complete as it will be."""
        if self._open is None:
            return
        self._stop_gathering()
        with self._redrawing():
            self._open.finish(footnote, self._splice, self._width)
            self._last_text = self._layout.sections[self._open_section].source = self._open.text
            self._open = None

    def clear(self) -> None:
        """Empty the page."""
        self._stop_gathering()
        self._forget_selection()
        self._open, self._last_text, self._pen.marked = None, "", None
        self._questions.clear()
        self._following = True
        with self._redrawing():
            self._layout.load([])
        self.refresh()

    def toggle_reasoning(self) -> None:
        """Unfold or fold the reasoning of every reply."""
        self._pen.show_reasoning = not self._pen.show_reasoning
        self._renew()

    def highlight(self, number: int | None) -> None:
        """Mark a question, counted from 0, and bring it into view; or mark none."""
        before, self._pen.marked = self._pen.marked, None if number is None else self._questions[number]
        with self._redrawing():
            for section in {before, self._pen.marked}:
                if section is not None:
                    self._redraw(section)
        if self._pen.marked is not None and not self._in_view(self._pen.marked):
            self._go_to(self._layout.top(Place(self._pen.marked, 0, 0)))

    def scroll_to_entry(self, entry: int, fraction: float) -> None:
        """Have this entry at the top, with this fraction of it above. Nothing is posted."""
        if sections := self._layout.sections:
            number = min(max(entry, 0), len(sections) - 1)
            self._go_to(self._layout.top(Place(number, 0, 0)) + round(fraction * sections[number].height))

    def action_scroll_end(self) -> None:
        """To the end, which is followed from now on."""
        self._following = True
        self._arrange()
        self.refresh(self.size.region)
        self.reader_scrolled()

    def reader_scrolled(self) -> None:
        """Tell of it."""
        y = self.scroll_offset.y
        if y < self._layout.height:
            entry = self._layout.at(y).section
            above = y - self._layout.top(Place(entry, 0, 0))
            self.post_message(self.Scrolled(self, entry, above / self._layout.sections[entry].height))

    def _add(self, entry: Entry) -> None:
        with self._redrawing():
            self._note(len(self._layout.sections), entry)
            self._layout.append(self._section(len(self._layout.sections), entry))

    def _note(self, number: int, entry: Entry) -> None:
        if isinstance(entry, Question):
            self._questions.append(number)
        elif isinstance(entry, Reply):
            self._last_text = entry.text

    def _section(self, number: int, entry: Entry) -> Section:
        return section_of(entry, number, self._pen, self._width)

    def _splice(self, start: int, stop: int, blocks: Sequence[Block]) -> None:
        self._layout.splice(self._open_section, start, stop, blocks)
        if len(blocks) > AT_ONCE:
            self._measure_later()

    def _gather(self, *, at_once: bool) -> None:
        """Draw soon what came; the first of a reply now."""
        if at_once:
            self._flush()
        elif self._gathering is None:
            self._gathering = self.set_timer(min(max(GATHER, SHARE * self._drawing), LONGEST), self._flush)

    def _flush(self) -> None:
        self._stop_gathering()
        if self._open is None:
            return
        began = time.thread_time()
        with self._redrawing():
            self._open.advance(self._splice, self._width)
        self._drawing = time.thread_time() - began
        self.call_after_refresh(self._drawn, began)

    def _drawn(self, began: float) -> None:
        """It stands on the screen: that is a part of what it cost."""
        self._drawing = max(self._drawing, time.thread_time() - began)

    def _stop_gathering(self) -> None:
        if self._gathering is not None:
            self._gathering.stop()
            self._gathering = None
