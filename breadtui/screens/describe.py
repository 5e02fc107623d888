"""Turns what the kitchen knows of a row of the tree into what is shown of it: its note, its jobs, its models.

What stands in the detail pane is told by `detail`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from breadtui.api.text import one_line
from breadtui.bakery.changes import DownloadChanged, JobChanged
from breadtui.bakery.downloads.transfer import DownloadKey
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.screens.detail import counts, waits
from breadtui.widgets.drawing import COLOURS, amount
from breadtui.widgets.jobs.row import DownloadRow, JobRow, Row, RowKey, Vitals
from breadtui.widgets.tree.repo_tree import Item, Kind, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from breadtui.bakery.changes import Change
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.runs import Held


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


def job_rows(kitchen: Kitchen) -> list[Row]:
    """The rows of the jobs: every one that runs, waits, failed or is done; and those of the downloads."""
    pipeline = kitchen.pipeline
    keys = {**kitchen.watcher.watched, **pipeline.waiting, **pipeline.stopped, **dict.fromkeys(pipeline.starting)}
    stopped = pipeline.stopped
    jobs = [row for key in keys if (row := _job_row(kitchen, key, stopped))]
    return [*jobs, *map(DownloadRow, kitchen.downloads.transfers.values())]


def rows_of(kitchen: Kitchen, keys: Iterable[JobKey]) -> list[JobRow]:
    """The rows of some jobs; those of which there is nothing to tell have none."""
    stopped = kitchen.pipeline.stopped
    return [row for key in dict.fromkeys(keys) if (row := _job_row(kitchen, key, stopped))]


def rows_told(kitchen: Kitchen, news: Iterable[Change]) -> list[Row]:
    """The rows that changes are about."""
    keys: dict[JobKey, None] = {}
    downloads: dict[DownloadKey, DownloadRow] = {}
    for change in news:
        match change:
            case JobChanged(status=status):
                keys[status.key] = None
            case DownloadChanged(transfer=transfer):
                downloads[transfer.key] = DownloadRow(transfer)
            case _:
                pass
    return [*rows_of(kitchen, keys), *downloads.values()]


def vitals(kitchen: Kitchen, key: JobKey) -> Vitals:
    """What of a job changes by time alone."""
    watcher = kitchen.watcher
    entry = watcher.watched.get(key)
    if entry is None or entry.status is None:
        return Vitals()
    if entry.status.state.settled:
        ended = None if entry.completed is None else time.time() - (time.monotonic() - entry.completed)
        return Vitals(took=entry.took, ended=ended)
    return Vitals(
        watcher.age(key), watcher.stale(key), watcher.stalled(key), watcher.rate(key), watcher.eta(key), entry.took
    )


def warning(kitchen: Kitchen, left: int = 0) -> str:
    """What keeps steps from starting that somebody can do something about; `left` were left by an earlier start."""
    if paused := kitchen.pipeline.paused:
        count = len(kitchen.pipeline.waiting)
        steps = "A step waits" if count == 1 else f"{count:,} steps wait"
        return f"✖ {one_line(paused)} {steps}; a goes on when there is credit."
    if left:
        steps = "A step is" if left == 1 else f"{left:,} steps are"
        return f"◌ {steps} left to do from an earlier start; a shows what, and asks whether to go on."
    return ""


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


def item_of(key: RowKey) -> Item:
    """The row of the tree that a job or download belongs to."""
    if isinstance(key, DownloadKey):
        return Item(Kind.CHECKPOINT, key.repo, key.model, key.bake) if key.bake else Item(Kind.REPO, key.repo)
    return Item(Kind.BAKE if key.phase is Phase.BAKE else Kind.TARGET, key.repo, key.name)


def _job_row(kitchen: Kitchen, key: JobKey, stopped: Mapping[JobKey, Held]) -> JobRow | None:
    status = kitchen.watcher.status(key) or JobStatus(key, State.NOT_STARTED)
    held = _held_by(kitchen, key, stopped)
    if held and status.state in (State.NOT_STARTED, State.FAILED):
        # What failed and waits to be tried again is no failure any more.
        waiting = key in kitchen.pipeline.waiting or key in kitchen.pipeline.starting
        return JobRow(JobStatus(key, State.NOT_STARTED) if waiting else status, held)
    return None if status.state is State.NOT_STARTED else JobRow(status)


def _held_by(kitchen: Kitchen, key: JobKey, stopped: Mapping[JobKey, Held]) -> str:
    """What keeps a step from running, in a few words; empty where nobody is to run it."""
    pipeline = kitchen.pipeline
    if key in pipeline.starting:
        return "starting"
    if key in pipeline.waiting:
        if awaited := _waits_for(kitchen, key):
            return f"waits for {awaited}"
        return "waits for credits" if pipeline.paused else "waits for the server" if pipeline.problem else "waits"
    return stopped[key].why if key in stopped else ""


def _waits_for(kitchen: Kitchen, key: JobKey) -> str:
    """What a step waits for that is not complete: the phases, or the one job by its name."""
    step = kitchen.pipeline.waiting.get(key)
    missing = [other for other in step.after if not _complete(kitchen, other)] if step else []
    if len(missing) == 1 and missing[0].name != key.name:
        return f"{missing[0].phase} {missing[0].name}"
    if len(missing) > 1:
        return f"{len(missing):,} × {missing[0].phase}" if len({m.phase for m in missing}) == 1 else waits(kitchen, key)
    return str(missing[0].phase) if missing else ""


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
