"""The data screen: what it asks for, what its keys do, how it keeps up with a job, and what it looks like."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.commands.data_app import DataApp
from breadtui.screens.data.exporting import Export
from breadtui.screens.data.screen import DataScreen
from breadtui.screens.jobs import Jobs
from breadtui.screens.worktop import Worktop
from breadtui.widgets.page import Page
from breadtui.widgets.rows.row_list import RowList
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, interrupted, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, Play, changed
from tests.support.rows import REPO, TARGET, TEACHER, add, fill, put

__all__ = ["changed"]  # a fixture

MANY = 100_000
SIZES = ((80, 24), (120, 36), (200, 50))
TARGET_ROW = Item(Kind.TARGET, REPO, TARGET)
OUTPUT = "/output"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """A hundred thousand responses to half as many stimuli."""
    with running_oven(tmp_path_factory.mktemp("many")) as oven:
        fill(oven.store, MANY // 2, 2)
        yield oven


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with time standing still."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The pages that are asked for: what of, and from which row."""
    pages: list[tuple[str, int]] = []
    call = Transport.call

    async def noting(transport: Transport, method: str, path: str, **more: dict[str, int] | None) -> object:
        if path.endswith(OUTPUT):
            pages.append((path.split("/")[-2], (more.get("params") or {})["offset"]))
        return await call(transport, method, path, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Transport, "call", noting)
    return pages


async def open_data(pilot: Pilot[None], item: Item = TARGET_ROW) -> DataScreen:
    await stocked(pilot)
    pilot.app.screen.query_one(Worktop).go_to(item)
    await quiet(pilot)
    await pilot.press("d")
    await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
    await until(pilot, lambda: bool(rows(pilot).numbers), "the first rows")
    await quiet(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, DataScreen)
    return screen


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one(RowList)


def seen(pilot: Pilot[None]) -> list[str]:
    page = rows(pilot)
    return [text for y in range(page.size.height) if (text := page.render_line(y).text.rstrip())]


