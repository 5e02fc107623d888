"""What the detail says of a download: which model, which file, how far it is, and all of what stopped it."""

from __future__ import annotations

from textual.content import Content

from breadtui.bakery.downloads.names import part_of
from breadtui.bakery.downloads.transfer import Transfer
from breadtui.bakery.jobs import State
from breadtui.widgets.details.parts import field, hint, joined, problem
from breadtui.widgets.drawing import COLOURS

_OFF = ". calls it off, and what came is kept."
_AGAIN = "r goes on with it, . takes it off the list."
HINTS = {
    State.QUEUED: _OFF,
    State.RUNNING: _OFF,
    State.UNRECOGNISED: _OFF,
    State.NOT_STARTED: _AGAIN,
    State.FAILED: _AGAIN,
    State.COMPLETE: ". takes it off the list; the file stays.",
}


def download_detail(transfer: Transfer, width: int) -> Content:
    """A download, in lines of `width` cells."""
    key, state = transfer.key, transfer.state
    came = ", ".join(fact for fact in (transfer.percent, *transfer.facts) if fact)
    lines = field("model", key.model, width)
    if state is State.COMPLETE:
        lines += field("file", str(key.path), width)
    else:
        lines += field("part", str(part_of(key.path)), width)
    lines += field("state", Content.styled(f"{state.sign} {state}", f"${COLOURS[state]}"), width)
    lines += field("bytes", came, width)
    if state is State.FAILED:
        lines += [Content(""), *problem(transfer.note, width)]
    elif transfer.note:
        lines += field("", Content.styled(transfer.note, "$muted"), width)
    return joined([*lines, Content(""), *hint(HINTS[state], width)])
