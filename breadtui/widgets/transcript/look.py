"""The colours a conversation is drawn in, and the console that Rich draws with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rich.console import Console
from rich.style import Style
from rich.theme import Theme

WANTED = ("foreground", "primary", "secondary", "accent", "muted", "panel", "warning", "error", "success")


@dataclass(frozen=True, slots=True)
class Look:
    """Theme colours by name, and whether they are on a dark ground."""

    colours: tuple[tuple[str, str], ...]
    dark: bool

    def style(self, colour: str, *, bold: bool = False, italic: bool = False) -> Style:
        """A theme colour as ink."""
        return Style(color=dict(self.colours).get(colour), bold=bold or None, italic=italic or None)

    @property
    def console(self) -> Console:
        """Where Rich draws Markdown in these colours."""
        return _console(self.colours)

    @property
    def code_theme(self) -> str:
        """The name Pygments has for the colours of code."""
        return "one-dark" if self.dark else "friendly"


def look_of(variables: Mapping[str, str], *, dark: bool) -> Look:
    """The look that a theme's variables make."""
    return Look(tuple((name, variables[name]) for name in WANTED if name in variables), dark)


@lru_cache(maxsize=4)
def _console(colours: tuple[tuple[str, str], ...]) -> Console:
    c = dict(colours)
    heading = Style(color=c.get("primary"), bold=True)
    styles = {f"markdown.h{level}": heading for level in range(1, 7)} | {
        "markdown.code": Style(color=c.get("accent"), bgcolor=c.get("panel")),
        "markdown.code_block": Style(color=c.get("accent")),
        "markdown.item.bullet": Style(color=c.get("primary"), bold=True),
        "markdown.item.number": Style(color=c.get("primary")),
        "markdown.block_quote": Style(color=c.get("muted")),
        "markdown.link": Style(color=c.get("secondary")),
        "markdown.link_url": Style(color=c.get("secondary"), underline=True),
        "markdown.hr": Style(color=c.get("muted")),
    }
    return Console(
        theme=Theme(styles),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        width=80,
        _environ={},
    )
