"""What is said of one row: its texts whole, what is known of how it came to be, and all its other keys."""

from __future__ import annotations

import json
from collections.abc import Sequence

from textual.content import Content

from breadtui.api.lenient import is_object
from breadtui.bakery.data.rows import Reading, Row, read
from breadtui.bakery.data.signs import Sign
from breadtui.bakery.data.words import LABELS
from breadtui.widgets.details.parts import Lines, field, heading, hint, joined, plain
from breadtui.widgets.details.prose import prose
from breadtui.widgets.rows.line import SIGNS

SHORT = 60
"""Characters of a value that stands beside its key; a longer one stands below it."""


def row_detail(
    row: Row, reading: Reading, signs: Sign, width: int, *, group: Sequence[Row] = (), unfolded: bool = False
) -> Content:
    """A row. `group` are the responses to the same stimulus, of which a stimulus shows all."""
    if row.why:
        said = Content.styled(row.why, "$error").wrap(max(width, 2))
        return joined([*said, Content(""), heading("As it stands there"), Content(row.text or "(nothing)")])
    lines = _head(row, reading, signs, width, group)
    if reading.history:
        lines += [Content(""), *_history(reading, width, unfolded)]
    if reading.question or reading.response is not None:
        lines += [Content(""), heading("Question"), _text(reading.question)]
    if reading.response is not None:
        lines += _response(reading, unfolded, width)
    else:
        for number, other in enumerate(group, 1):
            lines += _grouped(read(other), number, len(group), unfolded, width)
    return joined([*lines, *_rest(reading, width)])


def _head(row: Row, reading: Reading, signs: Sign, width: int, group: Sequence[Row]) -> Lines:
    lines = field("row", f"{row.number + 1:,}", width)
    if row.origin:
        lines += field("target", row.origin, width)
    if reading.stimulus:
        lines += field("stimulus", reading.stimulus, width)
    if reading.trajectory or (len(group) > 1 and reading.response is not None):
        at = next((at for at, other in enumerate(group, 1) if other.number == row.number), None)
        place = f"{at} of {len(group)} to this question" if at and len(group) > 1 else ""
        lines += field("trajectory", " · ".join(part for part in (reading.trajectory, place) if part), width)
    known = (
        ("model", reading.model),
        ("temperature", "" if reading.temperature is None else f"{reading.temperature:g}"),
        ("tokens", "" if reading.tokens is None else f"{reading.tokens:,}"),
        ("ended by", reading.finish),
        ("length", f"{len(reading.text):,} characters"),
    )
    for name, value in known:
        lines += field(name, value, width) if value else []
    found = [f"{SIGNS[sign][0]} {LABELS[sign]}" for sign in SIGNS if sign & signs]
    return [*lines, *(field("found", Content.styled(" · ".join(found), "$warning"), width) if found else [])]


def _history(reading: Reading, width: int, unfolded: bool) -> Lines:
    turns = reading.history
    if not unfolded:
        messages = f"{len(turns):,} message{'' if len(turns) == 1 else 's'} before the question"
        return hint(f"▸ {messages}; t shows them.", width)
    lines: Lines = [heading("Before the question")]
    for turn in turns:
        lines += [Content.styled(turn.role or "message", "$accent"), _text(turn.text)]
    return lines


def _response(reading: Reading, unfolded: bool, width: int) -> Lines:
    lines: Lines = []
    if reading.reasoning:
        lines += [Content(""), *_reasoning(reading.reasoning, unfolded, width)]
    return [*lines, Content(""), heading("Response"), _text(reading.response or "")]


def _grouped(reading: Reading, number: int, count: int, unfolded: bool, width: int) -> Lines:
    tokens = "" if reading.tokens is None else f"{reading.tokens:,} tokens"
    warmth = "" if reading.temperature is None else f"temperature {reading.temperature:g}"
    title = "Response" if count == 1 else f"Response {number} of {count}"
    note = " · ".join(part for part in (tokens, reading.model, warmth) if part)
    lines: Lines = [Content(""), heading(title, note)]
    if reading.reasoning:
        lines += _reasoning(reading.reasoning, unfolded, width)
    return [*lines, _text(reading.response or "")]


def _reasoning(text: str, unfolded: bool, width: int) -> Lines:
    if not unfolded:
        return hint(f"▸ Reasoning, {len(text):,} characters; t shows it.", width)
    return [heading("Reasoning"), Content.styled(text, "italic $muted")]


def _rest(reading: Reading, width: int) -> Lines:
    if not reading.rest:
        return []
    lines: Lines = [Content(""), heading("Other keys")]
    for name, value in reading.rest:
        told = plain(value)
        if len(told) <= SHORT:
            lines += field(" ".join(name.split()) or "(no name)", told, width)
        else:
            lines += [Content.styled(name, "$muted"), _whole(value)]
    return lines


def _whole(value: object) -> Content:
    if isinstance(value, str):
        return Content(value)
    try:
        shape = dict(value) if is_object(value) else value
        return Content.styled(json.dumps(shape, ensure_ascii=False, indent=2), "$secondary")
    except (ValueError, RecursionError):  # nested deeper, or a number longer, than can be written
        return Content("…")


def _text(text: str) -> Content:
    return prose(text) if text.strip() else Content.styled("(empty)", "$muted")
