"""`breadtui plan` and `breadtui apply` from what was asked for to the exit code, on plain streams."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, TimedOut, Unreachable
from breadtui.api.text import one_line
from breadtui.bakery.following.follow import COMPLETE, FAILED, LOST, Patience, complain, kitchen_at
from breadtui.bakery.jobs import Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import Foresight, Standing
from breadtui.bakery.recipes.live import AGAIN, Live, forget_left
from breadtui.bakery.recipes.plan import Recipe
from breadtui.bakery.recipes.report import end_line
from breadtui.bgit import prospects, report
from breadtui.bgit.applying import Applying
from breadtui.bgit.plan import Plan, make_plan
from breadtui.bgit.problems import ProjectError
from breadtui.bgit.project import Project, load_project
from breadtui.bgit.recording import Anchor, Record, anchor, is_recorded
from breadtui.settings import Connection

AS_IT_IS = "Nothing was made. The bake is recorded as it is at the server, with the differences above."

Connect = Callable[[], Connection]
Confirm = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What was asked for at the command line. `offline` looks at the files only."""

    directory: Path
    offline: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class ApplyOrder:
    """What was asked for at the command line. Without phases it makes what is missing, and runs nothing.

    What is to be recorded was asked for this time (`insists`), or for all times in the settings.
    """

    directory: Path
    phases: frozenset[Phase] = frozenset()
    dry_run: bool = False
    rename: bool = False
    record: Record | None = None
    insists: bool = False
    as_json: bool = False
    yes: bool = False
    patience: Patience = field(default_factory=Patience)


def plan(connect: Connect, order: PlanOrder) -> int:
    """Show what would be made of a directory; gives the exit code. Nothing is made.

    Raises:
        ProjectError, SettingsError, BreadError: it cannot be looked at.
    """
    project = load_project(order.directory)
    if order.offline or not project.input.usable:
        return _look_at_files(project, as_json=order.as_json)
    return asyncio.run(_look(connect(), project, as_json=order.as_json))


def apply(connect: Connect, order: ApplyOrder, confirm: Confirm) -> int:
    """Show what will be done with a directory, ask, and do it; gives the exit code.

    Raises:
        ProjectError, SettingsError, BreadError: it was not begun.
    """
    project = load_project(order.directory)
    if project.input.usable:
        return asyncio.run(_apply(connect(), order, project, confirm))
    return _look_at_files(project, as_json=order.as_json, so=not order.dry_run)


def _look_at_files(project: Project, *, as_json: bool, so: bool = False) -> int:
    """Show what the files tell by themselves; `so` says what follows from their mistakes."""
    seen = Plan(
        project,
        Foresight(Recipe(project.repo, ""), new_repo=False, standings={}),
        project.names,
        project.parent,
        project.input.mistakes,
        project.notes,
    )
    where = anchor(project)
    if as_json:
        _write_json(report.as_json(seen, where))
    else:
        _say(*_paragraphs(report.heading(seen, where), report.mistake_lines(seen), report.name_lines(seen)))
    why = report.refusal(seen)
    if why and so:
        complain(why)
    return FAILED if why else COMPLETE


async def _look(found: Connection, project: Project, *, as_json: bool) -> int:
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        try:
            seen = await make_plan(Kitchen(client), project)
        except (Unreachable, TimedOut) as error:
            return _lost(error)
    _show(seen, anchor(project), as_json=as_json)
    return _judged(seen)


async def _apply(found: Connection, order: ApplyOrder, project: Project, confirm: Confirm) -> int:
    where = anchor(project)
    async with kitchen_at(found, order.patience) as kitchen:
        try:
            seen = await make_plan(kitchen, project, phases=order.phases, rename=order.rename)
        except (Unreachable, TimedOut) as error:
            return _lost(error)
        if not order.phases:
            seen = prospects.for_now(seen)
        if not order.insists and not prospects.comes_to_an_end(seen, runs=bool(order.phases)):
            order = replace(order, record=None)
        if not order.as_json:
            _show(seen, where, as_json=False)
            if order.record and kitchen.client.rehearsal and not is_recorded(seen):
                _say(report.REHEARSED_DOWN)
        if (code := _undone(seen, order, confirm)) is not None:
            if order.as_json:
                _write_json(report.as_json(seen, where))
            return code
        forget_left(kitchen, seen.foresight)
        return await _Run(kitchen, seen, where, order).to_the_end()


