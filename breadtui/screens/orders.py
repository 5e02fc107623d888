"""What the keys of the workspace can be pressed for, and the work of those that act on several things at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.screens import describe
from breadtui.widgets.repo_tree import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.pipeline import Step

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


async def run_missing(kitchen: Kitchen, items: Sequence[Item]) -> tuple[str, list[BreadError]]:
    """Run what `items` lack; gives what to say of it, and why some could not be looked at."""
    answers = await asyncio.gather(
        *(kitchen.missing(item.repo, item.name, describe.last_phase(item)) for item in items),
        return_exceptions=True,
    )
    steps: dict[object, Step] = {}
    errors: list[BreadError] = []
    for answer in answers:
        if isinstance(answer, BreadError):
            errors.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            steps.update((step.key, step) for step in answer)
    if not steps:
        return ("" if errors else _nothing(items)), errors
    said = _plan(kitchen, items, tuple(steps.values()))
    kitchen.pipeline.run(steps.values())
    return said, errors


def _nothing(items: Sequence[Item]) -> str:
    what = items[0].name if len(items) == 1 else f"{len(items):,} marked"
    return f"{what}: nothing is missing; it is complete or under way."


def _plan(kitchen: Kitchen, items: Sequence[Item], steps: tuple[Step, ...]) -> str:
    if len(items) == 1:
        return describe.plan(kitchen, steps)
    counts = Counter(step.key.phase for step in steps)
    return f"{len(items):,} marked: running " + ", ".join(f"{count:,} × {phase}" for phase, count in counts.items())
