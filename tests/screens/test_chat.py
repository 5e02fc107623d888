"""Talking to one or several models: what streams in is shown, kept, and never lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from breadtui.api.secret import Secret
from breadtui.app import BreadApp
from breadtui.bakery.chats.conversation import Answer, Column, Ending, Exchange, Opening
from breadtui.screens.chat import Chat, open_conversation
from breadtui.screens.chat.menu import ChatMenu
from breadtui.screens.chat.sheet import SettingsSheet
from breadtui.screens.worktop import Worktop
from breadtui.settings import Chat as ChatSettings
from breadtui.settings import Config, Connection
from breadtui.widgets.top_bar import TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind
from tests.support.app import bread_app, quiet, stocked, typed, until
from tests.support.oven import RunningOven, running_oven

BASE = "Qwen/Qwen3-32B"
NEW, OLD = "baker/yoda_repo/yoda_bake_v1/21", "baker/yoda_repo/yoda_bake_v1/14"
BAKE = Item(Kind.BAKE, "yoda_repo", "yoda_bake_v1")
SLOW = 20.0
"""Tokens a second: an answer then takes some seconds."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories; it answers at once."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True) as oven:
        yield oven


def chat_of(pilot: Pilot[None]) -> Chat:
    screen = pilot.app.screen
    assert isinstance(screen, Chat)
    return screen


def page(pilot: Pilot[None], column: int = 0) -> str:
    """All the lines of a transcript, seen or not."""
    return chat_of(pilot).columns.views[column].transcript.text


def seen(pilot: Pilot[None], column: int = 0) -> str:
    transcript = chat_of(pilot).columns.views[column].transcript
    return "\n".join(transcript.render_line(y).text for y in range(transcript.size.height))


def said(pilot: Pilot[None], column: int = 0) -> list[Answer]:
    """The answers of a column that count."""
    found = [exchange.answer(column) for exchange in chat_of(pilot).conversation.path()]
    return [answer for answer in found if answer]


def questions(pilot: Pilot[None]) -> list[str]:
    return [exchange.question for exchange in chat_of(pilot).conversation.path()]


def texts_in(folder: Path) -> dict[str, list[str]]:
    """What the files of a folder hold, by the ends of their names."""
    found: dict[str, list[str]] = {}
    for path in (path for path in folder.iterdir() if path.is_file()):
        found.setdefault(path.suffix, []).append(path.read_text(encoding="utf-8"))
    return found


async def open_chat(pilot: Pilot[None], *columns: Column | str) -> None:
    """As from the workspace; with several columns, as a comparison begins."""
    await stocked(pilot)
    app = pilot.app
    assert isinstance(app, BreadApp)
    if columns:
        assert app.kitchen
        made = [Column(column) if isinstance(column, str) else column for column in columns]
        open_conversation(app, app.kitchen, made, "the oven", rehearsal=True)
    else:
        app.screen.query_one(Worktop).go_to(BAKE)
        await quiet(pilot)
        await pilot.press("c")
    await until(pilot, lambda: isinstance(app.screen, Chat) and app.screen.is_mounted, "the chat")
    await quiet(pilot)


async def ask(pilot: Pilot[None], question: str) -> None:
    conversation = chat_of(pilot).conversation
    before = len(conversation.exchanges)
    await typed(pilot, f"{question}\n")
    await until(pilot, lambda: len(conversation.exchanges) > before, "the question to be sent")
    await quiet(pilot)


async def test_an_answer_streams_in_and_the_conversation_survives_leaving(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "How tall?")
        assert "(rehearsal)" in page(pilot)
        await pilot.press(*"unsent", "escape")
        await pilot.press("c")
        await pilot.pause()
        assert "How tall?" in page(pilot)
        assert chat_of(pilot).composer.text == "unsent"


async def test_the_models_that_are_marked_are_asked_side_by_side(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(160, 40)) as pilot:
        await stocked(pilot)
        worktop = app.screen.query_one(Worktop)
        for model in (OLD, NEW):
            worktop.go_to(Item(Kind.CHECKPOINT, "yoda_repo", model, bake="yoda_bake_v1"))
            await quiet(pilot)
            await pilot.press("space")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Chat) and app.screen.is_mounted, "the chat")
        await quiet(pilot)
        assert set(chat_of(pilot).models) == {OLD, NEW}
        await ask(pilot, "How tall?")
        for column in (0, 1):
            assert "How tall?" in page(pilot, column)
            assert "(rehearsal)" in page(pilot, column)


