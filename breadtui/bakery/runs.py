"""The steps that programs see to, as plain data on disk: a closed terminal loses none, and no two start the same.

Each program has one file for a server, and holds a lock beside it for as long as it lives. The system lets go of the
lock of a program that is gone, however it went; whoever comes next may then take its steps over.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from breadtui.api.lenient import as_object, items
from breadtui.api.secret import Secret
from breadtui.api.text import clean
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.known import place
from breadtui.bakery.steps import Step
from breadtui.files import write_private

VERSION = 1
PATIENCE = 0.5
"""Seconds to wait for another program's few milliseconds in the folder; past them, no lock is better than none."""


def folder_of(state: Path, server: str, key: Secret) -> Path:
    """Where the runs on `server` are kept in the folder of the program's state; each key has runs of its own."""
    return state / "runs" / place(state, server, key).stem


class Standing(StrEnum):
    """How a step of a run stands."""

    WAITING = "waiting"
    STARTING = "starting"
    """The server was asked, and has not answered."""
    STARTED = "started"
    FOLLOWED = "followed"
    """Another program sees to it."""
    FAILED = "failed"
    STOPPED = "stopped"
    """What it waits for failed."""


@dataclass(frozen=True, slots=True)
class Held:
    """A step, and how it stands. `why` tells in people's words what stopped it."""

    step: Step
    standing: Standing = Standing.WAITING
    why: str = ""

    @property
    def key(self) -> JobKey:
        """The job that it starts."""
        return self.step.key

    @property
    def open(self) -> bool:
        """Whether somebody has still to do something about it, which the server does not do by itself."""
        return self.standing not in (Standing.STARTED, Standing.FOLLOWED)

    @property
    def seen_to(self) -> bool:
        """Whether its program will start it by and by, or just did."""
        return self.standing in (Standing.WAITING, Standing.STARTING)


@dataclass(frozen=True, slots=True)
class Run:
    """All that one program sees to. `paused` holds the server's words where it wants money first."""

    held: tuple[Held, ...] = ()
    paused: str = ""
    pid: int = 0

    @property
    def open(self) -> tuple[Held, ...]:
        """The steps that are neither started nor complete."""
        return tuple(held for held in self.held if held.open)


class Runs:
    """The runs of all programs on one server, a file for each in `folder`; without a folder, in memory alone.

    What cannot be read is passed over.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._own: Path | None = None
        self._claim: int | None = None

    def keep(self, run: Run) -> None:
        """Write what this program sees to in place of what it saw to before.

        Raises:
            OSError: it cannot be written.
        """
        if self.folder is None:
            return
        if not run.open:
            self._forget()
            return
        if self._own is None:
            self._begin(self.folder / f"{secrets.token_hex(8)}.json")
        if self._own:
            write_private(self._own, _text(run))

    def left(self) -> Run:
        """What programs that are gone have left to do, as one run."""
        found: list[Run] = []
        for path in self._others():
            with _ownerless(path) as run:
                found += [run] if run else []
        return _joined(found)

    def take(self) -> Run:
        """As `left`; from now on it is for this program to keep, and nobody else finds it any more."""
        taken: list[Run] = []
        for path in self._others():
            with _ownerless(path) as run:
                if run:
                    taken.append(run)
                    _remove(path)
        return _joined(taken)

    def elsewhere(self) -> dict[JobKey, int]:
        """The steps that other programs see to which are alive, each with the number of its process."""
        found: dict[JobKey, int] = {}
        for path in self._others():
            with _locked(_lock_of(path)) as ownerless:
                run = None if ownerless else _read(path)
            steps = run.held if run else ()
            found.update((held.key, run.pid) for held in steps if run and held.seen_to)
        return found

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Keep other programs from taking on steps meanwhile, so that of two that want one a single one gets it."""
        with contextlib.ExitStack() as stack:
            if self.folder is not None:
                self._enter(stack, self.folder / "lock")
            yield

    def release(self) -> None:
        """See to nothing any more: what is left in the file is for others to take over."""
        if self._claim is not None:
            os.close(self._claim)
        self._own = self._claim = None

    def _forget(self) -> None:
        if self._own:
            _remove(self._own)
        self.release()

    def _begin(self, path: Path) -> None:
        """Take the lock first: a file without one would be there for others to take over."""
        lock = _lock_of(path)
        write_private(lock, "")
        self._claim = os.open(lock, os.O_RDWR)
        with contextlib.suppress(OSError):
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._own = path

    def _enter(self, stack: contextlib.ExitStack, lock: Path) -> None:
        with contextlib.suppress(OSError):
            if not lock.exists():
                write_private(lock, "")  # makes the folder too
        deadline = time.monotonic() + PATIENCE
        while not stack.enter_context(_locked(lock)) and time.monotonic() < deadline:
            time.sleep(0.005)

    def _others(self) -> list[Path]:
        if self.folder is None:
            return []
        return sorted(path for path in self.folder.glob("*.json") if path != self._own)


