"""Which rows are shown: those that a filter lets through, and that hold the words one looks for."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from breadtui.bakery.data.measure import Survey
from breadtui.bakery.data.rows import Row, searched
from breadtui.bakery.data.scan import scan, whole
from breadtui.bakery.data.signs import Sign
from breadtui.bakery.data.source import Source

EXTREME = 0.1
"""The part of all rows that counts as the short ones, and as the long ones."""


class Kind(StrEnum):
    """What a filter lets through."""

    EMPTY = "empty"
    SHORT = "short"
    LONG = "long"
    LENGTH = "length"
    DUPLICATE = "duplicate"
    NEAR = "nearly duplicate"
    REFUSAL = "like a refusal"
    TRUNCATED = "truncated"
    BROKEN = "no JSON"


SIGNS = {
    Kind.EMPTY: Sign.EMPTY,
    Kind.DUPLICATE: Sign.DUPLICATE,
    Kind.NEAR: Sign.NEAR,
    Kind.REFUSAL: Sign.REFUSAL,
    Kind.TRUNCATED: Sign.TRUNCATED,
    Kind.BROKEN: Sign.BROKEN,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows of a kind; of LENGTH, those of `least` to `most` characters."""

    kind: Kind
    least: int = 0
    most: int | None = None

    def __str__(self) -> str:
        if self.kind is not Kind.LENGTH:
            return str(self.kind)
        if self.most is None:
            return f"{self.least:,} characters or more"
        return f"{self.least:,} to {self.most:,} characters" if self.least else f"at most {self.most:,} characters"

    def passes(self, survey: Survey) -> Callable[[int], bool]:
        """Whether it lets a row through that was measured. What is short or long is so among all of them."""
        if sign := SIGNS.get(self.kind):
            return lambda number: bool(survey.signs(number) & sign)
        least, most = self.least, self.most
        if self.kind is Kind.SHORT:
            least, most = 0, survey.share(EXTREME)
        elif self.kind is Kind.LONG:
            least, most = survey.share(1 - EXTREME), None
        return lambda number: least <= survey.length(number) and (most is None or survey.length(number) <= most)

    def chosen(self, survey: Survey, start: int = 0) -> array[int]:
        """The numbers, from `start` on, of the measured rows that it lets through."""
        passes = self.passes(survey)
        return array("Q", (number for number in range(start, survey.measured) if passes(number)))


def read_length(text: str) -> Filter | None:
    """A filter as it is typed: `<200`, `>2000`, `200-400` or `200`; None where it says no length."""
    found = re.fullmatch(r"\s*(?:([<>]=?)\s*(\d{1,9})|(\d{1,9})\s*[-–]\s*(\d{1,9})|(\d{1,9}))\s*", text)
    if not found:
        return None
    sign, bound, low, high, exact = found.groups()
    if exact is not None:
        return Filter(Kind.LENGTH, int(exact), int(exact))
    if low is not None:
        return Filter(Kind.LENGTH, *sorted((int(low), int(high))))
    if sign.startswith(">"):
        return Filter(Kind.LENGTH, int(bound) + (sign == ">"))
    return Filter(Kind.LENGTH, 0, max(int(bound) - (sign == "<"), 0))


def holds(text: str) -> Callable[[Row], bool]:
    """Whether a row holds these words, in any of its values and whatever their case: as one run of characters."""
    words = re.compile(re.escape(text), re.IGNORECASE)
    return lambda row: words.search(searched(row)) is not None


def among(rows: Iterable[Row], text: str) -> array[int]:
    """The numbers of those `rows` that hold the words."""
    found = holds(text)
    return array("Q", (row.number for row in rows if found(row)))


async def search(
    source: Source,
    text: str,
    told: Callable[[Sequence[int], int], None],
    passes: Callable[[int], bool] = lambda _: True,
) -> None:
    """Go through everything; `told` is called with the numbers found, and of how many rows. Cancel it to stop.

    Raises:
        BreadError, Unreadable: rows could not be had.
    """
    found = holds(text)
    done = 0
    async with aclosing(scan(source)) as slices:
        async for rows in slices:
            done = rows[-1].number + 1
            hits = await whole(partial(_filtered, rows, found))
            told([row.number for row in hits if passes(row.number)], done)


def _filtered(rows: Sequence[Row], found: Callable[[Row], bool]) -> list[Row]:
    return [row for row in rows if found(row)]
