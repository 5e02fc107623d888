"""The tree: filtered, sorted and marked, small or with thousands of names in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.events import Paste
from textual.pilot import Pilot
from textual.strip import Strip

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError
from breadtui.api.secret import Secret
from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.screens.forms.form import Form
from breadtui.screens.lineage import Lineage
from breadtui.screens.question import Question
from breadtui.screens.workspace import Workspace
from breadtui.screens.worktop import Worktop
from breadtui.widgets.page import Page
from breadtui.widgets.tree.filter import SHOWN, Sieve, letters
from breadtui.widgets.tree.order import Order, natural
from breadtui.widgets.tree.repo_tree import Item, Kind, RepoTree
from breadtui.widgets.tree.view import TreeView
from tests.support.app import bread_app, quiet, stocked, typed, until
from tests.support.oven import RunningOven, running_oven

YODA, APPLE = "yoda_repo", "apple_support_agent"
TARGETS = ("iphone_support", "mac_support", "airpods_support")


def tree_of(app: BreadApp) -> RepoTree:
    return app.screen.query_one(RepoTree)


def shown(app: BreadApp) -> list[str]:
    return [row.item.label for row in tree_of(app).rows]


def subtitle(app: BreadApp) -> str:
    return tree_of(app).border_subtitle or ""


async def go_to(pilot: Pilot[None], item: Item) -> None:
    pilot.app.screen.query_one(Worktop).go_to(item)
    await until(pilot, lambda: pilot.app.screen.query_one(RepoTree).current == item, f"{item}")
    await quiet(pilot)


async def stock(oven: RunningOven, repo: str, *, prompts: int = 0, targets: int = 0, bakes: int = 0) -> None:
    """Fill a repository: every target uses the prompt p0, each bake trains on a target of its own."""
    config = {
        "generators": [{"type": "hardcoded", "questions": ["?"]}],
        "teacher_prompt": "p0",
        "student_prompt": "p0",
    }
    async with BreadClient(oven.url, Secret(oven.key)) as client:
        await client.create_repo(repo)
        await client.create_prompts(repo, {f"p{n}": [] for n in range(prompts)})
        await client.create_targets(repo, {f"t{n}": config for n in range(targets)})
        await client.create_bakes(
            repo, {f"b{n}": {"datasets": [{"target": f"t{n}", "weight": 1}]} for n in range(bakes)}
        )


class TestFilter:
    async def test_what_is_typed_leaves_what_has_it_in_its_name_below_its_folders(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/mac")
            assert shown(samples) == [APPLE, "Prompts", "mac_teacher", "Targets", "mac_support"]

    async def test_letters_that_no_name_has_in_one_piece_are_found_in_order(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/hnsp")
            assert shown(samples)[-1] == "iphone_support"
            assert tree_of(samples).rows[-1].hits == (2, 4, 7, 9)

    async def test_the_cursor_is_on_what_fits_best(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/yoda_t")
            assert tree_of(samples).current == Item(Kind.TARGET, YODA, "yoda_target")

    async def test_the_line_below_says_what_is_typed_and_how_much_it_finds(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/mac")
            assert subtitle(samples).startswith("/mac▌  2 of ")
            await pilot.press("enter")
            assert subtitle(samples).startswith("/mac  2 of ")
            await typed(pilot, "/zzz")
            assert subtitle(samples) == "/maczzz▌  no match"
            assert shown(samples) == []
            await pilot.press("ctrl+u")
            assert subtitle(samples) == "/▌"

    async def test_keys_right_behind_the_slash_belong_to_it(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/nqrcs?")
            assert subtitle(samples).startswith("/nqrcs?▌")
            await pilot.press("backspace", "backspace")
            assert subtitle(samples).startswith("/nqrc▌")

    async def test_esc_brings_back_cursor_folding_and_scroll(self, oven: RunningOven) -> None:
        await stock(oven, "large", prompts=100)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.PROMPT, "large", "p60"))
            await pilot.press("G", *["k"] * 10)
            before, scrolled, current = shown(app), tree_of(app).scroll_y, tree_of(app).current
            await typed(pilot, "/p7")
            assert tree_of(app).current == Item(Kind.PROMPT, "large", "p7")
            await pilot.press("enter", "j", "j", "escape")
            assert (shown(app), tree_of(app).scroll_y, tree_of(app).current) == (before, scrolled, current)
            assert subtitle(app) == ""

    async def test_enter_keeps_the_filter_and_gives_the_keys_back(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/support\ng")
            assert tree_of(samples).current == Item(Kind.REPO, APPLE)
            await pilot.press("y")
            assert samples.clipboard == APPLE

    async def test_a_second_enter_goes_on_to_what_was_found(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/mac_s\n\n")
            assert tree_of(samples).current == Item(Kind.TARGET, APPLE, "mac_support")
            assert YODA in shown(samples)
            assert subtitle(samples) == ""

    async def test_what_is_pasted_is_looked_for(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await pilot.press("slash")
            samples.post_message(Paste("mac_support\nrm -rf"))
            await pilot.pause()
            assert shown(samples)[-1] == "mac_support"

    async def test_names_in_any_script_are_found(self, oven: RunningOven) -> None:
        async with BreadClient(oven.url, Secret(oven.key)) as client:
            await client.create_repo("r")
            await client.create_prompts("r", {"日本語の先生": [], "İstanbul": [], "straße": []})
        app = bread_app(oven)
        async with app.run_test(size=(80, 24)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/語の")
            assert shown(app) == ["r", "Prompts", "日本語の先生"]
            await pilot.press("ctrl+u", *"stan")
            assert shown(app)[-1] == "İstanbul"

    async def test_no_more_rows_are_shown_than_can_be_looked_through(self, oven: RunningOven) -> None:
        await stock(oven, "large", prompts=SHOWN + 50)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await pilot.press("slash", "p")
            assert len(shown(app)) == SHOWN + 2
            assert subtitle(app) == f"/p▌  best {SHOWN} of {SHOWN + 50}"

    async def test_what_comes_while_a_filter_stands_is_filtered(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await typed(pilot, "/vision\n")
            assert shown(samples) == []
            tree_of(samples).show_repos([YODA, APPLE, "vision_pro"])
            assert shown(samples) == ["vision_pro"]

    @given(st.text(max_size=6), st.lists(st.text(min_size=1, max_size=12), max_size=12, unique=True))
    @settings(max_examples=60)
    def test_whatever_is_typed_what_is_found_has_its_letters_in_order(self, query: str, names: list[str]) -> None:
        found = Sieve(Item(Kind.PROMPT, "r", name) for name in names).sift(query)
        for item, hits in found.hits.items():
            assert list(hits) == sorted(hits)
            assert all(0 <= at < len(item.name) for at in hits)
        for name in names:
            if query and query in name:
                assert Item(Kind.PROMPT, "r", name) in found.hits

    def test_a_name_in_which_the_letters_fit_in_ever_so_many_ways_takes_no_longer(self) -> None:
        assert letters("aaaaaaaaaaaab", "a" * 250 + "_b") == (*range(238, 250), 251)


class TestOrder:
    def test_two_stands_before_ten(self) -> None:
        assert sorted(["v10", "v2", "V1", "a"], key=natural) == ["a", "V1", "v2", "v10"]

    async def test_s_sorts_by_name_then_by_state_then_as_listed(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
            app = bread_app(oven)
            async with app.run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                await go_to(pilot, Item(Kind.TARGET, APPLE, "mac_support"))
                assert targets_of(app) == list(TARGETS)
                await pilot.press("s")
                assert targets_of(app) == sorted(TARGETS)
                assert subtitle(app) == "by name"
                await pilot.press("s")
                assert targets_of(app) == ["mac_support", "airpods_support", "iphone_support"]
                assert tree_of(app).current == Item(Kind.TARGET, APPLE, "mac_support")
                await pilot.press("R")
                await quiet(pilot)
                assert tree_of(app).order is Order.STATE
                await pilot.press("s")
                assert targets_of(app) == list(TARGETS)
                assert subtitle(app) == ""

    async def test_the_latest_checkpoint_stands_first_in_every_order(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.BAKE, YODA, "yoda_bake_v1"))
            await pilot.press("l")
            latest = [row.item.label for row in tree_of(samples).rows if row.item.kind is Kind.CHECKPOINT]
            for _ in Order:
                await pilot.press("s")
                assert [r.item.label for r in tree_of(samples).rows if r.item.kind is Kind.CHECKPOINT] == latest


class TestMarks:
    async def test_space_marks_and_goes_on(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
            await pilot.press("space", "space")
            assert tree_of(samples).marked == tuple(Item(Kind.TARGET, APPLE, name) for name in TARGETS[:2])
            assert tree_of(samples).current == Item(Kind.TARGET, APPLE, TARGETS[2])
            assert subtitle(samples) == "2 marked"
            await pilot.press("k", "space")
            assert subtitle(samples) == "1 marked"

    async def test_what_is_marked_carries_a_sign(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
            await pilot.press("space")
            await pilot.pause()
            tree = tree_of(samples)
            lines = [tree.render_line(y).text for y in range(tree.size.height)]
            assert [line.split()[0] for line in lines if "iphone_support" in line] == ["▪"]
            assert not any("▪" in line for line in lines if "mac_support" in line)

    async def test_folders_cannot_be_marked(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGETS, APPLE))
            await pilot.press("space")
            assert tree_of(samples).marked == ()

    async def test_marks_survive_folding_and_refreshing_and_esc_takes_them_away(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
            await pilot.press("space", "h", "h", "R")
            await quiet(pilot)
            assert tree_of(samples).marked == (Item(Kind.TARGET, APPLE, "iphone_support"),)
            await pilot.press("escape")
            assert tree_of(samples).marked == ()
            assert subtitle(samples) == ""

    async def test_y_copies_the_marked_names_one_a_line(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
            await pilot.press("space", "space", "y")
            assert samples.clipboard == "iphone_support\nmac_support"

    async def test_r_runs_what_all_that_is_marked_lacks(self, tmp_path: Path) -> None:
        with running_oven(tmp_path, samples=True) as oven:
            app = bread_app(oven)
            async with app.run_test(size=(120, 36)) as pilot:
                await stocked(pilot)
                await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
                await pilot.press("space", "space", "space", "r")
                await until(pilot, lambda: isinstance(app.screen, Question), "the question")
                await pilot.press("enter")
                await until(pilot, lambda: all(rolled_out(app, name) for name in TARGETS), "the rollouts")

    async def test_what_is_gone_is_marked_no_more(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "iphone_support"))
            await pilot.press("space", "space")
            tree_of(samples).show_shelf(APPLE, [], ["mac_support"], [], lambda _: ())
            assert tree_of(samples).marked == (Item(Kind.TARGET, APPLE, "mac_support"),)


def note_what_is_asked_from_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that this test asks for; what the watcher looks at meanwhile is not among them."""
    asked: list[str] = []
    here = ContextVar("here", default=False)
    here.set(True)
    send = Transport._outcome

    async def noted(self: Transport, request: httpx.Request) -> httpx.Response | BreadError:
        if here.get():
            asked.append(request.url.path)
        return await send(self, request)

    monkeypatch.setattr(Transport, "_outcome", noted)
    return asked