@contextlib.contextmanager
def _locked(lock: Path) -> Generator[bool]:
    """Hold the lock, if nobody else does: whether it is held."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # held; or a file system without locks, where nothing is taken from anybody
            yield False
            return
        yield True
    finally:
        os.close(handle)


@contextlib.contextmanager
def _ownerless(path: Path) -> Generator[Run | None]:
    """What stands in the file of a program that is gone, with its lock held."""
    with _locked(_lock_of(path)) as locked:
        # Looked at under the lock: whoever held it before may have taken all there was.
        if locked and not path.exists():
            _remove(path)
        yield _read(path) if locked else None


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _remove(path: Path) -> None:
    """In this order: the lock without the file means nothing, the file without the lock that its owner is gone."""
    for part in (path, _lock_of(path)):
        with contextlib.suppress(OSError):
            part.unlink()


def _joined(runs: Iterable[Run]) -> Run:
    """Several runs as one; where two hold the same step, the one counts that leaves most to do."""
    held: dict[JobKey, Held] = {}
    paused = ""
    for run in runs:
        paused = paused or run.paused
        for one in run.held:
            if one.key not in held or not held[one.key].open:
                held[one.key] = one
    return Run(tuple(held.values()), paused)


def _text(run: Run) -> str:
    steps = [_entry(held) for held in run.held]
    return json.dumps({"version": VERSION, "pid": os.getpid(), "paused": run.paused, "steps": steps}, indent=1)


def _entry(held: Held) -> dict[str, object]:
    after = [_names(key) for key in sorted(held.step.after)]
    return {"job": _names(held.key), "after": after, "standing": held.standing.value, "why": held.why}


def _names(key: JobKey) -> list[str]:
    return [key.repo, key.name, key.phase.value]


def _read(path: Path) -> Run | None:
    try:
        kept = as_object(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None
    if kept.get("version") != VERSION:
        return None
    pid, steps = kept.get("pid"), (_held(entry) for entry in items(kept.get("steps")))
    return Run(tuple(held for held in steps if held), _words(kept.get("paused")), pid if isinstance(pid, int) else 0)


def _held(entry: object) -> Held | None:
    given = as_object(entry)
    key = _key(given.get("job"))
    after = [_key(names) for names in items(given.get("after"))]
    # A step that lost one of those it waits for would start too early.
    if key is None or None in after:
        return None
    try:
        standing = Standing(_words(given.get("standing")))
    except ValueError:
        standing = Standing.WAITING
    return Held(Step(key, frozenset(one for one in after if one)), standing, _words(given.get("why")))


def _key(value: object) -> JobKey | None:
    names = items(value)
    if len(names) != 3 or not all(isinstance(name, str) for name in names):
        return None
    repo, name, phase = map(_words, names)
    try:
        return JobKey(repo, name, Phase(phase))
    except ValueError:
        return None


def _words(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""
