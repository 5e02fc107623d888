"""Downloads in the program: the question where to, the rows among the jobs, and what can be done about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from breadtui.api.fetching import Files
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.downloads.download import Order, Source
from breadtui.bakery.downloads.downloads import Downloads
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from breadtui.bakery.jobs import State
from breadtui.screens import download
from breadtui.screens.download import Download
from breadtui.screens.jobs import Jobs
from breadtui.screens.question import Question
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.jobs.row import DownloadRow
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.bakery.downloads.host import CONTENT, Host, hosting
from tests.support.app import bread_app, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

YODA, BAKE = "yoda_repo", "yoda_bake_v1"
MODEL, SECOND, THIRD = (f"baker/{YODA}/{BAKE}/{step}" for step in (21, 14, 7))
NAME = f"{BAKE}-21.tar.gz"
CHECKPOINT = Item(Kind.CHECKPOINT, YODA, MODEL, BAKE)
SIZES = ((80, 24), (120, 36), (200, 50))

Compare = Callable[..., bool]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures on the screen that no two runs share."""
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)
    monkeypatch.setattr(download, "usual_folder", lambda: Path("/usr/share"))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 120_000_000_000}))


def downloads(pilot: Pilot[None]) -> Downloads:
    assert isinstance(pilot.app, BreadApp)
    assert pilot.app.kitchen
    return pilot.app.kitchen.downloads


def transfers(pilot: Pilot[None]) -> list[Transfer]:
    return [*downloads(pilot).transfers.values()]


def table(pilot: Pilot[None]) -> JobsTable:
    return pilot.app.screen.query_one(JobsTable)


def said(pilot: Pilot[None]) -> str:
    return "\n".join(str(text.render()) for text in pilot.app.screen.query("Download Static"))


async def on(pilot: Pilot[None], item: Item) -> None:
    await stocked(pilot)
    pilot.app.screen.query_one(Worktop).go_to(item)
    await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == item, "the row")
    await quiet(pilot)


async def asked(pilot: Pilot[None], path: str = "") -> None:
    await pilot.press("D")
    await until(pilot, lambda: isinstance(pilot.app.screen, Download), "the question")
    await quiet(pilot)
    if path:
        pilot.app.screen.query_one(Input).value = path
        await pilot.pause()


@asynccontextmanager
async def under_way(pilot: Pilot[None], path: Path, *cuts: int) -> AsyncGenerator[Host]:
    """A download whose host breaks off, and which waits after that for ever."""
    async with hosting(cuts=[*cuts]) as host:
        downloads(pilot)._source = Source(host.link, Files(), pause=lambda _: asyncio.sleep(3600))
        downloads(pilot).begin(Order(DownloadKey(MODEL, path)))
        await until(pilot, lambda: transfers(pilot)[0].received > 0, "the first bytes")
        yield host


async def on_download(pilot: Pilot[None]) -> None:
    """Open the jobs with the cursor on the download."""
    await pilot.press("J")
    await until(pilot, lambda: isinstance(pilot.app.screen, Jobs), "the jobs")
    await quiet(pilot)
    jobs = table(pilot)
    jobs._move_to(jobs._at[transfers(pilot)[0].key])
    await quiet(pilot)


async def test_a_checkpoint_is_fetched_to_where_the_dialogue_says(samples: RunningOven, tmp_path: Path) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        await asked(pilot)
        assert pilot.app.screen.query_one(Input).value == f"/usr/share/{NAME}"
        assert " kB" in said(pilot)
        assert "120 GB are free there." in said(pilot)
        pilot.app.screen.query_one(Input).value = str(tmp_path / "mine.tgz")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "mine.tgz").exists, "the file")
        assert isinstance(pilot.app.screen, Workspace)
        await until(pilot, lambda: transfers(pilot)[0].state is State.COMPLETE, "the end")
        rows = [row for row in table(pilot).rows if isinstance(row, DownloadRow)]
        assert [row.key.name for row in rows] == [f"{BAKE}/21"]


async def test_what_is_there_is_overwritten_only_when_enter_is_pressed_again(
    samples: RunningOven, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_text("mine")
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        await asked(pilot, f"{tmp_path}/")
        await pilot.press("enter")
        await quiet(pilot)
        assert "enter again overwrites" in said(pilot)
        assert (tmp_path / NAME).read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: bool(transfers(pilot)) and transfers(pilot)[0].state is State.COMPLETE, "the end")
        assert (tmp_path / NAME).read_bytes() != b"mine"


async def test_a_folder_that_is_not_there_is_told_and_what_was_typed_stays(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        await asked(pilot, "/nowhere/at/all.tgz")
        await pilot.press("enter")
        assert "The folder /nowhere/at is not there." in said(pilot)
        assert pilot.app.screen.query_one(Input).value == "/nowhere/at/all.tgz"
        await pilot.press("escape")
        assert transfers(pilot) == []


async def test_several_marked_go_into_one_folder(samples: RunningOven, tmp_path: Path) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        await pilot.press("space", "space")
        await asked(pilot, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, lambda: len(list(tmp_path.glob("*.tar.gz"))) == 2, "both")


async def test_it_is_called_off_gone_on_with_and_forgotten_among_the_jobs(samples: RunningOven, tmp_path: Path) -> None:
    path = tmp_path / NAME
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        async with under_way(pilot, path, 60_000) as host:
            await on_download(pilot)
            await pilot.press("full_stop")
            await until(pilot, lambda: transfers(pilot)[0].state is State.NOT_STARTED, "the halt")
            assert path.with_name(f"{NAME}.part").stat().st_size == 60_000
            await pilot.press("r")
            await until(pilot, path.exists, "the file")
            assert path.read_bytes() == CONTENT
            assert host.ranged == ["", "bytes=60000-"]
            await until(pilot, lambda: transfers(pilot)[0].state is State.COMPLETE, "the end")
            await pilot.press("full_stop")
            await until(pilot, lambda: not transfers(pilot), "nothing of it")
            await until(pilot, lambda: not any(isinstance(row, DownloadRow) for row in table(pilot).rows), "no row")


async def test_leaving_while_one_runs_asks_and_what_came_is_kept(samples: RunningOven, tmp_path: Path) -> None:
    path = tmp_path / NAME
    app = bread_app(samples)
    async with app.run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        async with under_way(pilot, path, 60_000):
            await pilot.press("q")
            await until(pilot, lambda: isinstance(pilot.app.screen, Question), "the question")
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, Workspace)
            await pilot.press("q")
            await pilot.press("enter")
            await until(pilot, lambda: app._exit, "the end")
    assert path.with_name(f"{NAME}.part").stat().st_size == 60_000


async def test_it_is_found_by_words_and_sorted_among_the_jobs(samples: RunningOven, tmp_path: Path) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await on(pilot, CHECKPOINT)
        async with under_way(pilot, tmp_path / NAME, 60_000):
            await on_download(pilot)
            for column in "SPNDOTEA":
                await pilot.press(column)
            await typed(pilot, "/phase:download")
            await until(pilot, lambda: len(table(pilot).rows) == 1, "the one row")
            await pilot.press("enter")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the workspace")
            await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == CHECKPOINT, "its checkpoint")


# -- what it looks like --


def held(model: str, state: State, received: int, note: str = "", rate: float | None = None) -> Transfer:
    name = "-".join(model.split("/")[-2:])
    left = (27_000_000 - received) / rate if rate else None
    return Transfer(
        DownloadKey(model, Path(f"/home/yoda/{name}.tar.gz")), state, received, 27_000_000, rate, left, note
    )


TRANSFERS = (
    held(MODEL, State.RUNNING, 12_300_000, rate=3_100_000),
    held(
        SECOND, State.FAILED, 9_000_000, "The disk is full. 9.00 MB are kept in /home/yoda/yoda_bake_v1-14.tar.gz.part"
    ),
    held(THIRD, State.COMPLETE, 27_000_000),
    held(f"baker/{YODA}/{BAKE}/35", State.QUEUED, 0, "waits for its turn"),
    held(f"baker/{YODA}/{BAKE}/70", State.NOT_STARTED, 4_000_000, "called off; r goes on, . forgets it"),
)


async def among_jobs(pilot: Pilot[None]) -> None:
    await on(pilot, CHECKPOINT)
    downloads(pilot)._transfers.update({each.key: each for each in TRANSFERS})
    await on_download(pilot)
    await still(pilot)


async def failed(pilot: Pilot[None]) -> None:
    await among_jobs(pilot)
    table(pilot)._move_to(table(pilot)._at[TRANSFERS[1].key])
    await still(pilot)


async def asking(pilot: Pilot[None]) -> None:
    await on(pilot, CHECKPOINT)
    await asked(pilot)
    await still(pilot)


async def asking_for_several(pilot: Pilot[None]) -> None:
    await on(pilot, CHECKPOINT)
    await pilot.press("space", "space")
    await asked(pilot)
    await still(pilot)


SCENES: dict[str, Play] = {"jobs": among_jobs, "failed": failed, "dialogue": asking, "several": asking_for_several}


@pytest.mark.parametrize("scene", SCENES)
async def test_looks(scene: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, SCENES[scene])


@pytest.mark.parametrize("scene", SCENES)
def test_looks_in_the_light(scene: str, samples: RunningOven, snap_compare: Compare) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=SCENES[scene])
