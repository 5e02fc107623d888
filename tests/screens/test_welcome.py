"""The way in, where nothing is known yet."""

import stat
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from breadtui.app import BreadApp
from breadtui.screens.workspace import Workspace
from breadtui.settings import CLOUD, config_path, load_config
from breadtui.widgets.menu import Menu
from breadtui.widgets.top_bar import TopBar
from tests.support.app import stocked, until
from tests.support.oven import RunningOven
from tests.support.projects import DONE_INPUT, REPO, bread_directory


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a key of bgit's, unless a test puts one there."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def keep_key(home: Path, key: str) -> None:
    (home / ".bgit").mkdir(parents=True)
    (home / ".bgit" / "config.json").write_text(f'{{"apiKey": "{key}"}}')


def seen(app: BreadApp) -> str:
    return app.export_screenshot().replace("&#160;", " ")


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


async def test_the_demo_begun_in_a_directory_of_bgit_knows_it(tmp_path: Path) -> None:
    app = BreadApp(None, project=bread_directory(tmp_path / "mine", input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("enter")
        await stocked(pilot)
        await until(pilot, lambda: f"{REPO} is not on this server" in seen(app), "the word of the project")


# -- the key that bgit keeps --


async def test_the_key_of_bgit_connects_when_it_is_chosen_and_is_kept_as_a_typed_one(
    oven: RunningOven, home: Path
) -> None:
    keep_key(home, oven.key)
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)) as pilot:
        assert "Use the key that bgit keeps" in seen(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "~/.bgit/config.json" in seen(app)
        assert app.screen.query_one("#address", Input).value == CLOUD
        assert oven.key not in seen(app)
        assert not app.screen.query_one("#key").display
        assert app.kitchen is None, "nothing is sent before it was asked"
        app.screen.query_one("#address", Input).value = oven.url
        await pilot.press("enter")
        await stocked(pilot)
    kept = load_config(config_path())
    assert kept.profiles["default"].api_key.reveal() == oven.key
    assert kept.profiles["default"].base_url == oven.url


async def test_where_the_key_of_bgit_goes_is_in_view_on_a_small_terminal(home: Path) -> None:
    keep_key(home, "sk-of-bgit")
    app = BreadApp(None)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "connects." in seen(app), "what enter does")


async def test_where_bgit_keeps_no_key_none_is_offered() -> None:
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)):
        assert app.screen.query_one(Menu).option_count == 2
        assert "bgit" not in seen(app)


async def test_after_the_key_of_bgit_was_declined_another_can_be_typed(oven: RunningOven, home: Path) -> None:
    keep_key(home, "sk-of-bgit")
    app = BreadApp(None)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("enter", "escape", "j", "j", "enter")
        app.screen.query_one("#address", Input).value = oven.url
        app.screen.query_one("#key", Input).value = oven.key
        await pilot.press("enter")
        await stocked(pilot)
    assert load_config(config_path()).profiles["default"].api_key.reveal() == oven.key


async def test_the_key_of_bgit_is_not_sent_in_the_clear_to_another_machine(home: Path) -> None:
    keep_key(home, "sk-of-bgit")
    app = BreadApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        app.screen.query_one("#address", Input).value = "http://bread.example"
        await pilot.press("enter")
        await until(
            pilot, lambda: "plain http" in str(app.screen.query_one("#welcome-problem", Static).render()), "why"
        )
        assert "plain http" in seen(app), "it is in view on a small terminal"
