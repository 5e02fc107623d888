"""What is remembered between starts: the jobs that ran, and how long others took."""

import json
import math
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.bakery.durations import Took
from breadtui.bakery.history import MOST_DURATIONS, MOST_JOBS, History, Remembered
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import SURVEYED, Kitchen
from breadtui.bakery.pace import Basis, Eta
from breadtui.oven.store import Kind
from tests.bakery.recipes import Heard, bake, rollout, running, stim, stock, until
from tests.support.oven import RunningOven

RUNNING = JobStatus(rollout(), State.RUNNING, "running", lines=3, total=10, percent=30.0, loss=2e-7)
TOOK = Took(stim(), 4.0, 12.5, 1e9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs" / "server.json"


def keep(path: Path, *jobs: Remembered, took: tuple[Took, ...] = ()) -> None:
    history = History(path)
    for one in took:
        history.add(one)
    history.write(history.text(jobs))


def test_what_was_kept_comes_back(path: Path) -> None:
    keep(path, Remembered(RUNNING, 5.0, (60.0, 0.1)), took=(TOOK,))
    again = History(path)
    assert again.took == [TOOK]
    (job,) = again.jobs
    assert job.status == RUNNING
    assert job.age == pytest.approx(5, abs=1)
    assert job.began
    assert job.began[0] == pytest.approx(60, abs=1)
    assert job.began[1] == 0.1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_durations_tell_how_long_the_next_one_takes(path: Path) -> None:
    history = History(path)
    assert history.likely(stim("next"), 4) is None
    history.add(TOOK)
    assert history.likely(stim("next"), 8) == Eta(25, Basis.HISTORY)
    assert history.likely(stim("next"), 8) == Eta(25, Basis.HISTORY)


def test_without_a_file_nothing_is_written_and_all_else_goes_on() -> None:
    history = History()
    history.add(TOOK)
    history.write(history.text([Remembered(RUNNING, 0)]))
    assert (history.took, history.jobs, history.on_disk) == ([TOOK], (), False)


def test_the_file_stays_small(path: Path) -> None:
    jobs = [Remembered(running(rollout(f"t{n}")), 0) for n in range(MOST_JOBS + 5)]
    keep(path, *jobs, took=tuple(Took(stim(), 1.0, 1.0, float(n)) for n in range(MOST_DURATIONS + 5)))
    again = History(path)
    assert len(again.jobs) == MOST_JOBS
    assert len(again.took) == MOST_DURATIONS
    assert again.took[-1].ended == MOST_DURATIONS + 4


_JUNK = st.sampled_from([None, True, -1, 3, 1e9, 1e308, math.nan, -math.inf, 10**400, "", "running", "queued", [], {}])
_VALUE = _JUNK | st.lists(_JUNK, max_size=3)
_FIELDS = ("name", "phase", "state", "word", "lines", "total", "percent", "loss", "seen", "began", "seconds", "ended")
_ENTRY = st.fixed_dictionaries(
    {"repo": st.just("r")},
    optional=dict.fromkeys(_FIELDS, _VALUE) | {"phase": st.just("bake") | _VALUE, "name": st.just("n")},
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.fixed_dictionaries({kind: st.lists(_ENTRY, max_size=3) | _VALUE for kind in ("jobs", "took")}) | _VALUE)
def test_a_file_of_any_content_is_read_as_far_as_it_makes_sense(tmp_path: Path, content: object) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(content))
    history = History(path)
    assert all(job.age >= 0 and not job.status.state.settled for job in history.jobs)
    assert all(took.seconds > 0 for took in history.took)


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, b"null"], ids=range(7)
)
def test_a_broken_file_is_no_history(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert (History(path).jobs, History(path).took) == ((), [])


def test_names_are_made_safe_for_the_terminal_once_more(path: Path) -> None:
    keep(path, Remembered(running(JobKey("yo\x1b[31mda", "x", Phase.BAKE)), 0))
    assert "\x1b" not in str(History(path).jobs[0].status.key)


# -- with a kitchen on a real oven --


def kitchen_on(oven: RunningOven, path: Path) -> Kitchen:
    return Kitchen(BreadClient(oven.url, Secret(oven.key)), history=History(path))


async def test_what_ran_when_the_program_ended_is_shown_at_the_next_start_and_polled_before_any_survey(
    oven: RunningOven, path: Path
) -> None:
    first = kitchen_on(oven, path)
    await stock(first)
    oven.restart(speed=0.001)
    await first.start(stim())
    await first.close()

    again = kitchen_on(oven, path)
    assert again.client.requests == 0
    status = again.watcher.status(stim())
    assert status
    assert status.state is State.RUNNING
    assert again.watcher.stale(stim())
    assert (again.watcher.age(stim()) or 0) >= 0
    heard = Heard()
    again.subscribe(heard)
    again.watcher.poll_due()
    await until(lambda: not again.watcher.stale(stim()), "the first answer")
    assert again.client.requests == 1
    await again.close()


async def test_a_job_that_ended_while_nobody_watched_is_told_of_at_the_next_start(
    oven: RunningOven, path: Path
) -> None:
    first = kitchen_on(oven, path)
    await stock(first)
    oven.restart(speed=0.001)
    await first.start(stim())
    await first.close()
    oven.restart(speed=0)

    again = kitchen_on(oven, path)
    heard = Heard()
    again.subscribe(heard)
    again.watcher.poll_due()
    await until(lambda: bool(heard.jobs), "the news")
    change = heard.jobs[0]
    assert change.before
    assert (change.before.state, change.status.state) == (State.RUNNING, State.COMPLETE)
    assert again.watcher.poll_due() is None
    await again.close()
    assert History(path).jobs == ()


async def test_the_history_reaches_the_disk_while_the_program_runs(
    oven: RunningOven, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.history.SOON", 0.0)
    kitchen = kitchen_on(oven, path)
    kitchen.watcher.learn(running(bake(), 10))
    await until(path.exists, "the file")
    assert [job.status.key for job in History(path).jobs] == [bake()]
    kitchen.watcher.learn(JobStatus(bake(), State.COMPLETE, "complete"))
    await until(lambda: not History(path).jobs, "the news")
    await kitchen.close()


async def test_a_place_that_may_not_be_written_disturbs_nobody(oven: RunningOven) -> None:
    kitchen = kitchen_on(oven, Path("/dev/null/history.json"))
    kitchen.watcher.learn(running(bake(), 10))
    await kitchen.close()


async def test_a_survey_looks_first_where_jobs_have_run_before(oven: RunningOven, path: Path) -> None:
    keep(path, took=(Took(JobKey("zebra", "t44", Phase.STIM), 1.0, 1.0, 0.0),))
    kitchen = kitchen_on(oven, path)
    with oven.store.transaction():
        for repo, count in (("apple", 60), ("zebra", 45)):
            where = oven.store.add_repo(repo, "Qwen/Qwen3-32B")
            for n in range(count):
                oven.store.add(where, Kind.TARGET, f"t{n}", {})
    await kitchen.catalog.refresh_repos()
    await kitchen.survey()
    assert kitchen.catalog.known_target("zebra", "t44")
    assert len(kitchen.catalog.known_targets("zebra")) == SURVEYED
    assert not kitchen.catalog.known_targets("apple")
    await kitchen.close()
