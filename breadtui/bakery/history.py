"""What the watcher has seen, kept on disk between starts: the jobs under way, and how long those took that are done.

What is read was written by this program, but may be old, cut off or changed: what makes no sense is passed over.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from breadtui.api.lenient import as_object, items
from breadtui.api.text import clean
from breadtui.bakery.durations import Took, likely
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.pace import Eta
from breadtui.files import write_private

MOST_JOBS = 2000
MOST_DURATIONS = 500
SOON = 2.0
"""Seconds in which changes are gathered that the next start should know of."""
BY_AND_BY = 60.0
"""Seconds in which mere progress is gathered."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A job that was under way. `age`: seconds since the server last answered about it.

    `began`: how many seconds ago it was first seen to run, and how far it was then (0 to 1), where that is known.
    """

    status: JobStatus
    age: float
    began: tuple[float, float] | None = None


class History:
    """The history of one server and key, in the file `path`; without one, in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._took: list[Took] | None = None
        self._jobs: tuple[Remembered, ...] = ()
        self._likely: dict[tuple[JobKey, float | None], Eta | None] = {}
        """What was asked for since a job was last seen to be done: screens ask for many, many times."""

    @property
    def on_disk(self) -> bool:
        """Whether there is a file to write."""
        return self._path is not None

    @property
    def jobs(self) -> tuple[Remembered, ...]:
        """What was under way when the program last ended."""
        self._read()
        return self._jobs

    @property
    def took(self) -> list[Took]:
        """The jobs that were seen to be done, the latest last."""
        return self._read()

    def add(self, took: Took) -> None:
        """Keep how long a job took."""
        past = self._read()
        past.append(took)
        del past[:-MOST_DURATIONS]
        self._likely.clear()

    def likely(self, key: JobKey, size: float | None) -> Eta | None:
        """How long such a job takes as a whole; None where nothing tells."""
        if (key, size) not in self._likely:
            self._likely[key, size] = likely(self._read(), key, size)
        return self._likely[key, size]

    def text(self, jobs: Iterable[Remembered]) -> str:
        """What `write` is to write: the durations, and `jobs` as those under way now."""
        now = time.time()
        told = [_job(job, now) for _, job in zip(range(MOST_JOBS), jobs, strict=False)]
        return json.dumps({"jobs": told, "took": [_duration(took) for took in self._read()]})

    def write(self, text: str) -> None:
        """Put `text` in place of what stands in the file; may be called in any thread.

        Raises:
            OSError: it cannot be written.
        """
        if self._path:
            write_private(self._path, text)

    def _read(self) -> list[Took]:
        if self._took is None:
            kept = _kept(self._path)
            found = (_read_duration(as_object(item)) for item in items(kept.get("took")))
            self._took = [took for took in found if took][-MOST_DURATIONS:]
            now = time.time()
            jobs = (_read_job(as_object(item), now) for item in items(kept.get("jobs"))[:MOST_JOBS])
            self._jobs = tuple(job for job in jobs if job)
        return self._took


class Scribe:
    """Writes a history by and by, in a thread: nothing waits for the disk, and a full one disturbs nobody."""

    def __init__(self, history: History, jobs: Callable[[], Iterable[Remembered]]) -> None:
        self._history = history
        self._jobs = jobs
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def note(self, *, soon: bool) -> None:
        """Something changed: within `SOON` seconds, or else `BY_AND_BY`, it will be on disk."""
        if not self._history.on_disk:
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + (SOON if soon else BY_AND_BY)
        if self._timer and self._timer.when() <= due:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(due, self._begin)

    async def close(self) -> None:
        """Write what is not written yet."""
        if self._writing:
            await self._writing
        if self._timer:
            self._timer.cancel()
            self._begin()
        if self._writing:
            await self._writing

    def _begin(self) -> None:
        self._timer = None
        if self._writing and not self._writing.done():
            self.note(soon=True)
            return
        self._writing = asyncio.create_task(self._write(self._history.text(self._jobs())))

    async def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the next start knows a little less, and nothing else
            await asyncio.to_thread(self._history.write, text)


def _kept(path: Path | None) -> Mapping[str, object]:
    try:
        return as_object(json.loads(path.read_text(encoding="utf-8"))) if path else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _of(key: JobKey) -> dict[str, object]:
    return {"repo": key.repo, "name": key.name, "phase": key.phase}


def _job(job: Remembered, now: float) -> dict[str, object]:
    status = job.status
    told = {
        **_of(status.key),
        "state": status.state,
        "word": status.word,
        "lines": status.lines,
        "total": status.total,
        "percent": status.percent,
        "loss": status.loss,
        "seen": now - job.age,
        "began": job.began and [now - job.began[0], job.began[1]],
    }
    return {name: value for name, value in told.items() if value is not None}


def _duration(took: Took) -> dict[str, object]:
    return {**_of(took.key), "size": took.size, "seconds": took.seconds, "ended": took.ended}


def _read_key(kept: Mapping[str, object]) -> JobKey | None:
    repo, name, phase = (kept.get(part) for part in ("repo", "name", "phase"))
    if not (isinstance(repo, str) and isinstance(name, str) and repo and name and phase in list(Phase)):
        return None
    return JobKey(clean(repo), clean(name), Phase(phase))


def _read_job(kept: Mapping[str, object], now: float) -> Remembered | None:
    key, state, seen = _read_key(kept), kept.get("state"), _number(kept.get("seen"))
    if key is None or seen is None or state not in [state for state in State if not state.settled]:
        return None
    word = kept.get("word")
    status = JobStatus(
        key,
        State(state),
        clean(word) if isinstance(word, str) else "",
        _whole(kept.get("lines")),
        _whole(kept.get("total")),
        _number(kept.get("percent")),
        loss=_number(kept.get("loss")),
    )
    begun = [_number(part) for part in items(kept.get("began"))]
    match begun:
        case [float(since), float(done)] if 0 <= done < 1:
            began = max(0.0, now - since), done
        case _:
            began = None
    return Remembered(status, max(0.0, now - seen), began)


def _read_duration(kept: Mapping[str, object]) -> Took | None:
    key, size = _read_key(kept), _number(kept.get("size"))
    seconds, ended = _number(kept.get("seconds")), _number(kept.get("ended"))
    if key is None or ended is None or seconds is None or seconds <= 0:
        return None
    return Took(key, size if size and size > 0 else None, seconds, ended)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of any length is JSON
        return None
    return number if isfinite(number) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
