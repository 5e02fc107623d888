"""A bake's metrics: how rows become curves, when asking pays, and what is kept."""

import asyncio
import csv
import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NotFound
from breadtui.api.models import MetricPoint
from breadtui.api.secret import Secret
from breadtui.bakery import metrics
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.metrics import Curve, Metrics, Series, csv_of, read_series
from breadtui.bakery.things import Thing
from tests.bakery.recipes import REPO, bake, ended, running, stock, turns, until
from tests.support.oven import RunningOven


def rows(*told: dict[str, object]) -> list[MetricPoint]:
    return [MetricPoint.model_validate(row) for row in told]


def read(*told: dict[str, object]) -> Series:
    return read_series(REPO, "yoda_bake", rows(*told))


def points(curve: Curve) -> dict[float, float | None]:
    """Steps and values, None for what is no number."""
    return {step: None if math.isnan(value) else value for step, value in zip(curve.steps, curve.values, strict=True)}


def steps(*numbers: int) -> list[dict[str, object]]:
    return [{"iter": number, "loss": float(index)} for index, number in enumerate(numbers)]


def test_rows_become_curves_by_step() -> None:
    one = read(
        {"iter": 1, "loss": 2e-7, "lr": 1e-4, "step_time": 2.0},
        {"iter": 2, "train_loss": 1e-7, "lr": 5e-5, "iter_time": 3.0},
    )
    assert points(one.loss) == {1: 2e-7, 2: 1e-7}
    assert points(one.rate) == {1: 1e-4, 2: 5e-5}
    assert points(one.seconds) == {1: 2.0, 2: 3.0}


def test_rows_in_any_order_are_sorted() -> None:
    assert list(read(*steps(3, 1, 5, 2, 4)).loss.steps) == [1, 2, 3, 4, 5]


def test_a_training_that_goes_back_tells_its_latest_run_alone() -> None:
    assert points(read(*steps(1, 2, 3, 4, 5, 3, 4)).loss) == {1: 0, 2: 1, 3: 5, 4: 6}
    assert points(read(*steps(1, 2, 3, 1, 2)).loss) == {1: 3, 2: 4}


def test_a_training_that_goes_back_several_times_is_that_of_the_last() -> None:
    assert points(read(*steps(1, 2, 3, 4, 2, 3, 4, 5, 4, 5)).loss) == {1: 0, 2: 4, 3: 5, 4: 8, 5: 9}


def test_a_row_told_twice_counts_once() -> None:
    assert points(read(*steps(1, 2, 2, 3)).loss) == {1: 0, 2: 2, 3: 3}


def test_an_evaluation_of_the_same_step_takes_nothing_away() -> None:
    one = read({"iter": 7, "loss": 2e-7, "lr": 1e-4, "step_time": 2.0}, {"iter": 7, "train_loss": 9e-7, "seqlen": 3})
    assert (points(one.loss), points(one.rate), points(one.seconds)) == ({7: 2e-7}, {7: 1e-4}, {7: 2.0})


def test_what_is_null_or_missing_breaks_the_loss_but_not_what_goes_with_it() -> None:
    one = read(
        {"iter": 1, "loss": 1e-7, "lr": 1}, {"iter": 2, "loss": None}, {"iter": 3}, {"iter": 4, "loss": 1e-7, "lr": 2}
    )
    assert points(one.loss) == {1: 1e-7, 2: None, 3: None, 4: 1e-7}
    assert points(one.rate) == {1: 1, 4: 2}
    assert one.lost == 0


def test_a_loss_that_is_no_number_is_counted() -> None:
    one = read({"iter": 1, "loss": 1e-7}, {"iter": 2, "loss": math.nan}, {"iter": 3, "loss": math.inf})
    assert one.lost == 2
    assert one.loss.values[2] == math.inf


def test_steps_that_are_missing_leave_a_gap() -> None:
    curve = read(*steps(1, 2, 3, 4, 40, 41, 42)).loss
    assert points(curve)[22] is None
    assert len(curve) == 8


@pytest.mark.parametrize("told", [(10, 20, 30, 40), (1, 2, 4, 8, 16, 32), (1, 2, 3, 10, 20, 30), (1, 100)])
def test_steps_that_are_told_seldom_leave_none(told: tuple[int, ...]) -> None:
    assert len(read(*steps(*told)).loss) == len(told)


