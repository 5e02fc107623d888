"""The screen of all jobs: what it shows and does against a real oven, and what it looks like."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.watcher import Watcher
from breadtui.screens.chat import Chat
from breadtui.screens.jobs import Jobs
from breadtui.screens.loss import LossScreen
from breadtui.screens.question import Question
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.chart.loss_chart import LossChart
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.page import Page
from breadtui.widgets.top_bar import TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.support.app import bread_app, quiet, still, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

YODA, APPLE = "yoda_repo", "apple_support_agent"
SIZES = ((60, 24), (80, 24), (120, 36), (200, 50))
AIRPODS = JobKey(APPLE, "airpods_support", Phase.ROLLOUT)
BAKE = JobKey(APPLE, "apple_bake_v1", Phase.BAKE)

Compare = Callable[..., bool]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("jobs"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


def app_of(pilot: Pilot[None]) -> BreadApp:
    assert isinstance(pilot.app, BreadApp)
    return pilot.app


def table(pilot: Pilot[None]) -> JobsTable:
    return pilot.app.screen.query_one(JobsTable)


def status(pilot: Pilot[None], key: JobKey) -> JobStatus | None:
    kitchen = app_of(pilot).kitchen
    return kitchen.watcher.status(key) if kitchen else None


def state(pilot: Pilot[None], key: JobKey) -> State | None:
    known = status(pilot, key)
    return known.state if known else None


async def open_jobs(pilot: Pilot[None], *keys: str) -> None:
    await stocked(pilot)
    await pilot.press("J")
    await until(pilot, lambda: isinstance(pilot.app.screen, Jobs), "the jobs")
    await quiet(pilot)
    for key in keys:
        await pilot.press(key)
        await quiet(pilot)


async def on_job(pilot: Pilot[None], key: JobKey) -> None:
    """Put the cursor on a job."""
    jobs = table(pilot)
    jobs._move_to(jobs._at[key])
    current = jobs.current
    assert current is not None
    assert current.key == key
    await quiet(pilot)


async def asked(pilot: Pilot[None]) -> str:
    """What the program asks, once it does."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Question), "the question")
    return str(pilot.app.screen.query_one("#question-text Static", Static).content)


class TestLooking:
    async def test_it_shows_the_jobs_of_all_repositories_and_esc_goes_back(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot)
            assert {each.key.repo for each in table(pilot).rows} == {YODA, APPLE}
            assert "9 jobs" in pilot.app.screen.query_one(TopBar).place.title
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, Workspace)

    async def test_below_it_stand_the_curve_of_a_bake_and_the_facts_of_anything_else(
        self, samples: RunningOven
    ) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot)
            assert pilot.app.screen.query_one(Page).display
            await on_job(pilot, JobKey(YODA, "yoda_bake_v1", Phase.BAKE))
            chart = pilot.app.screen.query_one(LossChart)
            await until(pilot, lambda: chart.display and bool(chart.series), "the curve")
            assert not pilot.app.screen.query_one(Page).display
            await pilot.press("l")
            assert isinstance(pilot.app.screen, LossScreen)

    async def test_on_a_low_terminal_the_table_has_all_the_room(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(80, 24)) as pilot:
            await open_jobs(pilot)
            assert not pilot.app.screen.query_one(Page).display
            assert table(pilot).outer_size.height == 22

    async def test_enter_goes_to_the_jobs_row_in_the_tree(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot)
            await on_job(pilot, AIRPODS)
            await pilot.press("enter")
            wanted = Item(Kind.TARGET, APPLE, "airpods_support")
            await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the workspace")
            await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == wanted, "the row")

    async def test_what_is_in_view_is_what_the_watcher_asks_about_first(
        self, samples: RunningOven, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[set[JobKey]] = []
        monkeypatch.setattr(Watcher, "in_view", lambda _, keys: told.append(set(keys)))
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot, "slash", *"state:failed", "enter")
            await until(pilot, lambda: told[-1] == {AIRPODS}, "what is in view here")
            await pilot.press("J")
            await until(pilot, lambda: JobKey(YODA, "yoda_target", Phase.STIM) in told[-1], "the workspace's own")

    async def test_c_talks_to_what_a_bake_made(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot)
            await on_job(pilot, JobKey(YODA, "yoda_bake_v1", Phase.BAKE))
            await pilot.press("c")
            await until(pilot, lambda: isinstance(pilot.app.screen, Chat), "the chat")
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, Workspace)

    async def test_y_copies_the_names_that_are_marked(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot, "space", "space", "y")
            assert pilot.app.clipboard == "mac_support\nairpods_support"

    async def test_it_stays_with_its_job_while_others_go_on(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=40) as oven:
            async with bread_app(oven).run_test(size=(120, 36)) as pilot:
                await open_jobs(pilot)
                await on_job(pilot, JobKey(APPLE, "iphone_support", Phase.STIM))
                running = JobKey(APPLE, "mac_support", Phase.ROLLOUT)
                before = status(pilot, running)
                await until(pilot, lambda: status(pilot, running) not in (None, before), "progress")
                current = table(pilot).current
                assert current is not None
                assert current.key == JobKey(APPLE, "iphone_support", Phase.STIM)


