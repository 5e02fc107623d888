"""Draws a piece of an answer at a width: Markdown and code, by Rich. Pure."""

from __future__ import annotations

from markdown_it.token import Token
from pygments.token import Text
from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, TableElement
from rich.segment import Segment
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text as RichText
from textual.strip import Strip

from breadtui.widgets.transcript.look import Look
from breadtui.widgets.transcript.outline import TORN, TORN_LINE, markdown_parser
from breadtui.widgets.transcript.pieces import Code, Piece, Prose
from breadtui.widgets.transcript.wrapping import NARROWEST, wrap

NARROWEST_COLUMN = 6
"""Cells for a column of a table, below which the table is shown as it was written."""
_PARSER = markdown_parser()


def draw_piece(piece: Piece, width: int, look: Look) -> list[Strip]:
    """The rows of a piece, at most `width` cells wide."""
    room = max(width - sum(len(margin.rest) for margin in piece.margins), NARROWEST)
    strips = _code(piece, room, look) if isinstance(piece, Code) else _prose(piece, room, look)
    for margin in reversed(piece.margins):
        style = look.console.get_style(margin.style)
        strips = [Strip([Segment(margin.rest if y else margin.first, style), *strip]) for y, strip in enumerate(strips)]
    return [Strip([]), *strips] if piece.gap and strips else strips


def _prose(piece: Prose, width: int, look: Look) -> list[Strip]:
    tokens = _without_lead(_PARSER.parse(piece.lead + piece.source), piece.lead)
    if not tokens:
        return []
    if piece.number is not None and tokens[0].type == "ordered_list_open":
        tokens[0].attrs["start"] = piece.number
    if sum(token.type == "th_open" for token in tokens) * NARROWEST_COLUMN > width:
        return wrap(piece.source, width, look.style("foreground"), look)
    for token in tokens:
        token.children = [_pictured(child) for child in token.children or ()] or None
    lines = look.console.render_lines(
        _Shown(tokens, look.code_theme), look.console.options.update(width=width), pad=False
    )
    strips = [Strip(line) for line in lines]
    inked = [y for y, strip in enumerate(strips) if strip.text.strip()]
    if not inked:  # a sign that means something, with nothing behind it
        return wrap(piece.source.strip(), width, look.style("foreground"), look)
    return strips[inked[0] : inked[-1] + 1]


def _pictured(token: Token) -> Token:
    """A picture in words. Rich 15 writes one before its paragraph, whose line is then too long, and cut."""
    if token.type != "image":
        return token
    return Token("text", "", 0, content=f"🌆 {token.content} ({token.attrs.get('src', '')})")


def _without_lead(tokens: list[Token], lead: str) -> list[Token]:
    """What was parsed, without the words that stood before it only to have it parsed so."""
    if lead not in (TORN, TORN_LINE):
        rows = not lead or any(token.type == "tbody_open" for token in tokens)
        return tokens if rows else _behind_first(tokens)
    inline = next((token for token in tokens if token.type == "inline"), None)
    if inline is None or not inline.children:
        return tokens
    if lead == TORN_LINE:
        inline.children = inline.children[2:]
    else:
        inline.children[0].content = inline.children[0].content[len(TORN) :].lstrip()
    return tokens if any(child.content or child.children for child in inline.children) else _behind_first(tokens)


def _behind_first(tokens: list[Token]) -> list[Token]:
    end = next((n for n, token in enumerate(tokens) if not token.level and token.nesting < 1), len(tokens))
    return tokens[end + 1 :]


def _code(piece: Code, width: int, look: Look) -> list[Strip]:
    ground = Syntax.get_theme(look.code_theme).get_background_style()
    pad = Strip([Segment(" " * width, ground)])
    strips = [pad] if piece.opens else []
    lines = _coloured(piece, look) if piece.source else []
    rows = (row for line in lines for row in _folded(line, max(width - 2, NARROWEST), look))
    strips += [Strip([Segment(" ", ground), *row]).extend_cell_length(width, ground) for row in rows]
    return [*strips, pad] if piece.closes else strips


def _coloured(piece: Code, look: Look) -> list[list[Segment]]:
    """The lines of code in colours. Rich's own way from the lexer to the rows takes twice as long."""
    before, source = piece.before.expandtabs(4), piece.source.removesuffix("\n").expandtabs(4)
    theme = Syntax.get_theme(look.code_theme)
    lexer = Syntax("", piece.lexer).lexer
    tokens = list(lexer.get_tokens(before + source)) if lexer else []
    if "".join(text for _, text in tokens).rstrip("\n") != (before + source).rstrip("\n"):  # a lexer may be wrong
        ink = theme.get_style_for_token(Text) + theme.get_background_style()
        return [[Segment(line, ink)] for line in source.split("\n")]
    lines: list[list[Segment]] = [[]]
    for kind, text in tokens:
        ink = theme.get_style_for_token(kind)
        first, *others = text.split("\n")
        lines[-1].append(Segment(first, ink))
        lines += [[Segment(part, ink)] for part in others]
    skipped = before.count("\n")
    return [_whole(line) for line in lines[skipped : skipped + source.count("\n") + 1]]


def _whole(line: list[Segment]) -> list[Segment]:
    """The line, in one colour if a sign made of several was torn by the lexer: its parts would be wider than it is."""
    text = "".join(part for part, _, _ in line)
    if text.isascii() or cell_len(text) == Segment.get_line_length(line):
        return line
    return [Segment(text, line[0].style)]


def _folded(line: list[Segment], width: int, look: Look) -> list[list[Segment]]:
    """A line in rows, broken between words where it can be."""
    if Segment.get_line_length(line) <= width:
        return [line]
    text = RichText.assemble(*((part, ink or "") for part, ink, _ in line))
    rows = text.wrap(look.console, width, justify="left", overflow="fold")
    return [list(row.render(look.console)) for row in rows]


class _Table(TableElement):
    """A table in which a word that is wider than its column is folded instead of cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table(
            box=box.SIMPLE, pad_edge=False, style="markdown.table.border", show_edge=True, collapse_padding=True
        )
        if self.header is not None and self.header.row is not None:
            for column in self.header.row.cells:
                heading = column.content.copy()
                heading.stylize("markdown.table.header")
                table.add_column(heading, overflow="fold")
        for row in self.body.rows if self.body is not None else ():
            table.add_row(*(cell.content for cell in row.cells))
        yield table


class _Shown(Markdown):
    """Markdown that is parsed already."""

    elements = {**Markdown.elements, "table_open": _Table}

    def __init__(self, tokens: list[Token], code_theme: str) -> None:
        super().__init__("", code_theme=code_theme, hyperlinks=False)
        self.parsed = tokens
