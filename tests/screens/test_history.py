"""The history of a bgit directory on the screen: its two views, what its keys answer with, and how it looks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.client import BreadClient
from breadtui.api.secret import Secret
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.kitchen import Kitchen
from breadtui.bgit.files.recipe import RecipeFile
from breadtui.bgit.git import Commit, Ref, RefKind
from breadtui.bgit.history import Baked, History, Moment
from breadtui.bgit.problems import ProjectError
from breadtui.screens.history import screen as screens
from breadtui.screens.history.commit_list import CommitList
from breadtui.screens.history.drawing import ago
from breadtui.screens.history.screen import HistoryScreen
from breadtui.screens.lineage import Chosen
from breadtui.screens.loss import LossScreen
from breadtui.screens.recipe.screen import RecipeScreen
from breadtui.widgets.cursor_list import CursorList
from breadtui.widgets.lineage_list import Label, LineageList, fitting
from breadtui.widgets.page import Page
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, still, stocked, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, changed
from tests.support.projects import (
    GIT_ENVIRONMENT,
    baked_bread,
    baked_recipe,
    bread_directory,
    commit_all,
    git,
    repository,
)

__all__ = ["changed"]  # a fixture

YODA = "yoda_repo"
BASE = "Qwen/Qwen3-32B"
BAKE = "yoda_bake_v1"
MODEL = f"baker/{YODA}/{BAKE}"
OLD = "wise_yoda_4fa725c6e7a11d0f"
OLD_MODEL = f"baker/{YODA}/{OLD}"
JUNE = 1_750_000_000.0
SIZES = ((80, 24), (120, 36), (200, 50))

MAIN = Ref(RefKind.BRANCH, "main", "c" * 40, current=True)
WISE = Ref(RefKind.BRANCH, "wise", "b" * 40)
TAG = Ref(RefKind.TAG, "v1", "b" * 40)
THEIRS = Ref(RefKind.REMOTE, "origin/plain", "a" * 40)

COMMITS = tuple(
    Commit(sign * 40, (), "A Baker", JUNE + 86_400 * day, subject)
    for sign, day, subject in (
        ("c", 2, "Update recipe.yml after bake completion: yoda_bake_v1"),
        ("b", 1, "A wiser one, tried on a branch"),
        ("a", 0, "Initial model setup"),
    )
)
BAKES = {
    BAKE: Baked(BAKE, (f"{MODEL}/21", f"{MODEL}/14", f"{MODEL}/7"), None, (MAIN, WISE, TAG), (MAIN,)),
    OLD: Baked(OLD, (f"{OLD_MODEL}/21", f"{OLD_MODEL}/7"), f"{MODEL}/14", (WISE, TAG), (WISE, TAG)),
}
RECIPE = RecipeFile(base_model=BASE, bakes={BAKE: BAKES[BAKE].models})
MOMENTS = (
    Moment(COMMITS[0], RECIPE, f"{MODEL}/21", (MAIN,)),
    Moment(COMMITS[1], replace(RECIPE, bakes={OLD: BAKES[OLD].models, **RECIPE.bakes}), f"{OLD_MODEL}/21", (WISE, TAG)),
    Moment(COMMITS[2], None, None, (THEIRS,)),
)
HISTORY = History(YODA, BASE, BAKES, MOMENTS)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("history"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


@pytest.fixture(autouse=True)
def greenwich() -> Iterator[None]:
    """A commit's day is the same wherever the tests are run."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[History]:
    """What is read of the directory; the test may change it."""
    history = [HISTORY]
    monkeypatch.setattr(screens, "read_history", lambda _: history[0])
    return history


async def opened(pilot: Pilot[None], directory: Path = Path("yoda")) -> list[Chosen | None]:
    """Open it; what it answers will be in the list."""
    await stocked(pilot)
    answers: list[Chosen | None] = []
    await pilot.app.push_screen(HistoryScreen(kitchen_of(pilot), directory), answers.append)
    await quiet(pilot)
    return answers


def kitchen_of(pilot: Pilot[None]) -> Kitchen:
    assert isinstance(pilot.app, BreadApp)
    assert pilot.app.kitchen
    return pilot.app.kitchen


