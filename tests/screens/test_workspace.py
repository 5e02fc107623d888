"""What the keys of the workspace do, against a real oven."""

from pathlib import Path

from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.question import Question
from breadtui.screens.worktop import Worktop
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.support.app import bread_app, quiet, stocked, typed, until
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
            await until(pilot, lambda: isinstance(app.screen, Question), "the question")
            await pilot.press("enter")
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
            assert current.state is State.FAILED
            assert app.clipboard == "airpods_support"


async def test_n_and_letters_typed_behind_it_reach_the_menu_and_the_form(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await typed(pilot, "nrquick")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: bool(app.kitchen and app.kitchen.catalog.repos), "the repository")
        assert app.kitchen is not None
        assert [repo.repo_name for repo in app.kitchen.catalog.repos or ()] == ["quick"]


async def test_what_comes_in_one_piece_goes_where_each_key_leads(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "npa/b sp\nSpeak, you must.")
            await until(pilot, lambda: isinstance(app.screen, Form), "the form")
            form = app.screen
            assert isinstance(form, Form)
            await until(pilot, lambda: form.pane.text == "Speak, you must.", "the message")
            assert form.manuscript.name == "a/b sp"


async def test_a_paste_behind_a_key_is_not_before_it(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await typed(pilot, "nr")
        for event in (events.Key("y", "y"), events.Paste("oda_"), events.Key("r", "r")):
            app.post_message(event)
        await until(pilot, lambda: isinstance(app.screen, Form), "the form")
        form = app.screen
        assert isinstance(form, Form)
        await until(pilot, lambda: form.manuscript.name == "yoda_r", "the name")


async def test_a_name_is_never_read_as_markup(oven: RunningOven) -> None:
    app = bread_app(oven)
    name = "[@click=app.quit]日本語[bold]"
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        assert app.kitchen is not None
        await app.kitchen.create(Thing.REPO, "", {"repo_name": name})
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


async def test_only_the_screen_on_top_shows_its_keys(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            below = app.screen.query_one(KeyBar)
            assert "Filter" in str(below.render())
            await typed(pilot, "np")
            await until(pilot, lambda: isinstance(app.screen, Form), "the form")
            assert "Create" in str(app.screen.query_one(KeyBar).render())
            assert str(below.render()) == ""
            await pilot.press("escape")
            assert "Filter" in str(below.render())
