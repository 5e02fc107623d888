"""`breadtui run` from the outlook to the exit code: the pipeline without a screen."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from breadtui.api.errors import NotFound
from breadtui.api.text import one_line
from breadtui.bakery.following.follow import (
    COMPLETE,
    FAILED,
    KILLED,
    LOST,
    Begin,
    Following,
    Patience,
    complain,
    kitchen_at,
    run_on,
)
from breadtui.bakery.following.lines import counted
from breadtui.bakery.following.scope import NotThere, Where, look
from breadtui.bakery.jobs import JobKey, Phase, format_span
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.outlook import Outlook, foresee, outlook, unmet
from breadtui.bakery.runs import Run, Standing
from breadtui.settings import Connection

Confirm = Callable[[str], bool]


class NotBegun(Exception):
    """Nothing was started; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What was asked for at the command line; without a name, what is left on disk."""

    where: Where = field(default_factory=Where)
    phases: tuple[Phase, ...] = tuple(Phase)
    detach: bool = False
    yes: bool = False
    patience: Patience = field(default_factory=Patience)


def run(found: Connection, order: RunOrder, confirm: Confirm) -> int:
    """Show what will run, ask, and run it; gives the exit code.

    Raises:
        NotBegun, NotThere, BreadError: nothing was started.
    """
    return asyncio.run(_run(found, order, confirm))


async def _run(found: Connection, order: RunOrder, confirm: Confirm) -> int:
    async with kitchen_at(found, order.patience) as kitchen:
        if not order.where.repo:
            return await _go_on(kitchen, order, confirm)
        seen = await _outlook(kitchen, order)
        if not seen.steps:
            return await _awaited(kitchen, order)
        if not _wanted(seen, order, confirm):
            return FAILED

        async def begin() -> None:
            kitchen.pipeline.run(seen.steps)

        return await _followed(kitchen, (step.key for step in seen.steps), seen, order, begin)


async def _outlook(kitchen: Kitchen, order: RunOrder) -> Outlook:
    phases = {key.phase for key in await look(kitchen, order.where)}
    if phases == {Phase.STIM, Phase.ROLLOUT} and order.phases == (Phase.BAKE,):
        raise NotThere(f"{order.where} is a target, and has no bake phase: name the bake that learns from it.")
    # Of a target and a bake of the same name, the bake is meant, unless its phase is left out.
    baked = phases == {Phase.BAKE} or (Phase.BAKE in phases and Phase.BAKE in order.phases)
    last = Phase.BAKE if baked else Phase.ROLLOUT
    seen = await outlook(kitchen, [JobKey(order.where.repo, order.where.name, last)], order.phases)
    if seen.refused:
        raise seen.refused[0]
    for key in unmet(kitchen, seen.steps):
        raise NotBegun(f"The {key} is neither complete nor under way. Add {key.phase} to --phases, or run it first.")
    return seen


async def _awaited(kitchen: Kitchen, order: RunOrder) -> int:
    """Nothing is missing: follow what is under way."""
    keys = await look(kitchen, order.where, order.phases)
    following = Following(kitchen, keys, order.patience)
    _say(f"{order.where}: there is nothing to start. It is {'under way' if following.under_way else 'complete'}.")
    if order.detach or not following.under_way:
        return COMPLETE
    return _ended(kitchen, following, order, await following.to_the_end())


async def _go_on(kitchen: Kitchen, order: RunOrder, confirm: Confirm) -> int:
    """Take up what programs left that are gone."""
    left = kitchen.pipeline.pending()
    if not left.open:
        others = kitchen.pipeline.elsewhere
        process = f" (process {next(iter(others.values()))})" if others else ""
        _say(
            f"Another breadtui{process} sees to {counted(len(others), 'step')}; nothing else is left to go on with."
            if others
            else "Nothing is left to go on with."
        )
        return COMPLETE
    await _look_at(kitchen, left)
    seen = foresee(kitchen, (held.step for held in left.open))
    if left.paused:
        _say(f"Paused: {one_line(left.paused)}")
    if failed := [held for held in left.open if held.standing is Standing.FAILED]:
        _say(*(one_line(held.why) for held in failed), "", "What failed is tried again:")
    if not _wanted(seen, order, confirm):
        return FAILED

    async def begin() -> None:
        await kitchen.pipeline.resume()
        for held in failed:
            kitchen.pipeline.retry(held.key)

    return await _followed(kitchen, (held.key for held in left.held), seen, order, begin)


async def _look_at(kitchen: Kitchen, left: Run) -> None:
    """Look at the targets of what is left, to tell what that makes; what is gone is told when it is taken up."""
    for repo in sorted({held.key.repo for held in left.open}):
        names = {held.key.name for held in left.open if held.key.repo == repo and held.key.phase is not Phase.BAKE}
        with contextlib.suppress(NotFound):
            await kitchen.look_at_all(repo, sorted(names))


def _wanted(seen: Outlook, order: RunOrder, confirm: Confirm) -> bool:
    """Show what will run, and ask, if somebody can be asked.

    Raises:
        NotBegun: nobody can.
    """
    _say(*seen.lines)
    if order.yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotBegun("Nobody can be asked whether to run this: add --yes.")
    if confirm("\nRun this?"):
        return True
    _say("Nothing was started.")
    return False


async def _followed(kitchen: Kitchen, keys: Iterable[JobKey], seen: Outlook, order: RunOrder, begin: Begin) -> int:
    following = Following(kitchen, {*keys, *seen.awaited}, order.patience)
    code = await (following.until_started(begin) if order.detach else following.to_the_end(begin))
    return _ended(kitchen, following, order, code)


def _ended(kitchen: Kitchen, following: Following, order: RunOrder, code: int) -> int:
    """Say how it ends where the lines of the jobs do not, and how to go on."""
    pipeline = kitchen.pipeline
    if code == LOST:
        away = format_span(order.patience.timeout)
        complain(f"{kitchen.watcher.problem or pipeline.problem} It has been away for {away}. {_left(kitchen)}")
    elif code > KILLED:
        complain(f"Stopped. {run_on(following)} {_left(kitchen)}".rstrip())
    elif pipeline.paused or pipeline.stopped:
        complain(_left(kitchen))
    elif order.detach:
        _say(f"{run_on(following)} {_left(kitchen)}".rstrip())
    return code


def _left(kitchen: Kitchen) -> str:
    """What is left on disk, and how to go on with it."""
    pipeline = kitchen.pipeline
    count = len(pipeline.waiting.keys() | pipeline.stopped.keys() | set(pipeline.starting))
    if not count:
        return ""
    verb = "is" if count == 1 else "are"
    return f"{counted(count, 'step')} {verb} kept: `breadtui run` goes on with {'it' if count == 1 else 'them'}."


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()
