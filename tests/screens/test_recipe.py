"""The recipe of a bake on the screen: its tree, its steps, its file, and making it again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.document import load_recipe, recipe_text
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.things import Thing
from breadtui.screens.forms.menu import NewMenu
from breadtui.screens.recipe.files import OpenRecipe, SaveRecipe
from breadtui.screens.recipe.replaying import Replaying
from breadtui.screens.recipe.screen import RecipeScreen
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.page import Page
from breadtui.widgets.recipe_list import RecipeList
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.bakery.replays.made import second_bake
from tests.support.app import bread_app, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

APPLE, APPLE_BAKE = "apple_support_agent", "apple_bake_v1"
YODA, YODA_BAKE = "yoda_repo", "yoda_bake_v1"
SIZES = ((80, 24), (120, 36), (200, 50))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, where jobs take no time."""
    with running_oven(tmp_path_factory.mktemp("quick"), samples=True) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)
    monkeypatch.chdir(tmp_path)


def kitchen_of(pilot: Pilot[None]) -> Kitchen:
    assert isinstance(pilot.app, BreadApp)
    assert pilot.app.kitchen
    return pilot.app.kitchen


async def opened(pilot: Pilot[None], repo: str = APPLE, bake: str = APPLE_BAKE) -> None:
    """Open the recipe of a bake by its key."""
    await stocked(pilot)
    await kitchen_of(pilot).open(repo)
    await pilot.pause()
    pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, repo, bake))
    await quiet(pilot)
    await pilot.press("w")
    assert isinstance(pilot.app.screen, RecipeScreen)
    await quiet(pilot)


def rows(pilot: Pilot[None]) -> list[str]:
    listed = pilot.app.screen.query_one(RecipeList)
    return [text for y in range(listed.size.height) if (text := listed.render_line(y).text.rstrip())]


def word(pilot: Pilot[None], of: str = "#recipe-word") -> str:
    return str(pilot.app.screen.query_one(of, Static).render())


def page(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Page).text


async def replay_into(pilot: Pilot[None], repo: str, suffix: str = "") -> None:
    """Type where to, and look; the second enter is left to the test."""
    await pilot.press("i")
    assert isinstance(pilot.app.screen, Replaying)
    await typed(pilot, repo)
    pilot.app.screen.query_one("#replay-suffix", Input).value = suffix
    await pilot.press("enter")
    await quiet(pilot)


async def test_the_tree_tells_what_a_bake_rests_on_and_how_each_stands(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        shown = rows(pilot)
        assert shown[0].split() == ["○", "bake", APPLE_BAKE, "not", "started"]
        assert shown[1].startswith(" ├─ ✔ target iphone_support  weight 0.5  rollout complete")
        assert shown[2].startswith(" │  ├─ · prompt iphone_teacher  teacher")
        assert any("✖ target airpods_support  weight 0.2  rollout failed" in line for line in shown)
        assert "- target: iphone_support" in page(pilot)


async def test_the_steps_stand_in_order_and_the_cursor_stays_with_its_thing(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("j", "j")
        assert "You are an Apple support specialist for iPhone" in page(pilot)
        await pilot.press("t")
        assert rows(pilot)[0] == " · create prompt iphone_teacher"
        assert rows(pilot)[-1] == f" ○ run bake      {APPLE_BAKE}  not started"
        assert "You are an Apple support specialist for iPhone" in page(pilot)


async def test_a_replay_is_looked_at_first_and_then_done_before_ones_eyes(quick: RunningOven) -> None:
    async with bread_app(quick).run_test(size=(120, 36)) as pilot:
        await opened(pilot, YODA, YODA_BAKE)
        await replay_into(pilot, "copy")
        assert "copy is made anew. 4 to make, 3 to run. That makes 4 stimuli" in word(pilot, "#replay-state")
        assert quick.store.repo("copy") is None
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RecipeScreen)
        await until(pilot, lambda: "Everything is there" in word(pilot), "the end of the replay")
        assert rows(pilot)[-1] == f" ✔ run bake      {YODA_BAKE}  done"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the workspace")
        await quiet(pilot)
        assert pilot.app.screen.query_one(RepoTree).current == Item(Kind.PROMPT, "copy", "yoda_teacher")


async def test_another_repository_typed_after_the_look_is_looked_at_again(quick: RunningOven) -> None:
    async with bread_app(quick).run_test(size=(120, 36)) as pilot:
        await opened(pilot, YODA, YODA_BAKE)
        await replay_into(pilot, "never")
        await typed(pilot, "more\n")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, Replaying)
        assert "nevermore is made anew" in word(pilot, "#replay-state")
        assert quick.store.repo("never") is None


