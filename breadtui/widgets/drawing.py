"""Small drawings made of text: progress bars, states, shortened names. Pure, and in theme colours only."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from breadtui.bakery.jobs import JobStatus, State

COLOURS = {
    State.NOT_STARTED: "muted",
    State.QUEUED: "secondary",
    State.RUNNING: "primary",
    State.COMPLETE: "success",
    State.FAILED: "error",
    State.UNRECOGNISED: "warning",
}
"""The theme variable of each state."""


def bar(fraction: float, width: int) -> tuple[str, str]:
    """A progress bar `width` cells wide as (done, rest), drawn in halves of a cell."""
    halves = round(min(max(fraction, 0.0), 1.0) * width * 2)
    if 0 < fraction < 1:
        halves = min(max(halves, 1), width * 2 - 1)  # neither empty nor full before it is
    done = "━" * (halves // 2) + ("╸" if halves % 2 else "")
    return done, "─" * (width - len(done))


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut with an ellipsis; line breaks become spaces."""
    text = " ".join(text.split())
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    return set_cell_size(text, width - 1).rstrip() + "…"


def shorten_path(repo: str, name: str, width: int) -> str:
    """`repo/name` in at most `width` cells: the repository gives way first, because rows differ by the name."""
    whole = f"{repo}/{name}"
    room = width - cell_len(name) - 1
    if cell_len(whole) <= width:
        return whole
    return f"{shorten(repo, room)}/{name}" if room >= 3 else shorten(name, width)


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells."""
    return set_cell_size(shorten(text, width), width)


def state_word(status: JobStatus) -> str:
    """The state in a word: the server's own where nobody knows it."""
    if status.state is State.UNRECOGNISED:
        return status.word or "unknown"
    return str(status.state)


def state_content(status: JobStatus) -> Content:
    """Sign and word of a state, in its colour."""
    return Content.styled(f"{status.state.sign} {state_word(status)}", f"${COLOURS[status.state]}")


def bar_content(status: JobStatus, width: int) -> Content:
    """The progress bar of a job, in the colour of its state; only an outline where progress is unknown."""
    fraction = status.fraction
    done, rest = bar(fraction or 0.0, width)
    return Content.assemble((done, f"${COLOURS[status.state]}"), (rest, "$border"))


def amount(status: JobStatus) -> str:
    """How far a job is, in figures: `4/4`, `62 %`, or nothing where nobody knows."""
    if status.total and status.lines is not None:
        return f"{status.lines:,}/{status.total:,}"
    if status.state is State.COMPLETE and status.lines is not None:
        return f"{status.lines:,}"
    if status.fraction is not None and status.state is not State.NOT_STARTED:
        return f"{status.fraction:.0%}".replace("%", " %")
    return ""