async def test_each_answer_has_its_figures(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(160, 40)) as pilot:
        await open_chat(pilot, Column(BASE, Opening.said("You are Yoda.")), NEW)
        await ask(pilot, "How tall? /rehearse tokens=40")
        for column in (0, 1):
            answer = said(pilot, column)[0]
            assert answer.usage
            assert answer.usage.prompt_tokens > 0
            counted = f"{answer.usage.prompt_tokens} + {answer.usage.completion_tokens} tokens"
            assert counted in page(pilot, column)
            assert "first word" in page(pilot, column)
        await ask(pilot, "And now? /rehearse tokens=40 nousage")
        assert "≈ " in page(pilot)


async def test_one_column_may_fail_beside_a_good_one_and_be_asked_again(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(160, 40)) as pilot:
        await open_chat(pilot, NEW, "nobody/nowhere")
        await ask(pilot, "How tall?")
        assert said(pilot, 0)[0].ending is Ending.WHOLE
        assert said(pilot, 1)[0].ending is Ending.FAILED
        assert "nobody/nowhere" in page(pilot, 1)
        assert chat_of(pilot).composer.text == ""
        await pilot.press("ctrl+r")
        await quiet(pilot)
        exchange = chat_of(pilot).conversation.path()[0]
        assert [len(exchange.tries[column]) for column in (0, 1)] == [1, 2]


async def test_escape_stops_every_answer_and_closes_the_connections(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=SLOW) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(120, 30)) as pilot:
            await open_chat(pilot, NEW, OLD)
            await typed(pilot, "/rehearse tokens=5000\n")
            await until(pilot, lambda: oven.open_streams == 2, "the streams")
            await until(pilot, lambda: "reason" in page(pilot) and "reason" in page(pilot, 1), "the first words")
            await pilot.press("escape")
            await until(pilot, lambda: oven.open_streams == 0, "the connections to be closed")
            await quiet(pilot)
            assert "Stopped" in page(pilot, 0)
            assert [answer.ending for answer in (*said(pilot, 0), *said(pilot, 1))] == [Ending.STOPPED] * 2


async def test_an_answer_goes_on_while_one_is_elsewhere(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=200) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=100\n")
            await until(pilot, lambda: oven.open_streams == 1, "the stream")
            await pilot.press("escape")
            assert isinstance(app.screen, Chat)
            chat = chat_of(pilot)
            await ask(pilot, "/rehearse tokens=120")
            app.pop_screen()
            await quiet(pilot)
            await pilot.press("c")
            await pilot.pause()
            assert chat_of(pilot) is chat
            assert said(pilot)[-1].ending is Ending.WHOLE
            assert said(pilot)[-1].text.split()[-1] in page(pilot)


async def test_a_new_chat_begun_in_mid_answer_holds_nothing_of_the_old_which_is_kept(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=SLOW) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=5000\n")
            await until(pilot, lambda: "reason" in page(pilot), "the first words")
            before = chat_of(pilot).conversation
            await pilot.press("ctrl+l")
            await quiet(pilot)
            assert "rehearse tokens" not in page(pilot)
            assert "Stopped" not in page(pilot)
            assert "Rehearsal" in page(pilot)
            assert app.kitchen
            assert [kept.id for kept in app.kitchen.chats.list()] == [before.id]


