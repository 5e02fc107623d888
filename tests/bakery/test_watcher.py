"""The watcher's pace, its manners after errors, and what it tells, by a clock of the test's own."""

import asyncio
import contextlib
import math
from collections import Counter
from dataclasses import astuple, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.errors import NotFound, RateLimited, ServerFailed, Unreachable
from breadtui.bakery.durations import Took
from breadtui.bakery.history import Remembered
from breadtui.bakery.jobs import JobKey, JobStatus, State, state_of
from breadtui.bakery.pace import Basis, Eta, Rate, Unit
from breadtui.bakery.schedule import A_SECOND, BURST, SHARE
from breadtui.bakery.watcher import SEEK_EVERY
from tests.bakery.recipes import REPO, bake, ended, rollout, running, stim, turns, until
from tests.bakery.watch import Watch, lost


@pytest.fixture
async def watch() -> Watch:
    return Watch()


# -- pace --


@pytest.mark.parametrize(
    ("seconds_for_ten_percent", "pause"), [(1, 1.0), (10, 1.0), (50, 5.0), (100, 10.0), (300, 30.0), (3000, 30.0)]
)
async def test_a_job_is_polled_once_for_each_percent_between_one_second_and_thirty(
    watch: Watch, seconds_for_ten_percent: float, pause: float
) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), running(bake(), 20), after=seconds_for_ten_percent) == pytest.approx(pause)


async def test_polls_are_spread_by_a_tenth(watch: Watch) -> None:
    watch.stretch = 1.1
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), running(bake(), 20), after=100) == pytest.approx(11.0)


async def test_the_pace_is_that_of_the_last_stretch(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 0))
    for percent in range(1, 13):
        await watch.polled(bake(), running(bake(), percent), after=20)
    assert watch.watcher.poll_due() == pytest.approx(20)
    for percent in range(13, 46):
        await watch.polled(bake(), running(bake(), percent), after=20 if percent == 13 else 5)
        watch.watcher.poll_now()
    assert await watch.polled(bake(), running(bake(), 46), after=5) == pytest.approx(5)


async def test_a_job_that_is_started_again_has_its_pace_measured_anew(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    await watch.polled(bake(), running(bake(), 20), after=100)
    assert await watch.polled(bake(), running(bake(), 5), after=10) == pytest.approx(1.0)
    assert watch.watcher.time_left(bake()) is None


async def test_a_job_that_tells_no_progress_is_watched_closely_at_first_and_less_and_less(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), None))
    watch.says(bake(), running(bake(), None))
    pauses = [await watch.poll(after) for after in (1, 10, 100, 500, 5000)]
    assert pauses[:2] == [1.0, 1.0]
    assert all(a <= b for a, b in pairwise(pause for pause in pauses if pause))
    assert pauses[-1] == 30.0


async def test_a_queued_job_is_asked_about_less_and_less_and_closely_once_it_runs(watch: Watch) -> None:
    watch.watcher.learn(ended(bake(), State.QUEUED))
    assert await watch.polled(bake(), ended(bake(), State.QUEUED), after=3600) == 30.0
    assert await watch.polled(bake(), running(bake(), 0), after=30) == 1.0


async def test_an_unknown_word_is_polled_on_more_slowly(watch: Watch) -> None:
    proofing = JobStatus(bake(), State.UNRECOGNISED, "proofing")
    watch.watcher.learn(proofing)
    assert await watch.polled(bake(), proofing, after=0) == pytest.approx(10.0)
    assert watch.asked == []
    assert await watch.polled(bake(), running(bake(), 1), after=10) == pytest.approx(1.0)
    assert watch.asked == [bake()]


async def test_nothing_is_polled_before_it_is_due(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), running(bake(), 11), after=0.9) == pytest.approx(0.1)
    assert watch.asked == []
    await watch.poll(after=0.1)
    assert watch.asked == [bake()]


@pytest.mark.parametrize("state", [State.COMPLETE, State.FAILED, State.NOT_STARTED])
async def test_a_settled_job_is_never_polled_again(watch: Watch, state: State) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), ended(bake(), state), after=1) is None
    watch.watcher.poll_now()
    watch.watcher.focus(False)
    watch.watcher.focus(True)
    assert await watch.poll(after=1000) is None
    assert watch.asked == [bake()]