def seen(pilot: Pilot[None]) -> list[str]:
    """The lines of the list that is shown."""
    shown = next(page for page in pilot.app.screen.query(CursorList) if page.display)
    return [text for y in range(shown.size.height) if (text := shown.render_line(y).text.rstrip())]


def detail(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Page).text


def word(pilot: Pilot[None]) -> str:
    said = pilot.app.screen.query_one("#history-word", Static)
    return str(said.render()) if said.display else ""


async def test_the_models_of_all_branches_stand_in_one_tree(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "loss" in "".join(seen(pilot)), "the loss")
        assert [line.split("  loss")[0] for line in seen(pilot)] == [
            f" ■ {BASE}  origin/plain  base model",
            f" └─ ✔ {BAKE}  ● main",
            "    ├─ ◆ 21  latest",
            "    ├─ ◆ 14",
            f"    │  └─ · {OLD}  wise  v1  only in git",
            "    │     ├─ ◆ 21  latest",
            "    │     └─ ◆ 7",
            "    └─ ◆ 7",
        ]
        assert word(pilot) == ""


async def test_a_branch_that_goes_on_from_an_earlier_checkpoint_stands_behind_that_one(
    samples: RunningOven, told: list[History]
) -> None:
    earlier = replace(MOMENTS[0], model=f"{MODEL}/7")
    told[0] = replace(HISTORY, moments=(earlier, *MOMENTS[1:]))
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert seen(pilot)[-1] == "    └─ ◆ 7  ● main"
        assert "● main" not in seen(pilot)[1]


async def test_files_that_are_no_commits_have_a_mark_of_their_own(samples: RunningOven, told: list[History]) -> None:
    told[0] = replace(HISTORY, moments=(Moment(None, RECIPE, f"{OLD_MODEL}/21"), *MOMENTS))
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert f"· {OLD}  not committed  wise  v1" in seen(pilot)[4]
        await pilot.press("t")
        assert seen(pilot)[0].startswith(" ◆ now ")


async def test_files_on_the_model_that_is_checked_out_need_no_mark(samples: RunningOven, told: list[History]) -> None:
    told[0] = replace(HISTORY, moments=(Moment(None, RECIPE, f"{MODEL}/21"), *MOMENTS))
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert "not committed" not in "".join(seen(pilot))


async def test_the_commits_stand_newest_first_with_the_model_each_is_on(
    samples: RunningOven, told: list[History]
) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("t")
        first, second, third = (line.split() for line in seen(pilot))
        assert (first[1], first[3:5], first[-1]) == ("ccccccc", ["●", "main"], f"{BAKE}/21")
        assert (second[1], second[3:7]) == ("bbbbbbb", ["wise", "v1", "A", "wiser"])
        assert second[-1] == f"{OLD}/21"
        assert (third[0], third[3], third[-1]) == ("■", "origin/plain", BASE)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "just now"), (59, "just now"), (61, "1 m ago"), (3 * 3600, "3 h ago"), (2.9 * 86_400, "2 d ago")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, said: str) -> None:
    assert ago(seconds, JUNE) == said


def test_after_a_month_the_day_is_told() -> None:
    assert ago(40 * 86_400, JUNE) == time.strftime("%Y-%m-%d", time.localtime(JUNE))
    assert ago(1e300, -1e300) == "some day"


CHECKPOINT = Item(Kind.CHECKPOINT, YODA, f"{MODEL}/21", BAKE)
ANSWERS: dict[tuple[str, ...], Chosen | None] = {
    ("g", "c"): Chosen("chat", BASE, Item(Kind.REPO, YODA)),
    ("b",): Chosen("bake", f"{MODEL}/21", Item(Kind.BAKE, YODA, BAKE)),
    ("j", "enter"): Chosen("show", f"{MODEL}/21", CHECKPOINT),
    ("j", "j", "j", "c"): Chosen("chat", f"{OLD_MODEL}/21", Item(Kind.REPO, YODA)),
    ("t", "g", "b"): Chosen("bake", f"{MODEL}/21", CHECKPOINT),
    ("t", "g", "j", "c"): Chosen("chat", f"{OLD_MODEL}/21", Item(Kind.REPO, YODA)),
    ("t", "G", "b"): Chosen("bake", BASE, Item(Kind.REPO, YODA)),
    ("escape",): None,
    ("t", "q"): None,
}


