"""How a line of the table of jobs is drawn: its cells as segments, in theme colours only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from breadtui.bakery.downloads.transfer import Transfer, format_bytes
from breadtui.bakery.jobs import JobStatus, State, checkpoint_of, format_loss, format_span
from breadtui.bakery.pace import Basis, Rate, Unit
from breadtui.widgets.drawing import COLOURS, bar, fit, shorten, shorten_path, state_word
from breadtui.widgets.jobs.arranging import Folded, Heading
from breadtui.widgets.jobs.columns import DONE, PHASE, TITLES, Column, Layout
from breadtui.widgets.jobs.row import DownloadRow, JobRow, Row, Vitals

Colour = Callable[[str], Style]
"""The style of a theme colour, by name."""

JUST_NOW = 3.0
"""Seconds below which an age is no news: running jobs are asked about every second, and that is not worth a write."""


def titles(room: Layout, sorted_by: Column, turned: bool, colour: Colour) -> list[Segment]:
    """The line above the rows; each title shows the letter that sorts by it, and one which way it is sorted."""
    widths = (
        (Column.STATE, 3),
        (Column.PHASE, PHASE),
        (Column.NAME, room.name + 1),
        (Column.DONE, (room.bar + 1 if room.bar else 0) + DONE + 1),
        (Column.FIGURE, room.figure),
        (Column.RATE, room.rate),
        (Column.LEFT, room.left),
        (Column.AGE, room.age),
    )
    segments: list[Segment] = []
    for column, width in widths:
        if width:
            segments += _title(column, width, column is sorted_by, turned, colour)
            if TITLES[column].right:
                segments.append(Segment(" "))
    return segments


def row_segments(row: Row, vitals: Vitals, room: Layout, marked: bool, short: bool, colour: Colour) -> list[Segment]:
    """A job or a download; `short` leaves out the repository, which is told above."""
    key = row.key
    fraction = row.status.fraction if isinstance(row, JobRow) else row.transfer.fraction
    tint = colour(COLOURS[row.state])
    # What is old is drawn faint as a whole: it is known, but not known to be so still.
    plain = colour("muted") if vitals.stale else Style()
    done, rest = bar(fraction or 0.0, room.bar)
    bare = short or not key.repo
    name = shorten(key.name, room.name) if bare else shorten_path(key.repo, key.name, room.name)
    gap = [Segment(done, plain if vitals.stale else tint), Segment(rest, colour("border")), Segment(" ")]
    return [
        Segment("▪" if marked else " ", colour("accent")),
        Segment(f"{row.state.sign} ", tint),
        Segment(f"{key.phase:<{PHASE}}{fit(name, room.name)} ", plain),
        *(gap if room.bar else []),
        Segment(f"{_percent(row.state, fraction):>{DONE}} ", plain),
        *_tail(row, vitals, room, plain, colour),
    ]


def heading_segments(heading: Heading, width: int, colour: Colour) -> list[Segment]:
    """The line above a group: the repository, and how many jobs of it stand how."""
    counts = "  ".join(f"{state.sign} {count:,}" for state, count in heading.counts)
    name = shorten(heading.repo, max(width - cell_len(counts) - 5, 8))
    return [Segment(f" {name}", colour("primary") + Style(bold=True)), Segment(f"  {counts}", colour("muted"))]


def folded_segments(folded: Folded, colour: Colour) -> list[Segment]:
    """The line that stands for what is done."""
    return [Segment(f" {State.COMPLETE.sign} {folded.count:,} complete, folded away", colour("muted"))]


def _title(column: Column, width: int, chosen: bool, turned: bool, colour: Colour) -> list[Segment]:
    title, muted = TITLES[column], colour("muted")
    arrow = ("▴" if turned else "▾") if chosen else ""
    before, letter, after = title.text.partition(title.letter)
    if column is Column.STATE:  # as narrow as a sign
        before = arrow or " "
    else:
        after += arrow
    pad = " " * (width - cell_len(before + letter + after))
    return [
        Segment((pad if title.right else "") + before, muted),
        Segment(letter, colour("accent") + Style(bold=True)),
        Segment(after + ("" if title.right else pad), muted),
    ]


def _tail(row: Row, vitals: Vitals, room: Layout, plain: Style, colour: Colour) -> list[Segment]:
    """What stands behind the percentage: figures of a job that runs or is done, words about any other."""
    if isinstance(row, DownloadRow):
        return _download_tail(row.transfer, room, colour)
    status = row.status
    match status.state:
        case State.FAILED:
            return [Segment(fit(status.error or row.note or "failed", room.tail + room.slack), colour("error"))]
        case State.NOT_STARTED:
            return [Segment(fit(row.note or "not started", room.tail + room.slack), colour("muted"))]
        case State.COMPLETE:
            cells = _done_cells(status, vitals, room)
        case _:
            cells = _running_cells(status, vitals)
    look = {Column.FIGURE: plain, Column.LEFT: colour("warning") if vitals.stalled else plain}
    return _cells(cells, room, look, colour("muted"))


def _download_tail(transfer: Transfer, room: Layout, colour: Colour) -> list[Segment]:
    """Of a download that runs its bytes, rate and time left; of any other what stopped it, or where the file is."""
    words, width = transfer.note, room.tail + room.slack
    match transfer.state:
        case State.FAILED:
            return [Segment(fit(words or "failed", width), colour("error"))]
        case State.COMPLETE:
            return [Segment(fit(f"{format_bytes(transfer.received)}  {transfer.key.path}", width), colour("muted"))]
        case State.RUNNING if not words:
            cells = {
                Column.FIGURE: format_bytes(transfer.received),
                Column.RATE: f"{format_bytes(transfer.rate)}/s" if transfer.rate else "",
                Column.LEFT: "" if transfer.left is None else format_span(transfer.left),
            }
            return _cells(cells, room, {Column.FIGURE: Style(), Column.LEFT: Style()}, colour("muted"))
        case _:
            return [Segment(fit(words or "waits", width), colour("muted"))]


def _cells(cells: Mapping[Column, str], room: Layout, look: Mapping[Column, Style], muted: Style) -> list[Segment]:
    widths = ((Column.FIGURE, room.figure), (Column.RATE, room.rate), (Column.LEFT, room.left), (Column.AGE, room.age))
    shown = [(column, width) for column, width in widths if width]
    return [Segment(f"{_right(cells.get(column, ''), width)} ", look.get(column, muted)) for column, width in shown]


def _running_cells(status: JobStatus, vitals: Vitals) -> dict[Column, str]:
    return {
        Column.FIGURE: _figure(status) or state_word(status),
        Column.RATE: _rate(vitals.rate),
        Column.LEFT: "stalled" if vitals.stalled else _left(vitals),
        Column.AGE: _age(vitals.age),
    }


def _done_cells(status: JobStatus, vitals: Vitals, room: Layout) -> dict[Column, str]:
    """Of what is done: what it made, how long it took, and at what time of day it was done, where that was seen."""
    checkpoints = f"◆ {' · '.join(checkpoint_of(model) for model in status.models)}" if status.models else ""
    took = format_span(vitals.took) if vitals.took is not None else ""
    return {
        Column.FIGURE: _figure(status) or ("" if room.rate else checkpoints),
        Column.RATE: checkpoints,
        Column.LEFT: took or ("" if room.rate or not _figure(status) else checkpoints),
        Column.AGE: "" if vitals.ended is None else time.strftime("%H:%M", time.localtime(vitals.ended)),
    }


def _percent(state: State, fraction: float | None) -> str:
    if fraction is None or state in (State.NOT_STARTED, State.COMPLETE):
        return ""
    # Rounded down: 100 % is what is complete.
    return f"{int(fraction * 100)} %"


def _figure(status: JobStatus) -> str:
    """The loss, or how many lines there are of how many."""
    if status.loss is not None:
        return format_loss(status.loss)
    if status.lines is None:
        return ""
    if status.total and status.state is not State.COMPLETE:
        return f"{status.lines:,}/{status.total:,}"
    return f"{status.lines:,}"


def _rate(rate: Rate | None) -> str:
    """In two or three digits, by the second, minute or hour, whichever makes a figure of it."""
    if rate is None:
        return ""
    sign = " %" if rate.unit is Unit.PERCENT else ""
    for seconds, unit in ((1, "s"), (60, "min"), (3600, "h")):
        each = rate.a_second * seconds
        if each >= 1 or unit == "h":
            return f"{each:,.0f}{sign}/{unit}" if each >= 10 else f"{each:.1f}{sign}/{unit}"
    return ""


def _left(vitals: Vitals) -> str:
    """The time left, in steps that it is good for; `~` where it is only that of similar jobs."""
    if vitals.eta is None:
        return ""
    seconds = vitals.eta.seconds
    step = 1 if seconds < 60 else 10 if seconds < 600 else 60
    told = format_span(seconds // step * step) if seconds < 600 or seconds >= 3600 else f"{seconds // 60:.0f} m"
    return told if vitals.eta.basis is Basis.PACE else f"~ {told}"


def _age(age: float | None) -> str:
    """In steps that grow: what was said a minute ago need not count the seconds."""
    if age is None or age < JUST_NOW:
        return ""
    if age >= 60:
        return f"{_short_span(age)} ago"
    return f"{int(age) if age < 10 else int(age) // 5 * 5} s ago"


def _short_span(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds // 60:.0f} m"
    return f"{seconds // 3600:.0f} h" if seconds < 86_400 else f"{seconds // 86_400:.0f} d"


def _right(text: str, width: int) -> str:
    text = shorten(text, width)
    return " " * (width - cell_len(text)) + text
