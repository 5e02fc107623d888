"""Markdown for a stream: which blocks are finished, and what a block looks like at a given width. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from rich.console import Console
from rich.markdown import Markdown
from rich.style import Style
from rich.theme import Theme
from textual.strip import Strip


def split_finished(source: str) -> tuple[list[str], str]:
    """The blocks of `source` that no further text can change, and the rest, which is still open.

    Joined together they are `source` again, to the character.
    """
    lines = source.splitlines(keepends=True)
    starts = [
        token.map[0] for token in _parser().parse(source) if token.level == 0 and token.map and token.nesting >= 0
    ]
    if len(starts) < 2:
        return [], source
    starts[0] = 0
    blocks = ["".join(lines[a:b]) for a, b in pairwise(starts)]
    return blocks, "".join(lines[starts[-1] :])


def render_markdown(source: str, width: int, colours: Mapping[str, str], *, dark: bool) -> list[Strip]:
    """A block as strips `width` cells wide, in the theme's `colours` (names of theme variables to colours)."""
    console = _console(tuple(sorted(_wanted(colours).items())))
    code_theme = "one-dark" if dark else "friendly"
    lines = console.render_lines(
        Markdown(source, code_theme=code_theme, hyperlinks=False),
        console.options.update(width=width),
        pad=False,
    )
    strips = [Strip(line) for line in lines]
    inked = [y for y, strip in enumerate(strips) if strip.text.strip()]
    return strips[inked[0] : inked[-1] + 1] if inked else []


def _wanted(colours: Mapping[str, str]) -> dict[str, str]:
    return {name: colours[name] for name in ("primary", "secondary", "accent", "muted", "panel")}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # The same rules as the renderer's, or the two would see different blocks.
    return MarkdownIt().enable("strikethrough").enable("table")


@lru_cache(maxsize=4)
def _console(colours: tuple[tuple[str, str], ...]) -> Console:
    c = dict(colours)
    heading = Style(color=c["primary"], bold=True)
    styles = {f"markdown.h{level}": heading for level in range(1, 7)} | {
        "markdown.code": Style(color=c["accent"], bgcolor=c["panel"]),
        "markdown.code_block": Style(color=c["accent"]),
        "markdown.item.bullet": Style(color=c["primary"], bold=True),
        "markdown.item.number": Style(color=c["primary"]),
        "markdown.block_quote": Style(color=c["muted"]),
        "markdown.link": Style(color=c["secondary"]),
        "markdown.link_url": Style(color=c["secondary"], underline=True),
        "markdown.hr": Style(color=c["muted"]),
    }
    return Console(
        theme=Theme(styles),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        width=80,
        _environ={},
    )
