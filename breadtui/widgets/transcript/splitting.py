"""Takes Markdown as it streams in and tells which of its blocks no further text can change.

Where it is cut does not depend on how the text was torn: only whole lines count, and what is very long is cut at
places that its own length gives. So what is drawn of a stream is what is drawn of the whole. Very long blocks are cut
as well, so that the work for one more token is bounded: a list before an item, code between lines, a table between
rows (its header is shown again), a paragraph where it is `WINDOW` long. What is nested in a very long item of a list,
or in a quote, is split by a splitter of its own.

Two things of Markdown are left out, for what they hide: HTML and the definitions of references are shown as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from breadtui.widgets.transcript.containers import INDENTED, QUOTE, Container, Contents, item_container
from breadtui.widgets.transcript.outline import TORN, TORN_LINE, Block, outline
from breadtui.widgets.transcript.pieces import Code, GoesOn, Piece, Prose

WINDOW = 4000
"""Characters that are looked at together: a longer block is cut."""
LINES = 60
"""Lines of a block, at most, before it is cut."""
CODE = 30
"""Lines of code that are coloured together, with as many before them."""
ITEMS = 30
"""Lines from which on a list is cut before its next item."""
DEEPEST = 6
"""Blocks within blocks that are split for themselves."""

_JOINED = "\u200d\ufe0e\ufe0f"
_BLANK = re.compile(r"[ \t]*\n")
_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})[ \t]*([^\s`]*)[^\n]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block that is open: a line of `sign`, `length` times or more, ends it; none does if that is 0."""

    lexer: str
    sign: str
    length: int
    indent: int

    def closed_by(self, line: str) -> bool:
        """Whether this line is its end."""
        bare = line.strip(" \t\n")
        if not 0 < self.length <= len(bare) or bare.strip(self.sign):
            return False
        return len(line) - len(line.lstrip(" ")) <= 3


NEW = GoesOn()


