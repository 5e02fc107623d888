"""Text that is shown as it is: cut into pieces that can be wrapped each for itself, and wrapped."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from breadtui.widgets.transcript.look import Look
from breadtui.widgets.transcript.pieces import Plain
from breadtui.widgets.transcript.splitting import WINDOW, between_words

ENOUGH = 1000
"""Characters after which a piece ends with its line."""
NARROWEST = 8
"""Cells that a line is wrapped for at least, however narrow the page."""


class PlainSplitter:
    """Give it a text piece by piece, and it gives the parts that are finished. It cuts where the text alone says."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, text: str) -> list[Plain]:
        """The parts that this text finished."""
        self._text += text
        pieces: list[Plain] = []
        at = 0
        while cut := self._cut(at):
            pieces.append(Plain(self._text[at:cut]))
            at = cut
        self._text = self._text[at:]
        return pieces

    def open(self) -> list[Plain]:
        """What is not finished."""
        return [Plain(self._text)] if self._text.strip() else []

    def finish(self) -> list[Plain]:
        """All that is left: nothing more will come."""
        left, self._text = self._text.rstrip(), ""
        return [Plain(left)] if left else []

    def _cut(self, at: int) -> int:
        if line := self._text.find("\n", at + ENOUGH, at + WINDOW) + 1:
            return line
        return at + between_words(self._text[at : at + WINDOW]) if len(self._text) - at >= WINDOW else 0


def plain_pieces(text: str) -> list[Plain]:
    """A whole text in parts."""
    splitter = PlainSplitter()
    return [*splitter.feed(text), *splitter.finish()]


def wrap(text: str, width: int, style: Style, look: Look) -> list[Strip]:
    """A text in lines of at most `width` cells, broken between words where it can be."""
    from rich.text import Text

    lines = Text(text.removesuffix("\n")).wrap(look.console, max(width, NARROWEST), justify="left", overflow="fold")
    strips: list[Strip] = []
    for line in lines:
        line.rstrip()
        # Rich 14 and 15 render a text without spans without the style it was made with.
        strips.append(Strip(list(line.render(look.console))).apply_style(style))
    return strips
