"""The pieces that details are made of: named values, headings, prose, columns, and phases with their bars."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from breadtui.api.lenient import is_object
from breadtui.bakery.jobs import JobStatus, Phase, State, format_span
from breadtui.widgets.drawing import COLOURS, amount, bar_content, shorten, state_content, state_word

LABEL = 12
"""Cells given to the names at the left."""
GAP = 2
TIGHT = LABEL + GAP + 12
"""Below this many cells a value stands under its name instead of beside it."""

Lines = list[Content]


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase as it stands: `left` are seconds, `waits` names what it waits for."""

    phase: Phase
    status: JobStatus | None = None
    left: float | None = None
    waits: str = ""

    @property
    def state(self) -> State | None:
        """Its state, where it is known."""
        return self.status.state if self.status else None


def heading(text: str, note: str | Content = "") -> Content:
    """The line above a section, and a remark beside it."""
    remark = Content.styled(note, "$muted") if isinstance(note, str) else note
    return Content.assemble((text, "bold $primary"), "  " if note else "", remark)


def field(name: str, value: str | Content, width: int, label: int = LABEL) -> Lines:
    """A named value; a long one goes on below its beginning."""
    room = width - label - GAP
    value = Content(value) if isinstance(value, str) else value
    if room < TIGHT - LABEL - GAP:
        return [Content.styled(shorten(name, width), "$muted"), *value.wrap(max(width, 2))]
    lines = value.wrap(room) or [Content("")]
    names = [f"{shorten(name, label):<{label}}", *[" " * label] * (len(lines) - 1)]
    return [Content.assemble((f"{name}{' ' * GAP}", "$muted"), line) for name, line in zip(names, lines, strict=True)]


def listed(name: str, values: Iterable[Content], width: int) -> Lines:
    """A name with one value a line; a value too long for its line is cut."""
    room = max(width - LABEL - GAP, 4)
    lines = [value.truncate(room, ellipsis=True) for value in values]
    names = [name, *[""] * (len(lines) - 1)]
    return [
        Content.assemble((f"{name:<{LABEL}}{' ' * GAP}", "$muted"), line).truncate(max(width, 4), ellipsis=True)
        for name, line in zip(names, lines, strict=bool(lines))
    ]


def hint(text: str, width: int) -> Lines:
    """A word of advice."""
    return Content.styled(text, "italic $muted").wrap(max(width, 2))


def problem(error: str | None, width: int) -> Lines:
    """Why something failed, in the server's words."""
    return Content.styled(error or "The server does not say why.", "$error").wrap(max(width, 2))


def joined(lines: Iterable[Content]) -> Content:
    """The lines one below the other."""
    return Content("\n").join(list(lines))


def beside(left: Sequence[Content], right: Sequence[Content], room: int) -> Lines:
    """Two columns of `room` cells each, with a rule between them."""
    height = max(len(left), len(right))
    pairs = zip(_filled(left, height), _filled(right, height), strict=True)
    return [Content.assemble(one.truncate(room, pad=True), (" │ ", "$border"), other) for one, other in pairs]


def grid(cells: Sequence[Content], width: int) -> Lines:
    """Cells side by side, in as many columns as all of them fit in, read row by row."""
    widest = max((cell.cell_length for cell in cells), default=0) + GAP
    count = max(min(width // max(widest, 1), 3), 1)
    room = width // count
    rows = [cells[at : at + count] for at in range(0, len(cells), count)]
    return [Content("").join([cell.truncate(room, ellipsis=True, pad=True) for cell in row]).rstrip() for row in rows]


def stage_lines(stage: Stage, width: int) -> Lines:
    """A phase by its name, with state, bar, figures and the time left."""
    name, status = str(stage.phase), stage.status
    if stage.waits:
        return field(name, Content.styled(f"◌ waits for {stage.waits}", "$secondary"), width)
    if status is None:
        return field(name, Content.styled("…", "$muted"), width)
    word = state_content(status)
    if status.state is State.NOT_STARTED:
        return field(name, word, width)
    pad = " " * max(14 - word.cell_length, 1)
    return field(name, Content.assemble(word, pad, progress(stage, width - LABEL - GAP - 14)), width)


def progress(stage: Stage, width: int) -> Content:
    """The bar of a phase, how far it is, and the time left, in about `width` cells."""
    if stage.status is None:
        return Content("")
    tail = f"  {format_span(stage.left)} left" if stage.left is not None else ""
    bar_width = min(max(width - 24, 8), 30)
    return Content.assemble(bar_content(stage.status, bar_width), f"  {amount(stage.status)}", (tail, "$muted"))


def chain(stages: Sequence[Stage], width: int) -> Lines:
    """Phases as links of a chain: `✔ stim 4/4 ── ◐ rollout 62 % ── ○ bake`."""
    return Content.assemble((" ── ", "$border")).join([_link(stage) for stage in stages]).wrap(max(width, 2))


def named_state(name: str, status: JobStatus | None) -> Content:
    """A name with the sign of its state before it, and the word of one that is not complete behind it."""
    if status is None:
        return Content(name)
    colour = f"${COLOURS[status.state]}"
    word = "" if status.state is State.COMPLETE else f" ({state_word(status)})"
    return Content.assemble((status.state.sign, colour), f" {name}", (word, "$muted"))


def plain(value: object) -> str:
    """A value of a configuration on one line: text as it is, flags as `yes` and `no`, all else as JSON has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return " ".join(value.split()) or "empty"
    try:
        if is_object(value) or isinstance(value, list | tuple):
            return json.dumps(value, ensure_ascii=False, default=str)
        return f"{value}"
    except (ValueError, RecursionError):  # a number of more digits than Python writes, or nested too deeply
        return "…"


def count(number: int, noun: str) -> str:
    """A number of things: `1 question`, `1,200 questions`."""
    try:
        return f"{number:,} {noun}{'' if number == 1 else 's'}"
    except ValueError:  # of more digits than Python writes
        return f"… {noun}s"


def _link(stage: Stage) -> Content:
    status, name = stage.status, str(stage.phase)
    if stage.waits:
        return Content.styled(f"◌ {name} waits", "$secondary")
    if status is None:
        return Content.styled(f"· {name}", "$muted")
    done = "" if status.state is State.COMPLETE and status.lines is None else amount(status)
    if status.state in (State.FAILED, State.UNRECOGNISED):
        done = state_word(status)
    return Content.assemble((f"{status.state.sign} {name}", f"${COLOURS[status.state]}"), f" {done}" if done else "")


def _filled(lines: Sequence[Content], height: int) -> Lines:
    return [*lines, *[Content("")] * (height - len(lines))]
