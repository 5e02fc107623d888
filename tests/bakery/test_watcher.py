"""The watcher's pace, its manners after errors, and what it tells, by a clock of the test's own."""

import asyncio
import contextlib
from itertools import pairwise

import pytest

from breadtui.api.errors import NotFound, RateLimited, ServerFailed
from breadtui.bakery.jobs import JobStatus, State
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
    for percent in range(13, 26):
        await watch.polled(bake(), running(bake(), percent), after=20 if percent == 13 else 5)
        watch.watcher.poll_now()
    assert await watch.polled(bake(), running(bake(), 26), after=5) == pytest.approx(5)


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
        await watch.poll()
    assert sorted(watch.asked) == keys
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
    watch.watcher.learn(running(bake(), 20))
    assert watch.watcher.time_left(bake()) is None
    await watch.polled(bake(), running(bake(), 40), after=100)
    assert watch.watcher.time_left(bake()) == pytest.approx(300)
    watch.now += 60
    assert watch.watcher.time_left(bake()) == pytest.approx(240)
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
        await until(lambda: len(watch.asked) == len(keys), "all polls")
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