class TestLarge:
    async def test_it_opens_with_as_many_requests_as_a_small_one(
        self, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await stock(oven, "large", prompts=2000, targets=2000, bakes=500)
        async with BreadClient(oven.url, Secret(oven.key)) as client:
            await client.create_repo("a_small_one")
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            assert app.kitchen is not None
            await app.kitchen.open("a_small_one")
            asked = note_what_is_asked_from_here(monkeypatch)
            await app.kitchen.open("large")
            assert len(asked) == 4
            await quiet(pilot)
            assert len([row for row in tree_of(app).rows if row.item.repo == "large"]) <= 4

    async def test_only_what_is_in_view_is_asked_about(self, oven: RunningOven) -> None:
        await stock(oven, "large", prompts=1, targets=300)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, "large", "t250"))
            kitchen = app.kitchen
            assert kitchen is not None
            known = [n for n in range(300) if kitchen.catalog.known_target("large", f"t{n}")]
            height = tree_of(app).size.height
            assert {*range(40), 250} <= set(known)  # the survey's, and those in view
            assert len(known) <= 40 + 2 * height

    async def test_the_cursor_costs_the_two_rows_it_left_and_came_to(
        self, oven: RunningOven, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await stock(oven, "large", prompts=1, targets=2000)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, "large", "t5"))
            drawn: list[int] = []
            rebuilt: list[int] = []
            render = TreeView.render_line

            def count_lines(self: TreeView, y: int) -> Strip:
                drawn.append(y)
                return render(self, y)

            def count_rebuilds(self: TreeView, rows: Sequence[object], cursor: Item | None = None) -> None:
                rebuilt.append(len(rows))

            monkeypatch.setattr(TreeView, "render_line", count_lines)
            monkeypatch.setattr(TreeView, "show_rows", count_rebuilds)
            await pilot.press("j")
            await quiet(pilot)
            assert rebuilt == []
            assert 2 <= len(drawn) <= 4  # and once more what was learnt of the row

    async def test_one_name_more_leaves_cursor_and_scroll_where_they_are(self, oven: RunningOven) -> None:
        await stock(oven, "large", prompts=1, targets=200)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, "large", "t150"))
            tree = tree_of(app)
            before = line_in_view(tree)
            tree.show_shelf("large", ["p0", "p1"], ["t_new", *(f"t{n}" for n in range(200))], [], lambda _: ())
            await quiet(pilot)
            assert tree.current == Item(Kind.TARGET, "large", "t150")
            assert line_in_view(tree) == before

    async def test_a_refresh_that_brings_nothing_new_draws_nothing(
        self, samples: BreadApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.REPO, APPLE))
            rebuilt: list[int] = []
            monkeypatch.setattr(TreeView, "show_rows", lambda *_: rebuilt.append(1))
            await pilot.press("R")
            await quiet(pilot)
            assert rebuilt == []

    async def test_names_in_another_order_keep_cursor_and_folding(self, oven: RunningOven) -> None:
        await stock(oven, "large", prompts=1, targets=200)
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, "large", "t150"))
            names = [f"t{n}" for n in range(200)]
            tree_of(app).show_shelf("large", ["p0"], names[::-1], [], lambda _: ())
            assert tree_of(app).current == Item(Kind.TARGET, "large", "t150")
            assert targets_of(app, "large") == names[::-1]