async def test_a_question_that_got_no_answer_returns_to_where_it_was_written(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            oven.stop()
            await typed(pilot, "Are you there?\n")
            await until(pilot, lambda: "cannot be reached" in page(pilot), "why")
            await quiet(pilot)
            composer = chat_of(pilot).composer
            assert composer.text == "Are you there?"
            assert composer.cursor_location == (0, len("Are you there?"))
            assert questions(pilot) == []
            assert app.screen.query_one(TopBar).place.problem is not None


async def test_the_end_is_followed_through_a_resize_and_left_alone_by_a_reader(tmp_path: Path) -> None:
    with running_oven(tmp_path, samples=True, chat_speed=2000) as oven:
        app = bread_app(oven)
        async with app.run_test(size=(100, 20)) as pilot:
            await open_chat(pilot)
            await typed(pilot, "/rehearse tokens=1500\n")
            transcript = chat_of(pilot).columns.current.transcript
            await until(pilot, lambda: transcript.max_scroll_y > 20, "more than a page")
            await pilot.resize_terminal(70, 16)
            await quiet(pilot)
            assert transcript.scroll_offset.y == transcript.max_scroll_y > 0
            await pilot.press("pageup")
            await pilot.pause()
            assert transcript.scroll_offset.y < transcript.max_scroll_y
            await ask(pilot, "And now?")
            assert "And now?" in page(pilot)
            assert transcript.scroll_offset.y == transcript.max_scroll_y


@pytest.mark.parametrize("text", ["[bold]not bold[/bold]", "日本語 🍞 ok", "[@click=app.quit]x[/]"])
async def test_what_is_said_is_shown_as_it_was_said(text: str, samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 60)) as pilot:
        await open_chat(pilot)
        chat_of(pilot).composer.fill(text)
        await pilot.press("enter")
        await quiet(pilot)
        assert text in page(pilot)
        assert text in seen(pilot)


async def test_an_earlier_question_asked_otherwise_is_a_branch_one_can_turn_back_from(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 40)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "One?")
        await ask(pilot, "Two?")
        await typed(pilot, "half")
        await pilot.press("alt+up", "alt+up", "enter")
        composer = chat_of(pilot).composer
        assert composer.text == "One?"
        assert "Editing question 1" in str(composer.border_title)
        composer.fill("")
        await ask(pilot, "Uno?")
        assert questions(pilot) == ["Uno?"]
        assert composer.text == "half"
        assert "Version 2 of 2" in page(pilot)
        await pilot.press("alt+left")
        assert questions(pilot) == ["One?", "Two?"]
        assert "Two?" in page(pilot)
        await pilot.press("alt+right")
        assert questions(pilot) == ["Uno?"]


async def test_an_edit_that_is_let_be_changes_nothing(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 40)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "One?")
        await typed(pilot, "half")
        await pilot.press("alt+up", "enter", "x", "escape")
        assert chat_of(pilot).composer.text == "half"
        await ask(pilot, " way")
        assert questions(pilot) == ["One?", "half way"]


async def test_the_arrows_go_back_through_what_was_asked_and_forth_to_what_was_written(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 40)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "One?")
        await pilot.press("ctrl+l")
        await quiet(pilot)
        await ask(pilot, "Two?")
        await typed(pilot, "half")
        composer = chat_of(pilot).composer
        texts: list[str] = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            texts.append(composer.text)
        assert texts == ["Two?", "One?", "One?", "Two?", "half", "half"]