def _undone(seen: Plan, order: ApplyOrder, confirm: Confirm) -> int | None:
    """The exit code where nothing shall be done; None where it shall.

    Raises:
        ProjectError: nobody can be asked.
    """
    if order.dry_run:
        return _judged(seen)
    if seen.baked_otherwise and order.insists and order.record:
        return None
    if why := report.refusal(seen):
        complain(why)
        return FAILED
    if not seen.foresight.of(Standing.TO_DO):
        return _nothing_to_do(seen, order)
    if order.yes:
        return None
    if order.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ProjectError("Nobody can be asked whether to do this: add --yes, or --dry-run to look only.")
    if order.record:
        _say(report.intent(order.record))
    if confirm("\nDo this?"):
        return None
    _say("Nothing was made.")
    return FAILED


def _nothing_to_do(seen: Plan, order: ApplyOrder) -> int | None:
    """The same, where nothing is left to be made or run here; what is followed or recorded still is something."""
    if order.phases and seen.foresight.of(Standing.UNDER_WAY):
        return None
    if order.record is None:
        return _judged(seen)
    if why := prospects.not_baked(seen, seen.foresight.standings):
        complain(why)
        return FAILED
    return None


class _Run:
    """One plan under way, shown as it goes on."""

    def __init__(self, kitchen: Kitchen, seen: Plan, where: Anchor, order: ApplyOrder) -> None:
        self._order = order
        self._live = Live(kitchen, order.patience, sys.stderr if order.as_json else sys.stdout)
        begun = seen if order.phases else prospects.unfollowed(seen)
        # What was shown is what was agreed to, however long the answer took.
        self._applying = Applying(kitchen, begun, self._live.stepped, where=where, record=order.record)

    async def to_the_end(self) -> int:
        """Carry it out, and tell what came of it; gives the exit code."""
        replay = self._applying.replay
        code = await self._live.to_the_end(replay, self._applying.carry_out())
        if not self._order.as_json and code in (COMPLETE, FAILED) and not self._applying.plan.conflicts:
            _say(end_line(replay.standings))
        unrecorded = self._recorded(code)
        if self._order.as_json:
            self._write_json(unrecorded)
        if code != COMPLETE:
            complain(AGAIN)
        return code or (FAILED if unrecorded else COMPLETE)

    def _recorded(self, code: int) -> str:
        """Tell what was written down; gives what of it was not, though it was asked for, when all else went well."""
        applying, problem = self._applying, ""
        if done := applying.recorded:
            problem = done.problem
            if not self._order.as_json:
                if applying.plan.conflicts:
                    _say(AS_IT_IS)
                _say(one_line(replace(done, problem="").sentence))
        elif code == COMPLETE and self._order.record:
            problem = applying.problem or prospects.not_baked(applying.plan, applying.replay.standings)
        if problem:
            complain(one_line(problem))
        return problem

    def _write_json(self, problem: str) -> None:
        applying = self._applying
        standings, why = applying.replay.standings, applying.replay.why
        _write_json(report.as_json(applying.plan, applying.where, standings, why, applying.recorded, problem))


def _judged(seen: Plan) -> int:
    """The exit code of a plan that is looked at only."""
    return FAILED if report.refusal(seen) or seen.foresight.of(Standing.HELD_UP) else COMPLETE


def _lost(error: BreadError) -> int:
    complain(one_line(str(error)))
    return LOST


def _show(seen: Plan, where: Anchor, *, as_json: bool) -> None:
    if as_json:
        _write_json(report.as_json(seen, where))
        return
    _say(*_paragraphs(report.heading(seen, where), report.mistake_lines(seen), report.plan_lines(seen)))


def _paragraphs(*parts: list[str]) -> list[str]:
    """Their lines, with an empty one between two that have any."""
    lines: list[str] = []
    for part in parts:
        lines += ["", *part] if lines and part else part
    return lines


def _write_json(told: Mapping[str, object]) -> None:
    # Whatever a file holds can be written so, halves of surrogate pairs too.
    _say(json.dumps(told, indent=1))


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()
