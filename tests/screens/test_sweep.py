"""The screens of sweeps: what is planned, asked and shown against a real oven, and what they look like."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.chats.conversation import Column, Opening
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.sweep.kept import sweeps_of
from breadtui.bakery.sweep.plan import Plan, Source
from breadtui.bakery.sweep.sweep import ASKING, Cell, Question, Standing, Sweep
from breadtui.screens.sweep import SweepScreen
from breadtui.screens.sweep.answer import SweepAnswer
from breadtui.screens.sweep.kept import KeptSweeps
from breadtui.screens.sweep.rows import Offer, choose_target
from breadtui.screens.sweep.setup import SweepSetup
from breadtui.screens.workspace import Workspace
from breadtui.widgets.fields.field_list import FieldList
from breadtui.widgets.page import Page
from breadtui.widgets.sweep.grid import TOP, SweepGrid
from breadtui.widgets.top_bar import TopBar
from tests.bakery.sweep.sweeps import until as wait_until
from tests.support.app import bread_app, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed

__all__ = ["changed"]  # a fixture

MODEL = "baker/yoda_repo/yoda_bake_v1"
BASE = "Qwen/Qwen3-32B"
SIZES = ((80, 24), (120, 36), (200, 50))

Compare = Callable[..., bool]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still but for chats."""
    with running_oven(tmp_path_factory.mktemp("sweep"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


def kitchen_of(pilot: Pilot[None]) -> Kitchen:
    assert isinstance(pilot.app, BreadApp)
    assert pilot.app.kitchen
    return pilot.app.kitchen


def grid(pilot: Pilot[None]) -> SweepGrid:
    return pilot.app.screen.query_one(SweepGrid)


def shown(pilot: Pilot[None]) -> list[str]:
    page = grid(pilot)
    return [text for y in range(page.size.height) if (text := page.render_line(y).text.rstrip())]


def title(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(TopBar).place.title


def said(pilot: Pilot[None], id: str) -> str:
    return str(pilot.app.screen.query_one(f"#{id}", Static).content)


async def opened(
    pilot: Pilot[None], *models: str | Column, target: str = "", sweep: Sweep | None = None
) -> SweepScreen:
    """The screen, on the plan of a sweep or on a given one."""
    await stocked(pilot)
    await quiet(pilot)
    repo = "yoda_repo" if target else ""
    screen = SweepScreen(kitchen_of(pilot), models, repo=repo, target=target, sweep=sweep)
    await pilot.app.push_screen(screen)
    await quiet(pilot)
    return screen


async def asked(pilot: Pilot[None], *questions: str, models: tuple[str, ...] = (BASE,)) -> SweepScreen:
    """A sweep over typed questions, once all of it is answered or has failed."""
    screen = await opened(pilot, *models)
    await write(pilot, *questions)
    await pilot.press("ctrl+o")
    await until(pilot, lambda: pilot.app.screen is screen, "the grid")
    await quiet(pilot)
    return screen


async def write(pilot: Pilot[None], *questions: str) -> None:
    await pilot.press("down", "enter")
    await typed(pilot, "\n".join(questions))
    await pilot.press("tab")
    await quiet(pilot)


def example(rows: int = 14) -> Sweep:
    """A sweep in the middle of being asked, whose every figure is known beforehand."""
    names = (f"{MODEL}/21", f"{MODEL}/14", f"{MODEL}/7", BASE)
    columns = (*(Column(name) for name in names), Column(BASE, Opening.said("You are Yoda.")))
    questions = tuple(
        Question(f"What of number {row}, young one? Long this question is, and wise", (), (f"Teacher {row}.",))
        for row in range(rows)
    )
    sweep = Sweep(columns, questions, "example")
    for row in range(rows - 2):
        for at in range(len(columns)):
            near = min(max(0.9 - 0.17 * at + 0.03 * (row % 5 - 2), 0), 1)
            text = f"[bold]Answer[/bold] {row} of 東京 👍, seek you must. " * 3
            sweep.cells[row, at] = Cell(Standing.ANSWERED, text, "", near, 80 + row, False, 0.2, 1.5, "stop")
    sweep.cells[2, 0] = Cell(Standing.FAILED, "", "The server broke off its answer: the worker went away.")
    sweep.cells[3, 0] = Cell(Standing.ANSWERED, "", "", 0.0, 0, False, None, 0.4, "stop")
    sweep.cells[rows - 2, 0] = ASKING
    return sweep


class TestPlanning:
    async def test_it_opens_on_the_stimuli_of_the_target_one_came_from(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, f"{MODEL}/21", target="yoda_target")
            assert isinstance(pilot.app.screen, SweepSetup)
            rows = {row.label.strip(): row.value for row in pilot.app.screen.query_one(FieldList).rows}
            assert rows["Questions"] == "a target's stimuli"
            assert rows["Target"] == "yoda_repo/yoda_target"
            assert rows["Model"] == f"{MODEL}/21"

    async def test_all_checkpoints_of_a_bake_are_added_at_once_and_each_can_be_taken_out(
        self, samples: RunningOven
    ) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, target="yoda_target")
            fields = pilot.app.screen.query_one(FieldList)
            fields.go_to(("#add",))
            await typed(pilot, "every")
            await pilot.press("enter")
            values = [row.value for row in fields.rows if row.key[0] == "#model"]
            assert values == [f"{MODEL}/{step}" for step in (21, 14, 7)]
            fields.go_to(("#model", 1))
            await pilot.press("ctrl+r")
            values = [row.value for row in fields.rows if row.key[0] == "#model"]
            assert values == [f"{MODEL}/{step}" for step in (21, 7)]

    async def test_what_is_missing_is_said_and_nothing_is_asked(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot)
            await pilot.press("ctrl+o")
            await quiet(pilot)
            assert "no model" in said(pilot, "sweep-said")
            pilot.app.screen.query_one(FieldList).go_to(("temperature",))
            await typed(pilot, "7")
            await pilot.press("ctrl+o")
            await quiet(pilot)
            assert "0 to 2" in said(pilot, "sweep-said")
            assert isinstance(pilot.app.screen, SweepSetup)

    def test_stimuli_are_first_those_of_the_repository_one_comes_from(self) -> None:
        offered = Offer(targets=("one/target", "two/target"))
        plan, elsewhere = Plan(Source.STIMULI), Plan(Source.STIMULI)
        choose_target(plan, offered, "two")
        choose_target(elsewhere, offered, "three")
        assert (plan.target, elsewhere.target) == ("two/target", "")

    async def test_esc_leaves_without_a_sweep(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, BASE)
            await pilot.press("down", "enter", "x", "escape")
            assert isinstance(pilot.app.screen, SweepSetup)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, Workspace), "the workspace")

    async def test_the_columns_of_a_chat_bring_what_they_are_told_first(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            screen = await opened(pilot, Column(BASE, Opening.said("You are Yoda.")))
            await write(pilot, "Who?")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: pilot.app.screen is screen, "the grid")
            await quiet(pilot)
            assert "Qwen3-32B + a prompt" in shown(pilot)[0]
            assert screen._sweep
            assert any(words in screen._sweep.cell(0, 0).text for words in ("you must", "you do", "is.", "will."))