# -- focus --


async def test_all_is_polled_every_thirty_seconds_while_nobody_looks_and_at_once_when_somebody_does(
    watch: Watch,
) -> None:
    watch.watcher.learn(running(bake(), 10))
    watch.watcher.focus(False)
    assert await watch.polled(bake(), running(bake(), 11), after=1) == pytest.approx(30.0)
    watch.watcher.focus(True)
    await watch.poll()
    assert watch.asked == [bake(), bake()]


async def test_being_told_twice_that_somebody_looks_asks_nothing(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    watch.watcher.focus(True)
    await watch.poll()
    assert watch.asked == []


async def test_everything_under_way_is_polled_at_once_on_demand(watch: Watch) -> None:
    for key in (stim(), rollout()):
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 11))
    watch.watcher.learn(ended(bake()))
    watch.watcher.poll_now()
    await watch.poll()
    assert set(watch.asked) == {stim(), rollout()}


# -- how many --


async def test_no_more_than_eight_polls_are_under_way_and_the_rest_follow(watch: Watch) -> None:
    keys = [rollout(f"target {n:02}") for n in range(20)]
    watch.open.clear()
    for key in keys:
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 11))
    await watch.poll(after=1)
    assert len(watch.asked) == 8
    watch.open.set()
    while len(watch.asked) < len(keys):
        await watch.poll(after=0.1)
    assert sorted(watch.asked[:20]) == keys
    assert watch.most_together == 8


async def test_no_poll_overlaps_itself(watch: Watch) -> None:
    watch.open.clear()
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), running(bake(), 11))
    for _ in range(5):
        watch.watcher.poll_now()
        await watch.poll(after=60)
    assert watch.asked == [bake()]
    watch.open.set()
    await watch.poll()
    await watch.poll(after=60)
    assert watch.asked == [bake(), bake()]
    assert watch.most_of_one == 1


# -- errors --


async def test_the_pause_doubles_with_each_error_up_to_a_minute(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), lost())
    pauses: list[float | None] = [1.0]
    for _ in range(8):
        pauses.append(await watch.poll(after=pauses[-1] or 0))
    assert pauses[:6] == [1, 2, 4, 8, 16, 32]
    assert pauses[6:] == [60, 60, 60]


async def test_a_server_that_is_away_for_days_is_asked_once_a_minute_all_the_while(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), lost())
    for _ in range(2000):
        watch.now += 60
        watch.watcher.poll_due()
        await turns(3)
    assert watch.watcher.poll_due() == pytest.approx(60)
    assert len(watch.asked) == 2000


async def test_an_answer_makes_up_for_all_errors_before_it(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    for _ in range(6):
        await watch.polled(bake(), lost(), after=60)
    assert await watch.polled(bake(), running(bake(), 99), after=60) == pytest.approx(420 / 89)
    assert await watch.polled(bake(), lost(), after=10) == pytest.approx(2 * 420 / 89)


async def test_what_the_server_asks_to_wait_is_waited(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), RateLimited("Too many.", retry_after=240), after=1) == pytest.approx(240)


