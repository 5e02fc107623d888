"""What the keys of the workspace do, against a real oven."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from breadtui.app import BreadApp
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.screens.forms.form import Form
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.jobs_table import JobsTable
from breadtui.widgets.repo_tree import Item, Kind, RepoTree
from breadtui.widgets.top_bar import TopBar
from tests.support.app import bread_app, quiet, stocked, until
from tests.support.oven import RunningOven, running_oven

YODA, APPLE = "yoda_repo", "apple_support_agent"


async def go_to(pilot: Pilot[None], item: Item) -> None:
    pilot.app.screen.query_one(Worktop).go_to(item)
    await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == item, f"{item}")
    await quiet(pilot)


def state(app: BreadApp, repo: str, name: str, phase: Phase) -> State | None:
    assert app.kitchen is not None
    status = app.kitchen.watcher.status(JobKey(repo, name, phase))
    return status.state if status else None


async def test_r_takes_up_a_failed_target_where_it_failed(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "airpods_support"))
            assert state(app, APPLE, "airpods_support", Phase.ROLLOUT) is State.FAILED
            await pilot.press("r")
            await until(
                pilot,
                lambda: state(app, APPLE, "airpods_support", Phase.ROLLOUT) is State.COMPLETE,
                "the rollout",
            )


async def test_keys_act_on_the_job_under_the_cursor_where_the_jobs_have_the_focus(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await pilot.press("3", "j", "y")
            current = app.screen.query_one(JobsTable).current
            assert current is not None
            assert current.status.state is State.FAILED
            assert app.clipboard == "airpods_support"


async def test_n_and_letters_typed_behind_it_reach_the_menu_and_the_form(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.press("n", "r", *"quick", "tab", "ctrl+o")
        await until(pilot, lambda: bool(app.kitchen and app.kitchen.catalog.repos), "the repository")
        assert app.kitchen is not None
        assert [repo.repo_name for repo in app.kitchen.catalog.repos or ()] == ["quick"]


async def test_what_was_typed_into_a_form_is_there_again(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(80, 24)) as pilot:
        await stocked(pilot)
        await pilot.press("n", "r", *"half a na", "escape")
        assert isinstance(app.screen, Workspace)
        await pilot.press("n", "r")
        await pilot.pause()
        assert app.screen.query_one("#name", Input).value == "half a na"


async def test_a_refused_form_says_why_and_keeps_everything(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.press("n", "r", *"a/b", "ctrl+o")
        await until(pilot, lambda: "/" in str(app.screen.query_one(".problem").render()), "the server's words")
        assert isinstance(app.screen, Form)
        assert app.screen.query_one("#name", Input).value == "a/b"


@pytest.mark.parametrize("weights", ["0.5", "a, b, c", "-1, 1, 1", "0, 0, 0"])
async def test_weights_that_cannot_be_are_refused_before_they_are_sent(weights: str, tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 40)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.REPO, APPLE))
            await pilot.press("n", "b")
            await quiet(pilot)
            await pilot.press(*"mix", "tab", "space", "j", "space", "j", "space")
            app.screen.query_one("#weights", Input).value = weights
            await pilot.press("ctrl+o")
            await until(pilot, lambda: "eight" in str(app.screen.query_one(".problem").render()), "why")
        assert app.kitchen is None or "mix" not in str(app.kitchen.catalog.shelf(APPLE))


async def test_a_number_that_is_not_whole_is_kept_and_refused(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 40)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.REPO, YODA))
            await pilot.press("n", "b")
            await quiet(pilot)
            await pilot.press(*"mix", "tab", "tab", "tab", *"2.5", "ctrl+o")
            await until(pilot, lambda: "whole" in str(app.screen.query_one(".problem").render()), "why")
            assert app.screen.query_one("#epochs", Input).value == "2.5"


async def test_a_name_is_never_read_as_markup(oven: RunningOven) -> None:
    app = bread_app(oven)
    name = "[@click=app.quit]日本語[bold]"
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert app.kitchen is not None
        await app.kitchen.create_repo(name)
        await go_to(pilot, Item(Kind.REPO, name))
        title = app.screen.query_one("#detail").border_title
        assert str(title) in (name, name.replace("[", "\\["))
        await pilot.press("n", "p")
        await pilot.pause()
        assert name in app.export_screenshot().replace("&#160;", " ") or "日本語" in app.export_screenshot()


async def test_the_palette_finds_what_the_keys_do(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            titles = [command.title for command in app.get_system_commands(app.screen)]
            assert {"New", "Chat", "Refresh", "Copy", "Zoom", "Help", "Quit", "Theme"} <= set(titles)
            assert len(titles) == len(set(titles))
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")


async def test_a_server_that_went_away_is_named_and_found_again_without_a_key(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=50) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            oven.stop()
            bar = app.screen.query_one(TopBar)
            await until(pilot, lambda: bar.place.problem is not None, "the loss to be seen")
            assert app.screen.query_one(RepoTree).current is not None
            oven.restart()
            await until(pilot, lambda: bar.place.problem is None, "the recovery to be seen")


async def test_a_rehearsing_server_is_marked_whatever_way_it_was_opened(oven: RunningOven) -> None:
    app = bread_app(oven)
    assert app._connection is not None
    app._connection = type(app._connection)(app._connection.base_url, app._connection.api_key)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert app.screen.query_one(TopBar).place.rehearsal


async def test_the_first_screen_costs_few_requests_however_much_the_repository_holds(oven: RunningOven) -> None:
    from breadtui.api.client import BreadClient
    from breadtui.api.secret import Secret

    async with BreadClient(oven.url, Secret(oven.key)) as client:
        await client.create_repo("large")
        prompts = await client.create_prompts("large", {f"p{n}": [] for n in range(400)})
        assert not prompts.failed
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert app.kitchen is not None
        # The repositories; then prompts, targets, bakes and tree of the one that is unfolded.
        assert app.kitchen.client.requests == 1 + 4
