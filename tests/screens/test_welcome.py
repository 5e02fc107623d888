"""The way in, where nothing is known yet."""

import stat
from pathlib import Path

from textual.widgets import Input, Static

from breadtui.app import BreadApp
from breadtui.screens.workspace import Workspace
from breadtui.settings import config_path, load_config
from breadtui.widgets.top_bar import TopBar
from tests.support.app import stocked, until
from tests.support.oven import RunningOven


async def test_the_oven_on_this_machine_opens_on_the_samples() -> None:
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("enter")
        await stocked(pilot)
        assert isinstance(app.screen, Workspace)
        assert app.kitchen is not None
        assert [repo.repo_name for repo in app.kitchen.catalog.repos or ()] == ["yoda_repo", "apple_support_agent"]
        assert app.screen.query_one(TopBar).place.rehearsal


async def test_a_key_connects_and_is_kept_for_its_owner_alone(oven: RunningOven) -> None:
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("j", "enter")
        app.screen.query_one("#address", Input).value = oven.url + "/"
        app.screen.query_one("#key", Input).value = f" {oven.key} "
        await pilot.press("enter")
        await stocked(pilot)
    kept = load_config(config_path())
    assert kept.profiles["default"].base_url == oven.url
    assert kept.profiles["default"].api_key.reveal() == oven.key
    assert stat.S_IMODE(config_path().stat().st_mode) == 0o600


async def test_a_key_is_not_sent_in_the_clear_to_another_machine(tmp_path: Path) -> None:
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("j", "enter")
        app.screen.query_one("#address", Input).value = "http://bread.example"
        app.screen.query_one("#key", Input).value = "secret"
        await pilot.press("enter")
        await until(
            pilot, lambda: "plain http" in str(app.screen.query_one("#welcome-problem", Static).render()), "why"
        )
        assert app.screen.query_one("#key", Input).value == "secret"
    assert not config_path().exists()


async def test_a_missing_key_is_asked_for() -> None:
    app = BreadApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter", "enter")
        await pilot.pause()
        assert "missing" in str(app.screen.query_one("#welcome-problem", Static).render())
        await pilot.press("escape")
        assert not app.screen.query_one("#welcome-key").display