async def test_a_wait_shorter_than_ours_does_not_hasten_us(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    for _ in range(5):
        await watch.polled(bake(), lost(), after=60)
    assert await watch.polled(bake(), RateLimited("Too many.", retry_after=1), after=60) == pytest.approx(60)


async def test_the_link_is_said_to_be_lost_at_the_first_error_and_found_at_the_next_answer(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    for _ in range(3):
        await watch.polled(bake(), lost("No answer."), after=60)
    assert watch.heard.links == ["No answer."]
    assert watch.watcher.problem == "No answer."
    for _ in range(3):
        await watch.polled(bake(), running(bake(), 11), after=60)
    assert watch.heard.links == ["No answer.", None]
    assert watch.watcher.problem is None


async def test_an_error_changes_nothing_that_is_known_of_the_job(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    await watch.polled(bake(), ServerFailed("It fell over.", status=500), after=1)
    assert watch.watcher.status(bake()) == running(bake(), 10)
    assert len(watch.heard.jobs) == 1


async def test_a_job_that_is_gone_has_failed_and_the_link_is_none_the_worse(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), NotFound("There is no bake “yoda_bake”.", status=404), after=1) is None
    status = watch.watcher.status(bake())
    assert status
    assert (status.state, status.error) == (State.FAILED, "There is no bake “yoda_bake”.")
    assert watch.heard.links == []


async def test_a_mistake_in_one_poll_is_reported_and_leaves_the_others_going(watch: Watch) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context.get("exception")))
    for key in (stim(), bake()):
        watch.watcher.learn(running(key, 10))
    mistake = ZeroDivisionError()
    watch.says(stim(), mistake)
    await watch.polled(bake(), running(bake(), 20), after=1)
    await watch.polled(bake(), ended(bake()), after=1)
    assert reported == [mistake]
    assert watch.watcher.status(bake()) == ended(bake())


# -- what is told --


async def test_a_change_is_told_only_when_something_changed(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    for percent in (10, 10, 11, 11):
        await watch.polled(bake(), running(bake(), percent), after=60)
    watch.watcher.learn(running(bake(), 11))
    assert [(change.before, change.status) for change in watch.heard.jobs] == [
        (None, running(bake(), 10)),
        (running(bake(), 10), running(bake(), 11)),
    ]


async def test_what_was_forgotten_is_neither_known_nor_polled(watch: Watch) -> None:
    for key in (stim(), rollout(), bake()):
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 11))
    watch.watcher.forget(lambda key: key.repo == REPO and key.name == "yoda")
    await watch.poll(after=60)
    assert watch.asked == [bake()]
    assert [*watch.watcher.watched] == [bake()]
    assert watch.watcher.status(stim()) is None


async def test_an_answer_about_what_was_forgotten_meanwhile_is_dropped(watch: Watch) -> None:
    watch.open.clear()
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), running(bake(), 50))
    await watch.poll(after=1)
    watch.watcher.forget(lambda _: True)
    watch.open.set()
    await turns()
    assert watch.watcher.watched == {}
    assert len(watch.heard.jobs) == 1


@pytest.mark.parametrize("answer", [running(bake(), 50), lost()])
async def test_an_answer_about_a_bake_that_was_deleted_and_made_anew_is_not_taken_for_the_new_ones(
    watch: Watch, answer: JobStatus | Exception
) -> None:
    watch.open.clear()
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), answer)
    await watch.poll(after=1)
    watch.watcher.forget(lambda _: True)
    watch.watcher.learn(running(bake(), 0))
    watch.open.set()
    await turns()
    assert watch.watcher.status(bake()) == running(bake(), 0)
    assert watch.watcher.poll_due() == pytest.approx(1)


# -- time left --


async def test_the_time_left_follows_from_the_pace_and_runs_down_between_polls(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 0))
    assert watch.watcher.time_left(bake()) is None
    await watch.polled(bake(), running(bake(), 20), after=100)
    assert watch.watcher.time_left(bake()) == pytest.approx(400)
    watch.now += 60
    assert watch.watcher.time_left(bake()) == pytest.approx(340)
    watch.now += 1000
    assert watch.watcher.time_left(bake()) == 0


async def test_no_time_is_left_to_tell_of_what_is_unknown_or_does_not_run(watch: Watch) -> None:
    assert watch.watcher.time_left(bake()) is None
    watch.watcher.learn(running(bake(), 20))
    await watch.polled(bake(), running(bake(), 40), after=100)
    await watch.polled(bake(), ended(bake()), after=100)
    assert watch.watcher.time_left(bake()) is None


async def test_no_time_left_is_told_where_no_progress_is(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), None))
    await watch.polled(bake(), running(bake(), None), after=100)
    assert watch.watcher.time_left(bake()) is None


# -- the loop --


@contextlib.asynccontextmanager
async def looping(watch: Watch):
    loop = asyncio.create_task(watch.watcher.run())
    try:
        yield
    finally:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop


async def test_the_loop_wakes_for_what_is_learnt_while_it_rests(watch: Watch) -> None:
    async with looping(watch):
        await turns()
        watch.watcher.learn(running(bake(), 10))
        watch.says(bake(), ended(bake()))
        watch.now += 1
        await until(lambda: watch.watcher.status(bake()) == ended(bake()), "the poll")
        await turns()
    assert watch.asked == [bake()]


async def test_the_loop_wakes_on_demand_while_it_rests(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), ended(bake()))
    async with looping(watch):
        await turns()
        watch.watcher.poll_now()
        await turns()
        assert watch.asked == [bake()]


async def test_the_loop_goes_on_to_those_that_had_no_turn(watch: Watch) -> None:
    keys = [rollout(f"target {n:02}") for n in range(20)]
    for key in keys:
        watch.watcher.learn(running(key, 10))
        watch.says(key, ended(key))
    watch.watcher.poll_now()
    async with looping(watch):
        await until(lambda: len(watch.asked) == 8, "as many polls as are at once")
        watch.now += 5
        watch.watcher.poll_now()
        await until(lambda: len(watch.asked) == 16, "as many more")
        watch.now += 5
        watch.watcher.poll_now()
        await until(lambda: len(watch.asked) == len(keys), "the rest")
    assert watch.most_together <= 8


async def test_the_loops_end_is_the_end_of_the_polls_under_way(watch: Watch) -> None:
    watch.open.clear()
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), running(bake(), 11))
    watch.watcher.poll_now()
    async with looping(watch):
        await until(lambda: watch.under_way.total() == 1, "the poll's beginning")
    await turns()
    assert watch.under_way.total() == 0


# -- the server as a whole --


async def test_the_wait_that_the_server_asks_for_holds_for_all_jobs_and_against_every_impatience(watch: Watch) -> None:
    for key in (stim(), bake()):
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 11))
    watch.says(stim(), RateLimited("Too many.", retry_after=240))
    await watch.poll(after=1)
    watch.asked.clear()
    for impatience in (watch.watcher.poll_now, lambda: watch.watcher.focus(False), lambda: watch.watcher.focus(True)):
        impatience()
        assert await watch.poll(after=10) is not None
    assert watch.asked == []
    assert watch.watcher.next_try == pytest.approx(210)
    watch.says(stim(), running(stim(), 12))
    await watch.poll(after=210)
    assert len(watch.asked) == 1, "one, to see whether it may"
    await watch.poll()
    assert set(watch.asked) == {stim(), bake()}


async def test_a_wait_that_comes_with_any_error_is_waited(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    error = ServerFailed("Down for an hour.", status=503, retry_after=3600)
    assert await watch.polled(bake(), error, after=1) == pytest.approx(3600)


async def test_a_server_that_asks_to_wait_for_years_is_asked_again_the_next_day(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    assert await watch.polled(bake(), RateLimited("No.", retry_after=1e300), after=1) == pytest.approx(86_400)


async def test_while_the_server_is_away_one_job_is_asked_about_at_a_time_and_at_its_return_all_are(
    watch: Watch,
) -> None:
    keys = [rollout(f"target {n:02}") for n in range(20)]
    for key in keys:
        watch.watcher.learn(running(key, 10))
        watch.says(key, Unreachable("No answer."))
    await watch.poll(after=1)
    watch.asked.clear()
    for expected in (2, 4, 8, 16, 32, 60, 60):
        assert watch.watcher.next_try == pytest.approx(expected)
        await watch.poll(after=expected)
    assert len(watch.asked) == 7
    for key in keys:
        watch.says(key, running(key, 50))
    watch.asked.clear()
    watch.now += 60
    for _ in range(30):
        await watch.poll(after=0.1)
    assert set(watch.asked) == set(keys)
    assert watch.heard.links == ["No answer.", None]
    assert watch.watcher.next_try is None


async def test_an_outage_found_by_many_polls_at_once_counts_once(watch: Watch) -> None:
    watch.open.clear()
    for n in range(8):
        watch.watcher.learn(running(rollout(str(n)), 10))
        watch.says(rollout(str(n)), Unreachable("No answer."))
    await watch.poll(after=1)
    watch.open.set()
    await watch.poll(after=1)
    assert watch.watcher.next_try == pytest.approx(2)


async def test_one_sick_job_among_many_is_not_the_servers_end(watch: Watch) -> None:
    for key in (stim(), bake()):
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 11))
    for n in range(20):
        watch.says(stim(), running(stim(), 11 + n))
        watch.says(bake(), ServerFailed("It fell over.", status=500))
        await watch.poll(after=1)
        watch.watcher.learn(running(rollout(), n))  # answered all the while
    assert watch.heard.links == []
    assert watch.watcher.status(bake()) == running(bake(), 10)
    assert watch.asked.count(bake()) < 6


