"""Measures the watcher: `python -m tests.bench.watching [RUNS]`.

First the requests a second for 1, 20 and 1,000 running jobs, by a clock that is moved by hand, so that ten minutes take
moments: each job takes a while of its own between 2 and 60 minutes; then the same jobs while the server is away.

Then the error of the time left on the rehearsal engine: each run is a rollout or a bake of its own size and pace, on a
real oven made fast, watched by the real program, whose intervals are shortened as much as the oven is quickened. Told
is the median of |told - true| / (what was truly left), at 25, 50 and 75 % of the progress; once watched from the
beginning, and once from 20 % on.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.errors import Unreachable
from breadtui.api.secret import Secret
from breadtui.bakery import schedule, watcher
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from tests.bakery.recipes import REPO, bake, rollout, running, stim, turns
from tests.bakery.watch import Watch
from tests.support.oven import RunningOven, running_oven

MARKS = (0.25, 0.5, 0.75)
QUICKENED = 60.0


def main(runs: int = 6) -> None:
    """Measure and print."""
    print("requests a second, over ten minutes       mean    most   while away")
    for count in (1, 20, 1000):
        mean, most, away = asyncio.run(_requests(count))
        print(f"{count:5,} running jobs {'':22}{mean:7.2f} {most:7d} {away:12.3f}")
    print(f"\nmedian |error| of the time left, {runs} runs        25 %    50 %    75 %")
    for phase in (Phase.ROLLOUT, Phase.BAKE):
        for late in (False, True):
            errors = [error for n in range(runs) if (error := asyncio.run(_errors(phase, n, late)))]
            told = (statistics.median(error[mark] for error in errors if mark in error) for mark in MARKS)
            print(f"{phase:8} {'from 20 % on' if late else 'from the start':30}", *(f"{part:7.1%}" for part in told))


async def _requests(count: int) -> tuple[float, int, float]:
    watch, keys = Watch(), [JobKey(REPO, f"bake {n:04}", Phase.BAKE) for n in range(count)]
    dice = random.Random(1)
    lengths = {key: dice.uniform(120, 3600) for key in keys}
    begun = {key: watch.now - dice.random() * lengths[key] for key in keys}

    def goes_on(key: JobKey) -> JobStatus:
        # Round and round: it is the requests that count.
        return running(key, round((watch.now - begun[key]) / lengths[key] % 1 * 100, 1))

    for key in keys:
        watch.watcher.learn(goes_on(key))
    watch.watcher.in_view(keys[:20])
    counts: list[int] = []
    for second in range(900):
        before = len(watch.asked)
        watch.answers = goes_on if second < 600 else (lambda _: Unreachable("No answer."))
        for _ in range(10):
            watch.now += 0.1
            watch.watcher.poll_due()
            await turns(4)
            watch.watcher.poll_due()
        counts.append(len(watch.asked) - before)
    return statistics.mean(counts[60:600]), max(counts[60:600]), statistics.mean(counts[610:])


async def _errors(phase: Phase, number: int, late: bool) -> dict[float, float]:
    """The relative error of the time left at each mark, of one run."""
    with tempfile.TemporaryDirectory() as folder, running_oven(Path(folder)) as oven, _quickened():
        kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
        key = await _prepared(kitchen, oven, phase, number)
        watching = asyncio.create_task(kitchen.watcher.run())
        try:
            return await _watched(kitchen, key, late)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await kitchen.close()


async def _prepared(kitchen: Kitchen, oven: RunningOven, phase: Phase, number: int) -> JobKey:
    """A job that will take some ten seconds, ready to run."""
    await kitchen.create(Thing.REPO, "", {"repo_name": REPO})
    for prompt, content in (("teacher", "You are Yoda."), ("student", "")):
        messages = [{"role": "system", "content": content}]
        await kitchen.create(Thing.PROMPT, REPO, {"prompt_name": prompt, "messages": messages})
    questions = [f"Question {n}?" for n in range(4 if phase is Phase.BAKE and number % 2 else 40 + 20 * number)]
    config = {
        "generators": [{"type": "hardcoded", "questions": questions}],
        "teacher_prompt": "teacher",
        "student_prompt": "student",
        "max_concurrency": 1,
    }
    body = {"target_name": "yoda", "template": "default", "overrides": config}
    await kitchen.create(Thing.TARGET, REPO, body)
    overrides = {"datasets": [{"target": "yoda"}]}
    await kitchen.create(Thing.BAKE, REPO, {"bake_name": "yoda_bake", "template": "default", "overrides": overrides})
    for key in (stim(), rollout())[: 1 if phase is Phase.ROLLOUT else 2]:
        await kitchen.start(key)
        await _until(kitchen, key, 1.0)
    whole = 2 + 0.4 * len(questions) if phase is Phase.ROLLOUT else min(7200, 720 * (len(questions) / 4) ** 0.45)
    oven.restart(speed=whole / 10)
    return rollout() if phase is Phase.ROLLOUT else bake()


async def _watched(kitchen: Kitchen, key: JobKey, late: bool) -> dict[float, float]:
    start = kitchen.client.run_rollout if key.phase is Phase.ROLLOUT else kitchen.client.run_bake
    if late:
        await start(key.repo, key.name)
        await _until(kitchen, key, 0.2)
        kitchen.watcher.learn(await kitchen.ask_job(key))
    else:
        await kitchen.start(key)
    told: dict[float, tuple[float, float | None]] = {}
    while (status := kitchen.watcher.status(key)) and status.state is not State.COMPLETE:
        for mark in MARKS:
            if mark not in told and (status.fraction or 0) >= mark:
                told[mark] = time.perf_counter(), kitchen.watcher.time_left(key)
        await asyncio.sleep(0.01)
    end = time.perf_counter()
    return {mark: abs(left - (end - at)) / (end - at) for mark, (at, left) in told.items() if left is not None}


async def _until(kitchen: Kitchen, key: JobKey, fraction: float) -> None:
    while ((await kitchen.ask_job(key)).fraction or 0.0) < fraction:  # noqa: ASYNC110 - an oven sets no event
        await asyncio.sleep(0.01)


@contextlib.contextmanager
def _quickened() -> Generator[None]:
    """Intervals and budget of a watch whose ten seconds stand for ten minutes."""
    names = ("SHORTEST", "LONGEST", "UNFOCUSED", "LONGEST_AFTER_ERRORS")
    before = {name: getattr(watcher, name) for name in names}
    for name, value in before.items():
        setattr(watcher, name, value / QUICKENED)
    budget, schedule.A_SECOND = schedule.A_SECOND, schedule.A_SECOND * QUICKENED
    try:
        yield
    finally:
        schedule.A_SECOND = budget
        for name, value in before.items():
            setattr(watcher, name, value)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
