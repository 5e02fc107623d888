"""`breadtui replay` and `breadtui recipe` from what was asked for to the exit code, on plain streams."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, TimedOut, Unreachable
from breadtui.api.text import one_line
from breadtui.bakery.changes import Change, JobChanged, PipelineChanged
from breadtui.bakery.following.display import Display, Row, display
from breadtui.bakery.following.follow import (
    COMPLETE,
    FAILED,
    KILLED,
    LOST,
    TICK,
    Patience,
    complain,
    kitchen_at,
)
from breadtui.bakery.jobs import JobStatus, State, format_span
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes import report
from breadtui.bakery.recipes.document import load_recipe, recipe_text, save_recipe
from breadtui.bakery.recipes.foresight import Foresight, Standing, foresee
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.recipes.plan import Recipe, StepKey
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.rename import renamed, with_suffix
from breadtui.bakery.recipes.replay import Replay, refuse
from breadtui.settings import Connection

AGAIN = "What was made stays. Run the same command again: it goes on with what is missing."
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Confirm = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What was asked for at the command line. `what` is a file, or `REPO/BAKE`."""

    what: str
    into: str
    suffix: str = ""
    dry_run: bool = False
    runs: bool = True
    as_json: bool = False
    yes: bool = False
    patience: Patience = field(default_factory=Patience)


def replay(found: Connection, order: ReplayOrder, confirm: Confirm) -> int:
    """Show what will be done, ask, and do it; gives the exit code.

    Raises:
        RecipeError, BreadError: it was not begun.
    """
    path = file_of(order.what)
    recipe = load_recipe(path) if path else None
    return asyncio.run(_replay(found, order, recipe, confirm))


def export(found: Connection, what: str, output: Path | None, *, force: bool = False) -> int:
    """Write the recipe of a bake as YAML, to a file or to standard output; gives the exit code.

    Raises:
        RecipeError, BreadError: it was not written.
    """
    recipe = asyncio.run(_told(found, what))
    for problem in report.problem_lines(recipe):
        complain(problem)
    if output is None:
        sys.stdout.write(recipe_text(recipe))
    else:
        save_recipe(output, recipe, overwrite=force)
        sys.stderr.write(f"{len(recipe.steps):,} steps written to {one_line(str(output))}.\n")
    return COMPLETE


def file_of(what: str) -> Path | None:
    """The file that is meant; None where a bake is."""
    path = Path(what)
    return path if path.suffix.lower() in (".yaml", ".yml") or path.is_file() else None


def bake_of(what: str) -> tuple[str, str]:
    """Repository and bake.

    Raises:
        RecipeError: it is not told as `REPO/BAKE`.
    """
    repo, _, bake = what.partition("/")
    if not repo or not bake or "/" in bake:
        raise RecipeError(f"“{one_line(what)}” is neither a file nor a bake: name it as REPO/BAKE, or as FILE.yaml.")
    return repo, bake


async def _told(found: Connection, what: str) -> Recipe:
    repo, bake = bake_of(what)
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        return await recipe_of(Kitchen(client), repo, bake)


async def _replay(found: Connection, order: ReplayOrder, recipe: Recipe | None, confirm: Confirm) -> int:
    async with kitchen_at(found, order.patience) as kitchen:
        recipe = recipe or await recipe_of(kitchen, *bake_of(order.what))
        foresight = await foresee(kitchen, renamed(recipe, order.into, with_suffix(order.suffix)), runs=order.runs)
        if not order.as_json:
            _say(*report.heading(foresight, order.what), "", *report.plan_lines(foresight))
        if (code := _undone(foresight, order, confirm)) is not None:
            if order.as_json:
                _write_json(foresight, foresight.standings, foresight.why)
            return code
        _forget_left(kitchen, foresight)
        return await _Run(kitchen, foresight, order).to_the_end()


def _undone(foresight: Foresight, order: ReplayOrder, confirm: Confirm) -> int | None:
    """The exit code where nothing shall be done; None where it shall.

    Raises:
        RecipeError: it cannot be done, or nobody can be asked.
    """
    if order.dry_run:
        return FAILED if foresight.problem or foresight.of(Standing.CONFLICT, Standing.HELD_UP) else COMPLETE
    refuse(foresight)
    if not foresight.of(Standing.TO_DO):
        if foresight.of(Standing.UNDER_WAY):
            return None
        return COMPLETE if all(standing.good for standing in foresight.standings.values()) else FAILED
    if order.yes:
        return None
    if order.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise RecipeError("Nobody can be asked whether to do this: add --yes, or --dry-run to look only.")
    if confirm("\nDo this?"):
        return None
    _say("Nothing was made.")
    return FAILED