async def test_another_answer_of_the_server_ends_the_outage(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    await watch.polled(bake(), Unreachable("No answer."), after=1)
    watch.watcher.learn(ended(stim()))
    assert watch.heard.links == ["No answer.", None]


async def test_what_was_learnt_while_a_poll_was_under_way_is_newer_than_its_answer(watch: Watch) -> None:
    watch.open.clear()
    watch.watcher.learn(ended(bake(), State.QUEUED))
    watch.says(bake(), ended(bake(), State.QUEUED))
    await watch.poll(after=1)
    watch.watcher.learn(running(bake(), 5))
    watch.open.set()
    await turns()
    assert watch.watcher.status(bake()) == running(bake(), 5)
    assert watch.watcher.poll_due() == pytest.approx(1)


async def test_a_poll_that_hangs_is_given_up_and_gives_its_turn_to_others(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.watcher.HUNG", 0.0)
    watch.open.clear()
    watch.watcher.learn(running(bake(), 10))
    watch.says(bake(), running(bake(), 11))
    await watch.poll(after=1)
    await turns()
    assert watch.under_way.total() == 0
    assert "did not answer" in (watch.watcher.problem or "")
    assert watch.watcher.status(bake()) == running(bake(), 10)


# -- fairness --


async def ask_for(watch: Watch, seconds: int) -> list[int]:
    """The polls of each simulated second."""
    counts: list[int] = []
    for _ in range(seconds):
        before = len(watch.asked)
        for _ in range(10):
            await watch.poll(after=0.1)
        counts.append(len(watch.asked) - before)
    return counts


def watch_many(watch: Watch, count: int) -> list[JobKey]:
    keys = [rollout(f"target {n:04}") for n in range(count)]
    for key in keys:
        watch.watcher.learn(running(key, 10))
        watch.says(key, running(key, 10))
    return keys


async def test_a_thousand_jobs_cost_ten_requests_a_second_and_each_has_its_turn(watch: Watch) -> None:
    keys = watch_many(watch, 1000)
    counts = await ask_for(watch, 110)
    assert max(counts[2:]) <= A_SECOND
    assert sum(counts) <= BURST + A_SECOND * 110
    assert set(watch.asked) == set(keys)


async def test_impatience_cannot_break_the_budget(watch: Watch) -> None:
    watch_many(watch, 1000)
    await ask_for(watch, 3)
    for _ in range(10):
        watch.watcher.poll_now()
        watch.watcher.focus(False)
        watch.watcher.focus(True)
        assert sum(await ask_for(watch, 1)) <= A_SECOND


async def test_what_is_on_screen_comes_first_and_nobody_starves(watch: Watch) -> None:
    keys = watch_many(watch, 300)
    shown = keys[200:210]
    watch.watcher.in_view(shown)
    await watch.poll(after=1)
    assert len(set(watch.asked) & set(shown)) == BURST - BURST // SHARE
    await ask_for(watch, 120)
    turns_of = Counter(watch.asked)
    assert min(turns_of[key] for key in shown) > 5 * max(turns_of[key] for key in keys if key not in shown)
    assert set(watch.asked) == set(keys)


async def test_twenty_jobs_are_polled_no_more_often_than_their_pace_asks_for(watch: Watch) -> None:
    keys = watch_many(watch, 20)
    for n in range(1, 60):
        for key in keys:
            watch.says(key, running(key, 10 + n))
        await ask_for(watch, 5)
    watch.asked.clear()
    assert sum(await ask_for(watch, 50)) <= 20 * 50 / 5 * 1.2


# -- age --


async def test_each_job_tells_how_old_its_status_is_and_when_that_is_stale(watch: Watch) -> None:
    assert watch.watcher.age(bake()) is None
    assert not watch.watcher.stale(bake())
    watch.watcher.learn(running(bake(), 10))
    assert watch.watcher.age(bake()) == 0
    watch.now += 9
    assert watch.watcher.age(bake()) == 9
    assert not watch.watcher.stale(bake())
    watch.now += 2
    assert watch.watcher.stale(bake())
    await watch.polled(bake(), running(bake(), 11), after=0)
    assert not watch.watcher.stale(bake())


async def test_a_slow_jobs_status_is_good_for_longer_and_a_settled_ones_for_ever(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 10))
    await watch.polled(bake(), running(bake(), 20), after=200)
    watch.now += 50
    assert not watch.watcher.stale(bake())
    watch.now += 20
    assert watch.watcher.stale(bake())
    watch.watcher.learn(ended(stim()))
    watch.now += 1e6
    assert not watch.watcher.stale(stim())


async def test_what_is_remembered_is_stale_until_it_was_answered_and_polled_at_once(watch: Watch) -> None:
    watch.watcher.recall([Remembered(running(bake(), 40), 3600.0, (7200.0, 0.0))])
    assert watch.watcher.status(bake()) == running(bake(), 40)
    assert watch.watcher.age(bake()) == 3600
    assert watch.watcher.stale(bake())
    assert watch.heard == []
    await watch.polled(bake(), running(bake(), 40), after=0)
    assert not watch.watcher.stale(bake())
    assert watch.heard.jobs == []
    assert watch.asked == [bake()]


async def test_what_is_known_already_is_not_replaced_by_what_is_remembered(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 60))
    watch.watcher.recall([Remembered(running(bake(), 40), 3600.0)])
    assert watch.watcher.status(bake()) == running(bake(), 60)


