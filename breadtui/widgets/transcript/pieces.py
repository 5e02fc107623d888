"""Parts of an answer that can be drawn each for itself, and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands left of a piece: `first` in its first row, `rest` in those below. `style` names Rich's style."""

    first: str
    rest: str
    style: str


@dataclass(frozen=True, slots=True)
class Prose:
    """One block of Markdown, or a part of a very long one.

    `lead` is put before the source when it is parsed, and not shown: it makes the rest of a torn paragraph or table
    read as that. `number` is the number of the first item, where a numbered list goes on.
    """

    source: str
    lead: str = ""
    number: int | None = None
    gap: bool = False
    margins: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a code block, to be coloured as `lexer` does; the first ones if it `opens` the block.

    What stands `before` them tells the lexer where it is: in a comment, say.
    """

    source: str
    lexer: str
    opens: bool
    closes: bool
    before: str = ""
    gap: bool = False
    margins: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """Text to be shown as it is."""

    source: str


Piece = Prose | Code
"""Of an answer. Above one that has a `gap` stands an empty row."""


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A block was cut, and what follows may be more of it: `lead` makes it parse so. `markup` is the sign of a list."""

    lead: str = ""
    markup: str = ""
    number: int | None = None


def beside(piece: Piece, margin: Margin, *, gap: bool) -> Piece:
    """The piece with one more margin, left of those it has."""
    return replace(piece, margins=(margin, *piece.margins), gap=gap)


def rows_about(piece: Piece | Plain, width: int) -> int:
    """How many rows it will have at this width, guessed without drawing it."""
    return text_rows(piece.source, width) + (0 if isinstance(piece, Plain) else int(piece.gap))


def text_rows(text: str, width: int) -> int:
    """How many rows a text will have, about."""
    return 1 + max(text.count("\n"), len(text) // max(width, 1))