class TestAsking:
    async def test_the_stimuli_are_asked_and_compared_with_the_teacher(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(200, 50)) as pilot:
            models = [*(f"{MODEL}/{step}" for step in (21, 14, 7)), BASE]
            screen = await opened(pilot, *models, target="yoda_target")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: pilot.app.screen is screen, "the grid")
            await quiet(pilot)
            assert title(pilot) == "Sweep · 16 of 16"
            names, agreements, figures, _, *rows = shown(pilot)
            assert names.index("yoda_bake_v1/21 ▲ best") < names.index("Qwen3-32B ▼ worst")
            assert agreements.count("±") == 4
            assert figures.count("✔ 4") == 4  # in words or in signs, as there is room beside the times
            assert len(rows) == 4
            assert all(row.count("%") == 4 for row in rows)

    async def test_esc_stops_it_a_goes_on_and_esc_then_leaves(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            screen = await opened(pilot, BASE)
            await write(pilot, "Quick", "Slow /rehearse tokens=300 speed=300")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: title(pilot).startswith("Sweep · 1 of 2"), "the first answer")
            assert samples.open_streams == 1
            await pilot.press("escape")
            await until(pilot, lambda: "a asks the rest" in title(pilot), "the end of asking")
            await until(pilot, lambda: samples.open_streams == 0, "the end of the stream")
            await pilot.press("a")
            await until(pilot, lambda: title(pilot) == "Sweep · 2 of 2", "all answers")
            await quiet(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: screen not in pilot.app.screen_stack, "the way back")

    async def test_leaving_the_program_in_the_middle_closes_the_streams(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, BASE)
            await write(pilot, "Slow /rehearse tokens=5000 speed=20")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: samples.open_streams == 1, "the stream")
        await wait_until(lambda: samples.open_streams == 0, "the end of the stream")

    async def test_what_failed_says_why_and_is_asked_again(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await asked(pilot, "Fine", "/rehearse refuse=418 times=1")
            assert title(pilot) == "Sweep · 2 of 2 · ✖ 1 failed"
            assert "✖ 1 failed" in shown(pilot)[2]
            assert "✖" in shown(pilot)[5]
            await pilot.press("f")
            await until(pilot, lambda: title(pilot) == "Sweep · 2 of 2", "the second try")

    async def test_an_account_without_credit_is_told_in_the_servers_words(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await asked(pilot, "Fine", "/rehearse refuse=402 times=1")
            await until(pilot, lambda: "Refused with 402" in said(pilot, "sweep-word"), "the words")
            assert pilot.app.screen.query_one("#sweep-word").display
            await pilot.press("a")
            await until(pilot, lambda: title(pilot) == "Sweep · 2 of 2", "the rest")
            assert not pilot.app.screen.query_one("#sweep-word").display

    async def test_a_wait_that_the_server_wants_is_told_and_ends_by_itself(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            screen = await opened(pilot, BASE)
            await write(pilot, "/rehearse refuse=429 times=1")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: pilot.app.screen is screen and "429" in said(pilot, "sweep-word"), "the words")
            assert "goes on by itself" in said(pilot, "sweep-word")
            await until(pilot, lambda: title(pilot) == "Sweep · 1 of 1", "the answer")

    async def test_it_is_kept_opened_again_and_deleted(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            first = await asked(pilot, "One?")
            await pilot.press("n")
            await until(pilot, lambda: isinstance(pilot.app.screen, SweepSetup), "the plan")
            await pilot.press("ctrl+o")
            await until(
                pilot, lambda: pilot.app.screen is first and len(sweeps_of(kitchen_of(pilot)).list()) == 2, "two"
            )
            await quiet(pilot)
            await pilot.press("o")
            await until(pilot, lambda: isinstance(pilot.app.screen, KeptSweeps), "the list")
            await quiet(pilot)
            here = first._sweep
            assert here
            ids = [kept.id for kept in sweeps_of(kitchen_of(pilot)).list()]
            await pilot.press(*["down"] * (1 - ids.index(here.id)), "ctrl+d")
            await quiet(pilot)
            assert "once more" in said(pilot, "sweep-kept-word")
            await pilot.press("ctrl+d")
            await quiet(pilot)
            assert [kept.id for kept in sweeps_of(kitchen_of(pilot)).list()] == [here.id]
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is first, "the grid")
            assert title(pilot) == "Sweep · 1 of 1"


class TestReading:
    async def test_the_whole_answer_stands_beside_the_teachers(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, sweep=example())
            await pilot.press("j", "l", "enter")
            await quiet(pilot)
            screen = pilot.app.screen
            assert isinstance(screen, SweepAnswer)
            assert screen.place == (1, 1)
            answer, teacher = (page.text for page in screen.query(Page))
            assert "[bold]Answer[/bold] 1 of 東京 👍" in answer
            assert "70% agreement" in answer  # as the example has it: 0.9 - 0.17 - 0.03
            assert "Teacher 1." in teacher
            await pilot.press("l", "j")
            assert screen.place == (2, 2)
            await pilot.press("escape")
            await pilot.pause()
            assert grid(pilot).place == (2, 2)

    async def test_where_no_teacher_is_known_the_answer_has_the_whole_room(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await asked(pilot, "Hm? /rehearse tokens=5")
            await pilot.press("enter")
            await quiet(pilot)
            assert [page.display for page in pilot.app.screen.query(Page)] == [True, False]

    async def test_an_answer_that_comes_while_it_is_looked_at_is_shown(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, BASE)
            await write(pilot, "Slow /rehearse tokens=200 speed=200")
            await pilot.press("ctrl+o")
            await until(pilot, lambda: title(pilot).startswith("Sweep · 0 of 1"), "asking")
            await pilot.press("enter")
            await until(pilot, lambda: "(rehearsal)" in pilot.app.screen.query(Page).first().text, "the answer")

    async def test_orders_follow_each_other_and_the_cursor_stays_on_its_question(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, sweep=example())
            await pilot.press("j", "j")
            assert grid(pilot).place == (2, 0)
            await pilot.press("s")
            await until(pilot, lambda: "most differing first" in shown(pilot)[0], "the order")
            assert grid(pilot).order[0] == 3
            assert grid(pilot).place == (2, 0)
            await pilot.press("s")
            await until(pilot, lambda: "worst of" in shown(pilot)[0], "the order")
            assert [*grid(pilot).order][:2] == [2, 3]
            await pilot.press("s")
            await until(pilot, lambda: "as asked" in shown(pilot)[0], "the order")

    async def test_on_a_narrow_terminal_one_model_is_shown_at_a_time(self, samples: RunningOven) -> None:
        async with bread_app(samples).run_test(size=(80, 24)) as pilot:
            await opened(pilot, sweep=example())
            assert "yoda_bake_v1/21" in shown(pilot)[0]
            assert "model 1 of 5" in shown(pilot)[2]
            await pilot.press("right", "right")
            assert "yoda_bake_v1/7" in shown(pilot)[0]
            assert "yoda_bake_v1/21" not in shown(pilot)[0]
            assert all(grid(pilot).render_line(y).cell_length == 79 for y in range(20))

    async def test_the_answers_are_exported_beside_what_is_there(
        self, samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            sweep = example()
            await opened(pilot, sweep=sweep)
            await pilot.press("x")
            await until(pilot, (tmp_path / "sweep-example.jsonl").exists, "the file")
            await quiet(pilot)
            await pilot.press("x")
            await until(pilot, (tmp_path / "sweep-example-2.jsonl").exists, "the second file")
            await quiet(pilot)
            lines = (tmp_path / "sweep-example.jsonl").read_text(encoding="utf-8").splitlines()
            assert len(lines) == sweep.size
            assert json.loads(lines[0])["agreement"] == sweep.cell(0, 0).agreement


class TestManyQuestions:
    async def test_moving_among_ten_thousand_draws_two_lines(
        self, samples: RunningOven, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            await opened(pilot, sweep=example(10_000))
            drawn: list[int] = []
            inner = SweepGrid.render_line
            monkeypatch.setattr(SweepGrid, "render_line", lambda page, y: (drawn.append(y), inner(page, y))[1])
            await pilot.press("j")
            await still(pilot)
            assert {*drawn} == {TOP, TOP + 1}
            drawn.clear()
            await pilot.press("G")
            await still(pilot)
            assert grid(pilot).place == (9_999, 0)
            assert len(drawn) <= 3 * grid(pilot).size.height

    async def test_an_answer_that_comes_draws_its_line_and_no_other(
        self, samples: RunningOven, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with bread_app(samples).run_test(size=(120, 36)) as pilot:
            sweep = example(1_000)
            await opened(pilot, sweep=sweep)
            drawn: list[int] = []
            inner = SweepGrid.render_line
            monkeypatch.setattr(SweepGrid, "render_line", lambda page, y: (drawn.append(y), inner(page, y))[1])
            sweep.cells[4, 1] = Cell(Standing.ANSWERED, "Another answer")
            grid(pilot).changed([(4, 1), (6, 1), (900, 1)])  # the second reads as before, the third is out of view
            await still(pilot)
            assert {*drawn} == {TOP + 4}


async def plan(pilot: Pilot[None]) -> None:
    await opened(pilot, *(f"{MODEL}/{step}" for step in (21, 14, 7)), target="yoda_target")
    await still(pilot)


async def written(pilot: Pilot[None]) -> None:
    await opened(pilot, BASE)
    await write(pilot, "Where is Dagobah?", "How tall are you?")
    await pilot.press("shift+tab", "enter")
    await still(pilot)


async def answers(pilot: Pilot[None]) -> None:
    await opened(pilot, sweep=example())
    await pilot.press("j", "right")
    await still(pilot)


async def answer(pilot: Pilot[None]) -> None:
    await answers(pilot)
    await pilot.press("enter")
    await still(pilot)


SCENES: dict[str, Play] = {"plan": plan, "written": written, "grid": answers, "answer": answer}


@pytest.mark.parametrize("name", SCENES)
async def test_looks_of_a_sweep(name: str, samples: RunningOven, changed: Changed) -> None:
    largest_first = SIZES[::-1]  # a model that was scrolled away does not come back where there is more room
    assert not await changed(bread_app(samples), largest_first, SCENES[name])


def test_looks_of_a_sweep_in_the_light(samples: RunningOven, snap_compare: Compare) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=answers)
