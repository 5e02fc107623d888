"""Dots in braille cells: a cell holds two columns of four dots. Pure; what the dots mean is left to others."""

from __future__ import annotations

DOTS_ACROSS, DOTS_DOWN = 2, 4
"""Dots of one cell."""
BRAILLE = [" ", *(chr(0x2800 + bits) for bits in range(1, 256))]
"""The character of each combination of dots; of none a space, which every font has."""

_DOT = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
# The dots of one column of a cell, from one height to another: a bar is drawn by the cell and not by the dot.
_SPAN = tuple(
    tuple(tuple(sum(column[top : bottom + 1]) for bottom in range(DOTS_DOWN)) for top in range(DOTS_DOWN))
    for column in _DOT
)


class Raster:
    """A field of `width` by `height` cells. Dots are counted from the top left; what lies outside is not drawn.

    `dots` holds the bits of each cell, row by row, `inks` which ink drew there last.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self.across = self.width * DOTS_ACROSS
        self.down = self.height * DOTS_DOWN
        self.dots = bytearray(self.width * self.height)
        self.inks = bytearray(self.width * self.height)

    def bar(self, x: int, top: int, bottom: int, ink: int = 1) -> None:
        """The dots of column `x` from `top` to `bottom`, whichever of them is higher."""
        if top > bottom:
            top, bottom = bottom, top
        if not 0 <= x < self.across or bottom < 0 or max(top, 0) >= self.down:
            return
        first, high = divmod(max(top, 0), DOTS_DOWN)
        last, low = divmod(min(bottom, self.down - 1), DOTS_DOWN)
        span = _SPAN[x % DOTS_ACROSS]
        dots, inks, width = self.dots, self.inks, self.width
        at = first * width + x // DOTS_ACROSS
        inks[at] = ink
        if first == last:
            dots[at] |= span[high][low]
            return
        dots[at] |= span[high][-1]
        end = last * width + x // DOTS_ACROSS
        for between in range(at + width, end, width):
            dots[between] |= span[0][-1]
            inks[between] = ink
        dots[end] |= span[0][low]
        inks[end] = ink

    def line(self, x0: int, y0: float, x1: int, y1: float, ink: int = 1) -> None:
        """A line without a hole, from the dot (x0, y0) to one in a column further right."""
        if x1 <= x0:
            self.bar(x0, round(y0), round(y1), ink)
            return
        slope = (y1 - y0) / (x1 - x0)
        first = max(x0, 0)
        beside = round(y0 + (first - x0) * slope)
        for x in range(first, min(x1, self.across - 1) + 1):
            y = round(y0 + (x - x0) * slope)
            # Reaches for the dot beside it: the line has no hole, and is as thin as can be.
            self.bar(x, min(y, beside + 1), max(y, beside - 1), ink)
            beside = y

    def row(self, y: int) -> str:
        """A row of cells as text."""
        return "".join([BRAILLE[bits] for bits in self.dots[y * self.width : (y + 1) * self.width]])