class TestRunning:
    async def test_it_says_how_much_a_run_makes_and_starts_nothing_without_an_answer(
        self, samples: RunningOven
    ) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await open_jobs(pilot)
            await on_job(pilot, AIRPODS)
            await pilot.press("r")
            assert "306 responses" in await asked(pilot)
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, Jobs)
            await quiet(pilot)
            assert state(pilot, AIRPODS) is State.FAILED

    async def test_r_goes_on_from_what_failed_and_takes_up_what_that_had_stopped(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True) as oven:
            oven.store.inject_fault(APPLE, "rollout", "airpods_support", "out of memory")
            async with bread_app(oven).run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, APPLE, "apple_bake_v1"))
                await quiet(pilot)
                await pilot.press("r")
                await asked(pilot)
                await pilot.press("enter")
                kitchen = app_of(pilot).kitchen
                assert kitchen is not None
                await until(pilot, lambda: BAKE in kitchen.pipeline.stopped, "the bake to be stopped")
                await open_jobs(pilot)
                await on_job(pilot, AIRPODS)
                await pilot.press("r")
                assert "apple_bake_v1" in await asked(pilot)
                await pilot.press("enter")
                await until(pilot, lambda: state(pilot, BAKE) is State.COMPLETE, "the bake")

    async def test_a_step_that_waits_says_for_what_and_can_be_called_off(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
            async with bread_app(oven).run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, APPLE, "apple_bake_v1"))
                await quiet(pilot)
                await pilot.press("r")
                await asked(pilot)
                await pilot.press("enter")
                await open_jobs(pilot)
                await until(pilot, lambda: any(each.key == BAKE for each in table(pilot).rows), "the bake that waits")
                await on_job(pilot, BAKE)
                waiting = table(pilot).current
                assert waiting is not None
                assert waiting.note.startswith("waits for")
                await pilot.press("full_stop")
                await until(pilot, lambda: all(each.key != BAKE for each in table(pilot).rows), "it to be gone")
                assert any("Called off" in note.message for note in notes(pilot))


class TestWithoutCredit:
    async def test_the_servers_words_stay_on_the_screen_until_it_goes_on(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True) as oven:
            oven.store.refuse_payment(APPLE, "rollout", "airpods_support", "Your purse is empty.")
            async with bread_app(oven).run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                await pilot.press("J")
                await quiet(pilot)
                await on_job(pilot, AIRPODS)
                await pilot.press("r")
                await asked(pilot)
                await pilot.press("enter")
                await until(pilot, lambda: bool(pilot.app.screen.query("#banner")), "the banner")
                said = str(pilot.app.screen.query_one("#banner", Static).content)
                assert "Your purse is empty." in said
                assert "a goes on" in said
                await pilot.press("a")
                await until(pilot, lambda: state(pilot, AIRPODS) is State.COMPLETE, "the rollout")
                await until(pilot, lambda: not pilot.app.screen.query("#banner"), "the banner to go")


