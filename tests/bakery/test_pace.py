"""How fast a job goes and when it will be done, whatever its numbers do."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.bakery.durations import Took, likely
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.pace import STALL, Basis, Eta, Pace, is_stalled
from tests.bakery.recipes import bake, rollout, stim


def pace(*moves: tuple[float, float]) -> Pace:
    made = Pace()
    for now, value in moves:
        made.add(now, value)
    return made


def steady(count: int, seconds: float = 10.0, rise: float = 0.01, begin: tuple[float, float] = (0, 0)) -> Pace:
    return pace(*((begin[0] + n * seconds, begin[1] + n * rise) for n in range(count)))


def test_one_reading_is_no_pace() -> None:
    assert pace((5, 0.3)).each == 0
    assert not pace((5, 0.3)).sure


def test_a_steady_job_has_its_speed() -> None:
    assert steady(10).each == pytest.approx(1000)
    assert steady(10).left(1.0, 90, 90) == pytest.approx(910)


def test_a_watch_that_began_amid_the_work_waits_for_a_whole_move_before_it_is_sure() -> None:
    late = pace((0, 0.6), (1, 0.65))
    assert not late.sure
    late.add(21, 0.70)
    assert late.sure
    assert late.each == pytest.approx(400), "the first second was the end of a move"


def test_from_the_very_beginning_one_move_is_enough() -> None:
    assert pace((0, 0), (10, 0.1)).sure


def test_a_stall_that_is_over_does_not_slow_the_pace() -> None:
    stalled = steady(10)
    stalled.add(90 + 3600, 0.10)
    for n in range(1, 5):
        stalled.add(3690 + 10 * n, 0.10 + 0.01 * n)
    assert stalled.each == pytest.approx(1000)


def test_a_jump_does_not_quicken_the_pace() -> None:
    jumped = steady(10)
    jumped.add(91, 0.6)
    jumped.add(101, 0.61)
    assert jumped.each == pytest.approx(1000)
    assert jumped.left(1.0, 101, 101) == pytest.approx(390)


def test_what_begins_anew_is_measured_anew() -> None:
    again = steady(10)
    assert not again.add(100, 0.0)
    assert again.each == 0
    assert again.add(120, 0.1)
    assert again.each == pytest.approx(200)


def test_a_server_that_falls_back_by_a_hair_has_not_begun_anew() -> None:
    wobbly = steady(40)
    assert wobbly.add(400, 0.385)
    assert wobbly.each == pytest.approx(1000)


def test_the_time_left_runs_down_between_looks_and_stands_still_in_a_stall() -> None:
    job = steady(11)
    assert job.left(1.0, 105, 100) == pytest.approx(895)
    assert job.left(1.0, 400, 400) == pytest.approx(890), "looked at, and not a move further"
    assert job.left(1.0, 1000, 400) == pytest.approx(290), "not looked at for ten minutes"
    assert job.left(1.0, 100_000, 400) == 0


@settings(max_examples=60)
@example([(0.0, 0.0), (1.0, 2.2250738585e-313)])
@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.floats(0, 1) | st.floats(0, 1e15)),
        max_size=60,
    )
)
def test_any_readings_give_a_finite_time(readings: list[tuple[float, float]]) -> None:
    job, now = Pace(), 0.0
    for seconds, value in readings:
        now += seconds
        job.add(now, value)
        assert math.isfinite(job.each)
        assert job.each >= 0
        assert job.left(1.0, now + 1, now) >= 0


@pytest.mark.parametrize(
    ("still", "stalled"),
    [(STALL, False), (99, False), (101, True), (86_400, True)],
)
def test_a_job_is_stalled_against_its_own_pace(still: float, stalled: bool) -> None:
    assert is_stalled(still, steady(10), None) is stalled


def test_a_slow_job_is_given_more_time_and_a_fast_one_a_minute() -> None:
    assert not is_stalled(2999, steady(10, seconds=300), None)
    assert is_stalled(3001, steady(10, seconds=300), None)
    assert not is_stalled(STALL, steady(10, seconds=0.1), None)
    assert is_stalled(STALL + 1, steady(10, seconds=0.1), None)


def test_without_any_pace_twice_what_such_jobs_take_is_a_stall() -> None:
    assert not is_stalled(1e9, Pace(), None)
    assert not is_stalled(1000, Pace(), 600)
    assert is_stalled(1300, Pace(), 600)


# -- before there is progress --


def took(key: JobKey, size: float | None, seconds: float, ended: float = 0.0) -> Took:
    return Took(key, size, seconds, ended)


@pytest.mark.parametrize(
    ("size", "least", "most"), [(1, 600, 900), (4, 600, 900), (75, 1800, 3600), (1000, 3600, 7200), (10**9, 3600, 7200)]
)
def test_a_first_bake_takes_what_the_guide_says(size: float, least: float, most: float) -> None:
    eta = likely([], bake(), size)
    assert eta
    assert eta.basis is Basis.GUIDE
    assert least <= eta.seconds <= most


def test_the_guide_says_nothing_of_other_phases_nor_of_unknown_sizes() -> None:
    assert likely([], stim(), 10) is None
    assert likely([], rollout(), 10) is None
    assert likely([], bake(), None) is None


def test_history_comes_before_the_guide_and_other_phases_tell_nothing() -> None:
    past = [took(bake("other"), 4, 100), took(rollout(), 4, 7)]
    assert likely(past, bake(), 4) == Eta(100, Basis.HISTORY)
    assert likely([took(rollout(), 4, 7)], stim(), 4) is None


def test_a_larger_rollout_takes_longer_in_proportion() -> None:
    assert likely([took(rollout("other"), 100, 50)], rollout(), 200) == Eta(100, Basis.HISTORY)


def test_a_larger_bake_takes_longer_but_not_in_proportion() -> None:
    eta = likely([took(bake("other"), 100, 1000)], bake(), 200)
    assert eta
    assert 1000 < eta.seconds < 2000


def test_the_middle_of_the_nearest_tells_and_one_that_was_slow_does_not_spoil_it() -> None:
    past = [took(rollout(f"t{n}"), 100, seconds) for n, seconds in enumerate((50, 51, 52, 49, 5000))]
    past += [took(rollout("huge"), 10_000, 1)]
    assert likely(past, rollout(), 100) == Eta(51, Basis.HISTORY)


def test_where_no_size_is_known_the_jobs_own_last_time_tells() -> None:
    past = [took(stim("a"), None, 10), took(stim("b"), None, 11), took(stim(), None, 99, ended=5)]
    eta = likely(past, stim(), None)
    assert eta
    assert eta.basis is Basis.HISTORY
    assert eta.seconds in (11, 99)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Phase)), st.none() | st.floats(1e-3, 1e12), st.floats(1e-3, 1e9), st.floats(0, 1e10)
        ),
        max_size=12,
    ),
    st.none() | st.floats(1e-3, 1e12),
)
def test_any_history_gives_a_finite_time(
    past: list[tuple[Phase, float | None, float, float]], size: float | None
) -> None:
    for phase in Phase:
        key = JobKey("r", "n", phase)
        eta = likely([Took(JobKey("r", "x", p), s, seconds, ended) for p, s, seconds, ended in past], key, size)
        assert eta is None or (math.isfinite(eta.seconds) and eta.seconds > 0)