def test_without_iterations_epochs_count_and_without_those_the_rows() -> None:
    by_epoch = read({"epoch": 0.5, "loss": 2e-7}, {"epoch": 1.0, "loss": 1e-7})
    assert (points(by_epoch.loss), by_epoch.unit) == ({0.5: 2e-7, 1.0: 1e-7}, "epoch")
    by_row = read({"loss": 2e-7}, {"loss": 1e-7})
    assert (points(by_row.loss), by_row.unit) == ({1: 2e-7, 2: 1e-7}, "step")


def test_a_summary_by_epoch_is_no_step_of_a_training_that_counts_iterations() -> None:
    one = read({"iter": 10, "loss": 2e-7}, {"iter": 20, "loss": 1e-7}, {"epoch": 3.0, "train_loss": 5e-7})
    assert points(one.loss) == {10: 2e-7, 20: 1e-7}


def test_of_a_long_training_the_newer_half_and_every_extreme_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST", 100)
    told: list[dict[str, object]] = [{"iter": step, "loss": 2e-7} for step in range(1, 1001)]
    told[123]["loss"], told[321]["loss"], told[555]["loss"] = 1.0, 1e-9, math.nan
    curve = read_series(REPO, "long", rows(*told)).loss
    assert len(curve) <= 100
    assert list(curve.steps[-50:]) == list(range(951, 1001))
    assert {124: 1.0, 322: 1e-9, 556: None}.items() <= points(curve).items()
    assert list(curve.steps) == sorted(curve.steps)


NUMBERS = st.none() | st.floats() | st.integers(-5, 50) | st.text(max_size=3)
ROWS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("iter", "global_step", "epoch", "loss", "train_loss", "lr", "step_time"), NUMBERS)
)


@settings(max_examples=100)
@given(st.lists(ROWS, max_size=30))
def test_whatever_rows_come_the_curves_ascend(told: list[dict[str, object]]) -> None:
    one = read(*told)
    for curve in (one.loss, one.rate, one.seconds):
        assert len(curve.steps) == len(curve.values)
        assert all(math.isfinite(step) for step in curve.steps)
        assert list(curve.steps) == sorted(set(curve.steps))
    csv_of([one])


def test_the_points_are_written_as_csv() -> None:
    one = read(
        {"iter": 1, "loss": 2e-7, "lr": 1e-4}, {"iter": 2, "loss": None}, {"iter": 3, "loss": math.inf, "step_time": 2}
    )
    other = Series("=1+1", 'a,"b"', one.loss)
    told = list(csv.reader(io.StringIO(csv_of([one, other]))))
    assert told == [
        ["repository", "bake", "step", "loss", "learning_rate", "step_seconds"],
        [REPO, "yoda_bake", "1", "2e-07", "0.0001", ""],
        [REPO, "yoda_bake", "3", "inf", "", "2.0"],
        ["'=1+1", 'a,"b"', "1", "2e-07", "", ""],
        ["'=1+1", 'a,"b"', "3", "inf", "", ""],
    ]