class TestLink:
    async def test_it_counts_down_to_the_next_try_and_finds_the_server_again_without_a_key(
        self, tmp_path: Path
    ) -> None:
        with running_oven(tmp_path, samples=True, speed=50) as oven:
            async with bread_app(oven).run_test(size=(120, 36)) as pilot:
                await open_jobs(pilot)
                oven.stop()
                bar = pilot.app.screen.query_one(TopBar)
                await until(pilot, lambda: "next try in" in (bar.place.problem or ""), "the countdown")
                assert (bar.place.problem or "").startswith("offline")
                assert table(pilot).rows
                oven.restart()
                await until(pilot, lambda: bar.place.problem is None, "the recovery")


class TestStart:
    async def test_what_an_earlier_start_left_is_offered_and_gone_on_with(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
            first = own_server(oven)
            async with first.run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, APPLE, "apple_bake_v1"))
                await quiet(pilot)
                await pilot.press("r")
                await asked(pilot)
                await pilot.press("enter")
                await until(pilot, lambda: bool(first.kitchen and BAKE in first.kitchen.pipeline.waiting), "it to wait")
            oven.restart(speed=0)
            async with own_server(oven).run_test(size=(120, 36)) as pilot:
                await until(pilot, lambda: bool(pilot.app.screen.query("#banner")), "the offer")
                await pilot.press("a")
                assert "apple_bake_v1" in await asked(pilot)
                await pilot.press("enter")
                await until(pilot, lambda: state(pilot, BAKE) is State.COMPLETE, "the bake")
                await until(pilot, lambda: not pilot.app.screen.query("#banner"), "the offer to go")

    async def test_what_is_left_can_be_forgotten(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
            first = own_server(oven)
            async with first.run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, APPLE, "apple_bake_v1"))
                await quiet(pilot)
                await pilot.press("r")
                await asked(pilot)
                await pilot.press("enter")
                await until(pilot, lambda: bool(first.kitchen and BAKE in first.kitchen.pipeline.waiting), "it to wait")
            async with own_server(oven).run_test(size=(120, 36)) as pilot:
                await until(pilot, lambda: bool(pilot.app.screen.query("#banner")), "the offer")
                await pilot.press("a")
                await asked(pilot)
                await pilot.press("f")
                await until(pilot, lambda: not pilot.app.screen.query("#banner"), "the offer to go")
                kitchen = app_of(pilot).kitchen
                assert kitchen is not None
                assert kitchen.pipeline.pending().open == ()


def own_server(oven: RunningOven) -> BreadApp:
    """The app on a server of the user's own, of which it remembers what was left."""
    from breadtui.api.secret import Secret
    from breadtui.settings import Connection

    return BreadApp(Connection(oven.url, Secret(oven.key)))


def notes(pilot: Pilot[None]) -> list[Notification]:
    return list(pilot.app._notifications)


def scene(*keys: str, job: JobKey | None = None) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await open_jobs(pilot)
        if job:
            await on_job(pilot, job)
        for key in keys:
            await pilot.press(key)
            await quiet(pilot)
        await still(pilot)

    return play


SCENES: dict[str, Play] = {
    "all": scene(),
    "failed": scene(job=AIRPODS),
    "bake": scene(job=JobKey(YODA, "yoda_bake_v1", Phase.BAKE)),
    "grouped": scene("t", "f", "j", "space"),
    "filtered": scene("slash", *"state:comp"),
    "run": scene("r", job=AIRPODS),
}


@pytest.mark.parametrize("name", SCENES)
async def test_looks(name: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, SCENES[name])


@pytest.mark.parametrize("name", ["all", "bake"])
def test_looks_in_the_light(name: str, samples: RunningOven, snap_compare: Compare) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=SCENES[name])
