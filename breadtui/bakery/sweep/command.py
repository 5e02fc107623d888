"""`breadtui sweep` from the questions to the exit code, on plain streams. Its flags are read by the command line."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.bakery.following.run import NotBegun
from breadtui.bakery.jobs import format_span
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.known import place
from breadtui.bakery.signals import KILLED, told_to_end
from breadtui.bakery.sweep.asking import Asking
from breadtui.bakery.sweep.kept import InUse, Journal, Sweeps
from breadtui.bakery.sweep.plan import Plan, make
from breadtui.bakery.sweep.questions import NoQuestions
from breadtui.bakery.sweep.records import called, exported
from breadtui.bakery.sweep.summary import Summary, Tally
from breadtui.bakery.sweep.sweep import AT_ONCE, Place, Standing, Sweep
from breadtui.settings import Connection, config_path, load_config, state_path

ANSWERED, FAILED, LOST = 0, 1, 3
TICK = 1.0
"""Seconds between two lines of progress on a terminal; in a log, ten times as many."""
REASONS = 3
"""Reasons for failures that are told at the end, those that are most frequent."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for at the command line; a plan that asks no model goes on with what was left."""

    plan: Plan
    out: Path | None = None
    keep: bool = True


def sweep(found: Connection, order: Order) -> int:
    """Ask, show how far it is, write the answers; gives the exit code.

    Raises:
        NotBegun, BreadError, SettingsError: it was not begun.
    """
    folder = state_path() / "sweeps" / place(state_path(), found.label, found.api_key).stem
    keep = order.keep and load_config(config_path()).chat.history and not found.rehearsal
    sweeps = Sweeps(folder if keep else None)
    if order.out and order.out.exists():
        raise NotBegun(f"{order.out} is there already. Name a file that is new: nothing is written over.")
    return asyncio.run(_sweep(found, order, sweeps))


async def _sweep(found: Connection, order: Order, sweeps: Sweeps) -> int:
    client = BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http)
    kitchen = Kitchen(client)
    line = _Line()
    try:
        planned = await _planned(kitchen, order.plan, sweeps, line)
        return await _Run(client, planned, _journal(sweeps, planned), order, line).carried_out()
    finally:
        line.clear()
        await kitchen.close()


async def _planned(kitchen: Kitchen, plan: Plan, sweeps: Sweeps, line: _Line) -> Sweep:
    if plan.asked:
        try:
            return await make(kitchen, plan, lambda done, of: line.show(f"reading rows: {done:,} of {of or '?'}"))
        except NoQuestions as error:
            raise NotBegun(str(error)) from None
    left = next((kept for kept in sweeps.list() if kept.answered < kept.size), None)
    opened = sweeps.open(left.id) if left else None
    if opened is None:
        raise NotBegun("No sweep was left unfinished. Name models, and --questions or --target, to begin one.")
    return opened


def _journal(sweeps: Sweeps, planned: Sweep) -> Journal:
    try:
        return sweeps.journal(planned)
    except InUse as error:
        raise NotBegun(str(error)) from None
    except OSError as error:
        raise NotBegun(f"{sweeps.folder} cannot be written: {error.strerror or error}. Nothing was asked.") from None


class _Run:
    """One sweep, from its first question to the last line."""

    def __init__(self, client: BreadClient, sweep: Sweep, journal: Journal, order: Order, line: _Line) -> None:
        self._sweep = sweep
        self._tally = Tally(sweep)
        self._journal = journal
        self._out = order.out
        self._kept = journal.on_disk
        self._line = line
        self._signal = 0
        at_once = order.plan.at_once or AT_ONCE
        self._asking = Asking(lambda: client, sweep, journal, self._told, at_once=at_once)

    async def carried_out(self) -> int:
        """Ask and write; gives the exit code."""
        running = asyncio.create_task(self._asking.run(failed_too=True))
        ticking = asyncio.create_task(self._tick())
        try:
            with told_to_end(self._stop):
                await asyncio.gather(running, return_exceptions=True)
        finally:
            ticking.cancel()
            self._journal.close()
        if not running.cancelled() and (error := running.exception()):
            raise error
        self._line.clear()
        self._write()
        for sentence in self._told_at_last():
            _complain(sentence)
        return self._code

    def _stop(self, number: signal.Signals) -> None:
        self._signal = number
        self._asking.stop()

    def _told(self, at: Place | None) -> None:
        if at is not None:
            self._tally.take(at)

    async def _tick(self) -> None:
        while True:
            self._line.show(self._progress)
            await asyncio.sleep(TICK)

    @property
    def _progress(self) -> str:
        told = [f"{self._tally.done:,} of {self._sweep.size:,}"]
        if self._tally.failed:
            told.append(f"{self._tally.failed:,} failed")
        if self._asking.waiting:
            told.append(f"{self._asking.waiting} On in {format_span(self._asking.wait)}")
        elif (eta := self._asking.eta) is not None:
            told.append(f"{format_span(eta)} left")
        return " · ".join(told)

    def _write(self) -> None:
        lines = exported(self._sweep)
        try:
            if self._out is None:
                for found in lines:
                    sys.stdout.buffer.write(found)
                sys.stdout.buffer.flush()
            else:
                handle = os.open(self._out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.writelines(lines)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more
        except OSError as error:
            _complain(f"{self._out or 'standard output'} cannot be written: {error.strerror or error}.")

    def _told_at_last(self) -> Iterator[str]:
        for at, column in enumerate(self._sweep.columns):
            yield f"{called(column)}: {figures(self._tally.summary(at))}"
        failed = Counter(cell.why for cell in self._sweep.cells.values() if cell.standing is Standing.FAILED)
        for why, times in failed.most_common(REASONS):
            yield f"{times:,} failed: {why}"
        if self._asking.halted:
            yield self._asking.halted
        if self._journal.problem:
            yield self._journal.problem
        left = self._sweep.size - self._tally.done + self._tally.failed
        if left:
            on = " `breadtui sweep` goes on with them." if self._kept else ""
            yield f"{left:,} of {self._sweep.size:,} were not answered.{on}"

    @property
    def _code(self) -> int:
        if self._signal:
            return KILLED + self._signal
        if self._asking.away:
            return LOST
        whole = self._tally.done == self._sweep.size and not self._tally.failed
        return ANSWERED if whole and not self._asking.halted else FAILED


class _Line:
    """The progress: on a terminal one line that is written over, elsewhere a line now and then."""

    def __init__(self) -> None:
        self._in_place = sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
        self._last = 0.0

    def show(self, text: str) -> None:
        """Tell how far it is."""
        if self._in_place:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        elif time.monotonic() - self._last >= 10 * TICK:
            self._last = time.monotonic()
            sys.stderr.write(f"{text}\n")

    def clear(self) -> None:
        """Take the line away."""
        if self._in_place:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def figures(summary: Summary) -> str:
    """A model in words: how near it came to the teacher, and what else there is to say."""
    told: list[str] = []
    if summary.agreement is not None:
        told.append(f"agreement {summary.agreement:.0%} ± {(summary.spread or 0) * 100:.0f}")
    told.append(f"{summary.answered:,} answered")
    told += [f"{count:,} {word}" for count, word in ((summary.failed, "failed"), (summary.empty, "empty")) if count]
    if summary.tokens is not None:
        told.append(f"{summary.tokens:,.0f} tokens")
    if summary.first is not None:
        told.append(f"first after {summary.first:.2f} s")
    return ", ".join(told)


def _complain(sentence: str) -> None:
    sys.stderr.write(f"breadtui: {sentence}\n")