async def test_a_key_answers_with_the_model_under_the_cursor(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        for keys, answer in ANSWERS.items():
            answers = await opened(pilot)
            await pilot.press(*keys)
            await pilot.pause()
            assert answers == [answer], keys


async def test_what_the_server_does_not_know_can_neither_be_shown_nor_has_a_loss(
    samples: RunningOven, told: list[History]
) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await opened(pilot)
        await pilot.press("j", "j", "j", "enter", "l", "w")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HistoryScreen)
        assert answers == []
        assert f"{OLD}  only in git" in detail(pilot)


async def test_the_cursor_begins_on_the_model_that_the_next_bake_is_on(
    samples: RunningOven, told: list[History]
) -> None:
    here = {f"{MODEL}/21": BAKE, f"{MODEL}/7": f"{MODEL}/7", f"{OLD_MODEL}/21": OLD, None: BASE}
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        for model, name in here.items():
            told[0] = replace(HISTORY, moments=(Moment(None, RECIPE, model), *MOMENTS))
            await opened(pilot)
            node = pilot.app.screen.query_one(LineageList).current
            assert node is not None
            assert node.name == name


async def test_turning_stays_with_the_model(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("j", "j", "j", "j", "t")
        commits = pilot.app.screen.query_one(CommitList)
        assert commits.current is MOMENTS[1]
        assert commits.has_focus
        await pilot.press("G", "k", "t")
        node = pilot.app.screen.query_one(LineageList).current
        assert node is not None
        assert node.name == f"{OLD_MODEL}/21"


async def test_loss_and_recipe_of_a_bake_open_and_what_is_chosen_there_is_gone_to(
    samples: RunningOven, told: list[History]
) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        answers = await opened(pilot)
        await pilot.press("l")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, LossScreen)
        await pilot.press("escape", "w")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, RecipeScreen)
        await pilot.press("enter")
        await pilot.pause()
        assert answers == [Chosen("show", None, Item(Kind.BAKE, YODA, BAKE))]