async def test_the_keys_that_send_and_break_lines_can_be_others(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        app.set_keymap({"chat.send": "f5", "composer.break_line": "enter"})
        await open_chat(pilot)
        await typed(pilot, "One\ntwo?")
        assert chat_of(pilot).composer.text == "One\ntwo?"
        await pilot.press("f5")
        await quiet(pilot)
        assert questions(pilot) == ["One\ntwo?"]


async def test_a_large_paste_is_folded_while_it_is_written_and_sent_whole(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_chat(pilot)
        await typed(pilot, "Read: ")
        pasted = "word \x1b[31m" * 100_000
        app.post_message(events.Paste(pasted))
        composer = chat_of(pilot).composer
        await until(pilot, lambda: "pasted" in composer.text, "the paste")
        assert composer.text == "Read: [pasted 900,000 characters]"
        await pilot.press("enter")
        await until(pilot, lambda: bool(questions(pilot)), "the question")
        await pilot.press("escape")
        await quiet(pilot)
        assert composer.whole.strip() in ("", "Read: " + ("word [31m" * 100_000).strip())
        assert all(question == "Read: " + ("word [31m" * 100_000).strip() for question in questions(pilot))


async def test_settings_of_the_sheet_are_those_of_the_next_request(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(160, 40)) as pilot:
        await open_chat(pilot, NEW, OLD)
        await pilot.press("alt+s")
        await until(pilot, lambda: isinstance(app.screen, SettingsSheet) and app.screen.is_mounted, "the sheet")
        await pilot.press("0", ".", "5", "down", "1", "2", "down", "n", "down", *"x")
        await pilot.press("escape")
        await quiet(pilot)
        settings = [column.settings for column in chat_of(pilot).conversation.columns]
        assert [(s.temperature, s.max_tokens, s.thinking, s.seed) for s in settings] == [(0.5, 12, False, None)] * 2
        await ask(pilot, "How tall?")
        for column in (0, 1):
            answer = said(pilot, column)[0]
            assert answer.usage
            assert answer.usage.completion_tokens == 12
            assert answer.reasoning == ""


async def test_a_column_added_later_is_asked_from_then_on_and_can_be_taken_out(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(160, 40)) as pilot:
        await open_chat(pilot, NEW)
        await ask(pilot, "One?")
        chat = chat_of(pilot)
        await chat.put_columns([*chat.conversation.columns, Column(OLD)], (0, None))
        await quiet(pilot)
        assert "Not asked." in page(pilot, 1)
        await ask(pilot, "Two?")
        assert (len(said(pilot, 0)), len(said(pilot, 1))) == (2, 1)
        second = said(pilot, 1)[0].text
        await pilot.press("alt+1", "alt+x")
        await quiet(pilot)
        assert chat.models == (OLD,)
        assert [answer.text for answer in said(pilot)] == [second]
        assert "Not asked." in page(pilot)


async def test_where_it_is_narrow_one_column_is_shown_and_the_others_are_a_key_away(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_chat(pilot, NEW, BASE)
        await ask(pilot, "How tall?")
        shown = [view.display for view in chat_of(pilot).columns.views]
        assert shown == [True, False]
        await pilot.press("alt+2")
        assert [view.display for view in chat_of(pilot).columns.views] == [False, True]
        assert BASE in str(chat_of(pilot).columns.current.query_one(".column-head", Static).content)
        assert "(rehearsal)" in page(pilot, 1)
        await typed(pilot, "x")
        assert chat_of(pilot).composer.text == "x"
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert all(view.display for view in chat_of(pilot).columns.views)


async def test_columns_scroll_together_until_they_are_let_go(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 24)) as pilot:
        await open_chat(pilot, NEW, BASE)
        for number in range(4):
            await ask(pilot, f"Question {number}? /rehearse tokens={100 + 200 * (number % 2)}")
        await pilot.press("pageup", "pageup", "pageup")
        await pilot.pause()
        left, right = (view.transcript for view in chat_of(pilot).columns.views)
        assert left.scroll_offset.y < left.max_scroll_y
        assert right.scroll_offset.y < right.max_scroll_y
        await pilot.press("alt+l")
        before = right.scroll_offset.y
        await pilot.press("pageup")
        await pilot.pause()
        assert right.scroll_offset.y == before


async def test_answers_and_code_are_copied_by_key(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "How tall?")
        answer = said(pilot)[0]
        await pilot.press("alt+y")
        assert app.clipboard == answer.text
        answer.text = "```\none\n```\n\nand\n\n```py\ntwo\n```"
        await pilot.press("tab", "Y")
        assert app.clipboard == "one"
        await pilot.press("Y")
        assert app.clipboard == "two"
        await pilot.press("y")
        assert app.clipboard == answer.text


async def test_the_menu_does_by_letter_what_alt_does(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_chat(pilot, NEW, BASE)
        await ask(pilot, "How tall?")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ChatMenu), "the menu")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Chat), "the chat")
        await pilot.pause()
        assert app.clipboard == said(pilot)[0].text
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ChatMenu), "the menu")
        await pilot.press("x")
        await quiet(pilot)
        assert chat_of(pilot).models == (BASE,)


