"""The workspace in a directory of bgit: what is selected, what is said of it, and where its keys lead."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Static

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.app import BreadApp
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.things import Thing
from breadtui.bgit.applying import Applying
from breadtui.bgit.plan import make_plan
from breadtui.bgit.project import load_project
from breadtui.screens.forms.form import Form
from breadtui.screens.history.screen import HistoryScreen
from breadtui.screens.lineage import Chosen
from breadtui.screens.plan.screen import PlanScreen
from breadtui.screens.workspace import Workspace
from breadtui.settings import Connection
from breadtui.widgets.jobs.table import JobsTable
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from tests.support.app import quiet, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.projects import BREAD, DONE_INPUT, INPUT, NAMES, REPO, baked_bread, bread_directory

YODA, APPLE = "yoda_repo", "apple_support_agent"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, of which a directory of bgit may name one; nothing is made in them."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


def app_in(oven: RunningOven, project: Path | None) -> BreadApp:
    return BreadApp(Connection(oven.url, Secret(oven.key), rehearsal=True), project=project)


def named(repo: str) -> str:
    return BREAD.replace(f"name={REPO}", f"name={repo}")


def workspace(app: BreadApp) -> Workspace:
    assert isinstance(app.screen, Workspace)
    return app.screen


def current(app: BreadApp) -> Item | None:
    return app.screen.query_one(RepoTree).current


def banner(app: BreadApp) -> str:
    return " ".join(str(line.render()) for line in app.screen.query("#banner").results(Static))


def keys(app: BreadApp) -> dict[str, str]:
    return {key: entry.binding.id or "" for key, entry in app.screen.active_bindings.items() if entry.enabled}


async def in_oven(oven: RunningOven, do: Callable[[Kitchen], Awaitable[object]]) -> None:
    kitchen = Kitchen(BreadClient(oven.url, Secret(oven.key)))
    try:
        await do(kitchen)
    finally:
        await kitchen.close()


async def made(oven: RunningOven, *repos: str) -> None:
    async def make(kitchen: Kitchen) -> None:
        for repo in repos:
            await kitchen.create(Thing.REPO, "", {"repo_name": repo})

    await in_oven(oven, make)


# -- the repository --


async def test_the_repository_of_the_project_is_selected_instead_of_the_first(
    samples: RunningOven, tmp_path: Path
) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(APPLE), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: current(app) == Item(Kind.REPO, APPLE), "the selection")
        shown = app.screen.query_one(RepoTree)
        assert Item(Kind.TARGETS, APPLE) in shown.in_view
        assert Item(Kind.TARGETS, YODA) not in shown.in_view
        assert "in mine/" in app.export_screenshot().replace("&#160;", " ")


async def test_it_is_selected_as_well_where_the_names_of_last_time_were_shown_first(
    samples: RunningOven, tmp_path: Path
) -> None:
    project = bread_directory(tmp_path / "mine", bread=named(APPLE), input=DONE_INPUT)
    for start in ("first", "later"):
        app = BreadApp(Connection(samples.url, Secret(samples.key)), project=project)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            assert (workspace(app)._known is None) == (start == "first")
            await until(pilot, lambda app=app: current(app) == Item(Kind.REPO, APPLE), "the selection")


async def test_whoever_went_elsewhere_meanwhile_is_left_there(samples: RunningOven, tmp_path: Path) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(APPLE), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: current(app) == Item(Kind.REPO, APPLE), "the selection")
        assert app.kitchen is not None
        await pilot.press("g", "3")
        await workspace(app)._arrive(app.kitchen, [YODA, APPLE])
        await quiet(pilot)
        assert app.screen.focused is app.screen.query_one(JobsTable)
        assert current(app) == Item(Kind.REPO, YODA)
        await pilot.press("1", "l", "j")
        elsewhere = current(app)
        assert elsewhere not in (None, Item(Kind.REPO, YODA), Item(Kind.REPO, APPLE))
        await workspace(app)._arrive(app.kitchen, [YODA, APPLE])
        await quiet(pilot)
        assert current(app) == elsewhere


async def test_a_repository_that_the_server_has_not_is_told_of(samples: RunningOven, tmp_path: Path) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine"))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "applying the plan makes it" in banner(app), "the word")
        assert f"{REPO} is not on this server" in banner(app)
        assert current(app) == Item(Kind.REPO, YODA)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[REPO]\n", b"[" * 9999])
async def test_a_file_that_names_no_repository_is_told_of_and_keeps_nobody_out(
    samples: RunningOven, tmp_path: Path, content: bytes
) -> None:
    project = bread_directory(tmp_path / "mine", input=DONE_INPUT)
    (project / ".bread").write_bytes(content)
    app = app_in(samples, project)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: ".bread" in banner(app), "the word")
        assert banner(app).startswith("✖")
        assert current(app) == Item(Kind.REPO, YODA)


# -- what is said --


async def test_what_there_is_to_do_is_told_until_the_plan_was_seen(oven: RunningOven, tmp_path: Path) -> None:
    await made(oven, REPO)
    app = app_in(oven, bread_directory(tmp_path / "mine"))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "to make" in banner(app), "the word")
        assert f"{REPO}: 4 to make, 3 to run; P shows the plan." in banner(app)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen), "the plan")
        await quiet(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Workspace), "the workspace")
        await quiet(pilot)
        assert banner(app) == ""


async def test_mistakes_are_counted(oven: RunningOven, tmp_path: Path) -> None:
    app = app_in(oven, bread_directory(tmp_path / "mine", input=INPUT.replace("numq: 1", "numq: none")))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "mistake" in banner(app), "the word")
        assert banner(app) == "✖ input.yml has 1 mistake; P shows where."


async def test_what_is_told_follows_the_files_when_one_comes_back_or_asks_again(
    oven: RunningOven, tmp_path: Path
) -> None:
    place = bread_directory(tmp_path / "mine", input=INPUT.replace("numq: 1", "numq: many"))
    await made(oven, REPO)
    app = app_in(oven, place)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "1 mistake" in banner(app), "the mistake")
        await pilot.press("H")
        await quiet(pilot)
        (place / "input.yml").write_text(INPUT)
        await pilot.press("escape")
        await until(pilot, lambda: "to make" in banner(app), "what there is to do")
        (place / "input.yml").write_text(DONE_INPUT)
        await pilot.press("R")
        await until(pilot, lambda: not banner(app), "nothing to say")


async def test_a_name_that_is_taken_is_told_of(oven: RunningOven, tmp_path: Path) -> None:
    await made(oven, REPO)
    other = {"messages": [{"role": "system", "content": "two"}]}
    await in_oven(oven, lambda kitchen: kitchen.create(Thing.PROMPT, REPO, {"prompt_name": NAMES["teacher"], **other}))
    app = app_in(oven, bread_directory(tmp_path / "mine"))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "taken" in banner(app), "the word")
        assert "1 name is taken by something else" in banner(app)


async def test_a_project_that_is_ready_for_the_next_bake_says_nothing(oven: RunningOven, tmp_path: Path) -> None:
    await made(oven, "another", REPO)
    app = app_in(oven, bread_directory(tmp_path / "mine", input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: current(app) == Item(Kind.REPO, REPO), "the selection")
        await quiet(pilot)
        assert banner(app) == ""


async def test_a_bake_that_is_complete_and_not_recorded_is_told_of(oven: RunningOven, tmp_path: Path) -> None:
    project = bread_directory(tmp_path / "mine")

    async def bake(kitchen: Kitchen) -> None:
        await Applying(kitchen, await make_plan(kitchen, load_project(project)), lambda _: None).carry_out()

    await in_oven(oven, bake)
    app = app_in(oven, project)
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: "not recorded" in banner(app), "the word")
        assert f"{NAMES['bake']} is complete, and not recorded here yet" in banner(app)


async def test_a_bake_that_is_recorded_asks_for_nothing_though_it_is_still_written_down(
    oven: RunningOven, tmp_path: Path
) -> None:
    await made(oven, REPO)
    app = app_in(oven, bread_directory(tmp_path / "mine", bread=baked_bread(NAMES["bake"])))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await quiet(pilot)
        assert banner(app) == ""


# -- the doors --


async def test_without_a_project_there_is_neither_plan_nor_history(samples: RunningOven) -> None:
    app = app_in(samples, None)
    async with app.run_test(size=(200, 50)) as pilot:
        await stocked(pilot)
        assert not {"workspace.plan", "workspace.history"} & set(keys(app).values())
        assert "Plan" not in str(app.screen.query_one(KeyBar).render())
        await pilot.press("P", "H")
        await quiet(pilot)
        assert isinstance(app.screen, Workspace)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_in_a_project_the_plan_is_in_the_footer(
    samples: RunningOven, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(YODA), input=DONE_INPUT))
    async with app.run_test(size=size) as pilot:
        await stocked(pilot)
        assert " P Plan" in str(app.screen.query_one(KeyBar).render())
        assert keys(app)["H"] == "workspace.history"
        assert (" H History" in str(app.screen.query_one(KeyBar).render())) == (size[0] == 200)


async def test_p_opens_the_plan_on_the_same_bench_each_time(samples: RunningOven, tmp_path: Path) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(YODA), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        screen = workspace(app)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen), "the plan")
        bench = screen._bench
        assert bench is not None
        await quiet(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the workspace")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen), "the plan")
        assert screen._bench is bench


async def test_among_the_jobs_where_p_sorts_another_key_opens_the_plan(samples: RunningOven, tmp_path: Path) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(YODA), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.press("3", "P")
        assert isinstance(app.screen, Workspace)
        await pilot.press("B")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen), "the plan")


async def test_h_opens_the_history(samples: RunningOven, tmp_path: Path) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(YODA), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen), "the history")
        await quiet(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Workspace), "the workspace")


async def test_a_bake_on_a_model_of_the_history_is_made_in_the_models_repository(
    samples: RunningOven, tmp_path: Path
) -> None:
    app = app_in(samples, bread_directory(tmp_path / "mine", bread=named(APPLE), input=DONE_INPUT))
    async with app.run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await until(pilot, lambda: current(app) == Item(Kind.REPO, APPLE), "the selection")
        model = f"baker/{YODA}/yoda_bake_v1/14"
        workspace(app)._seen_lineage(Chosen("bake", model, Item(Kind.CHECKPOINT, YODA, model, "yoda_bake_v1")))
        await quiet(pilot)
        await typed(pilot, "t")
        await until(pilot, lambda: isinstance(app.screen, Form), "the form")
        form = app.screen
        assert isinstance(form, Form)
        assert form.repo == YODA
