"""What the mouse selects on the page: how it is marked, and the text that is copied.

Textual knows a place by two numbers. The second one names the entry, the block and the row together, so that a
selection stays where it is while the page above it changes its height.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from breadtui.widgets.transcript.blocks import Layout, Place

BITS = 24
ENOUGH = 5000
"""Rows of a copied text that are drawn for it; whole entries behind them are copied as they were written."""


def number_of(place: Place) -> int:
    """A place as one number, in the order of the page."""
    return (place.section << BITS | place.block) << BITS | place.row


def place_of(number: int) -> Place:
    """The place that a number names."""
    mask = (1 << BITS) - 1
    return Place(number >> 2 * BITS, number >> BITS & mask, number & mask)


def marked(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The strip with the characters from `start` to `end` (to the last one if that is -1) in another style."""
    segments: list[Segment] = []
    at = 0
    for text, ink, _ in strip:
        a = min(max(start - at, 0), len(text))
        b = len(text) if end < 0 else min(max(end - at, a), len(text))
        inks = (ink, style if ink is None else ink + style, ink)
        segments += [
            Segment(part, look) for part, look in zip((text[:a], text[a:b], text[b:]), inks, strict=True) if part
        ]
        at += len(text)
    return Strip(segments, strip.cell_length)


def selected_text(layout: Layout, selection: Selection) -> str:
    """What is selected, as it is seen: without what pads it and without the bar of a question."""
    if not layout.sections:
        return ""
    first = place_of(selection.start.y) if selection.start else Place(0, 0, 0)
    last = place_of(selection.end.y) if selection.end else Place(len(layout.sections), 0, 0)
    lines: list[str] = []
    for index in range(first.section, min(last.section + 1, len(layout.sections))):
        section = layout.sections[index]
        whole = first.section < index < last.section or (selection.start is None and index < last.section)
        if whole and section.source and (section.unfold is not None or len(lines) > ENOUGH):
            lines += ["", *section.source.split("\n")]
            continue
        for block in range(len(section.blocks)):
            lines += _lines(layout, index, block, selection)
    return "\n".join(lines)


def _lines(layout: Layout, section: int, block: int, selection: Selection) -> list[str]:
    """The lines of a block that are selected."""
    lines: list[str] = []
    for row in range(layout.sections[section].blocks[block].height):
        place = Place(section, block, row)
        if span := selection.get_span(number_of(place)):
            strip, skip = layout.row(place)
            start, end = span
            text = strip.text[max(start, skip) : None if end < 0 else end]
            lines.append(text.rstrip())
    return lines
