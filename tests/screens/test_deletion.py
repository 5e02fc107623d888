"""Deleting from the tree, against a real oven: it says what goes and what stays, asks for the name, and is exact."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.app import BreadApp
from breadtui.bakery.kitchen import Kitchen
from breadtui.screens.deletion import Deletion
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.support.app import bread_app, quiet, stocked, typed, until
from tests.support.oven import RunningOven, running_oven

YODA, APPLE = "yoda_repo", "apple_support_agent"


async def go_to(pilot: Pilot[None], item: Item) -> None:
    pilot.app.screen.query_one(Worktop).go_to(item)
    await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == item, f"{item}")
    await quiet(pilot)


async def ask_to_delete(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+d")
    await quiet(pilot)
    assert isinstance(pilot.app.screen, Deletion)


def said(app: BreadApp) -> str:
    """All that the dialogue says."""
    return "\n".join(str(text.render()) for text in app.screen.query("Deletion Static"))


def kitchen_of(app: BreadApp) -> Kitchen:
    assert app.kitchen is not None
    return app.kitchen


def tree_of(app: BreadApp) -> RepoTree:
    return app.screen.query_one(RepoTree)


async def names(app: BreadApp, repo: str) -> set[str]:
    """What the server says there is."""
    client = kitchen_of(app).client
    return {*await client.list_prompts(repo), *await client.list_targets(repo), *await client.list_bakes(repo)}


@pytest.fixture
async def oven(tmp_path: Path) -> AsyncIterator[RunningOven]:
    """The guide's repositories, with time standing still, and two targets that nothing depends on."""
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        async with BreadClient(oven.url, Secret(oven.key)) as client:
            for name in ("first", "second"):
                await client.create_target(APPLE, name, template="mac_support", overrides={})
        yield oven


async def test_what_is_deleted_is_gone_and_the_cursor_goes_to_its_neighbour(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "first"))
        await ask_to_delete(pilot)
        await typed(pilot, "first\n")
        await quiet(pilot)
        assert isinstance(app.screen, Workspace)
        assert "first" not in await names(app, APPLE)
        assert tree_of(app).current == Item(Kind.TARGET, APPLE, "second")


async def test_a_name_mistyped_deletes_nothing(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
        await ask_to_delete(pilot)
        await typed(pilot, "iphone_suport\n")
        await quiet(pilot)
        assert "Nothing was deleted" in said(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Workspace)
        assert "iphone_support" in await names(app, APPLE)


async def test_it_says_what_depends_on_it(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(80, 24)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "mac_support"))
        await ask_to_delete(pilot)
        assert "target mac_support" in said(app)
        assert "bake apple_bake_v1" in said(app)


async def test_several_go_together_with_what_depends_on_them_first(
    oven: RunningOven, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    delete_bake, delete_target = BreadClient.delete_bake, BreadClient.delete_target

    async def bake(self: BreadClient, repo: str, name: str) -> None:
        order.append(name)
        await delete_bake(self, repo, name)

    async def target(self: BreadClient, repo: str, name: str) -> None:
        order.append(name)
        await delete_target(self, repo, name)

    monkeypatch.setattr(BreadClient, "delete_bake", bake)
    monkeypatch.setattr(BreadClient, "delete_target", target)
    app = bread_app(oven)
    async with app.run_test(size=(120, 40)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
        await pilot.press("space", "space")
        await go_to(pilot, Item(Kind.BAKE, APPLE, "apple_bake_v1"))
        await pilot.press("space")
        await ask_to_delete(pilot)
        assert "What depends" not in said(app)  # the bake goes with them
        await typed(pilot, "delete 3\n")
        await quiet(pilot)
        assert order[0] == "apple_bake_v1"
        assert sorted(order[1:]) == ["iphone_support", "mac_support"]
        assert tree_of(app).marked == ()
        assert not {"apple_bake_v1", "iphone_support", "mac_support"} & await names(app, APPLE)


async def test_of_prompts_it_says_before_that_this_server_keeps_them(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.PROMPT, YODA, "yoda_teacher"))
        await ask_to_delete(pilot)
        assert "no way to delete prompts" in said(app)
        assert not app.screen.query_one(Input).display
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, Workspace)


async def test_a_repository_cannot_be_deleted_and_it_says_so(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.REPO, YODA))
        await ask_to_delete(pilot)
        assert "no way to delete repositories" in said(app)


async def test_what_cannot_go_is_left_out_of_what_is_counted(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 40)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.PROMPT, YODA, "yoda_teacher"))
        await pilot.press("space")
        await go_to(pilot, Item(Kind.TARGET, APPLE, "second"))
        await pilot.press("space")
        await ask_to_delete(pilot)
        await typed(pilot, "second\n")
        await quiet(pilot)
        assert "yoda_teacher" in await names(app, YODA)
        assert "second" not in await names(app, APPLE)
        assert tree_of(app).marked == (Item(Kind.PROMPT, YODA, "yoda_teacher"),)


async def test_what_the_server_refuses_is_named_with_its_reason_and_stays_marked(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "airpods_support"))
        await pilot.press("space", "space")
        await ask_to_delete(pilot)
        assert "bake apple_bake_v1, on airpods_support" in said(app)
        await typed(pilot, "delete 2\n")
        await quiet(pilot)
        assert "1 of 2 could not be deleted" in said(app)
        assert "target airpods_support: " in said(app)
        assert "used by bake 'apple_bake_v1'" in said(app)
        await pilot.press("escape")
        assert tree_of(app).marked == (Item(Kind.TARGET, APPLE, "airpods_support"),)
        assert "first" not in await names(app, APPLE)


async def test_a_server_that_went_away_deletes_nothing_and_it_says_why(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
        await ask_to_delete(pilot)
        oven.stop()
        await typed(pilot, "iphone_support\n")
        await quiet(pilot)
        assert isinstance(app.screen, Deletion)
        assert "could not be deleted" in said(app)


async def test_a_name_is_shown_as_it_is_and_never_read_as_markup(oven: RunningOven) -> None:
    name = "[bold]日本語[b]"
    app = bread_app(oven)
    async with app.run_test(size=(80, 24)) as pilot:
        await stocked(pilot)
        config = {"generators": [{"type": "hardcoded", "questions": ["?"]}], "teacher_prompt": "yoda_teacher"}
        await kitchen_of(app).client.create_target(YODA, name, overrides={**config, "student_prompt": "empty_student"})
        await kitchen_of(app).refresh(YODA)
        await go_to(pilot, Item(Kind.TARGET, YODA, name))
        await ask_to_delete(pilot)
        assert f"target {name}" in said(app)
        await pilot.press(*name, "enter")
        await quiet(pilot)
        assert name not in await names(app, YODA)