def detail(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one("#data-detail", Page).text


def above(pilot: Pilot[None]) -> str:
    return str(rows(pilot)._border_title)


def below(pilot: Pilot[None]) -> str:
    return str(rows(pilot)._border_subtitle)


async def test_the_first_page_takes_one_request_and_any_row_is_near(
    many: RunningOven, asked: list[tuple[str, int]]
) -> None:
    async with bread_app(many).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        pilot.app.screen.query_one(Worktop).go_to(TARGET_ROW)
        await quiet(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
        await until(pilot, lambda: "loaf number 0?" in seen(pilot)[0], "the first page")
        assert asked[0] == ("stim", 0)
        await quiet(pilot)
        assert above(pilot).startswith(f"{MANY // 2:,} stimuli")
        assert sorted(asked) == [("rollout", 0), ("stim", 0), ("stim", 100)]
        await pilot.press("right")
        await quiet(pilot)
        asked.clear()
        await pilot.press("G")
        await until(pilot, lambda: f"{MANY:,}" in seen(pilot)[-1] and "rests" in seen(pilot)[-1], "the last row")
        assert len(asked) <= 3
        await typed(pilot, "50001\n")
        await until(pilot, lambda: "What about loaf number 25000?" in detail(pilot), "row 50,001")
        assert rows(pilot).current == 50_000
        await quiet(pilot)
        assert len(asked) <= 6


async def test_a_row_of_the_list_has_its_group_and_a_stimulus_its_responses(many: RunningOven) -> None:
    async with bread_app(many).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        await typed(pilot, "321\n")
        await until(pilot, lambda: "Response 2 of 2" in detail(pilot), "its responses")
        assert "Loaf 640 rests" in detail(pilot)
        assert "Loaf 641 rests" in detail(pilot)
        await pilot.press("right")
        await quiet(pilot)
        assert "What about loaf" in seen(pilot)[0]
        assert "↳" in seen(pilot)[1]
        assert "1 of 2 to this question" in detail(pilot)


async def test_a_cursor_key_draws_two_rows(many: RunningOven, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bread_app(many).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        drawn: list[int] = []
        render = RowList.render_line

        def noting(page: RowList, y: int) -> object:
            drawn.append(y)
            return render(page, y)

        monkeypatch.setattr(RowList, "render_line", noting)
        await pilot.press("down")
        await quiet(pilot)
        assert sorted(drawn) == [0, 1]


async def test_words_are_looked_for_in_what_is_loaded_and_then_in_all(oven: RunningOven) -> None:
    fill(oven.store, 3_000, 1)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        await typed(pilot, "/number 49")
        assert [line.split()[0] for line in seen(pilot)] == ["50"]
        await pilot.press("enter")
        assert "1 of those loaded · enter looks in all" in below(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "of all" in below(pilot) and "searching" not in below(pilot), "the end")
        assert len(rows(pilot).numbers) == 1 + 10
        await pilot.press("escape")
        assert len(rows(pilot).numbers) == 3_000
        assert rows(pilot).current == 49


async def test_a_search_can_be_stopped_and_what_was_found_stays(many: RunningOven) -> None:
    async with bread_app(many).run_test(size=(120, 36)) as pilot:
        screen = await open_data(pilot)
        await interrupted(pilot, "/loaf\n\n", lambda: 500 < len(rows(pilot).numbers) < MANY // 2, "the first finds")
        await quiet(pilot)
        assert screen.is_active
        assert "stopped" in below(pilot)
        assert 500 < len(rows(pilot).numbers) < MANY // 2


DOUGH = [
    {"stimulus_id": 0, "stimulus": "Why?", "response": "Because it rests."},
    {"stimulus_id": 1, "stimulus": "How?", "response": ""},
    {"stimulus_id": 2, "stimulus": "When?", "response": "I'm sorry, but I can't help with that."},
    {"stimulus_id": 3, "stimulus": "Who?", "response": "because it  RESTS."},
    {"stimulus_id": 4, "stimulus": "What?", "response": "and so it goes", "finish_reason": "length"},
    {"odd": {"deep": [1, 2]}, "note": "no key anybody knows"},
]


async def test_filters_show_what_they_say_and_the_summary_where_it_is_thin(oven: RunningOven) -> None:
    put(oven.store, DOUGH)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        pilot.app.screen.query_one(Worktop).go_to(TARGET_ROW)
        await quiet(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
        await quiet(pilot)
        assert "There are no stimuli yet." in seen(pilot)[0]
        await pilot.press("right")
        await quiet(pilot)
        for key, left in {"e": [1], "r": [2], "d": [3], "t": [4], "a": [*range(6)]}.items():
            await pilot.press("f", key)
            await quiet(pilot)
            assert [*rows(pilot).numbers] == left, key
        await pilot.press("f", "c")
        await typed(pilot, "<15\n")
        await quiet(pilot)
        assert [*rows(pilot).numbers] == [1, 4]
        assert "only at most 14 characters" in below(pilot)
        await pilot.press("escape", "s")
        await quiet(pilot)
        assert "nothing at all" in detail(pilot)
        assert "6 responses are few" in detail(pilot)
        await pilot.press("s")
        assert "Question" in detail(pilot)


async def test_whatever_keys_a_row_has_are_shown(oven: RunningOven) -> None:
    put(oven.store, [{"stimulus": "x" * 300_000, "response": "<think>hm</think>So.", "score": 3, "deep": {"a": [1]}}])
    async with bread_app(oven).run_test(size=(80, 24)) as pilot:
        await open_data_of_responses(pilot)
        assert all(word in detail(pilot) for word in ("score", "3", "deep", '{"a": [1]}', "So."))
        assert "hm" not in detail(pilot)
        await pilot.press("t")
        assert "hm" in detail(pilot)


async def open_data_of_responses(pilot: Pilot[None]) -> DataScreen:
    await stocked(pilot)
    pilot.app.screen.query_one(Worktop).go_to(TARGET_ROW)
    await quiet(pilot)
    await pilot.press("d")
    await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
    await pilot.press("right")
    await until(pilot, lambda: bool(rows(pilot).numbers), "the responses")
    await quiet(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, DataScreen)
    return screen


async def test_new_rows_arrive_while_the_job_runs_and_the_cursor_stays(oven: RunningOven) -> None:
    told = [{"stimulus_id": n, "stimulus": f"Why {n}?", "response": f"So {n}."} for n in range(180)]
    oven.restart(speed=1e-9)
    put(oven.store, told[:130], status="running")
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        assert isinstance(app, BreadApp)
        await open_data_of_responses(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "So 129." in seen(pilot)[-1], "the last row")
        assert "130 responses so far" in above(pilot)
        add(oven.store, told[130:142])
        assert app.kitchen is not None
        app.kitchen.watcher.learn(await app.kitchen.ask_job(JobKey(REPO, TARGET, Phase.ROLLOUT)))
        await until(pilot, lambda: "142 responses so far · 12 new" in above(pilot), "the news")
        assert rows(pilot).current == 129
        await pilot.press("G")
        await until(pilot, lambda: "So 141." in seen(pilot)[-1], "the new rows")


async def test_without_the_server_what_is_loaded_stays_and_the_rest_comes_when_it_is_back(oven: RunningOven) -> None:
    fill(oven.store, 1_000, 2)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        oven.stop()
        await pilot.press("G")
        await until(pilot, lambda: bool(pilot.app.screen.query("#banner")), "the bad news")
        await pilot.press("g")
        assert "loaf number 0?" in seen(pilot)[0]
        await pilot.press("G")
        assert seen(pilot)[-1].split()[-1] == "…"
        oven.restart()
        await pilot.press("R")
        await until(pilot, lambda: "loaf number 999?" in seen(pilot)[-1], "the last page")
        await until(pilot, lambda: not pilot.app.screen.query("#banner"), "no bad news")


async def test_the_teacher_prompt_stands_beside_the_row(oven: RunningOven) -> None:
    fill(oven.store, 10)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        await pilot.press("p")
        await quiet(pilot)
        prompt = pilot.app.screen.query_one("#data-prompt", Page)
        assert prompt.display
        assert TEACHER in prompt.text
        await pilot.press("p")
        assert not prompt.display


async def test_marked_rows_are_written_and_copied(oven: RunningOven, tmp_path: Path) -> None:
    fill(oven.store, 300, 2)
    out = tmp_path / "rows.jsonl"
    async with bread_app(oven).run_test(size=(120, 36), notifications=True) as pilot:
        await open_data(pilot)
        await pilot.press("space", "j", "space")
        assert "2 marked" in below(pilot)
        await pilot.press("y")
        await quiet(pilot)
        assert pilot.app.clipboard == "What about loaf number 0?\n\nWhat about loaf number 2?"
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, Export), "the dialog")
        pilot.app.screen.query_one(Input).value = str(out)
        await pilot.press("enter")
        await until(pilot, out.exists, "the file")
        assert [json.loads(line)["stimulus_id"] for line in out.read_text().splitlines()] == [0, 2]
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")


async def test_an_export_that_is_stopped_keeps_its_part(many: RunningOven, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    async with bread_app(many).run_test(size=(120, 36)) as pilot:
        await open_data(pilot)
        await pilot.press("x", "tab")
        assert pilot.app.screen.query_one(Input).value.endswith(".csv")
        pilot.app.screen.query_one(Input).value = str(out)
        part = out.with_name("rows.csv.part.json")
        await interrupted(pilot, "\n", part.exists, "the part")
        await quiet(pilot)
        assert isinstance(pilot.app.screen, Export)
        assert "Stopped." in str(pilot.app.screen.query_one("#export-state", Static).render())
        assert part.exists()
        assert not out.exists()
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, DataScreen)


async def test_a_job_shows_the_rows_it_makes(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        await pilot.press("J")
        await quiet(pilot)
        await typed(pilot, "/phase:rollout iphone\n")
        await quiet(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
        await until(pilot, lambda: "306 responses" in above(pilot), "the rows")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Jobs), "the jobs")


async def test_a_bake_of_several_targets_asks_whose_data(samples: RunningOven) -> None:
    async with bread_app(samples).run_test(size=(120, 36)) as pilot:
        await stocked(pilot)
        pilot.app.screen.query_one(Worktop).go_to(Item(Kind.BAKE, "apple_support_agent", "apple_bake_v1"))
        await quiet(pilot)
        await pilot.press("d")
        await quiet(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
        await until(pilot, lambda: "responses" in above(pilot) and bool(rows(pilot).numbers), "the rows")
        await quiet(pilot)
        assert "iphone_support" in detail(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "airpods_support" in detail(pilot), "the last target's")


def app_on(path: Path, theme: str = "") -> DataApp:
    return DataApp(path, None, theme=theme)


async def test_a_file_is_shown_with_no_server_and_as_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in DOUGH) + "no json\n")
    async with app_on(path).run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, DataScreen), "the screen")
        await until(pilot, lambda: "7 rows" in above(pilot), "the rows")
        await quiet(pilot)
        assert "Because it rests." in seen(pilot)[0]
        assert "✖" in seen(pilot)[6]
        await pilot.press("G")
        assert "This is no JSON" in detail(pilot)
        with path.open("a") as file:
            file.write('{"question": "new?", "answer": "yes"}\n')
        await pilot.press("R")
        await until(pilot, lambda: "8 rows · 1 new" in above(pilot), "the new row")
        assert rows(pilot).current == 6
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.is_running, "the end")


