"""Turns what the kitchen knows of a row of the tree into what is shown of it: its note, its jobs, its models.

What stands in the detail pane is told by `detail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.screens.detail import counts, waits
from breadtui.widgets.drawing import COLOURS, amount
from breadtui.widgets.jobs_table import JobRow
from breadtui.widgets.repo_tree import Item, Kind, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.pipeline import Step

ORDER = (State.RUNNING, State.QUEUED, State.UNRECOGNISED, State.FAILED, State.NOT_STARTED, State.COMPLETE)
"""How the dock sorts jobs: what asks for attention first."""


def note(kitchen: Kitchen, item: Item) -> Note:
    """What stands beside a row of the tree."""
    match item.kind:
        case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
            count = counts(kitchen, item.repo)[item.kind]
            return Note(right="" if count is None else f"{count:,}")
        case Kind.PROMPT:
            return Note(right=kitchen.catalog.role(item.repo, item.name))
        case Kind.TARGET:
            stim, rollout = _phases(kitchen, item)
            return _job_note(_telling(stim, rollout))
        case Kind.BAKE:
            key = JobKey(item.repo, item.name, Phase.BAKE)
            held = waits(kitchen, key)
            return Note("◌", f"waits for {held}", "secondary") if held else _job_note(kitchen.watcher.status(key))
        case Kind.CHECKPOINT:
            return Note(sign="◆", colour="accent")
        case Kind.REPO:
            running, failed = running_in(kitchen, item.repo), failed_in(kitchen, item.repo)
            told = " ".join(([f"✖ {failed}"] if failed else []) + ([f"◐ {running}"] if running else []))
            return Note(right=told, colour="error" if failed else "primary")


def job_rows(kitchen: Kitchen) -> list[JobRow]:
    """The rows of the dock: every job that runs, waits, failed or is done; what asks for attention first."""
    watcher, waiting = kitchen.watcher, kitchen.pipeline.waiting
    rows: list[JobRow] = []
    for key, entry in watcher.watched.items():
        if entry.status and entry.status.state is not State.NOT_STARTED and key not in waiting:
            rows.append(JobRow(entry.status, watcher.time_left(key)))
    rows += [JobRow(JobStatus(key, State.NOT_STARTED), waits=waits(kitchen, key)) for key in waiting]
    return sorted(rows, key=lambda row: (ORDER.index(row.status.state), *_order(kitchen, row.status)))


def failed_in(kitchen: Kitchen, repo: str) -> int:
    """How many jobs of a repository failed."""
    watched = kitchen.watcher.watched.items()
    return sum(1 for key, job in watched if key.repo == repo and job.status and job.status.state is State.FAILED)


def running_in(kitchen: Kitchen, repo: str | None = None) -> int:
    """How many jobs run or are queued, in one repository or in all."""
    return sum(
        1
        for key, entry in kitchen.watcher.watched.items()
        if entry.status and entry.status.state in (State.RUNNING, State.QUEUED) and repo in (None, key.repo)
    )


def runnable(item: Item) -> bool:
    """Whether a row has phases to run."""
    return item.kind in (Kind.TARGET, Kind.BAKE)


def last_phase(item: Item) -> Phase:
    """The phase that a row is complete with."""
    return Phase.BAKE if item.kind is Kind.BAKE else Phase.ROLLOUT


def plan(kitchen: Kitchen, steps: Sequence[Step]) -> str:
    """What will happen, in a line: the steps as they will run, or what they wait for."""
    waiting = kitchen.pipeline.waiting
    line = " → ".join(f"{step.key.phase} {step.key.name}" for step in steps)
    if all(step.key in waiting for step in steps):
        return f"It waits already: {line}"
    first = steps[0]
    held = [key for key in first.after if not _complete(kitchen, key)]
    if held:
        return f"{line} waits for {' and '.join(f'{key.phase} {key.name}' for key in sorted(held))}"
    return f"Running {line}"


def news(kitchen: Kitchen, status: JobStatus, before: JobStatus | None) -> str:
    """What is worth a message when a job was seen to change: that the last of a run is complete."""
    if status.state is not State.COMPLETE or before is None or before.state.settled:
        return ""
    if any(status.key in step.after for step in kitchen.pipeline.waiting.values()):
        return ""
    match status.key.phase:
        case Phase.BAKE:
            return f"{status.key.name} is baked. c talks to it."
        case Phase.ROLLOUT:
            return f"{status.key.name} has its responses."
        case Phase.STIM:
            return ""


def models_of(kitchen: Kitchen, repo: str, bake: str) -> tuple[str, ...]:
    """A bake's checkpoints as model names, the latest first."""
    status = kitchen.watcher.status(JobKey(repo, bake, Phase.BAKE))
    return status.models if status else ()


def model_of(kitchen: Kitchen, item: Item) -> str | None:
    """The model to chat with from a row: the checkpoint, the bake's latest, or the repository's base model."""
    match item.kind:
        case Kind.CHECKPOINT:
            return item.name
        case Kind.BAKE:
            return next(iter(models_of(kitchen, item.repo, item.name)), None)
        case _:
            return kitchen.catalog.base_model(item.repo)


def item_of(key: JobKey) -> Item:
    """The row of the tree that a job belongs to."""
    return Item(Kind.BAKE if key.phase is Phase.BAKE else Kind.TARGET, key.repo, key.name)


def _order(kitchen: Kitchen, status: JobStatus) -> tuple[float, str, int, str]:
    """What was completed last comes first; what was complete when first seen, in order of name."""
    key, entry = status.key, kitchen.watcher.watched.get(status.key)
    completed = entry.completed if entry and status.state is State.COMPLETE else None
    return (-completed if completed is not None else 0.0, key.repo, list(Phase).index(key.phase), key.name)


def _complete(kitchen: Kitchen, key: JobKey) -> bool:
    status = kitchen.watcher.status(key)
    return status is not None and status.state is State.COMPLETE


def _phases(kitchen: Kitchen, item: Item) -> tuple[JobStatus | None, JobStatus | None]:
    look = kitchen.watcher.status
    return look(JobKey(item.repo, item.name, Phase.STIM)), look(JobKey(item.repo, item.name, Phase.ROLLOUT))


def _telling(stim: JobStatus | None, rollout: JobStatus | None) -> JobStatus | None:
    """The phase that speaks for a target: the rollout once it was begun, else the stim."""
    if rollout and rollout.state is not State.NOT_STARTED:
        return rollout
    if stim and stim.state is State.COMPLETE and rollout:
        return rollout
    return stim


def _job_note(status: JobStatus | None) -> Note:
    if status is None:
        return Note(sign="·")
    right = ""
    if status.state in (State.RUNNING, State.QUEUED):
        right = amount(status) if not status.total else f"{status.fraction or 0:.0%}".replace("%", " %")
    elif status.state is State.FAILED:
        right = "failed"
    elif status.state is State.UNRECOGNISED:
        right = status.word
    return Note(status.state.sign, right, COLOURS[status.state])
