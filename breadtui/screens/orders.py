"""What the keys of the workspace and of the jobs can be pressed for, and which steps that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breadtui.bakery.jobs import JobKey, Phase
from breadtui.screens import describe
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.steps import Step

EDITABLE = (Kind.PROMPT, Kind.TARGET, Kind.BAKE)
DELETABLE = (Kind.REPO, Kind.PROMPT, Kind.TARGET, Kind.BAKE, Kind.CHECKPOINT)
"""What deletion has something to say about: that repositories cannot be deleted, for one."""


def runnable(items: Sequence[Item]) -> tuple[Item, ...]:
    """Those that have phases to run."""
    return tuple(filter(describe.runnable, items))


def deletable(items: Sequence[Item]) -> tuple[Item, ...]:
    """Those that one may want to delete."""
    return tuple(item for item in items if item.kind in DELETABLE)


def editable(item: Item) -> bool:
    """Whether there is a form that shows it."""
    return item.kind in EDITABLE


def with_data(item: Item | None) -> bool:
    """Whether there are stimuli and responses that it makes, or learns from."""
    return item is not None and item.kind in (Kind.TARGET, Kind.BAKE, Kind.CHECKPOINT)


def comparable(item: Item | None) -> bool:
    """Whether it can be compared with another of its kind."""
    return item is not None and item.kind in (*EDITABLE, Kind.CHECKPOINT)


def bakes(items: Iterable[Item]) -> tuple[tuple[str, str], ...]:
    """(repository, name) of the bakes that rows stand for, each once: a checkpoint for the one that made it."""
    found = {(item.repo, item.bake or item.name): None for item in items if item.kind in (Kind.BAKE, Kind.CHECKPOINT)}
    return tuple(found)


def models(kitchen: Kitchen | None, items: Iterable[Item]) -> tuple[str, ...]:
    """The models that rows stand for, each once: of a repository the base model, of a bake the latest checkpoint."""
    rows = [item for item in items if item.kind in (Kind.REPO, Kind.BAKE, Kind.CHECKPOINT)]
    found = (describe.model_of(kitchen, item) for item in rows) if kitchen else ()
    return tuple(dict.fromkeys(model for model in found if model))


def checkpoints(kitchen: Kitchen | None, items: Iterable[Item]) -> tuple[str, ...]:
    """Those of the models that a bake made."""
    return models(kitchen, (item for item in items if item.kind is not Kind.REPO))


def last_jobs(items: Iterable[Item]) -> tuple[JobKey, ...]:
    """The jobs that targets and bakes are complete with."""
    return tuple(JobKey(item.repo, item.name, describe.last_phase(item)) for item in items)


def jobs_of(items: Iterable[Item]) -> tuple[JobKey, ...]:
    """Every job of targets and bakes."""
    targets = (Phase.STIM, Phase.ROLLOUT)
    return tuple(
        JobKey(item.repo, item.name, phase)
        for item in items
        if describe.runnable(item)
        for phase in ((Phase.BAKE,) if item.kind is Kind.BAKE else targets)
    )


def waiting(kitchen: Kitchen | None, keys: Iterable[JobKey]) -> tuple[JobKey, ...]:
    """Those of the jobs that can be called off: they wait, or were stopped by others."""
    if kitchen is None:
        return ()
    held = kitchen.pipeline.waiting.keys() | kitchen.pipeline.stopped.keys()
    return tuple(key for key in keys if key in held)


def stopped_after(kitchen: Kitchen, keys: Iterable[JobKey]) -> tuple[Step, ...]:
    """The steps that were stopped by the failure of `keys`, directly or not: going on from there means them too."""
    stopped, found = kitchen.pipeline.stopped, set(keys)
    while more := {key for key, held in stopped.items() if held.step.after & found} - found:
        found |= more
    return tuple(held.step for key, held in stopped.items() if key in found)
