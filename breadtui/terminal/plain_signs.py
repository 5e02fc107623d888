"""Draws with ASCII alone, for terminals and fonts that lack the signs; each sign has a twin of the same width.

What servers and models say is left as it is, but for the signs that screens use themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_TWINS: Mapping[str, str] = {
    # states, as they stand before names; each another, for colour is never alone
    "○": "o", "◌": ".", "◐": "%", "✔": "+", "✖": "x", "●": "*", "◆": "*", "◇": "o", "■": "#", "□": "o",
    "≠": "/", "⊘": "\\", "∅": "0", "▪": "-", "•": "*", "▲": "^", "△": "^", "▼": "v", "✂": "%", "◦": "o",
    # folding, marks, ways
    "▸": ">", "▾": "v", "▶": ">", "▴": "^", "→": ">", "←": "<", "↑": "^", "↓": "v", "↳": ">", "⏎": "<",
    # punctuation
    "·": "-", "…": "~", "×": "x", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "≈": "~",
    "±": "~", "¶": "$", "⋯": "~", "¡": "!",
}  # fmt: skip
_LEVEL, _BOLD, _UPRIGHT = "─╌┄┈╴╶", "━╍┅┉═╸╺╼╾", "│┃╎╏┆┇┊┋║╵╷╹╻╽╿"
_BOX, _BLOCKS, _BRAILLE = range(0x2500, 0x2580), range(0x2580, 0x25A0), range(0x2800, 0x2900)
_UPPER_DOTS = 0b11011
"""Dots 1, 2, 4 and 5 of a braille cell, by the bits of its code."""


def needed(terminal: str) -> bool:
    """Whether a terminal, by its `$TERM`, is one whose fonts lack most signs."""
    return terminal == "linux" or terminal.startswith(("vt1", "vt2", "cons25", "sun", "ansi"))


class PlainSigns(LineFilter):
    """Puts the twins in their places, as the last thing before a line is written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in the same cells."""
        return [
            segment if segment.control or segment.text.isascii() else segment._replace(text=plain(segment.text))
            for segment in segments
        ]


def plain(text: str) -> str:
    """`text` with the twins of its signs."""
    return text.translate(_twins())


@cache
def _twins() -> dict[int, str]:
    twins = {ord(sign): twin for sign, twin in _TWINS.items()}
    for code in _BOX:
        sign = chr(code)
        twins[code] = "-" if sign in _LEVEL else "=" if sign in _BOLD else "|" if sign in _UPRIGHT else "+"
    for code in _BLOCKS:
        # Blocks fill bars and edges; shades are what is left of a bar.
        twins[code] = ":" if 0x2591 <= code <= 0x2593 else "|" if chr(code) in "▌▐▎▏▍▊▋▉▕" else "#"
    for code in _BRAILLE:
        twins[code] = _braille(code - _BRAILLE.start)
    return twins


def _braille(dots: int) -> str:
    """A cell of a curve: where in it the line runs."""
    upper, lower = dots & _UPPER_DOTS, dots & ~_UPPER_DOTS
    return ":" if upper and lower else "'" if upper else "." if lower else " "


PLAIN = PlainSigns()
