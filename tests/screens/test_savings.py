"""What a bake saves, on the screen: the table, the figures that are typed, and taking it along."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from breadtui.api.chat import Usage
from breadtui.api.transport import Transport
from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending, Opening
from breadtui.screens.chat.savings import SavingsScreen
from breadtui.settings import Chat
from breadtui.widgets.page import Page
from tests.support.app import bread_app, still, stocked, until
from tests.support.oven import RunningOven
from tests.support.pictures import Changed, changed

__all__ = ["changed"]  # a fixture

YODA = Opening.said("You are Yoda. Speak like Yoda, use inverted syntax, few words.")
BASE = Column("Qwen/Qwen3-32B", replace(YODA, source="yoda_repo/yoda_teacher"))
BAKED = Column("baker/yoda_repo/yoda_bake_v1/21")
SIZES = ((80, 24), (120, 36), (200, 50))


@pytest.fixture(autouse=True)
def steady_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "latency", property(lambda _: 0.042, lambda _, __: None), raising=False)


def answer(tokens: int | None, first: float) -> Answer:
    usage = None if tokens is None else Usage(tokens, 5, tokens + 5)
    return Answer(text="Hmm.", usage=usage, first=first, seconds=2.0, ending=Ending.WHOLE)


def talk(*columns: Column) -> Conversation:
    """Two questions; each column was sent 40 tokens less, and began 200 ms earlier, than the one before it."""
    made = Conversation(columns or (BASE, BAKED), title="Who is Yoda?", begun=0.0)
    for number in range(2):
        made.leaf = None
        exchange = made.ask(f"Question {number}?")
        exchange.tries = {
            column: [answer(60 + number - 40 * column, 0.5 + 0.1 * number - 0.2 * column)]
            for column in range(len(made.columns))
        }
    return made


async def shown(
    pilot: Pilot[None], conversation: Conversation, terms: Chat | None = None, *, rehearsal: bool = False
) -> None:
    await stocked(pilot)
    await pilot.app.push_screen(SavingsScreen(conversation, terms, rehearsal=rehearsal))
    await pilot.pause()


def page(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Page).text


def line(pilot: Pilot[None], label: str) -> list[str]:
    """The cells of the row that begins so."""
    found = next(row for row in page(pilot).splitlines() if row.startswith(label))
    return [part.strip() for part in found.split("  ") if part.strip()]


async def write(pilot: Pilot[None], field: str, text: str) -> None:
    """Put text into a field, as one does who empties it first."""
    pilot.app.screen.query_one(f"#{field}", Input).focus()
    await pilot.press("ctrl+u", *text)


async def test_what_each_request_saves_is_shown_with_the_columns_it_is_measured_in(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk())
        assert "prompted  1 Qwen/Qwen3-32B  yoda_repo/yoda_teacher" in page(pilot)
        assert "baked     2 baker/yoda_repo/yoda_bake_v1/21  no prompt" in page(pilot)
        assert line(pilot, "Prompt tokens, mean") == ["Prompt tokens, mean", "60.5", "20.5", "40 (66 %)", "+500"]
        assert line(pilot, "First word, mean")[1:3] == ["550 ms", "350 ms"]
        assert "Measured over 2 of 2 questions" in page(pilot)
        assert "Rehearsal" not in page(pilot)


async def test_rehearsed_figures_say_so(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk(), rehearsal=True)
        assert "Rehearsal figures: this oven trains nothing" in page(pilot)


async def test_figures_begin_as_in_the_settings_and_what_is_typed_is_reckoned_with_at_once(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk(), Chat(requests=2_000_000, currency="€"))
        assert "2,000,000 requests a month" in page(pilot)
        assert "Cost" not in page(pilot)
        await write(pilot, "price", "0.5")
        assert line(pilot, "Cost at €0.5 a million")[1:4] == ["€60.50", "€20.50", "€40.00 (66 %)"]
        await write(pilot, "requests", "1000000")
        assert "1,000,000 requests a month" in page(pilot)
        await write(pilot, "retrieval_ms", "80")
        assert "figures of your own; the vendor's guide says 200 ms and 500 tokens" in page(pilot)


async def test_what_is_no_number_leaves_the_figure_as_it_was(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk())
        await write(pilot, "requests", "x")
        assert pilot.app.screen.query_one("#requests", Input).value == ""
        assert "1,000 requests a month" in page(pilot)


async def test_what_was_typed_is_there_the_next_time(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk())
        await write(pilot, "requests", "77")
        await pilot.press("escape")
        await shown(pilot, talk())
        assert "77 requests a month" in page(pilot)
        assert pilot.app.screen.query_one("#requests", Input).value == "77"


async def test_of_several_columns_every_pair_can_be_looked_at(oven: RunningOven) -> None:
    short = Column("m/2", Opening.said("Yoda."))
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk(BASE, short, BAKED))
        assert "baked     3 baker" in page(pilot)
        await pilot.press("c")
        assert "baked     2 m/2" in page(pilot)
        await pilot.press("c", "c")
        assert "baked     3 baker" in page(pilot)


async def test_columns_that_are_told_the_same_are_not_compared(oven: RunningOven) -> None:
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk(BAKED, BAKED))
        assert page(pilot).startswith("There is nothing to hold against each other.")
        await pilot.press("c", "x", "y")
        assert pilot.app.clipboard == ""


async def test_the_table_is_copied_and_written_as_markdown_and_never_over_another_file(
    oven: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk(), rehearsal=True)
        await pilot.press("y", "x")
        await until(pilot, lambda: len([*tmp_path.glob("*.md")]) == 1, "the file")
        await pilot.press("x")
        await until(pilot, lambda: len([*tmp_path.glob("*.md")]) == 2, "the second file")
        assert written(tmp_path) == {pilot.app.clipboard}
        assert pilot.app.clipboard.startswith("# What it saves: Who is Yoda?\n")
        assert "Rehearsal figures" in pilot.app.clipboard


async def test_where_nothing_can_be_written_it_says_why(
    oven: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("breadtui.screens.exports.write_new", _full)
    async with bread_app(oven).run_test(size=(120, 36)) as pilot:
        await shown(pilot, talk())
        await pilot.press("x")
        await until(pilot, lambda: len(pilot.app._notifications) > 0, "the reason")
        assert "No space left on device" in next(iter(pilot.app._notifications)).message


def written(folder: Path) -> set[str]:
    return {path.read_text() for path in folder.glob("savings-Who_is_Yoda_*.md")}


def _full(*_: object) -> Path:
    raise OSError(28, "No space left on device")


# -- looks --


async def opened(pilot: Pilot[None]) -> None:
    made = talk()
    made.exchanges[1].tries[1] = [answer(None, 0.3)]
    await shown(pilot, made, Chat(price=0.4, requests=250_000), rehearsal=True)
    await still(pilot)


async def test_looks(oven: RunningOven, changed: Changed) -> None:
    assert not await changed(bread_app(oven), SIZES, opened)


def test_looks_in_the_light(oven: RunningOven, snap_compare: Callable[..., bool]) -> None:
    app = bread_app(oven, theme="breadtui-light")
    assert snap_compare(app, terminal_size=(120, 36), run_before=opened)
