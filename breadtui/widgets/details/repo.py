"""What is said of a repository: its base model, what it holds, what runs, and the latest checkpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from breadtui.bakery.jobs import State, checkpoint_of, format_loss
from breadtui.widgets.details.parts import GAP, LABEL, Lines, Stage, count, field, heading, hint, joined, progress
from breadtui.widgets.drawing import COLOURS, fit

AT_MOST = 8
"""Jobs that are shown with a bar."""

MEANING = {
    "prompts": "A prompt is a list of messages. As a teacher it holds the behaviour to bake in;"
    " as a student, the little that will call it up.",
    "targets": "A target pairs a teacher with a student, and says which questions to ask.",
    "bakes": "A bake trains a model on the responses of one or several targets.",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The latest checkpoint of a bake, and the bake's loss."""

    model: str
    bake: str
    loss: float | None = None


def repo_detail(
    base_model: str | None,
    counts: Mapping[str, int | None],
    jobs: Sequence[tuple[str, Stage]],
    checkpoints: Sequence[Checkpoint],
    width: int,
) -> Content:
    """A repository. `jobs` are those seen so far, each with the name of its target or bake."""
    lines = field("base model", base_model or "not told by the server", width)
    held = ["… " + kind if number is None else count(number, kind.removesuffix("s")) for kind, number in counts.items()]
    lines += field("holds", " · ".join(held), width)
    states = Counter(stage.state for _, stage in jobs if stage.state)
    del states[State.NOT_STARTED]
    if states:
        lines += field("jobs seen", _totals(states), width)
    if running := [(name, stage) for name, stage in jobs if stage.state in (State.RUNNING, State.QUEUED)]:
        lines += [Content(""), heading("Running")]
        lines += [_running(name, stage, width) for name, stage in running[:AT_MOST]]
        if len(running) > AT_MOST:
            lines += hint(f"and {len(running) - AT_MOST:,} more", width)
    if checkpoints:
        lines += [Content(""), heading("Latest checkpoints"), *_latest(checkpoints, width)]
    if all(number == 0 for number in counts.values()):
        lines += [Content(""), *hint("Nothing here yet. Press n to write its first prompt.", width)]
    return joined(lines)


def folder_detail(kind: str, number: int | None, width: int) -> Content:
    """A folder: what it is for, in one sentence of the guide's."""
    held = "" if number is None else f"{number:,} here. " if number else "None here yet. "
    advice = hint(f"{held}Press n to make {'another' if number else 'one'}.", width)
    return joined([*Content(MEANING[kind]).wrap(max(width, 2)), Content(""), *advice])


def _totals(states: Counter[State]) -> Content:
    told = [
        Content.styled(f"{state.sign} {states[state]:,} {state}", f"${COLOURS[state]}")
        for state in State
        if states[state]
    ]
    return Content("   ").join(told)


def _running(name: str, stage: Stage, width: int) -> Content:
    label = min(max(width // 3, LABEL), 32)
    sign = stage.state.sign if stage.state else "·"
    line = Content.assemble(
        (f"{sign} ", "$primary"), f"{stage.phase:<8}", fit(name, label), " ", progress(stage, width - label - 11)
    )
    return line.truncate(max(width, 4), ellipsis=True)


def _latest(checkpoints: Sequence[Checkpoint], width: int) -> Lines:
    room = max(width - LABEL - GAP - 18, 8)
    return [
        Content.assemble(
            ("◆ ", "$accent"),
            f"{checkpoint_of(found.model):<{LABEL}}",
            fit(found.bake, min(room, 40)),
            (f"  loss {format_loss(found.loss)}" if found.loss is not None else "", "$muted"),
        ).truncate(max(width, 4), ellipsis=True)
        for found in checkpoints
    ]