class Teller(BreadClient):
    """A client of no server: it tells `rows`, or raises `error`, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", Secret("key"))
        self.rows: list[MetricPoint] = rows(*steps(1, 2))
        self.error: BreadError | None = None
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    async def metrics(self, repo: str, bake: str) -> tuple[MetricPoint, ...]:
        self.asked += 1
        await self.open.wait()
        if self.error:
            raise self.error
        return tuple(self.rows)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def teller() -> Teller:
    return Teller()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(teller: Teller, clock: Clock) -> Metrics:
    return Metrics(teller, clock=clock)


RUNNING = running(bake(), 10)
FURTHER = running(bake(), 11)


async def test_nothing_pays_until_the_bake_has_moved_and_some_time_is_past(kept: Metrics, clock: Clock) -> None:
    assert kept.wait(REPO, "yoda_bake", RUNNING) == 0
    await kept.fetch(REPO, "yoda_bake", RUNNING)
    clock.now += 60
    assert kept.wait(REPO, "yoda_bake", RUNNING) is None
    assert kept.wait(REPO, "yoda_bake", None) is None
    await kept.fetch(REPO, "yoda_bake", RUNNING)
    clock.now += 2
    assert kept.wait(REPO, "yoda_bake", FURTHER) == metrics.APART - 2
    clock.now += 3
    assert kept.wait(REPO, "yoda_bake", FURTHER) == 0


async def test_the_end_of_a_training_is_asked_for_at_once(kept: Metrics) -> None:
    await kept.fetch(REPO, "yoda_bake", RUNNING)
    assert kept.wait(REPO, "yoda_bake", ended(bake())) == 0
    await kept.fetch(REPO, "yoda_bake", ended(bake()))
    assert kept.wait(REPO, "yoda_bake", ended(bake())) is None


async def test_an_answer_that_takes_long_is_asked_for_less_often(kept: Metrics, teller: Teller, clock: Clock) -> None:
    teller.open.clear()
    asking = asyncio.create_task(kept.fetch(REPO, "yoda_bake", RUNNING))
    await turns()
    clock.now += 3
    teller.open.set()
    await asking
    assert kept.wait(REPO, "yoda_bake", FURTHER) == 3 * metrics.COST - 3


async def test_after_an_error_it_waits_and_what_was_known_stays(kept: Metrics, teller: Teller, clock: Clock) -> None:
    told = await kept.fetch(REPO, "yoda_bake", RUNNING)
    clock.now += 60
    teller.error = BreadError("The server does not answer.", retryable=True)
    with pytest.raises(BreadError):
        await kept.fetch(REPO, "yoda_bake", FURTHER)
    assert kept.known(REPO, "yoda_bake") is told
    assert kept.wait(REPO, "yoda_bake", FURTHER) == metrics.APART
    assert kept.wait(REPO, "yoda_bake", ended(bake())) == metrics.APART
    teller.error = BreadError("Too many requests.", retryable=True, retry_after=40)
    with pytest.raises(BreadError):
        await kept.fetch(REPO, "yoda_bake", FURTHER)
    assert kept.wait(REPO, "yoda_bake", FURTHER) == 40


async def test_what_the_server_will_not_tell_is_asked_again_only_when_the_bake_has_moved(
    kept: Metrics, teller: Teller, clock: Clock
) -> None:
    teller.error = NotFound("There is no such bake.")
    with pytest.raises(NotFound):
        await kept.fetch(REPO, "yoda_bake", RUNNING)
    clock.now += 60
    assert kept.wait(REPO, "yoda_bake", RUNNING) is None
    assert kept.wait(REPO, "yoda_bake", FURTHER) == 0


async def test_two_who_ask_together_cost_one_request_and_one_who_leaves_takes_nothing_from_the_other(
    kept: Metrics, teller: Teller
) -> None:
    teller.open.clear()
    one, other = (asyncio.create_task(kept.fetch(REPO, "yoda_bake")) for _ in range(2))
    await turns()
    one.cancel()
    teller.open.set()
    assert (await other).bake == "yoda_bake"
    assert teller.asked == 1


async def test_the_same_answer_gives_the_same_object_also_where_it_is_no_number(kept: Metrics, teller: Teller) -> None:
    teller.rows += rows({"iter": 3, "loss": math.nan})
    first = await kept.fetch(REPO, "yoda_bake")
    assert await kept.fetch(REPO, "yoda_bake") is first
    teller.rows += rows({"iter": 4, "loss": 1e-7})
    assert await kept.fetch(REPO, "yoda_bake") is not first


async def test_of_many_bakes_those_asked_for_last_are_kept(kept: Metrics) -> None:
    for number in range(metrics.KEPT + 1):
        await kept.fetch(REPO, f"bake{number}")
    assert kept.known(REPO, "bake0") is None
    assert kept.known(REPO, f"bake{metrics.KEPT}") is not None
    assert kept.wait(REPO, "bake0", None) == 0


async def test_a_bake_of_the_oven_tells_every_step(kitchen: Kitchen, oven: RunningOven) -> None:
    await stock(kitchen)
    await kitchen.create(
        Thing.BAKE, REPO, {"bake_name": "idle", "template": "default", "overrides": {"datasets": [{"target": "yoda"}]}}
    )
    kept = Metrics(kitchen.client)
    assert len((await kept.fetch(REPO, "idle")).loss) == 0
    for key in (
        JobKey(REPO, "yoda", Phase.STIM),
        JobKey(REPO, "yoda", Phase.ROLLOUT),
        JobKey(REPO, "idle", Phase.BAKE),
    ):
        await kitchen.start(key)
        await completed(kitchen, key)
    told = await kept.fetch(REPO, "idle", JobStatus(JobKey(REPO, "idle", Phase.BAKE), State.COMPLETE))
    assert len(told.loss) == len(told.rate) == len(told.seconds) > 20
    assert told.loss.values[-1] < told.loss.values[0] < 2e-6


async def completed(kitchen: Kitchen, key: JobKey) -> None:
    def is_complete() -> bool:
        status = kitchen.watcher.status(key)
        return status is not None and status.state is State.COMPLETE

    await until(is_complete, f"the {key}")
