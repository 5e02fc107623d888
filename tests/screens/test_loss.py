"""The loss on the whole screen: what it asks for, what its keys do, what it writes, and what it looks like."""

import csv
import math
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NotFound
from breadtui.api.models import MetricPoint
from breadtui.api.secret import Secret
from breadtui.bakery.changes import Change
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.metrics import Metrics
from breadtui.screens.loss import LossScreen
from breadtui.screens.messages import KitchenChanged
from breadtui.sheets import sheet
from breadtui.themes import DARK, DEFAULTS, LIGHT
from breadtui.widgets.chart.loss_chart import LossChart
from tests.support.app import quiet, still, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed
from tests.widgets.curves import training

__all__ = ["changed"]  # a fixture

YODA = ("yoda_repo", "yoda_bake_v1")
KEY = JobKey(*YODA, Phase.BAKE)
SIZES = ((80, 24), (120, 36), (200, 50))

Rows = Sequence[dict[str, object]]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories; Yoda is baked."""
    with running_oven(tmp_path_factory.mktemp("loss"), samples=True, speed=1e-9) as oven:
        yield oven


class Told(Metrics):
    """Metrics of a server that says what the test says; `asked` counts."""

    def __init__(self, client: BreadClient, **told: Rows) -> None:
        super().__init__(client)
        self.told = told
        self.error: BreadError | None = None
        self.asked = 0
        client.metrics = self._answer  # pyright: ignore[reportAttributeAccessIssue] - for this one client

    async def _answer(self, repo: str, bake: str) -> tuple[MetricPoint, ...]:
        self.asked += 1
        if self.error:
            raise self.error
        return tuple(MetricPoint.model_validate(row) for row in self.told.get(bake, ()))


class Curves(App[None]):
    """Nothing but the screen, in the program's colours, on a kitchen of `oven`."""

    CSS_PATH = sheet("base")

    def __init__(
        self, oven: RunningOven, bakes: Sequence[tuple[str, str]] = (YODA,), *, theme: str = DARK.name
    ) -> None:
        super().__init__()
        for own in (DARK, LIGHT):
            self.register_theme(own)
        self.theme = theme
        self.kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
        self.kitchen.subscribe(self._pass_on)
        self.bakes = bakes
        self.metrics: Metrics | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    async def on_mount(self) -> None:
        await self.push_screen(LossScreen(self.kitchen, self.bakes, self.metrics))

    async def on_unmount(self) -> None:
        await self.kitchen.close()

    def tell(self, **told: Rows) -> Told:
        """Have the server say this of bakes by name."""
        self.metrics = Told(self.kitchen.client, **told)
        return self.metrics

    def _pass_on(self, change: Change) -> None:
        for screen in self.screen_stack:
            screen.post_message(KitchenChanged(change))


def rows(steps: int, bake: str = "yoda_bake_v1", seed: int = 0) -> list[dict[str, object]]:
    """What a server tells of a training of so many steps."""
    one = training(steps, bake, seed)
    columns = zip(one.loss.steps, one.loss.values, one.rate.values, one.seconds.values, strict=True)
    return [{"iter": step, "loss": loss, "lr": rate, "step_time": spent} for step, loss, rate, spent in columns]


@asynccontextmanager
async def opened(app: Curves, size: tuple[int, int] = (120, 36)) -> AsyncGenerator[Pilot[None]]:
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LossScreen), "the screen")
        await quiet(pilot)
        yield pilot


def chart(pilot: Pilot[None]) -> LossChart:
    return pilot.app.screen.query_one(LossChart)


def shown(pilot: Pilot[None]) -> str:
    return chart(pilot).picture.text


def word(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#loss-word", Static).render())


async def test_it_shows_what_the_server_tells_of_a_bake(samples: RunningOven) -> None:
    async with opened(Curves(samples)) as pilot:
        assert len(chart(pilot).series[0].loss) == 21
        assert "● last" in shown(pilot)
        assert "learning rate" in shown(pilot)


async def test_a_training_goes_on_on_the_screen_and_is_asked_about_when_it_moves(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breadtui.bakery.metrics.APART", 0.0)
    monkeypatch.setattr("breadtui.bakery.metrics.COST", 0.0)
    app = Curves(samples)
    told = app.tell(yoda_bake_v1=rows(50)[:10])
    async with opened(app) as pilot:
        assert (told.asked, len(chart(pilot).series[0].loss)) == (1, 10)
        told.told["yoda_bake_v1"] = rows(50)[:20]
        app.kitchen.watcher.learn(JobStatus(KEY, State.RUNNING, percent=40))
        await until(pilot, lambda: len(chart(pilot).series[0].loss) == 20, "the new points")
        app.kitchen.watcher.learn(JobStatus(KEY, State.RUNNING, percent=40))
        app.kitchen.watcher.learn(JobStatus(JobKey("yoda_repo", "other", Phase.BAKE), State.RUNNING, percent=40))
        await quiet(pilot)
        assert told.asked == 2


async def test_what_did_not_change_is_not_drawn_again(samples: RunningOven, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(Curves(samples)) as pilot:
        drawn: list[object] = []
        monkeypatch.setattr(LossChart, "refresh", lambda *what, **_: drawn.append(what))
        await pilot.press("R")
        await quiet(pilot)
        assert not drawn


async def test_an_error_is_said_and_what_was_shown_stays(samples: RunningOven) -> None:
    app = Curves(samples)
    told = app.tell(yoda_bake_v1=rows(30))
    async with opened(app) as pilot:
        before = chart(pilot).series
        told.error = NotFound("There is no bake yoda_bake_v1 any more.")
        await pilot.press("R")
        await quiet(pilot)
        assert word(pilot) == "There is no bake yoda_bake_v1 any more."
        assert chart(pilot).series is before
        assert "● last" in shown(pilot)
        told.error = None
        await pilot.press("R")
        await quiet(pilot)
        assert not pilot.app.screen.query_one("#loss-word").display


async def test_a_bake_that_never_ran_says_so(samples: RunningOven) -> None:
    async with opened(Curves(samples, [("apple_support_agent", "apple_bake_v1")])) as pilot:
        assert "No step of the training was told yet" in shown(pilot)


async def test_keys_zoom_pan_and_show_all_again(samples: RunningOven) -> None:
    app = Curves(samples)
    app.tell(yoda_bake_v1=rows(1001))
    async with opened(app) as pilot:
        await pilot.press("plus", "plus")
        assert chart(pilot).view.window == (376, 626)
        await pilot.press("l")
        assert chart(pilot).view.window == (401, 651)
        await pilot.press("left", "left", "H")
        assert chart(pilot).view.window == (101, 351)
        await pilot.press("minus", "minus")
        assert chart(pilot).view.window is None
        await pilot.press("plus", "0")
        assert chart(pilot).view.window is None


async def test_the_crosshair_goes_from_point_to_point_and_escape_takes_it_away_before_it_leaves(
    samples: RunningOven,
) -> None:
    app = Curves(samples)
    told = rows(21)
    app.tell(yoda_bake_v1=told)
    async with opened(app) as pilot:
        await pilot.press("c")
        assert "step 11" in shown(pilot)
        await pilot.press("right", "l", "h")
        assert "step 12" in shown(pilot)
        assert f"loss {told[11]['loss']:.2e}" in shown(pilot)
        await pilot.press("L")
        assert "step 21" in shown(pilot)
        await pilot.press("escape")
        assert chart(pilot).view.cross is None
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, LossScreen)


async def test_a_click_reads_there(samples: RunningOven) -> None:
    async with opened(Curves(samples)) as pilot:
        await pilot.click(LossChart, offset=(12, 10))
        assert "step 1 " in shown(pilot)


async def test_smoothing_and_scale_go_round(samples: RunningOven) -> None:
    async with opened(Curves(samples)) as pilot:
        said: list[str] = []
        for key in ("m", "m", "m", "s"):
            await pilot.press(key)
            said.append(shown(pilot).split("\n")[0].rpartition("   ")[2].strip())
        assert said == [
            "log scale, smoothed a little",
            "log scale, smoothed a lot",
            "log scale",
            "linear scale",
        ]


async def test_an_export_writes_points_and_picture_and_never_over_another(
    samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = Curves(samples)
    async with opened(app) as pilot:
        await pilot.press("x")
        await quiet(pilot)
        await pilot.press("x")
        await quiet(pilot)
        stem = "yoda_repo-yoda_bake_v1-loss"
        check_files(tmp_path, stem, chart(pilot).series[0].loss.values)
        assert any(f"{stem}-2.csv" in note.message and str(tmp_path) in note.message for note in app._notifications)


def check_files(folder: Path, stem: str, losses: Iterable[float]) -> None:
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert names == {f"{stem}.csv", f"{stem}.svg", f"{stem}-2.csv", f"{stem}-2.svg"}
    with (folder / f"{stem}.csv").open() as file:
        assert [float(row["loss"]) for row in csv.DictReader(file)] == [*losses]
    ET.parse(folder / f"{stem}.svg")


async def test_a_folder_that_cannot_be_written_is_said(
    samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("breadtui.screens.exports.write_new", refuse)
    app = Curves(samples)
    async with opened(app) as pilot:
        await pilot.press("x")
        await quiet(pilot)
        assert any("Permission denied" in note.message for note in app._notifications)


async def test_the_same_bake_twice_is_one_and_a_ninth_is_left_out(samples: RunningOven) -> None:
    bakes = [YODA, YODA, *((YODA[0], f"bake{number}") for number in range(8))]
    app = Curves(samples, bakes)
    told = app.tell(**{bake: rows(30, bake) for _, bake in bakes})
    async with opened(app) as pilot:
        assert [one.bake for one in chart(pilot).series] == ["yoda_bake_v1", *(f"bake{n}" for n in range(7))]
        assert told.asked == 8


def diverged(steps: int) -> list[dict[str, object]]:
    """A loss with a gap, a NaN, and at its end nothing but NaN."""
    told = rows(steps)
    for at in (*range(40, 60), 75, *range(steps - 15, steps)):
        told[at]["loss"] = math.nan
    return told


EMPTY: list[dict[str, object]] = []
SCENES: dict[str, Callable[[], dict[str, Rows]]] = {
    "live": lambda: {"yoda_bake_v1": rows(400)[:250]},
    "empty": lambda: {"yoda_bake_v1": EMPTY},
    "one_point": lambda: {"yoda_bake_v1": rows(1)},
    "nan": lambda: {"yoda_bake_v1": diverged(200)},
    "long": lambda: {"yoda_bake_v1": rows(100_000)},
    "several": lambda: {"yoda_bake_v1": rows(150), "wise": rows(300, "wise", 1), "terse": rows(220, "terse", 2)},
}
KEYS = {"live": ("m", "c"), "nan": ("c",), "several": ("m",)}


def scene(name: str) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, LossScreen), "the screen")
        await quiet(pilot)
        await pilot.press(*KEYS.get(name, ()))
        await still(pilot)

    return play


def scene_app(name: str, oven: RunningOven, told: dict[str, Rows], theme: str = DARK.name) -> Curves:
    app = Curves(oven, [(YODA[0], bake) for bake in told], theme=theme)
    app.tell(**told)
    return app


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Rows]]:
    return {name: make() for name, make in SCENES.items()}


@pytest.mark.parametrize("name", SCENES)
async def test_looks(name: str, samples: RunningOven, told: dict[str, dict[str, Rows]], changed: Changed) -> None:
    assert not await changed(scene_app(name, samples, told[name]), SIZES, scene(name))


@pytest.mark.parametrize("name", SCENES)
def test_looks_in_the_light(
    name: str, samples: RunningOven, told: dict[str, dict[str, Rows]], snap_compare: Callable[..., bool]
) -> None:
    app = scene_app(name, samples, told[name], LIGHT.name)
    assert snap_compare(app, terminal_size=(120, 36), run_before=scene(name))