async def test_alt_and_a_letter_writes_nothing(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_chat(pilot, NEW, BASE)
        app.post_message(events.Key("alt+2", "2"))  # as a terminal tells it
        app.post_message(events.Key("alt+x", "x"))
        await until(pilot, lambda: chat_of(pilot).models == (NEW,), "the column to go")
        assert chat_of(pilot).composer.text == ""


async def test_a_chat_is_exported_under_a_fresh_name(
    samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "How tall?")
        await pilot.press("alt+e", "alt+e", "alt+j")
        await quiet(pilot)
    written = texts_in(tmp_path)
    assert len(written[".md"]) == 2
    assert all("How tall?" in text for text in written[".md"])
    assert ['"assistant"' in text for text in written[".json"]] == [True]


async def test_a_conversation_becomes_a_prompt(samples: RunningOven) -> None:
    from breadtui.screens.forms.prompt import PromptForm

    app = bread_app(samples)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "How tall?")
        answer = said(pilot)[0].text
        await pilot.press("alt+u")
        await until(pilot, lambda: isinstance(app.screen, PromptForm) and app.screen.is_mounted, "the form")
        form = app.screen
        assert isinstance(form, PromptForm)
        assert form.repo == "yoda_repo"
        assert form.manuscript.body["messages"] == [
            {"role": "user", "content": "How tall?"},
            {"role": "assistant", "content": answer},
        ]


async def test_asking_again_puts_a_new_answer_in_the_place_of_the_old(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(100, 40)) as pilot:
        await open_chat(pilot)
        await ask(pilot, "How tall?")
        await pilot.press("ctrl+r")
        await quiet(pilot)
        exchange: Exchange = chat_of(pilot).conversation.path()[0]
        assert len(exchange.tries[0]) == 2
        assert page(pilot).count("How tall?") == 1
        assert "try 2" in page(pilot)


@pytest.mark.parametrize(
    ("letter", "screen"),
    [
        ("a", "ModelPicker"),
        ("m", "ModelPicker"),
        ("p", "PromptPicker"),
        ("s", "SettingsSheet"),
        ("c", "PresetPicker"),
        ("v", "SavingsScreen"),
        ("w", "SweepSetup"),
        ("t", "Title"),
    ],
)
async def test_every_way_out_of_the_chat_leads_back(letter: str, screen: str, samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_chat(pilot, NEW, BASE)
        await ask(pilot, "How tall?")
        chat = chat_of(pilot)
        await pilot.press("ctrl+n", letter)
        await until(pilot, lambda: type(app.screen).__name__ == screen and app.screen.is_mounted, screen)
        await quiet(pilot)
        for _ in range(3):
            if app.screen is not chat:
                await pilot.press("escape")
                await quiet(pilot)
        assert app.screen is chat
        assert chat.models == (NEW, BASE)


async def test_a_kept_chat_is_opened_where_the_other_was(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_chat(pilot, NEW, BASE)
        await ask(pilot, "One?")
        await pilot.press("ctrl+l")
        await quiet(pilot)
        assert "One?" not in page(pilot)
        await pilot.press("ctrl+o")
        await quiet(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chat), "the chat")
        await quiet(pilot)
        assert questions(pilot) == ["One?"]
        assert "(rehearsal)" in page(pilot, 1)


async def test_another_model_after_the_first_question_begins_another_chat(samples: RunningOven) -> None:
    app = bread_app(samples)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_chat(pilot, NEW)
        await ask(pilot, "One?")
        before = chat_of(pilot).conversation
        await pilot.press("alt+m")
        await quiet(pilot)
        await typed(pilot, "bake_v1/14")
        await quiet(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chat), "the chat")
        await quiet(pilot)
        assert chat_of(pilot).models == (OLD,)
        assert chat_of(pilot).conversation is not before
        assert len(before.exchanges) == 1


async def test_what_was_not_sent_is_there_again_after_the_next_start(samples: RunningOven) -> None:
    for keys, text in (("unsent", "unsent"), ("", "unsent")):
        app = BreadApp(Connection(samples.url, Secret(samples.key)))
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, keys)
            assert chat_of(pilot).composer.text == text


async def test_nothing_is_kept_of_what_was_not_sent_where_no_chat_is_kept(samples: RunningOven) -> None:
    for keys, text in (("secret", "secret"), ("", "")):
        app = BreadApp(Connection(samples.url, Secret(samples.key)), config=Config(chat=ChatSettings(history=False)))
        async with app.run_test(size=(100, 30)) as pilot:
            await open_chat(pilot)
            await typed(pilot, keys)
            assert chat_of(pilot).composer.text == text