def at(item: Item, *keys: str) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        if item.kind is Kind.TARGET:
            await open_data(pilot, item)
        else:
            await stocked(pilot)
            pilot.app.screen.query_one(Worktop).go_to(item)
            await quiet(pilot)
            await pilot.press("d")
        for key in keys:
            await pilot.press(key)
            await quiet(pilot)
        await still(pilot)

    return play


YODA = Item(Kind.TARGET, "yoda_repo", "yoda_target")
IPHONE = Item(Kind.TARGET, "apple_support_agent", "iphone_support")
SCENES: dict[str, Play] = {
    "stimuli": at(IPHONE, "j", "space", "j"),
    "responses_and_prompt": at(IPHONE, "right", "j", "p"),
    "summary": at(IPHONE, "right", "s"),
}
DIALOGS: dict[str, Play] = {
    "filters": at(IPHONE, "right", "s", "f"),
    "export": at(IPHONE, "space", "x"),
    "choice": at(Item(Kind.BAKE, "apple_support_agent", "apple_bake_v1")),
}


@pytest.mark.parametrize("scene", SCENES)
async def test_looks(scene: str, samples: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(samples), SIZES, SCENES[scene])


@pytest.mark.parametrize("size", SIZES[:1], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", DIALOGS)
def test_dialogs_look(
    scene: str, size: tuple[int, int], samples: RunningOven, snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(bread_app(samples), terminal_size=size, run_before=DIALOGS[scene])


def test_looks_in_the_light(samples: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = bread_app(samples, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=SCENES["responses_and_prompt"])
