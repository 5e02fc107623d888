"""Talking to a model: what streams in is shown, kept, and never lost."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from breadtui.app import BreadApp
from breadtui.screens.chat import Chat, Composer
from breadtui.screens.worktop import Worktop
from breadtui.widgets.transcript import Transcript
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, stocked, typed, until
from tests.support.oven import running_oven

BAKE = Item(Kind.BAKE, "yoda_repo", "yoda_bake_v1")
SLOW = 20.0
"""Tokens a second: an answer then takes some seconds."""


def page(app: BreadApp) -> str:
    """All the lines of the transcript, seen or not."""
    transcript = app.screen.query_one(Transcript)
    return "\n".join(strip.text for block in transcript._blocks for strip in block.strips)


def seen(app: BreadApp) -> str:
    transcript = app.screen.query_one(Transcript)
    return "\n".join(transcript.render_line(y).text for y in range(transcript.size.height))


async def open_chat(pilot: Pilot[None]) -> None:
    await stocked(pilot)
    pilot.app.screen.query_one(Worktop).go_to(BAKE)
    await quiet(pilot)
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, Chat) and pilot.app.screen.is_mounted, "the chat")
    await pilot.pause()


async def test_an_answer_streams_in_and_the_conversation_survives_leaving(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "How tall?\n")
            await until(pilot, lambda: "(rehearsal)" in page(app), "the answer")
            await quiet(pilot)
            await pilot.press(*"unsent", "escape")
            await pilot.press("c")
            await pilot.pause()
            assert "How tall?" in page(app)
            assert app.screen.query_one(Composer).text == "unsent"


async def test_escape_stops_the_answer_and_closes_the_connection(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=SLOW) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=5000\n")
            await until(pilot, lambda: oven.open_streams == 1, "the stream")
            await until(pilot, lambda: "reason" in page(app), "the first words")
            await pilot.press("escape")
            await until(pilot, lambda: oven.open_streams == 0, "the connection to be closed")
            assert isinstance(app.screen, Chat)
            assert "Stopped" in page(app)


async def test_a_new_chat_begun_in_mid_answer_holds_nothing_of_the_old(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=SLOW) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=5000\n")
            await until(pilot, lambda: "reason" in page(app), "the first words")
            await pilot.press("ctrl+l")
            await quiet(pilot)
            assert "rehearse tokens" not in page(app)
            assert "Stopped" not in page(app)
            assert "Rehearsal" in page(app)


async def test_a_question_that_got_no_answer_returns_to_where_it_was_written(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            oven.stop()
            await typed(pilot, "Are you there?\n")
            await until(pilot, lambda: "cannot be reached" in page(app), "why")
            await quiet(pilot)
            composer = app.screen.query_one(Composer)
            assert composer.text == "Are you there?"
            assert composer.cursor_location == (0, len("Are you there?"))


async def test_the_end_is_followed_through_a_resize_and_left_alone_by_a_reader(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=2000) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 20)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=1500\n")
            transcript = app.screen.query_one(Transcript)
            await until(pilot, lambda: transcript._height > 40, "more than a page")
            await pilot.resize_terminal(70, 16)
            await quiet(pilot)
            assert transcript.scroll_offset.y == transcript.max_scroll_y > 0
            await pilot.press("pageup")
            await pilot.pause()
            read = transcript.scroll_offset.y
            assert read < transcript.max_scroll_y
            await typed(pilot, "And now?\n")
            await quiet(pilot)
            assert "And now?" in page(app)
            assert transcript.scroll_offset.y == transcript.max_scroll_y


@pytest.mark.parametrize("text", ["[bold]not bold[/bold]", "日本語 🍞 ok", "[@click=app.quit]x[/]"])
async def test_what_is_said_is_shown_as_it_was_said(text: str, tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            app.screen.query_one(Composer).fill(text)
            await pilot.press("enter")
            await quiet(pilot)
            assert text in page(app)
            assert text in seen(app)