async def test_r_and_y_act_on_the_job_and_the_detail_is_about_it_where_the_jobs_have_the_focus(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, speed=1e-9) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await pilot.press("3", "j")
            await quiet(pilot)
            assert app.screen.query_one("#detail").border_title == "airpods_support"
            await pilot.press("2")
            await quiet(pilot)
            assert app.screen.query_one("#detail").border_title == "airpods_support"
            await pilot.press("1")
            await quiet(pilot)
            assert app.screen.query_one("#detail").border_title == YODA


class TestWays:
    """From a row to the screens that take it further."""

    async def test_e_opens_the_form_of_a_copy(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            for item in (Item(Kind.PROMPT, YODA, "yoda_teacher"), Item(Kind.TARGET, YODA, "yoda_target")):
                await go_to(pilot, item)
                await pilot.press("e")
                await until(pilot, lambda: isinstance(samples.screen, Form), "the form")
                await pilot.press("escape")
                await until(pilot, lambda: isinstance(samples.screen, Workspace), "the workspace")

    async def test_a_bake_begins_with_the_targets_marked(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.TARGET, APPLE, "mac_support"))
            await pilot.press("space", "space", "n", "b")
            await until(pilot, lambda: isinstance(samples.screen, Form), "the form")
            form = samples.screen
            assert isinstance(form, Form)
            assert "mac_support" in str(form.manuscript.body)
            assert "airpods_support" in str(form.manuscript.body)
            assert "iphone_support" not in str(form.manuscript.body)

    async def test_b_asks_what_to_make_on_top_of_a_checkpoint(self, samples: BreadApp) -> None:
        checkpoint = Item(Kind.CHECKPOINT, YODA, "baker/yoda_repo/yoda_bake_v1/14", bake="yoda_bake_v1")
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, checkpoint)
            await pilot.press("b", "b")
            await until(pilot, lambda: isinstance(samples.screen, Form), "the form")
            assert isinstance(samples.screen, Form)
            assert checkpoint.name in str(samples.screen.manuscript.body)

    async def test_the_lineage_leads_back_to_the_tree(self, samples: BreadApp) -> None:
        async with samples.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.REPO, YODA))
            await pilot.press("L")
            await until(pilot, lambda: isinstance(samples.screen, Lineage), "the lineage")
            await pilot.press("G", "enter")
            await until(pilot, lambda: isinstance(samples.screen, Workspace), "the workspace")
            await quiet(pilot)
            assert tree_of(samples).current != Item(Kind.REPO, YODA)

    async def test_p_shows_a_prompt_as_it_is_sent_and_back(self, oven: RunningOven) -> None:
        async with BreadClient(oven.url, Secret(oven.key)) as client:
            await client.create_repo("r")
            await client.create_prompt("r", "p", [{"role": "system", "content": "# Manners\n\nBe **kind**."}])
        app = bread_app(oven)
        async with app.run_test(size=(120, 36)) as pilot:
            await stocked(pilot)
            await go_to(pilot, Item(Kind.PROMPT, "r", "p"))
            page = app.screen.query_one(Page)
            assert "**kind**" not in page.text
            await pilot.press("p")
            assert "**kind**" in page.text
            await pilot.press("p")
            assert "**kind**" not in page.text


def targets_of(app: BreadApp, repo: str = APPLE) -> list[str]:
    return [row.item.name for row in tree_of(app).rows if row.item.kind is Kind.TARGET and row.item.repo == repo]


def line_in_view(tree: RepoTree) -> float:
    """How many rows below the top of the tree the cursor is."""
    return [row.item for row in tree.rows].index(tree.current or Item(Kind.REPO, "")) - tree.scroll_y


def rolled_out(app: BreadApp, name: str) -> bool:
    status = app.kitchen.watcher.status(JobKey(APPLE, name, Phase.ROLLOUT)) if app.kitchen else None
    return status is not None and status.state is State.COMPLETE


@pytest.fixture
def samples(still_samples: RunningOven) -> BreadApp:
    """The app on the guide's repositories, with time standing still."""
    return bread_app(still_samples)


@pytest.fixture(scope="module")
def still_samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven
