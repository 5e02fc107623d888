"""The family tree of models: what it shows, what its keys answer with, and what it costs to open."""

from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.client import BreadClient
from breadtui.api.models import RepoTree
from breadtui.api.secret import Secret
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.catalog import Shelf
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.lineage import Node, Origin
from breadtui.bakery.things import Thing
from breadtui.screens.lineage import Chosen, Lineage
from breadtui.widgets.lineage_list import LineageList
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, still, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

YODA = "yoda_repo"
MODEL = "baker/yoda_repo/yoda_bake_v1"
SIZES = ((80, 24), (120, 36), (200, 50))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with a bake on top of Yoda's second checkpoint, and one on a model from elsewhere."""
    with running_oven(tmp_path_factory.mktemp("lineage"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


async def descend(kitchen: Kitchen) -> None:
    """Two more bakes; the same again is no error."""
    for name, parent in (("wise_yoda", f"{MODEL}/14"), ("foreign", "someone/other/bake/3")):
        datasets = [{"target": "yoda_target", "weight": 1.0}]
        overrides = {"datasets": datasets, "model": {"parent_model_name": parent}}
        await kitchen.create(Thing.BAKE, YODA, {"bake_name": name, "template": "default", "overrides": overrides})


async def open_lineage(
    pilot: Pilot[None], item: Item | None = None, *, repo: str = YODA, grown: bool = True
) -> list[Chosen | None]:
    """Open it; what it answers will be in the list."""
    app = pilot.app
    assert isinstance(app, BreadApp)
    await stocked(pilot)
    assert app.kitchen is not None
    if grown:
        await descend(app.kitchen)
    answers: list[Chosen | None] = []
    await app.push_screen(Lineage(app.kitchen, repo, item), answers.append)
    await quiet(pilot)
    return answers


def family(pilot: Pilot[None]) -> LineageList:
    return pilot.app.screen.query_one(LineageList)


def seen(pilot: Pilot[None]) -> list[str]:
    page = family(pilot)
    return [text for y in range(page.size.height) if (text := page.render_line(y).text.rstrip())]


def current(pilot: Pilot[None]) -> Node:
    node = family(pilot).current
    assert node is not None
    return node


async def test_it_shows_the_models_as_a_tree_with_their_losses(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await open_lineage(pilot)
        await until(pilot, lambda: "loss" in "".join(seen(pilot)), "the loss")
        shown = [line.split("  loss")[0] for line in seen(pilot)]
        assert shown == [
            " ■ Qwen/Qwen3-32B  base model",
            " └─ ✔ yoda_bake_v1",
            "    ├─ ◆ 21  latest",
            "    ├─ ◆ 14",
            "    │  └─ ○ wise_yoda  not started",
            "    └─ ◆ 7",
            " □ someone/other/bake/3  from elsewhere, or gone",
            " └─ ○ foreign  not started",
        ]


CHECKPOINT = Item(Kind.CHECKPOINT, YODA, f"{MODEL}/14", "yoda_bake_v1")
ANSWERS: dict[tuple[str, ...], Chosen | None] = {
    ("c",): Chosen("chat", "Qwen/Qwen3-32B", Item(Kind.REPO, YODA)),
    ("j", "c"): Chosen("chat", f"{MODEL}/21", Item(Kind.BAKE, YODA, "yoda_bake_v1")),
    ("j", "j", "j", "b"): Chosen("bake", f"{MODEL}/14", CHECKPOINT),
    ("G", "enter"): Chosen("show", None, Item(Kind.BAKE, YODA, "foreign")),
    ("G", "k", "b"): Chosen("bake", "someone/other/bake/3", None),
    ("G", "g", "enter"): Chosen("show", "Qwen/Qwen3-32B", Item(Kind.REPO, YODA)),
    ("j", "escape"): None,
}


async def test_a_key_answers_with_the_model_under_the_cursor(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        for keys, answer in ANSWERS.items():
            answers = await open_lineage(pilot)
            await pilot.press(*keys)
            await pilot.pause()
            assert answers == [answer], keys


async def test_a_bake_without_a_checkpoint_can_neither_be_talked_to_nor_baked_upon(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await open_lineage(pilot)
        await pilot.press("G", "c", "b")
        await pilot.pause()
        assert current(pilot).name == "foreign"
        assert answers == []


async def test_the_whole_name_is_copied(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await open_lineage(pilot)
        await pilot.press("j", "j", "y")
        assert pilot.app.clipboard == f"{MODEL}/21"


async def test_the_cursor_begins_at_the_row_it_was_opened_on(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await open_lineage(pilot, CHECKPOINT)
        assert current(pilot).name == CHECKPOINT.name


async def test_the_cursor_stays_on_its_model_when_others_come(oven: RunningOven) -> None:
    oven.restart(samples=True, speed=1e-9)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await open_lineage(pilot, grown=False)
        await pilot.press("G")
        last = current(pilot).name
        app = pilot.app
        assert isinstance(app, BreadApp)
        assert app.kitchen is not None
        await descend(app.kitchen)
        await until(pilot, lambda: "foreign" in "".join(seen(pilot)), "the new bakes")
        assert current(pilot).name == last


async def test_a_repository_without_a_bake_says_so(oven: RunningOven) -> None:
    async with BreadClient(oven.url, Secret(oven.key)) as client:
        await client.create_repo("bare")
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await open_lineage(pilot, repo="bare", grown=False)
        assert "Nothing was baked here yet." in str(pilot.app.screen.query_one("#lineage-word", Static).render())


async def test_hundreds_of_bakes_open_at_once_and_only_those_in_view_are_asked_about(
    samples: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    bakes = {f"bake{n}": {"status": "complete", "model_name": [f"u/{YODA}/bake{n}/1"]} for n in range(500)}
    asked: list[str] = []

    async def look_at_bake(kitchen: Kitchen, repo: str, name: str) -> None:
        asked.append(name)
        kitchen.watcher.learn(JobStatus(JobKey(repo, name, Phase.BAKE), State.COMPLETE, loss=4e-7))

    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        assert isinstance(app, BreadApp)
        await stocked(pilot)
        assert app.kitchen is not None
        tree = RepoTree.model_validate({"base_model": "Qwen", "bakes": bakes})
        shelf = Shelf((), (), tuple(bakes), tree)
        monkeypatch.setattr(app.kitchen.catalog, "shelf", lambda _: shelf)
        monkeypatch.setattr(Kitchen, "look_at_bake", look_at_bake)
        await app.push_screen(Lineage(app.kitchen, YODA))
        await until(pilot, lambda: sum("loss" in line for line in seen(pilot)) > 5, "the losses in view")
        in_view = {node.name for node in family(pilot).in_view if node.origin is Origin.BAKE}
        assert set(asked) == in_view
        await pilot.press("G")
        await until(pilot, lambda: "bake499" in asked, "the last bakes")
        assert len(asked) == len(set(asked)) < 60


def opened(*keys: str) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await open_lineage(pilot)
        await pilot.press(*keys)
        await still(pilot)

    return play


async def test_looks(samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, opened("j", "j", "j"))


def test_looks_in_the_light(samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=opened("j", "j", "j"))
