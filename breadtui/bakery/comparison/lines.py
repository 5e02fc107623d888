"""Two texts line by line, each line with what changed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from breadtui.bakery.comparison.words import Run, word_diff


class Sign(StrEnum):
    """How a row stands to the other side; written before it, so that no colour is needed."""

    SAME = " "
    GONE = "-"
    NEW = "+"
    OTHER = "~"
    UNKNOWN = "?"
    """The other side could not be read."""

    @property
    def differs(self) -> bool:
        """Whether it is a difference."""
        return self in (Sign.GONE, Sign.NEW, Sign.OTHER)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line. In one whose change is of white space alone, that is written with signs."""

    text: str
    changed: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of both texts, or of the one that has it."""

    sign: Sign
    before: Spans | None
    after: Spans | None


_SIGNS = str.maketrans({" ": "·", "\t": "→", "\n": "↵", "\u00a0": "⍽", "\u3000": "□"})


def compared_lines(before: str, after: str) -> tuple[Line, ...]:
    """All lines, in the order of both."""
    pairs = _Pairs()
    for run in word_diff(before, after):
        pairs.take(run)
    return pairs.end()


@dataclass(slots=True)
class _Column:
    """The lines of one text since both began a line together."""

    lines: list[Spans] = field(default_factory=list[Spans])
    begun: list[Span] = field(default_factory=list[Span])

    def add(self, text: str, *, changed: bool, visible: bool) -> None:
        for piece in _pieces(text):
            shown = piece.translate(_SIGNS) if visible else piece.removesuffix("\n")
            if shown:
                self.begun.append(Span(shown, changed))
            if piece.endswith("\n"):
                self.close()

    def close(self) -> None:
        self.lines.append(tuple(self.begun))
        self.begun = []


class _Pairs:
    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._before = _Column()
        self._after = _Column()

    def take(self, run: Run) -> None:
        if run.same:
            for piece in _pieces(run.before):
                self._before.add(piece, changed=False, visible=False)
                self._after.add(piece, changed=False, visible=False)
                self._meet()
            return
        visible = "".join(run.before.split()) == "".join(run.after.split())
        self._before.add(run.before, changed=True, visible=visible)
        self._after.add(run.after, changed=True, visible=visible)
        self._meet()

    def end(self) -> tuple[Line, ...]:
        for column in (self._before, self._after):
            if column.begun:
                column.close()
        self._meet()
        return tuple(self._lines)

    def _meet(self) -> None:
        """Where both begin a line, what came before stands beside each other."""
        if self._before.begun or self._after.begun:
            return
        for before, after in zip_longest(self._before.lines, self._after.lines):
            self._lines.append(Line(_sign(before, after), before, after))
        self._before.lines.clear()
        self._after.lines.clear()


def _pieces(text: str) -> list[str]:
    """The text in lines, with what ends them. What other line breaks Unicode has are no lines of a prompt."""
    first, *rest = text.split("\n")
    pieces = [first]
    for piece in rest:
        pieces[-1] += "\n"
        pieces.append(piece)
    return [piece for piece in pieces if piece]


def _sign(before: Spans | None, after: Spans | None) -> Sign:
    if before is None:
        return Sign.NEW
    if after is None:
        return Sign.GONE
    return Sign.OTHER if any(span.changed for span in (*before, *after)) else Sign.SAME
