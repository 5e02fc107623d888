"""A job in one plain line, for people and for `grep`."""

from __future__ import annotations

from breadtui.api.text import one_line
from breadtui.bakery.jobs import JobStatus, Phase, State, format_loss


def line(status: JobStatus) -> str:
    """`rollout yoda_repo/yoda: running, 2/4`: phase, repository/name, state, and what else is known."""
    key = status.key
    return ", ".join([f"{key.phase} {key.repo}/{key.name}: {word(status)}", *facts(status)])


def facts(status: JobStatus) -> list[str]:
    """How far a job is, its loss, why it failed, and the model that came of it."""
    told = [amount(status)]
    if status.key.phase is Phase.BAKE and status.loss is not None:
        told.append(f"loss {format_loss(status.loss)}")
    if status.state is State.FAILED:
        told.append(one_line(status.error or "the server does not say why"))
    if status.state is State.COMPLETE:
        told += status.models[:1]
    return [fact for fact in told if fact]


def word(status: JobStatus) -> str:
    """The state in a word: the server's own where nobody knows it."""
    return (status.word or "unknown") if status.state is State.UNRECOGNISED else str(status.state)


def amount(status: JobStatus) -> str:
    """How far a job is: `2/4`, `4`, `62 %`; empty where nobody knows, or it has not begun."""
    if status.state is State.NOT_STARTED:
        return ""
    if status.lines is not None and status.total:
        return f"{status.lines:,}/{status.total:,}"
    if status.state is State.COMPLETE:
        return f"{status.lines:,}" if status.lines is not None else ""
    fraction = status.fraction
    return "" if fraction is None else f"{fraction:.0%}".replace("%", " %")


def counted(number: int, noun: str) -> str:
    """`1 job`, `2 jobs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