async def test_what_is_under_way_is_what_the_next_start_should_remember(watch: Watch) -> None:
    watch.watcher.learn(running(bake(), 40))
    watch.watcher.learn(ended(stim()))
    watch.now += 5
    assert watch.watcher.remembered() == [Remembered(running(bake(), 40), 5.0, (5.0, 0.4))]


# -- rates, estimates, stalls --


def told(answer: Eta | Rate | None) -> tuple[object, ...]:
    return astuple(answer) if answer else ()


def lines(key: JobKey, done: int, total: int | None = None, percent: float | None = None) -> JobStatus:
    return JobStatus(key, State.RUNNING, "running", lines=done, total=total, percent=percent)


async def test_the_rate_counts_lines_where_there_are_any_and_percent_elsewhere(watch: Watch) -> None:
    assert watch.watcher.rate(bake()) is None
    for n in range(5):
        for status in (lines(rollout(), n * 20, 1000), lines(stim(), n * 4), running(bake(), n)):
            watch.watcher.learn(status)
        watch.now += 10
    rates = [told(watch.watcher.rate(key)) for key in (rollout(), stim(), bake())]
    assert rates == [(2.0, Unit.LINES), (pytest.approx(0.4), Unit.LINES), (pytest.approx(0.1), Unit.PERCENT)]


async def test_a_watch_that_begins_at_sixty_percent_has_its_estimate_after_two_moves(watch: Watch) -> None:
    for percent in (60, 61, 62):
        watch.watcher.learn(running(bake(), percent))
        watch.now += 30
    eta = watch.watcher.eta(bake())
    assert told(eta) == (pytest.approx(38 * 30 - 30), Basis.PACE)


async def test_a_percentage_that_is_null_now_and_then_costs_the_pace_nothing(watch: Watch) -> None:
    for n in range(10):
        watch.watcher.learn(running(bake(), None if n % 3 == 2 else n))
        watch.now += 30
    assert watch.watcher.time_left(bake()) == pytest.approx(91 * 30 - 30)


