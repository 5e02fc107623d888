"""The chats that were kept, as a list to choose from."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from breadtui.api.transport import Transport
from breadtui.app import BreadApp
from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending
from breadtui.bakery.chats.kept import Chats
from breadtui.screens.chat.kept import KeptChats
from breadtui.widgets.pick_list import PickList
from tests.support.app import bread_app, quiet, still, stocked, typed, until
from tests.support.oven import RunningOven, running_oven
from tests.support.pictures import Changed, changed

__all__ = ["changed"]  # a fixture

BASE, BAKED = "Qwen/Qwen3-32B", "baker/yoda_repo/yoda_bake_v1/21"
SIZES = ((80, 24), (120, 36), (200, 50))
TALKS = (
    ("How tall are you?", "Size matters not.", (BAKED,)),
    ("What colour is [bold]the[/bold] sky over Dagobah, and why is it never blue?", "Grey it is.", (BASE, BAKED)),
    ("日本語で話せますか 🍞", "はい。", (BASE, BAKED, "baker/yoda_repo/yoda_bake_v1/14")),
    ("My AirPods keep disconnecting", "Put both into the case.", ("baker/apple_support_agent/apple_bake_v1/60",)),
)


@pytest.fixture(scope="module")
def oven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("kept"), samples=True, speed=1e-9) as running:
        yield running


@pytest.fixture(autouse=True)
def steady_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def said(chats: Chats, question: str, text: str, models: tuple[str, ...], at: float) -> None:
    conversation = Conversation(tuple(map(Column, models)))
    journal = chats.journal(conversation)
    exchange = conversation.ask(question)
    exchange.tries[0] = [Answer(text, ending=Ending.WHOLE)]
    journal.asked(exchange)
    journal.changed = at


async def open_kept(
    pilot: Pilot[None], count: int = len(TALKS), folder: Path | None = None
) -> list[Conversation | None]:
    """Open the list over the first screen; what it answers will be in the list that is given."""
    await stocked(pilot)
    chats = Chats(folder)
    for place, (question, text, models) in enumerate(TALKS[:count]):
        said(chats, question, text, models, 1_760_000_000.0 + 40_000 * place)
    answers: list[Conversation | None] = []
    await pilot.app.push_screen(KeptChats(chats), answers.append)
    await quiet(pilot)
    return answers


def rows(app: BreadApp) -> list[str]:
    page = app.screen.query_one(PickList)
    return [text for y in range(page.size.height) if (text := page.render_line(y).text.strip())]


def titles(app: BreadApp) -> list[str]:
    return [row.split("  ")[0] for row in rows(app)]


def word(app: BreadApp) -> str:
    return str(app.screen.query_one(".word", Static).render())


async def test_the_last_chat_stands_first_and_enter_opens_the_one_under_the_cursor(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        answers = await open_kept(pilot)
        assert titles(app)[0] == "My AirPods keep disconnecting"
        assert titles(app)[-1] == "How tall are you?"
        assert "[bold]the[/bold]" in titles(app)[2]
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        (conversation,) = answers
        assert conversation
        assert conversation.path()[0].question == "How tall are you?"


async def test_what_is_typed_finds_titles_models_and_what_was_said(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_kept(pilot)
        for words, found in (("TALL", "How tall are you?"), ("apple_bake", "My AirPods keep disconnecting")):
            app.screen.query_one(Input).value = ""
            await typed(pilot, words)
            await until(pilot, lambda found=found: titles(app) == [found], found)
        app.screen.query_one(Input).value = ""
        await typed(pilot, "matters not")
        await until(pilot, lambda: titles(app) == ["How tall are you?"], "what was said")
        assert "1 of 4 chats" in word(app)
        await typed(pilot, " nowhere")
        await until(pilot, lambda: rows(app) == [], "nothing")
        await quiet(pilot)
        await pilot.press("enter", "ctrl+d", "alt+t")
        assert isinstance(app.screen, KeptChats)


async def test_a_chat_is_renamed_and_the_cursor_stays_on_it(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_kept(pilot)
        await pilot.press("down", "alt+t")
        await until(pilot, lambda: not isinstance(app.screen, KeptChats), "the line for the title")
        await pilot.press("ctrl+u")
        await typed(pilot, "Japanese\n")
        await until(pilot, lambda: isinstance(app.screen, KeptChats) and "Japanese" in titles(app), "the new title")
        assert titles(app)[1] == "Japanese"
        assert app.screen.query_one(PickList).cursor == 1


async def test_a_chat_is_deleted_when_that_was_confirmed(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_kept(pilot)
        await pilot.press("ctrl+d", "escape")
        await quiet(pilot)
        assert len(rows(app)) == 4
        await pilot.press("ctrl+d", "d")
        await until(pilot, lambda: len(rows(app)) == 3, "one chat less")
        assert "My AirPods keep disconnecting" not in titles(app)


async def test_chats_are_written_into_the_folder_and_never_over_a_file(
    oven: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_kept(pilot, 1)
        await pilot.press("alt+e", "alt+e", "alt+j")
        await until(pilot, lambda: len(files(tmp_path)) == 3, "three files")
        await quiet(pilot)
    first, second, messages = sorted(files(tmp_path), key=lambda path: (path.suffix == ".json", len(path.name)))
    assert first.suffix == second.suffix == ".md"
    assert "Size matters not." in first.read_text()
    assert first.read_text() == second.read_text()
    assert '"role": "assistant"' in messages.read_text()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


async def test_a_chat_that_is_gone_meanwhile_is_told_and_not_listed_any_more(oven: RunningOven, tmp_path: Path) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        answers = await open_kept(pilot, 2, tmp_path / "chats")
        screen = app.screen
        assert isinstance(screen, KeptChats)
        screen._chats.close()
        clear(tmp_path / "chats")
        await pilot.press("enter")
        await until(pilot, lambda: rows(app) == [], "the empty list")
        assert answers == []
        assert "No chat was kept yet" in word(app)


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


async def test_where_nothing_is_kept_it_says_so(oven: RunningOven) -> None:
    app = bread_app(oven)
    async with app.run_test(size=(120, 36)) as pilot:
        answers = await open_kept(pilot, 0)
        assert "No chat was kept yet" in word(app)
        assert "Nothing is kept on disk" in word(app)
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert answers == [None]


async def shown(pilot: Pilot[None]) -> None:
    await open_kept(pilot)
    await pilot.press("down")
    await still(pilot)


async def test_kept_chats_look_like_this(oven: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(oven), SIZES, shown)


def test_kept_chats_in_light(snap_compare: Callable[..., bool], oven: RunningOven) -> None:
    assert snap_compare(bread_app(oven, theme="breadtui-light"), terminal_size=(120, 36), run_before=shown)