def _forget_left(kitchen: Kitchen, foresight: Foresight) -> None:
    """What an interrupted replay of the same left on disk is seen to here; what is of others stays there."""
    own = {step.key.job(foresight.recipe.repo) for step in foresight.recipe.steps}
    left = kitchen.pipeline.pending().held
    if left and all(held.key in own for held in left):
        kitchen.pipeline.discard()


class _Run:
    """One replay, shown as it goes on."""

    def __init__(self, kitchen: Kitchen, foresight: Foresight, order: ReplayOrder) -> None:
        self._kitchen = kitchen
        self._foresight = foresight
        self._order = order
        self._replay = Replay(kitchen, foresight, self._stepped)
        self._display: Display | None = None
        self._signal = 0
        self._lost: float | None = None

    async def to_the_end(self) -> int:
        """Carry it out; gives the exit code."""
        self._display = display(sys.stderr if self._order.as_json else sys.stdout, self._rows)
        leave = self._kitchen.subscribe(self._notice)
        try:
            code = await self._carried_out()
        finally:
            leave()
            self._display.close()
        if self._order.as_json:
            _write_json(self._foresight, self._replay.standings, self._replay.why)
        elif code in (COMPLETE, FAILED):
            _say(report.end_line(self._replay.standings))
        if code != COMPLETE:
            complain(AGAIN)
        return code

    async def _carried_out(self) -> int:
        work = asyncio.create_task(self._replay.carry_out())
        try:
            with self._told_to_end(work):
                while not work.done():
                    await asyncio.wait([work], timeout=TICK)
                    if self._display:
                        self._display.tick()
                    if not work.done() and (code := self._given_up()) is not None:
                        return code
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return self._code(work)

    def _code(self, work: asyncio.Task[None]) -> int:
        if work.cancelled():
            complain("Stopped. What runs at the server runs on.")
            return KILLED + self._signal
        error = work.exception()
        if isinstance(error, BreadError):
            complain(one_line(str(error)))
            return LOST if isinstance(error, Unreachable | TimedOut) else FAILED
        if error:
            raise error
        # What --no-run leaves out is nobody's failure.
        standings = self._replay.standings.values()
        bad = any(standing in (Standing.FAILED, Standing.HELD_UP) for standing in standings)
        return FAILED if bad else COMPLETE

    def _given_up(self) -> int | None:
        """The exit code where nothing goes on by itself."""
        if self._replay.at_rest:
            complain(one_line(self._replay.paused))
            return FAILED
        away = self._kitchen.watcher.problem or self._kitchen.pipeline.problem
        now = time.monotonic()
        self._lost = None if not away else self._lost if self._lost is not None else now
        if self._lost is None or now - self._lost < self._order.patience.timeout:
            return None
        complain(f"{one_line(away or '')} It has been away for {format_span(self._order.patience.timeout)}.")
        return LOST

    def _stepped(self, key: StepKey) -> None:
        """A step came to another standing; jobs tell of themselves."""
        standing, why = self._replay.standings[key], self._replay.why.get(key, "")
        told = standing in (Standing.FAILED, Standing.HELD_UP) or (not key.action.phase and standing is Standing.DONE)
        if told and self._display:
            self._display.say(report.step_line(key, standing, why))

    def _notice(self, change: Change) -> None:
        if self._display is None:
            return
        if isinstance(change, JobChanged) and change.status.key in self._replay.jobs:
            if change.status.state is not State.NOT_STARTED:
                self._display.changed(change.status)
        elif isinstance(change, PipelineChanged) and change.failed:
            self._display.say(one_line(change.message))

    def _rows(self) -> list[Row]:
        watcher, waiting = self._kitchen.watcher, self._kitchen.pipeline.waiting
        rows: list[Row] = []
        for key in self._replay.jobs:
            status = watcher.status(key) or JobStatus(key, State.NOT_STARTED)
            rows.append(Row(status, watcher.eta(key), "waits" if key in waiting else ""))
        return sorted(rows, key=lambda row: bool(row.waits))

    @contextlib.contextmanager
    def _told_to_end(self, work: asyncio.Task[None]) -> Generator[None]:
        loop = asyncio.get_running_loop()

        def end(number: signal.Signals) -> None:
            self._signal = number
            work.cancel()

        for number in _SIGNALS:
            loop.add_signal_handler(number, end, number)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


def _write_json(foresight: Foresight, standings: Mapping[StepKey, Standing], why: Mapping[StepKey, str]) -> None:
    _say(json.dumps(report.as_json(foresight, standings, why), ensure_ascii=False, indent=1))


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()