async def test_a_job_without_any_progress_is_estimated_by_others_like_it_and_says_so(watch: Watch) -> None:
    watch.history.add(Took(bake("other"), None, 600, 0))
    watch.watcher.learn(ended(bake(), State.NOT_STARTED))
    watch.watcher.learn(running(bake(), None))
    assert watch.watcher.eta(bake()) == Eta(600, Basis.HISTORY)
    watch.now += 200
    assert watch.watcher.eta(bake()) == Eta(400, Basis.HISTORY)
    watch.now += 401
    assert watch.watcher.eta(bake()) is None
    assert watch.watcher.time_left(bake()) is None


async def test_a_first_bake_is_estimated_by_the_guide_until_it_has_a_pace(watch: Watch) -> None:
    watch.sizes[bake()] = 4
    watch.watcher.learn(running(bake(), 0))
    assert told(watch.watcher.eta(bake())) == (pytest.approx(750), Basis.GUIDE)
    assert watch.watcher.time_left(bake()) is None
    watch.now += 30
    watch.watcher.learn(running(bake(), 5))
    assert told(watch.watcher.eta(bake())) == (pytest.approx(570), Basis.PACE)


async def test_a_stalled_job_is_flagged_and_promises_nothing(watch: Watch) -> None:
    for n in range(5):
        watch.watcher.learn(running(bake(), n))
        watch.now += 20
    assert not watch.watcher.stalled(bake())
    watch.now += 300
    assert not watch.watcher.stalled(bake()), "nobody has looked"
    watch.watcher.learn(running(bake(), 4))
    assert watch.watcher.stalled(bake())
    assert watch.watcher.eta(bake()) is None
    assert watch.watcher.rate(bake()) == Rate(0.0, Unit.PERCENT)
    watch.now += 20
    watch.watcher.learn(running(bake(), 5))
    assert not watch.watcher.stalled(bake())
    assert watch.watcher.time_left(bake()) == pytest.approx(95 * 20)


async def test_a_job_whose_loss_moves_is_not_stalled(watch: Watch) -> None:
    for n in range(4):
        watch.watcher.learn(running(bake(), n))
        watch.now += 10
    for n in range(50):
        watch.watcher.learn(replace(running(bake(), 3), loss=1e-7 * n))
        watch.now += 10
    assert not watch.watcher.stalled(bake())


async def test_how_long_a_job_took_is_kept_for_the_next(watch: Watch) -> None:
    watch.sizes[rollout()] = 100
    for n in range(0, 100, 5):
        watch.watcher.learn(lines(rollout(), n, 100))
        watch.now += 2
    watch.watcher.learn(ended(rollout()))
    assert watch.watcher.watched[rollout()].took == pytest.approx(39)
    assert [(took.key, took.size) for took in watch.history.took] == [(rollout(), 100)]


async def test_a_watch_that_began_late_counts_what_came_before_and_one_that_began_too_late_nothing(
    watch: Watch,
) -> None:
    for key, first in ((rollout("a"), 40), (rollout("b"), 60)):
        for n in range(first, 100, 2):
            watch.watcher.learn(running(key, n))
            watch.now += 2
        watch.watcher.learn(ended(key))
    assert watch.watcher.watched[rollout("a")].took == pytest.approx(100, rel=0.05)
    assert watch.watcher.watched[rollout("b")].took is None


