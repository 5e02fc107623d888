"""What the entries of a conversation look like: the blocks that each is drawn in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from breadtui.api.text import clean
from breadtui.widgets.drawing import shorten
from breadtui.widgets.transcript.blocks import Block, Section
from breadtui.widgets.transcript.entries import Call, Entry, Question, Remark, Reply
from breadtui.widgets.transcript.look import Look
from breadtui.widgets.transcript.pieces import Code, Piece, Plain, rows_about, text_rows
from breadtui.widgets.transcript.splitting import Splitter
from breadtui.widgets.transcript.wrapping import plain_pieces, wrap

BAR = "▌ "
MARKED = "▶ "
"""Beside a question, and beside the one that is marked: of the same width."""
CODE_PAD = 1


@dataclass(slots=True)
class Pen:
    """What all blocks are drawn with. Whoever changes it has them drawn anew."""

    look: Look
    show_reasoning: bool = False
    marked: int | None = None


def section_of(entry: Entry, number: int, pen: Pen, width: int) -> Section:
    """The entry of this number, which nobody looked at yet; its height is a guess."""
    match entry:
        case Question(text=text):
            return Section(lambda: question_blocks(entry, number, pen, width), 1 + text_rows(text, width), text)
        case Remark(text=text):
            return Section(lambda: remark_blocks(entry, pen), text_rows(text, width), text)
        case Reply(text=text):
            rows = (
                4
                + text_rows(text, width)
                + text.count("\n\n")
                + sum(4 + len(call.arguments) // width for call in entry.calls)
            )
            return Section(lambda: reply_blocks(entry, pen, width), rows, text)


def question_blocks(question: Question, number: int, pen: Pen, width: int) -> list[Block]:
    """A question: a bar beside it, an empty row above."""

    def drawn(piece: Plain, *, first: bool) -> Callable[[int], list[Strip]]:
        def draw(width: int) -> list[Strip]:
            marked = pen.marked == number
            bar = Segment(MARKED if marked else BAR, pen.look.style("warning" if marked else "secondary"))
            lines = wrap(piece.source, width - len(BAR), pen.look.style("foreground", bold=True), pen.look)
            return [*([Strip([])] if first else []), *(Strip([bar, *line]) for line in lines)]

        return draw

    pieces = plain_pieces(question.text) or [Plain("")]
    return [Block(drawn(piece, first=not n), rows_about(piece, width), len(BAR)) for n, piece in enumerate(pieces)]


def remark_blocks(remark: Remark, pen: Pen) -> list[Block]:
    """A remark, in italics."""
    return [
        Block(lambda room, piece=piece: wrap(piece.source, room, pen.look.style(remark.colour, italic=True), pen.look))
        for piece in plain_pieces(remark.text)
    ]


def reply_blocks(reply: Reply, pen: Pen, width: int) -> list[Block]:
    """A whole reply."""
    splitter = Splitter()
    pieces = [*splitter.feed(reply.text), *splitter.finish()]
    return [
        head_block(reply.speaker, pen),
        *(reasoning_blocks(reply.reasoning, pen, width) if reply.reasoning else ()),
        *piece_blocks(pieces, pen, width),
        *(block for call in reply.calls for block in call_blocks(call, pen, width)),
        foot_block(reply.footnote, pen),
    ]


def head_block(speaker: str, pen: Pen) -> Block:
    """Who speaks, below an empty row."""
    return Block(
        lambda width: [Strip([]), Strip([Segment(shorten(speaker, width), pen.look.style("primary", bold=True))])], 2
    )


def foot_block(footnote: str, pen: Pen) -> Block:
    """The end of a reply: an empty row, below the footnote if there is one."""

    def draw(width: int) -> list[Strip]:
        return [*(wrap(footnote, width, pen.look.style("muted"), pen.look) if footnote else ()), Strip([])]

    return Block(draw, 2 if footnote else 1)


def waiting_block(pen: Pen) -> Block:
    """Nothing has come yet."""
    return Block(lambda _: [Strip([Segment("…", pen.look.style("muted"))])], fleeting=True)


def piece_blocks(pieces: Iterable[Piece], pen: Pen, width: int, *, fleeting: bool = False) -> list[Block]:
    """Pieces of an answer."""

    def drawn(piece: Piece) -> Callable[[int], list[Strip]]:
        def draw(width: int) -> list[Strip]:
            from breadtui.widgets.transcript.markdown import draw_piece

            return draw_piece(piece, width, pen.look)

        return draw

    return [
        Block(
            drawn(piece),
            rows_about(piece, width),
            CODE_PAD if isinstance(piece, Code) and not piece.margins else 0,
            fleeting=fleeting,
        )
        for piece in pieces
    ]


def reasoning_blocks(text: str, pen: Pen, width: int) -> list[Block]:
    """The reasoning of a whole reply: how long it is, or all of it."""
    return [
        summary_block(len(text.split()), pen, is_open=False),
        *thought_blocks(plain_pieces(text.strip()), pen, width),
        thought_end(pen),
    ]


def summary_block(words: int, pen: Pen, *, is_open: bool) -> Block:
    """What stands for reasoning that is folded."""

    def draw(width: int) -> list[Strip]:
        if pen.show_reasoning:
            return []
        told = f"{'reasoning …' if is_open else 'reasoned'} · {words:,} words · ctrl+t shows them"
        return [Strip([Segment(shorten(told, width), pen.look.style("muted", italic=True))])]

    return Block(draw, fleeting=is_open)


def thought_blocks(pieces: Sequence[Plain], pen: Pen, width: int, *, fleeting: bool = False) -> list[Block]:
    """Reasoning, which has no rows while it is folded."""

    def drawn(piece: Plain) -> Callable[[int], list[Strip]]:
        def draw(width: int) -> list[Strip]:
            style = pen.look.style("muted", italic=True)
            return wrap(piece.source, width, style, pen.look) if pen.show_reasoning else []

        return draw

    return [
        Block(drawn(piece), rows_about(piece, width) if pen.show_reasoning else 0, fleeting=fleeting)
        for piece in pieces
    ]


def thought_end(pen: Pen) -> Block:
    """An empty row below reasoning that is shown."""
    return Block(lambda _: [Strip([])] if pen.show_reasoning else [], int(pen.show_reasoning))


def call_blocks(call: Call, pen: Pen, width: int) -> list[Block]:
    """A tool's call: its name, and the arguments as JSON if they are that."""
    splitter = Splitter()
    splitter.expect_code("json")
    arguments = _pretty(call.arguments)
    pieces = [*splitter.feed(arguments), *splitter.finish()] if arguments.strip() else []
    return [call_head(call.name, pen), *piece_blocks(pieces, pen, width)]


def call_head(name: str, pen: Pen) -> Block:
    """Which tool is called."""

    def draw(width: int) -> list[Strip]:
        told = shorten(f"calls the tool {name or '…'}", width)
        return [Strip([]), Strip([Segment(told, pen.look.style("secondary", bold=True))])]

    return Block(draw, 2)


def open_call_block(arguments: str, pen: Pen) -> Block:
    """The arguments of a call that is still coming, as far as they came."""
    return Block(
        lambda width: wrap(arguments, width, pen.look.style("muted"), pen.look) if arguments else [], fleeting=True
    )


def word_row(text: str, y: int, size: Size, pen: Pen) -> Strip:
    """A row of an empty page, with these words in its middle."""
    lines = wrap(text, size.width - 4, pen.look.style("muted"), pen.look) if text else []
    line = y - (size.height - len(lines)) // 2
    if not 0 <= line < len(lines):
        return Strip([])
    return Strip([Segment(" " * ((size.width - lines[line].cell_length) // 2)), *lines[line]])


def _pretty(arguments: str) -> str:
    try:
        # What was an escape in JSON becomes a sign: it is cleaned again.
        return clean(json.dumps(json.loads(arguments), indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        return arguments