class Splitter:
    """Give it a text piece by piece, and it gives the blocks that are finished."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._text = ""
        self._at = 0  # what of the text lies before is given
        self._looked_at = -1  # up to here, without finding a place to cut
        self._context = NEW
        self._fence: Fence | None = None
        self._opens = True  # nothing is given yet of the open code
        self._before = ""  # the last that was given of it
        self._torn = False  # the open code was cut within a line
        self._first = True
        self._contents: Contents | None = None

    def feed(self, text: str) -> list[Piece]:
        """The blocks that this text finished."""
        self._text += text
        pieces = list(self._take(final=False))
        if self._at:
            self._text = self._text[self._at :]
            self._looked_at -= self._at
            self._at = 0
        return pieces

    def finish(self) -> list[Piece]:
        """All that is left: nothing more will come."""
        return list(self._take(final=True))

    def open(self) -> list[Piece]:
        """What is not finished, as it would look if nothing more came."""
        if self._contents:
            return self._contents.open()
        rest = self._text[self._at :]
        if self._fence:
            return [self._code(rest, self._fence, closes=True)]
        return [self._prose(rest, self._context, gap=self._gap())] if rest.strip() else []

    def expect_code(self, lexer: str = "text") -> None:
        """All that will come is code."""
        self._fence = Fence(lexer, "`", 0, 0)

    def _take(self, *, final: bool) -> Iterator[Piece]:
        while True:
            before = self._at, self._contents, self._fence, self._context
            if self._contents:
                yield from self._take_contents(self._contents, final=final)
            elif self._fence:
                yield from self._take_code(self._fence, final=final)
            else:
                self._skip_blank_lines()
                yield from self._take_prose(final=final)
            if before == (self._at, self._contents, self._fence, self._context):
                return

    def _given(self, piece: Piece) -> Piece:
        self._first = False
        return piece

    def _gap(self) -> bool:
        return not self._first and not self._depth and self._context == NEW

    def _prose(self, source: str, context: GoesOn, *, gap: bool) -> Prose:
        return Prose(source, context.lead, context.number, gap)

    def _code(self, source: str, fence: Fence, *, closes: bool) -> Code:
        if fence.indent:
            source = re.sub(rf"(?m)^ {{1,{fence.indent}}}", "", source)
        gap = self._opens and not self._first and not self._depth
        return Code(source, fence.lexer, opens=self._opens, closes=closes, before=self._before, gap=gap)

    def _take_code(self, fence: Fence, *, final: bool) -> Iterator[Piece]:
        """Code in chunks of some lines; its end is looked for line by line, and nothing is parsed."""
        start = at = self._at
        for _ in range(CODE):
            end = self._text.find("\n", at, start + WINDOW) + 1
            if not end and len(self._text) - start >= WINDOW:
                break
            if not end and not final:
                return
            end = end or len(self._text)
            if at == end or (fence.closed_by(self._text[at:end]) and not (self._torn and at == start)):
                yield self._given(self._code(self._text[start:at], fence, closes=True))
                self._at, self._fence, self._context, self._looked_at = end, None, NEW, -1
                return
            at = end
        self._torn = at == start
        if self._torn:
            at = start + WINDOW
        piece = self._code(self._text[start:at], fence, closes=False)
        yield self._given(piece)
        self._at, self._opens = at, False
        self._before = "" if self._torn else piece.source

    def _take_contents(self, contents: Contents, *, final: bool) -> Iterator[Piece]:
        self._at, ended = contents.take(self._text, self._at, final=final)
        yield from contents.pieces(final=ended)
        if ended:
            self._contents, self._context, self._looked_at = None, contents.after, -1

    def _nest(self, container: Container, after: GoesOn, *, begun: bool) -> Splitter:
        splitter = Splitter(self._depth + 1)
        self._contents = Contents(container, splitter, after, begun=begun, gap=self._gap())
        self._first = False
        return splitter

    def _skip_blank_lines(self) -> None:
        """A blank line belongs to no block, and ends a paragraph or a table that was cut."""
        while blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
            if self._context.lead == TORN:
                self._context = GoesOn(TORN_LINE)  # it was the end of the line that was cut
            elif self._context.lead:
                self._context = NEW

    def _window(self, *, final: bool) -> tuple[str, bool]:
        """What is looked at, and whether that is as much as may be. A line that is not whole yet may be anything."""
        window = self._text[self._at : self._at + WINDOW]
        if window.count("\n") >= LINES:
            return "\n".join(window.split("\n", LINES)[:LINES]) + "\n", True
        whole = window.rfind("\n") + 1
        if len(window) == WINDOW:
            return window[: whole or WINDOW], True
        return window if final else window[:whole], False

    def _take_prose(self, *, final: bool) -> Iterator[Piece]:
        window, full = self._window(final=final)
        start, end = self._at, self._at + len(window)
        if end == start or (end == self._looked_at and not full and not final):
            return
        self._looked_at = end
        if not self._context.lead and (opening := _FENCE.match(window)):
            self._at += opening.end()
            self._fence = Fence(opening[3] or "text", opening[2][0], len(opening[2]), len(opening[1]))
            self._opens, self._torn, self._before = True, False, ""
            return
        blocks = outline(window, self._context.lead)
        for block in blocks:
            if block.kind == "fence" and block is not blocks[0]:
                self._looked_at = -1
                self._at, self._context = start + block.start, NEW
                return
            yield from self._cut_list(block, window, start)
            if block is not blocks[-1] or (final and not full):
                yield from self._prose_to(start + block.end)
                self._context = NEW
        if not blocks and (full or final):
            self._at = end  # spaces
        elif self._at == start and full:
            yield from self._force(blocks[0], window)

    def _prose_to(self, end: int) -> Iterator[Piece]:
        source, self._at = self._text[self._at : end], end
        if source.strip():
            yield self._given(self._prose(source, self._context, gap=self._gap()))

    def _cut_list(self, block: Block, window: str, start: int) -> Iterator[Piece]:
        """Cut a long list before some of its items."""
        if self._context.markup and self._context.markup != block.markup:
            self._context = NEW
        number = block.number if self._context.number is None else self._context.number
        for index, item in enumerate(block.items):
            since = self._at - start
            if item - since > WINDOW // 2 or window.count("\n", since, item) >= ITEMS:
                yield from self._prose_to(start + item)
                self._context = GoesOn("", block.markup, None if number is None else number + index)

    def _force(self, block: Block, window: str) -> Iterator[Piece]:
        """Cut one block that is longer than the window, where it must be."""
        if self._depth < DEEPEST and block.items:
            number = block.number if self._context.number is None else self._context.number
            item, last = block.items[-1], len(block.items) - 1
            if item:
                yield from self._prose_to(self._at + item)
                self._context = GoesOn("", block.markup)
            number = None if number is None else number + last
            container, begins = item_container(window[item : window.find("\n", item) + 1 or None], number)
            after = GoesOn("", block.markup, None if number is None else number + 1)
            self._nest(container, after, begun=True)
            self._at += begins
        elif self._depth < DEEPEST and block.kind == "blockquote_open":
            self._nest(QUOTE, NEW, begun=False)
        elif self._depth < DEEPEST and block.kind == "code_block":
            self._nest(INDENTED, NEW, begun=False).expect_code()
        elif block.kind == "table_open":
            lead = self._context.lead or "".join(window.splitlines(keepends=True)[:2])
            yield from self._prose_to(self._at + len(window))
            self._context = GoesOn(lead)
        else:
            whole = window.endswith("\n")
            yield from self._prose_to(self._at + (len(window) if whole else between_words(window)))
            self._context = GoesOn(TORN_LINE if whole else TORN)


def between_words(line: str) -> int:
    """Where a line is cut that has no end: before a space if there is one near the end, never within a sign."""
    if (space := line.rfind(" ", len(line) // 2)) > 0:
        return space
    end = len(line) - 1
    while end > len(line) // 2 and (
        unicodedata.combining(line[end]) or line[end] in _JOINED or line[end - 1] in _JOINED
    ):
        end -= 1
    return end