async def test_a_conflict_is_shown_and_enter_does_nothing(quick: RunningOven) -> None:
    async with bread_app(quick).run_test(size=(120, 36)) as pilot:
        await opened(pilot, YODA, YODA_BAKE)
        kitchen = kitchen_of(pilot)
        await kitchen.create(Thing.REPO, "", {"repo_name": "taken"})
        await kitchen.create(Thing.PROMPT, "taken", {"prompt_name": "yoda_teacher", "messages": []})
        await replay_into(pilot, "taken")
        assert "1 name is taken in taken" in word(pilot, "#replay-state")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Replaying)
        assert await kitchen.client.list_targets("taken") == ()


async def test_a_replay_goes_on_when_its_screen_is_left(quick: RunningOven) -> None:
    async with bread_app(quick).run_test(size=(120, 36)) as pilot:
        await opened(pilot, YODA, YODA_BAKE)
        await replay_into(pilot, YODA, "_left")
        await pilot.press("enter", "escape")
        assert isinstance(pilot.app.screen, Workspace)
        async with asyncio.timeout(20):
            while (await kitchen_of(pilot).client.tree(YODA)).bakes.get(f"{YODA_BAKE}_left", None) is None:
                await pilot.pause(0.02)
        await quiet(pilot)
        assert (await kitchen_of(pilot).client.get_bake(YODA, f"{YODA_BAKE}_left")).model_name


async def test_a_recipe_is_written_and_opened_again_from_the_menu(samples: RunningOven, tmp_path: Path) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("x")
        assert isinstance(pilot.app.screen, SaveRecipe)
        await pilot.press("enter")
        await quiet(pilot)
        path = tmp_path / f"{APPLE}-{APPLE_BAKE}.yaml"
        assert load_recipe(path) == await recipe_of(kitchen_of(pilot), APPLE, APPLE_BAKE)
        await pilot.press("escape", "n")
        assert isinstance(pilot.app.screen, NewMenu)
        await pilot.press("y")
        assert isinstance(pilot.app.screen, OpenRecipe)
        await typed(pilot, f"{path}\n")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, RecipeScreen)
        assert rows(pilot)[0] == " · create prompt iphone_teacher"


async def test_what_is_there_is_overwritten_only_by_the_second_enter(samples: RunningOven, tmp_path: Path) -> None:
    path = tmp_path / f"{APPLE}-{APPLE_BAKE}.yaml"
    path.write_text("mine", encoding="utf-8")
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("x", "enter")
        assert "enter again overwrites" in word(pilot, "#recipe-file-word")
        assert path.read_text(encoding="utf-8") == "mine"
        await pilot.press("enter")
        await quiet(pilot)
        assert path.read_text(encoding="utf-8") == recipe_text(await recipe_of(kitchen_of(pilot), APPLE, APPLE_BAKE))


async def test_a_file_that_is_no_recipe_says_where_and_what_was_typed_stays(
    samples: RunningOven, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text("steps:\n  - action: dance\n", encoding="utf-8")
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.app.push_screen(OpenRecipe(kitchen_of(pilot)))
        await typed(pilot, "a.yaml\n")
        await quiet(pilot)
        assert "Line 2, column 5: a step is one of" in word(pilot, "#recipe-file-word")
        assert pilot.app.screen.query_one(Input).value == "a.yaml"


async def test_a_bake_that_is_gone_is_told_of(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.app.push_screen(RecipeScreen(kitchen_of(pilot), YODA, "nobody"))
        await quiet(pilot)
        assert "'nobody' not found" in word(pilot)
        assert "R asks again" in word(pilot)


def looked_at(*keys: str, bake: tuple[str, str] = (APPLE, APPLE_BAKE)) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await opened(pilot, *bake)
        await pilot.press(*keys)
        await still(pilot)

    return play


async def asked(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await replay_into(pilot, "other", "_v2")
    await still(pilot)


async def grown(pilot: Pilot[None]) -> None:
    await stocked(pilot)
    await second_bake(kitchen_of(pilot))
    await opened(pilot, YODA, "yoda_bake_v2")
    await pilot.press("j")
    await still(pilot)


async def test_looks(samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, looked_at("j"))


async def test_looks_at_a_replay(samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES[:2], asked)


def test_looks_in_the_light(samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=looked_at("t", "j", "j", "j"))


def test_looks_on_top_of_another_bake(samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(bread_app(samples), terminal_size=(120, 36), run_before=grown)
