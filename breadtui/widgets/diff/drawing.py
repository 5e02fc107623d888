"""Draws a comparison in lines of a given width, side by side or one below the other; signs tell what colours tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from breadtui.bakery.authoring.differences import ABSENT
from breadtui.bakery.comparison.compared import Comparison, Heading, Row, Section, Trouble, starts
from breadtui.bakery.comparison.lines import Line, Sign, Spans
from breadtui.bakery.comparison.report import Gap, folded, written
from breadtui.bakery.comparison.settings import Setting
from breadtui.widgets.details.parts import Lines, beside, count, heading

BETWEEN = 3
"""Cells of the rule between two columns."""
COLOURS = {Sign.GONE: "$error", Sign.NEW: "$success", Sign.OTHER: "$warning", Sign.UNKNOWN: "$warning"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lines, a cell narrower than was asked for, and the numbers of those at which a difference begins."""

    lines: tuple[Content, ...]
    starts: tuple[int, ...]


def draw(comparison: Comparison, width: int, *, two: bool, everything: bool = False) -> Drawn:
    """The comparison in `width` cells; `two` columns, or one. Of long texts this takes a while: not for the loop."""
    lines: Lines = []
    found: list[int] = []
    pen = _Two(width - 1) if two else _One(width - 1)
    for section in comparison.sections:
        lines += [*([Content("")] if lines else []), *_head(section, width - 1)]
        rows = list(section.rows) if everything else folded(section.rows)
        begin = set(starts(rows))
        for at, row in enumerate(rows):
            if at in begin:
                found.append(len(lines))
            lines += pen.row(row)
    return Drawn(tuple(lines), tuple(found))


def _head(section: Section, width: int) -> Lines:
    number = section.differences
    told = "cannot be compared" if section.troubled else count(number, "difference") if number else "equal"
    before, after = section.names
    names = f" · {before or 'none'} and {after or 'none'}" if before != after else f" · {before}" if before else ""
    return heading(section.title, told + names).wrap(max(width, 2))


class _Two:
    """Two columns: the first thing at the left."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._room = max((width - BETWEEN) // 2, 4)

    def row(self, row: Row | Gap) -> Lines:
        match row:
            case int():
                return [_gap(row)]
            case Trouble():
                return self._beside(_trouble(row.before, self._room), _trouble(row.after, self._room))
            case Heading():
                return _heading(row, self._width)
            case Setting():
                before = _value(row, row.before, row.inherited[0])
                return self._pair(row.sign, before, _value(row, row.after, row.inherited[1]))
            case Line():
                return self._pair(row.sign, _spans(row, row.before, Sign.GONE), _spans(row, row.after, Sign.NEW))

    def _pair(self, sign: Sign, before: Content | None, after: Content | None) -> Lines:
        columns = [_signed(sign, side, self._room) if side is not None else [] for side in (before, after)]
        return self._beside(*columns)

    def _beside(self, before: Sequence[Content], after: Sequence[Content]) -> Lines:
        return beside(before, after, self._room)


class _One:
    """One column: what the first thing has, and below it what the second has instead."""

    def __init__(self, width: int) -> None:
        self._width = width

    def row(self, row: Row | Gap) -> Lines:
        match row:
            case int():
                return [_gap(row)]
            case Trouble():
                return [*_trouble(row.before, self._width, "first: "), *_trouble(row.after, self._width, "second: ")]
            case Heading():
                return _heading(row, self._width)
            case Setting():
                before = _value(row, row.before, row.inherited[0])
                after = _value(row, row.after, row.inherited[1])
                if row.sign is Sign.OTHER and (line := self._change(row, after)):
                    return [line]
                return self._both(row.sign, before, after)
            case Line():
                return self._both(row.sign, _spans(row, row.before, Sign.GONE), _spans(row, row.after, Sign.NEW))

    def _change(self, row: Setting, after: Content | None) -> Content | None:
        """A setting and what became of it, if that is short enough for a line."""
        before = _value(row, row.before, row.inherited[0])
        if before is None or after is None:
            return None
        new = after[len(row.name) + 2 :]
        line = Content.assemble((f"{Sign.OTHER} ", "bold $warning"), before, (" → ", "$muted"), new)
        return line if line.cell_length <= self._width and "\n" not in line.plain else None

    def _both(self, sign: Sign, before: Content | None, after: Content | None) -> Lines:
        if sign in (Sign.SAME, Sign.UNKNOWN):
            told = before if before is not None else after
            return _signed(sign, told, self._width) if told is not None else []
        lines: Lines = []
        for side, content in ((Sign.GONE, before), (Sign.NEW, after)):
            lines += _signed(side, content, self._width) if content is not None else []
        return lines


def _gap(lines: Gap) -> Content:
    return Content.styled(f"  ⋯ {count(lines, 'equal line')}", "$muted")


def _heading(row: Heading, width: int) -> Lines:
    return Content.assemble((f"{row.sign} ", _colour(row.sign)), (row.text, "$secondary")).wrap(max(width, 2))


def _trouble(told: str, width: int, who: str = "") -> Lines:
    return Content.styled(f"! {who}{told}", "$error").wrap(max(width, 2)) if told else []


def _value(row: Setting, value: object, inherited: bool) -> Content | None:
    if value is ABSENT:
        return None
    style = "bold" if row.sign.differs else ""
    return Content.assemble(
        (f"{row.name}: ", "$muted"), (written(value), style), (" (default)", "italic $muted") if inherited else ""
    )


def _spans(row: Line, spans: Spans | None, side: Sign) -> Content | None:
    """A line with what changed in it; one that stands alone is changed as a whole, and its sign says so."""
    if spans is None:
        return None
    changed = "" if row.sign is Sign.UNKNOWN else COLOURS[side]
    style = f"bold underline {changed}" if row.sign is Sign.OTHER else changed
    return Content.assemble(*((span.text, style if span.changed else "") for span in spans))


def _signed(sign: Sign, content: Content, width: int) -> Lines:
    """The lines of a row, the sign before the first and a blank before those it goes on in."""
    return [*_with_sign(sign, content.expand_tabs().wrap(max(width - 2, 2)) or [Content("")])]


def _with_sign(sign: Sign, lines: Sequence[Content]) -> Iterator[Content]:
    for at, line in enumerate(lines):
        yield Content.assemble((f"{sign} " if at == 0 else "  ", _colour(sign)), line)


def _colour(sign: Sign) -> str:
    return f"bold {COLOURS[sign]}" if sign in COLOURS else ""
