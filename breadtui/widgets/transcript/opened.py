"""The reply that is being said: what is finished of it becomes blocks that stay, the rest is drawn as it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from breadtui.widgets.transcript import sections
from breadtui.widgets.transcript.blocks import Block
from breadtui.widgets.transcript.entries import Call
from breadtui.widgets.transcript.sections import Pen
from breadtui.widgets.transcript.splitting import WINDOW, Splitter
from breadtui.widgets.transcript.wrapping import PlainSplitter


class Splice(Protocol):
    """Puts other blocks where those from `start` to `stop` are."""

    def __call__(self, start: int, stop: int, blocks: Sequence[Block]) -> None:
        """Do it."""
        ...


@dataclass(slots=True)
class OpenCall:
    """A tool's call, as far as it came. Of its arguments the end is shown meanwhile."""

    name: str = ""
    parts: list[str] = field(default_factory=list[str])
    end: str = ""

    def add(self, name: str | None, arguments: str) -> None:
        """More of it. A name that is told twice is the same one."""
        self.name = name or self.name
        self.parts.append(arguments)
        self.end = (self.end + arguments)[-WINDOW:]


class OpenReply:
    """Takes in what is said, and puts it on the page when it is told to."""

    def __init__(self, speaker: str, pen: Pen) -> None:
        self._pen = pen
        self._said = Pieces()
        self._thought = Pieces()
        self._splitter = Splitter()
        self._thinker = PlainSplitter()
        self._calls: dict[int, OpenCall] = {}
        self._calls_changed = False
        self._words = 0
        self._in_word = False
        self._head = sections.head_block(speaker, pen)
        self._thoughts = 0  # blocks of reasoning, behind the head
        self._thoughts_open = 0
        self._blocks = 1  # that stay
        self._tail = 0  # blocks behind them

    @property
    def began(self) -> bool:
        """Whether anything has come."""
        return bool(self._said.all or self._thought.all or self._calls)

    @property
    def text(self) -> str:
        """What was said."""
        return "".join(self._said.all)

    def say(self, text: str) -> None:
        """More of the answer."""
        self._said.add(text)

    def reason(self, text: str) -> None:
        """More of the reasoning."""
        self._thought.add(text)

    def call(self, index: int, name: str | None, arguments: str) -> None:
        """More of a call."""
        self._calls.setdefault(index, OpenCall()).add(name, arguments)
        self._calls_changed = True

    def show_head(self, splice: Splice) -> None:
        """Tell who speaks, before anything is said."""
        splice(0, 0, [self._head, sections.waiting_block(self._pen)])
        self._tail = 1

    def advance(self, splice: Splice, width: int) -> None:
        """Put on the page what came since."""
        thought, said = self._thought.take(), self._said.take()
        if thought or (said and self._thoughts):
            self._think(thought, splice, width)
        if thought or said or self._calls_changed:
            finished = sections.piece_blocks(self._splitter.feed(said), self._pen, width)
            tail = sections.piece_blocks(self._splitter.open(), self._pen, width, fleeting=True)
            for call in self._calls.values():
                tail += [sections.call_head(call.name, self._pen), sections.open_call_block(call.end, self._pen)]
            self._put(finished, tail, splice)
            self._calls_changed = False

    def finish(self, footnote: str, splice: Splice, width: int) -> None:
        """Nothing more will come."""
        self.advance(splice, width)
        if self._thoughts:
            self._think("", splice, width, final=True)
        blocks = sections.piece_blocks(self._splitter.finish(), self._pen, width)
        for _, call in sorted(self._calls.items()):
            blocks += sections.call_blocks(Call(call.name, "".join(call.parts)), self._pen, width)
        self._put([*blocks, sections.foot_block(footnote, self._pen)], [], splice)

    def _put(self, finished: list[Block], tail: list[Block], splice: Splice) -> None:
        splice(self._blocks, self._blocks + self._tail, [*finished, *tail])
        self._blocks += len(finished)
        self._tail = len(tail)

    def _think(self, text: str, splice: Splice, width: int, *, final: bool = False) -> None:
        """Reasoning stands above the answer, even if it came later."""
        if not self._thoughts and not (text := text.lstrip()):
            return
        self._words += len(text.split()) - (self._in_word and bool(text) and not text[0].isspace())
        self._in_word = not text[-1].isspace() if text else self._in_word
        is_open = not final and not self._said.all
        summary = sections.summary_block(self._words, self._pen, is_open=is_open)
        finished = [*self._thinker.feed(text), *(self._thinker.finish() if final else ())]
        kept = sections.thought_blocks(finished, self._pen, width)
        tail = sections.thought_blocks(self._thinker.open(), self._pen, width, fleeting=True)
        tail.append(sections.thought_end(self._pen))
        if self._thoughts:
            splice(1, 2, [summary])
        else:
            kept.insert(0, summary)
        begin = 1 + self._thoughts
        splice(begin, begin + self._thoughts_open, [*kept, *tail])
        self._thoughts += len(kept)
        self._blocks += len(kept) + len(tail) - self._thoughts_open
        self._thoughts_open = len(tail)


class Pieces:
    """Text that comes piece by piece: all of it, and what was not taken yet."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._taken = 0

    def add(self, text: str) -> None:
        """One more."""
        if text:
            self.all.append(text)

    def take(self) -> str:
        """What came since the last time."""
        taken = "".join(self.all[self._taken :])
        self._taken = len(self.all)
        return taken