async def test_a_job_that_ended_while_nobody_looked_has_no_duration(watch: Watch) -> None:
    watch.watcher.recall([Remembered(running(bake(), 40), 36_000.0, (40_000.0, 0.0))])
    await watch.polled(bake(), ended(bake()), after=0)
    assert watch.history.took == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["running", "incomplete", "preparing", "complete", "failed", "not_started", "proofing"]),
            st.none() | st.integers(-5, 10**30),
            st.none() | st.integers(-5, 10**30),
            st.none() | st.floats(),
            st.floats(0, 1e5),
        ),
        max_size=25,
    )
)
def test_whatever_a_server_says_of_a_job_the_watch_goes_on(
    answers: list[tuple[str, int | None, int | None, float | None, float]],
) -> None:
    watch = Watch()
    for word, done, total, percent, seconds in answers:
        watch.watcher.learn(JobStatus(bake(), state_of(word), word, lines=done, total=total, percent=percent))
        watch.now += seconds
        eta, rate = watch.watcher.eta(bake()), watch.watcher.rate(bake())
        assert eta is None or (math.isfinite(eta.seconds) and eta.seconds >= 0)
        assert rate is None or (math.isfinite(rate.a_second) and rate.a_second >= 0)
        assert watch.watcher.stalled(bake()) in (True, False)
        due = watch.watcher._schedule.wait(watch.now)
        assert due is None or due <= 33
        assert (due is None) == state_of(word).settled


# -- what nobody has asked about --


async def test_what_is_sought_is_asked_about_once_and_now_and_then(watch: Watch) -> None:
    keys = [rollout(f"t{n}") for n in range(5)]
    for key in keys:
        watch.says(key, ended(key, State.NOT_STARTED))
    watch.watcher.seek(keys)
    assert await watch.poll() == pytest.approx(SEEK_EVERY)
    assert not watch.asked
    for number in range(1, 6):
        await watch.poll(SEEK_EVERY)
        assert watch.asked == keys[:number]
    assert await watch.poll(100) is None
    assert watch.asked == keys


async def test_what_is_found_running_is_watched_from_then_on(watch: Watch) -> None:
    key = rollout("t")
    watch.says(key, running(key, 10))
    watch.watcher.seek([key])
    await watch.poll(SEEK_EVERY)
    await watch.poll(60)
    assert watch.asked == [key, key]


async def test_nothing_is_sought_while_nobody_looks(watch: Watch) -> None:
    key = rollout("t")
    watch.says(key, ended(key, State.NOT_STARTED))
    watch.watcher.focus(False)
    watch.watcher.seek([key])
    await watch.poll(60)
    assert not watch.asked
    watch.watcher.focus(True)
    await watch.poll()
    assert watch.asked == [key]


async def test_what_was_deleted_is_not_sought(watch: Watch) -> None:
    watch.watcher.seek([rollout("t")])
    watch.watcher.forget(lambda key: key.name == "t")
    assert await watch.poll(60) is None
    assert not watch.asked


class TestKnocking:
    """Where no job is under way, the server itself is asked whether it is back."""

    async def test_what_another_question_missed_is_asked_for_until_it_is_answered(self, watch: Watch) -> None:
        watch.knocked = lost_server = Unreachable("No answer.", retryable=True)
        watch.watcher.missed(lost_server)
        assert watch.watcher.next_try == 2
        for wait in (2, 4, 8, 16, 32, 60, 60):
            assert await watch.poll() == wait
            watch.now += wait
            before = watch.knocks
            await watch.poll()
            assert watch.knocks == before + 1
        watch.knocked = None
        await watch.poll(after=60)
        assert watch.heard.links == ["No answer.", None]
        assert watch.watcher.next_try is None
        knocks = watch.knocks
        assert await watch.poll(after=600) is None
        assert watch.knocks == knocks

    async def test_impatience_knocks_at_once(self, watch: Watch) -> None:
        watch.knocked = Unreachable("No answer.", retryable=True)
        watch.watcher.missed(watch.knocked)
        await watch.poll(after=100)
        watch.watcher.poll_now()
        await watch.poll()
        assert watch.knocks == 2

    async def test_a_job_under_way_finds_out_by_itself(self, watch: Watch) -> None:
        watch.watcher.learn(running(bake(), 10))
        watch.says(bake(), running(bake(), 11))
        watch.watcher.missed(Unreachable("No answer.", retryable=True))
        await watch.poll(after=10)
        assert watch.knocks == 0
        assert watch.heard.links == ["No answer.", None]

    async def test_a_refusal_says_nothing_of_the_link(self, watch: Watch) -> None:
        watch.watcher.missed(NotFound("There is no such target."))
        assert watch.heard.links == []
        assert await watch.poll() is None
