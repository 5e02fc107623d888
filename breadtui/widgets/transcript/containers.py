"""Blocks that hold others: what of a line belongs to one, and what stands beside what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.widgets.transcript.pieces import GoesOn, Margin, Piece, beside

if TYPE_CHECKING:
    from breadtui.widgets.transcript.splitting import Splitter

UNDECIDED = -1
OUTSIDE = -2

_SPACES = re.compile(r"[ \t]*")
_QUOTE = re.compile(r" {0,3}>")
_MARKER = re.compile(r"( {0,3})([-+*]|\d{1,9}[.)])( {1,4}(?! )| )?")


@dataclass(frozen=True, slots=True)
class Container:
    """An item of a list, with lines indented by `indent`, or a quote if that is 0. Its first line is begun already if
    it is an item."""

    indent: int
    margin: Margin

    def enter(self, text: str, at: int, *, final: bool) -> int:
        """Where in the line that begins at `at` its content begins, or that this cannot be told yet, or is outside."""
        if not self.indent:
            return _enter_quote(text, at, final=final)
        blank = _SPACES.match(text, at)
        end = blank.end() if blank else at
        column = 0
        for place in range(at, end):
            if column >= self.indent:
                return place
            column += 4 - column % 4 if text[place] == "\t" else 1
        if column >= self.indent or text[end : end + 1] == "\n":
            return end
        return UNDECIDED if end == len(text) and not final else OUTSIDE


QUOTE = Container(0, Margin("▌ ", "▌ ", "markdown.block_quote"))
INDENTED = Container(4, Margin("", "", "none"))


def item_container(line: str, number: int | None) -> tuple[Container, int]:
    """The container that an item of a list is, and where in its first line the content begins."""
    marker = _MARKER.match(line)
    end = marker.end() if marker else 0
    indent = end if marker and marker.group(3) else end + 1
    first = " • " if number is None else f"{number:>3} "
    style = "markdown.item.bullet" if number is None else "markdown.item.number"
    return Container(indent, Margin(first, " " * len(first), style)), end


def _enter_quote(text: str, at: int, *, final: bool) -> int:
    if sign := _QUOTE.match(text, at):
        end = sign.end()
        if end == len(text) and not final:
            return UNDECIDED
        return end + (text[end : end + 1] == " ")
    only_spaces = not text[at:].strip(" ") and len(text) - at <= 3
    return UNDECIDED if only_spaces and not final else OUTSIDE


class Contents:
    """What a container holds, as it streams in. `after` is how to go on behind it."""

    def __init__(self, container: Container, splitter: Splitter, after: GoesOn, *, begun: bool, gap: bool) -> None:
        self.after = after
        self._container = container
        self._splitter = splitter
        self._in_line = begun
        self._gap = gap
        self._shown = False
        self._found: list[Piece] = []

    def take(self, text: str, at: int, *, final: bool) -> tuple[int, bool]:
        """Take what is inside from `at` on; tells how far that was, and whether the container ended there."""
        inside: list[str] = []
        place = UNDECIDED if at == len(text) else 0
        while at < len(text):
            place = at if self._in_line else self._container.enter(text, at, final=final)
            if place < 0:
                break
            at = text.find("\n", place) + 1 or len(text)
            inside.append(text[place:at])
            self._in_line = text[at - 1] != "\n"
        self._found = self._splitter.feed("".join(inside))
        return at, final or place == OUTSIDE

    def pieces(self, *, final: bool) -> list[Piece]:
        """The pieces that were finished since."""
        found = [*self._found, *(self._splitter.finish() if final else ())]
        pieces = self._placed(found)
        self._shown = self._shown or bool(pieces)
        return pieces

    def open(self) -> list[Piece]:
        """What is not finished."""
        return self._placed(self._splitter.open())

    def _placed(self, pieces: list[Piece]) -> list[Piece]:
        margin = self._container.margin
        below = Margin(margin.rest, margin.rest, margin.style)
        first = not self._shown
        return [
            beside(piece, margin if first and not n else below, gap=self._gap and first and not n)
            for n, piece in enumerate(pieces)
        ]