async def test_the_detail_gives_whole_names(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        for text in (f"on        {BASE}", f"models    {MODEL}/21, …/14, …/7", "branches  ● main", "● main, wise, v1"):
            assert text in detail(pilot)
        await pilot.press("t")
        for text in ("c" * 40, "A Baker, 2025-06-", COMMITS[0].subject, f"on        {MODEL}/21", f"bakes     {BAKE}"):
            assert text in detail(pilot)


async def test_the_models_name_is_copied_whole(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("y")
        assert pilot.app.clipboard == f"{MODEL}/21"


async def test_it_is_read_again_on_demand_and_the_cursor_stays(samples: RunningOven, told: list[History]) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("t", "g", "j")
        newest = Moment(replace(COMMITS[0], id="d" * 40), RECIPE, f"{MODEL}/21")
        told[0] = replace(HISTORY, moments=(newest, *MOMENTS))
        await pilot.press("R")
        await until(pilot, lambda: "ddddddd" in seen(pilot)[0], "the new commit")
        assert pilot.app.screen.query_one(CommitList).current is MOMENTS[1]


async def test_where_nothing_was_baked_it_says_what_to_do(oven: RunningOven, told: list[History]) -> None:
    told[0] = History("my_repo", None, {}, (Moment(COMMITS[2], None, None, (MAIN,)),))
    async with bread_app(oven).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "Nothing was baked here yet. Write into input.yml what to bake" in word(pilot)
        assert "● main" in seen(pilot)[0]


async def test_without_the_server_git_alone_tells_and_the_word_says_why(oven: RunningOven, told: list[History]) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert f"· {BAKE}  ● main" in seen(pilot)[1]
        assert "only in git" not in "".join(seen(pilot))
        assert f"The server does not tell of {YODA}: " in word(pilot)


async def test_why_there_are_only_the_files_is_told(samples: RunningOven, told: list[History]) -> None:
    problem = "Git is not installed."
    bakes = {BAKE: Baked(BAKE, BAKES[BAKE].models, None)}
    told[0] = History(YODA, BASE, bakes, (Moment(None, RECIPE, f"{MODEL}/21"),), problem)
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert word(pilot) == problem
        assert f"✔ {BAKE}  here" in seen(pilot)[1]


async def test_a_directory_that_cannot_be_read_says_so_and_can_be_read_again(
    samples: RunningOven, told: list[History], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> History:
        raise ProjectError("There is no .bread here.")

    with monkeypatch.context() as patched:
        patched.setattr(screens, "read_history", refuse)
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot)
            assert word(pilot) == "There is no .bread here. R reads again."
            patched.setattr(screens, "read_history", lambda _: HISTORY)
            await pilot.press("R")
            await until(pilot, lambda: len(seen(pilot)) > 5, "the models")
            assert word(pilot) == ""


async def test_a_directory_made_by_hand_is_read_from_its_commits(
    oven: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    path = repository(bread_directory(tmp_path / "my_repo", bread=baked_bread("one"), recipe=baked_recipe("one")))
    commit_all(path, "The first bake")
    git(path, "branch", "side")
    bread_directory(path, bread=baked_bread("two", "one"), recipe=baked_recipe("two", "one"))
    commit_all(path, "The second bake")
    async with BreadClient(oven.url, Secret(oven.key)) as client:
        await client.create_repo("my_repo")
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await opened(pilot, path)
        assert seen(pilot)[1:4] == [
            " └─ · one  side  only in git",
            "    ├─ ◆ 21  latest",
            "    │  └─ · two  ● main  only in git",
        ]
        await pilot.press("t")
        assert [line.split()[-1] for line in seen(pilot)] == ["two/21", "one/21"]


def many(count: int) -> History:
    """As many bakes, each on the one before and with a commit and a branch, all of them on one tag more."""
    names = [f"bake{n}" for n in range(count)]
    refs = [Ref(RefKind.BRANCH, f"branch{n}", f"{n:040x}") for n in range(count)]
    tags = tuple(Ref(RefKind.TAG, f"v{n}", f"{count - 1:040x}") for n in range(1000))
    models = [f"u/{YODA}/{name}/1" for name in names]
    bakes = {
        name: Baked(name, (models[n],), models[n - 1] if n % 10 else None, (refs[n],), (refs[n],))
        for n, name in enumerate(names)
    }
    moments = [
        Moment(Commit(ref.commit, (), "A", JUNE, name), None, model, (ref,))
        for name, ref, model in zip(names, refs, models, strict=True)
    ]
    moments[-1] = replace(moments[-1], refs=(refs[-1], *tags))
    return History(YODA, BASE, bakes, tuple(reversed(moments)))


async def test_of_thousands_of_commits_and_refs_only_the_visible_are_drawn(
    samples: RunningOven, told: list[History], monkeypatch: pytest.MonkeyPatch
) -> None:
    told[0] = many(2000)
    drawn: list[int] = []
    draw = CommitList._segments
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        monkeypatch.setattr(CommitList, "_segments", lambda page, *rest: drawn.append(1) or draw(page, *rest))
        await pilot.press("t", "G", "g")
        await pilot.pause()
        assert "branch1999" in seen(pilot)[0]
        assert re.search(r"  \+9\d\d  ", seen(pilot)[0])
        assert len(drawn) < 300
        assert "and 960 more" in detail(pilot)


@given(st.lists(st.text("ab漢", min_size=1, max_size=12), max_size=12), st.integers(0, 60))
def test_labels_never_take_more_cells_than_there_are(texts: list[str], room: int) -> None:
    shown = fitting([Label(text, "muted") for text in texts], room)
    assert sum(cell_len(label.text) for label in shown) + 2 * max(len(shown) - 1, 0) <= room
    told = len(shown) - 1 if shown and shown[-1].text.startswith("+") else len(shown)
    if told < len(texts) and room >= 4:
        assert shown[-1].text == f"+{len(texts) - told}"


@pytest.mark.parametrize("keys", [(), ("t",)], ids=["models", "commits"])
async def test_looks(keys: tuple[str, ...], samples: RunningOven, told: list[History], changed: Changed) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await pilot.press(*keys)
        await still(pilot)

    assert await changed(bread_app(samples), SIZES, play) == []


async def test_looks_in_the_light(samples: RunningOven, told: list[History], changed: Changed) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await still(pilot)

    assert await changed(bread_app(samples, theme="breadtui-light"), SIZES[1:2], play) == []
