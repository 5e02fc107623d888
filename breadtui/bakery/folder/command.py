"""`breadtui bake-folder` from the plan to the exit code, on plain streams. Its flags are read by the command line."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError
from breadtui.api.text import one_line
from breadtui.bakery.folder import report
from breadtui.bakery.folder.applying import Failure, Step, apply
from breadtui.bakery.folder.files import Unusable, read_text
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Standing
from breadtui.bakery.folder.plan import Plan, make_plan
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.folder.reading import Folder, read_folder
from breadtui.bakery.things import Thing
from breadtui.settings import Connection

ALL_THERE = 0
SOMETHING_FAILED = 1
REFUSED = 2

AGAIN = "What was created stays. Run the same command again: it goes on with what is missing."


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for at the command line. `intro` is a text, or `@` and the file that holds it."""

    directory: Path
    repo: str
    options: Options
    intro: str = ""
    dry_run: bool = False
    yes: bool = False
    as_json: bool = False


def bake_folder(found: Connection, order: Order, confirm: Callable[[str], bool]) -> int:
    """Show the plan, ask, and make what is missing; gives the exit code.

    Raises:
        FolderError, BreadError: it was not begun.
    """
    options, apart = order.options, list[Path]()
    if isinstance(options.weights, Path):
        apart.append(options.weights)
    if order.intro.startswith("@"):
        apart.append(Path(order.intro[1:]))
    folder = read_folder(order.directory, apart)
    return asyncio.run(_bake(found, order, folder, replace(options, intro=_intro(order.intro)), confirm))


def _intro(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return read_text(Path(given[1:]))
    except Unusable as error:
        raise FolderError(
            f"The introduction, {one_line(given[1:])}, {error}. Name a file of text behind the @."
        ) from None


async def _bake(
    found: Connection, order: Order, folder: Folder, options: Options, confirm: Callable[[str], bool]
) -> int:
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        line = _Line(sys.stderr if order.as_json else sys.stdout)
        try:
            plan = await make_plan(client, order.repo, folder, options, line.compared)
            line.clear()
            return await _Run(order, plan, line).carried_out(client, confirm)
        finally:
            line.clear()


@dataclass(slots=True)
class _Run:
    """One plan, and what came of it so far."""

    order: Order
    plan: Plan
    line: _Line
    created: list[tuple[Thing, str]] = field(default_factory=list[tuple[Thing, str]])
    failed: list[Failure] = field(default_factory=list[Failure])

    async def carried_out(self, client: BreadClient, confirm: Callable[[str], bool]) -> int:
        """Show the plan, ask, and make what is missing; gives the exit code.

        Raises:
            FolderError: there are conflicts, or nobody can be asked.
        """
        self._tell(*report.plan_lines(self.plan))
        if self._wanted(confirm):
            return self._ended(await self._make(client))
        return self._ended(ALL_THERE if self.plan.complete or self.order.dry_run else SOMETHING_FAILED)

    def _wanted(self, confirm: Callable[[str], bool]) -> bool:
        """Whether there is something to make, and it shall be made."""
        if self.plan.of(Standing.CONFLICT):
            if self.order.as_json:
                self._ended(REFUSED)
            raise FolderError(report.refusal_of_conflicts(self.plan))
        if self.plan.complete:
            self._tell("", "Everything is there already.")
            return False
        if self.order.dry_run:
            self._tell("", "Nothing was created: this was a dry run.")
            return False
        if self.order.yes:
            return True
        if self.order.as_json or not sys.stdin.isatty():
            raise FolderError("Nobody can be asked whether to create these: add --yes, or --dry-run to look only.")
        if confirm("\nCreate these?"):
            return True
        self._tell("Nothing was created.")
        return False

    async def _make(self, client: BreadClient) -> int:
        """Make what is missing, telling how far it is."""
        try:
            async with aclosing(apply(client, self.plan)) as steps:
                async for step in steps:
                    self._note(step)
        except BreadError as error:
            self.line.clear()
            sys.stderr.write(f"breadtui: {error}\n{AGAIN}\n")
            return SOMETHING_FAILED
        self.line.clear()
        self._tell("", report.end_line(len(self.created), len(self.failed)))
        return SOMETHING_FAILED if self.failed else ALL_THERE

    def _ended(self, code: int) -> int:
        """Write the JSON, if it was asked for; gives the exit code."""
        if self.order.as_json:
            _say(json.dumps(report.as_json(self.plan, self.created, self.failed), ensure_ascii=False, indent=1))
        return code

    def _note(self, step: Step) -> None:
        self.created += [(step.thing, name) for name in step.created]
        self.failed += step.failed
        for failure in step.failed:
            self.line.tell(report.failure_line(failure))
        self.line.show(report.step_line(step))

    def _tell(self, *lines: str) -> None:
        if not self.order.as_json:
            _say(*lines)


class _Line:
    """The line that tells how far it is: always the same one on a terminal, else one after the other."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        self._shown = False

    def compared(self, done: int, total: int) -> None:
        """How much of what exists was compared; worth a line on a terminal only."""
        if self._live:
            self.show(f"{done:,} of {total:,} compared")

    def show(self, text: str) -> None:
        """Tell how far it is."""
        self._write(f"\r{text}\x1b[K" if self._live else f"{text}\n")
        self._shown = self._live

    def tell(self, text: str) -> None:
        """Say something that stays."""
        self.clear()
        self._write(f"{text}\n")

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()
