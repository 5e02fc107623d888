"""`breadtui watch` from the jobs it finds to the exit code."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field

from breadtui.bakery.following.follow import (
    COMPLETE,
    FAILED,
    KILLED,
    LOST,
    Following,
    Patience,
    complain,
    kitchen_at,
    run_on,
)
from breadtui.bakery.following.lines import line
from breadtui.bakery.following.scope import Where, look
from breadtui.bakery.jobs import JobKey, Phase, State, format_span
from breadtui.bakery.kitchen import Kitchen
from breadtui.settings import Connection


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What was asked for at the command line."""

    where: Where = field(default_factory=Where)
    phases: tuple[Phase, ...] = tuple(Phase)
    patience: Patience = field(default_factory=Patience)


def watch(found: Connection, order: WatchOrder) -> int:
    """Follow every job under way to its end; gives the exit code.

    Raises:
        NotThere, BreadError: it was not begun.
    """
    return asyncio.run(_watch(found, order))


async def _watch(found: Connection, order: WatchOrder) -> int:
    async with kitchen_at(found, order.patience) as kitchen:
        keys = await look(kitchen, order.where, order.phases)
        seen = set[JobKey]()
        code = COMPLETE
        while running := _running(kitchen, keys, seen):
            seen |= running
            following = Following(kitchen, running, order.patience)
            ended = await following.to_the_end()
            if ended not in (COMPLETE, FAILED):
                return _broken_off(kitchen, following, order, ended)
            code = max(code, ended)
            # What follows from a job may have been started by whoever started it.
            keys = await look(kitchen, order.where, order.phases)
        return code if seen else _nothing(kitchen, keys, order)


def _running(kitchen: Kitchen, keys: list[JobKey], seen: set[JobKey]) -> set[JobKey]:
    statuses = [(key, kitchen.watcher.status(key)) for key in keys if key not in seen]
    return {key for key, status in statuses if status and not status.state.settled}


def _nothing(kitchen: Kitchen, keys: list[JobKey], order: WatchOrder) -> int:
    """Say that nothing runs; of a target or bake that was named, also how it stands."""
    place = f" in {order.where}" if order.where.repo and not order.where.name else ""
    sys.stdout.write(f"Nothing to watch: no job runs{place}.\n")
    if not order.where.name:
        return COMPLETE
    statuses = [status for key in keys if (status := kitchen.watcher.status(key))]
    sys.stdout.writelines(f"{line(status)}\n" for status in statuses)
    return FAILED if any(status.state is State.FAILED for status in statuses) else COMPLETE


def _broken_off(kitchen: Kitchen, following: Following, order: WatchOrder, code: int) -> int:
    if code == LOST:
        waited = format_span(order.patience.timeout)
        complain(f"{kitchen.watcher.problem} It has been away for {waited}; the jobs run on without being watched.")
    elif code > KILLED:
        complain(f"Stopped watching. {run_on(following)}")
    return code
