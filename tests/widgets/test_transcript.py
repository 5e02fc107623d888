"""The page of a conversation: what streams in is shown at once, as it was said, and can be read meanwhile."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from textual.color import Color
from textual.geometry import Offset
from textual.selection import Selection

from breadtui.widgets.transcript import Call, Question, Remark, Reply, Transcript
from tests.widgets.conversations import CUTS, DOCUMENTS, Page, drawn, rows, seen, torn

LONG = "\n\n".join(f"Paragraph {n}." for n in range(60))
CONVERSATION = [
    entry for n in range(40) for entry in (Question(f"Question {n}?"), Reply("model", f"Answer {n}.\n\nMore."))
]


def stream(page: Transcript, pieces: Sequence[str]) -> None:
    page.begin("model")
    for text in pieces:
        page.say(text)
        page._flush()
    page.finish()


@pytest.mark.parametrize("size", [(60, 20)])
async def test_a_stream_ends_as_the_whole_looks(size: tuple[int, int]) -> None:
    app = Page()
    async with app.run_test(size=size) as pilot:
        page = app.page

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(DOCUMENTS, CUTS)
        def holds(text: str, cuts: list[int]) -> None:
            page.load([Reply("model", text)])
            whole = rows(page)
            page.clear()
            stream(page, torn(text, cuts))
            assert rows(page) == whole

        holds()
        await drawn(pilot, page)


@pytest.mark.parametrize(
    "text", ["plain words, one by one, and no others", "日本語のテキスト 🍞 e\u0301", "[bold]x[/bold] [@click=a]y[/]"]
)
async def test_plain_text_is_shown_to_the_letter(text: str) -> None:
    app = Page()
    async with app.run_test(size=(80, 20)) as pilot:
        stream(app.page, list(text))
        await drawn(pilot, app.page)
        assert rows(app.page) == ["", "model", text, ""]


async def test_the_first_piece_is_shown_at_once_and_the_next_ones_soon() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)) as pilot:
        page = app.page
        page.ask("Who?")
        page.begin("model")
        assert "…" in seen(page)
        page.say("Hel")
        assert "Hel" in seen(page)
        page.say("lo")
        assert "Hello" not in seen(page)
        assert page.answering
        await drawn(pilot, page)
        assert "Hello" in seen(page)


async def test_finished_blocks_are_not_drawn_again_while_the_rest_streams() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)) as pilot:
        page = app.page
        page.begin("model")
        page.say(LONG + "\n\nopen")
        await drawn(pilot, page)
        blocks = list(page._layout.sections[0].blocks[:-1])
        page.say(" and more")
        page._flush()
        assert len(blocks) > 50
        assert all(a is b for a, b in zip(blocks, page._layout.sections[0].blocks, strict=False))


async def test_only_rows_that_changed_are_drawn() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)) as pilot:
        page = app.page
        page.begin("model")
        page.say("first\n\nsecond")
        await drawn(pilot, page)
        asked: list[int] = []
        render_line = page.render_line
        page.render_line = lambda y: (asked.append(y), render_line(y))[1]
        page.say(" word")
        await drawn(pilot, page)
        assert set(asked) == {seen(page).index("second word")}


async def test_the_end_is_followed_until_the_reader_scrolls_up() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        page = app.page
        page.begin("model")
        page.say(LONG)
        await drawn(pilot, page)
        assert "Paragraph 59." in seen(page)
        page.scroll_page_up(animate=False)
        before = seen(page)
        page.say("\n\n" + LONG)
        await drawn(pilot, page)
        assert seen(page) == before
        page.action_scroll_end()
        page.say("\n\nlast")
        await drawn(pilot, page)
        assert "last" in seen(page)


async def test_a_resize_keeps_the_end_or_the_line_that_is_read() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        page = app.page
        page.load([Reply("model", " ".join(f"w{n}" for n in range(300)) + "\n\n" + LONG)])
        await drawn(pilot, page)
        await pilot.resize_terminal(30, 10)
        await drawn(pilot, page)
        assert "Paragraph 59." in seen(page)
        page.scroll_to(y=rows(page).index("Paragraph 20."), animate=False)
        await pilot.resize_terminal(70, 14)
        await drawn(pilot, page)
        assert seen(page)[0] == "Paragraph 20." or seen(page)[1] == "Paragraph 20."


async def test_ten_thousand_messages_are_there_with_only_those_in_view_drawn() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)):
        page = app.page
        page.load(CONVERSATION * 125)
        assert "Answer 39." in seen(page)
        assert sum(section.unfold is None for section in page._layout.sections) < 30


async def test_what_is_read_stays_while_heights_become_exact_and_then_nothing_wakes() -> None:
    app = Page()
    async with app.run_test(size=(40, 12)) as pilot:
        page = app.page
        page.load(
            [
                entry
                for n in range(60)
                for entry in (Question(f"Q{n} " + "w" * n * 3), Reply("m", "- a\n" * (n % 9) + f"A{n}"))
            ]
        )
        page.scroll_to(y=100, animate=False)
        before = seen(page)
        assert page._measuring
        await drawn(pilot, page)
        assert seen(page) == before
        assert page._measuring is None
        assert page._gathering is None
        exact = page._layout.height
        assert len(rows(page)) == exact == page.virtual_size.height


async def test_scrolling_up_into_what_was_not_drawn_does_not_jump() -> None:
    app = Page()
    async with app.run_test(size=(40, 12)):
        page = app.page
        page.load([Reply("m", f"# {n}\n\n" + "\n\n".join(f"r{n}-{k}" for k in range(n % 7))) for n in range(200)])
        for _ in range(60):
            before = seen(page)
            page.scroll_relative(y=-3, animate=False)
            assert seen(page)[3:] == before[:-3]


async def test_a_call_is_shown_as_json_where_it_is_that() -> None:
    app = Page()
    async with app.run_test(size=(60, 30)) as pilot:
        page = app.page
        page.begin("model")
        page.call(0, "weather", '{"city": ')
        page.call(1, "clock", "no json")
        page.call(0, None, '"Berlin\\u009b"}')
        page.finish()
        await drawn(pilot, page)
        streamed = rows(page)
        assert "calls the tool weather" in streamed
        assert '   "city": "Berlin"' in streamed
        assert " no json" in streamed
        page.load([Reply("model", "", calls=(Call("weather", '{"city": "Berlin\\u009b"}'), Call("clock", "no json")))])
        assert rows(page) == streamed


async def test_reasoning_is_folded_and_unfolds() -> None:
    app = Page()
    async with app.run_test(size=(60, 30)) as pilot:
        page = app.page
        page.begin("model")
        for piece in ("\nFirst ", "I th", "ink.\n"):
            page.reason(piece)
            page._flush()
        assert "reasoning … · 3 words · ctrl+t shows them" in seen(page)
        page.say("Answer")
        page.finish("1.2 s")
        await drawn(pilot, page)
        assert rows(page) == ["", "model", "reasoned · 3 words · ctrl+t shows them", "Answer", "1.2 s", ""]
        page.toggle_reasoning()
        assert rows(page) == ["", "model", "First I think.", "", "Answer", "1.2 s", ""]
        page.load([Reply("model", "Answer", "\nFirst I think.\n", footnote="1.2 s")])
        assert rows(page) == ["", "model", "First I think.", "", "Answer", "1.2 s", ""]


async def test_a_question_is_marked_and_brought_into_view() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        page = app.page
        page.load(CONVERSATION)
        await drawn(pilot, page)
        assert page.questions == 40
        page.highlight(3)
        assert "▶ Question 3?" in seen(page)
        page.highlight(None)
        assert "▌ Question 3?" in seen(page)


async def test_what_the_mouse_selects_is_copied_as_it_is_seen() -> None:
    app = Page()
    async with app.run_test(size=(60, 24)) as pilot:
        page = app.page
        page.load([Question("Who\nare you?"), Reply("model", "Some **bold** words\n\n```py\nx = 1\n```\n\n- item")])
        await drawn(pilot, page)
        top, end = seen(page).index("▌ Who"), seen(page).index(" • item")
        await pilot.mouse_down(page, offset=(3, top))
        await pilot.hover(page, offset=(8, end))
        await pilot.mouse_up(page, offset=(8, end))
        await pilot.pause()
        copied = app.screen.get_selected_text()
        assert copied is not None
        assert copied.split("\n") == [
            "ho",
            "are you?",
            "",
            "model",
            "Some bold words",
            "",
            "",
            "x = 1",
            "",
            "",
            " • item",
        ]


async def test_a_selection_stays_while_the_answer_streams_and_the_page_scrolls() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        page = app.page
        page.begin("model")
        page.say("select me\n\n")
        await drawn(pilot, page)
        row = seen(page).index("select me")
        await pilot.mouse_down(page, offset=(0, row))
        await pilot.hover(page, offset=(5, row))
        await pilot.mouse_up(page, offset=(5, row))
        page.say(LONG)
        await drawn(pilot, page)
        assert "Paragraph 59." in seen(page)
        assert app.screen.get_selected_text() == "select"
        page.scroll_home(animate=False)
        strip = page.render_line(row)
        marked = "".join(text for text, ink, _ in strip if ink and ink.bgcolor != page.rich_style.bgcolor)
        assert marked == "select"


async def test_all_can_be_copied_though_it_was_never_drawn() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)):
        page = app.page
        page.load(CONVERSATION)
        found = page.get_selection(Selection(None, None))
        assert found is not None
        assert all(f"Question {n}?" in found[0] and f"Answer {n}." in found[0] for n in range(40))
        start = Offset(0, 0)
        assert page.get_selection(Selection(start, start)) is not None


async def test_columns_of_different_heights_stay_at_the_same_exchange() -> None:
    app, other = Page(), Page()
    async with app.run_test(size=(60, 12)) as pilot:
        page = app.page
        page.load([Remark("hello"), *CONVERSATION])
        await drawn(pilot, page)
        page.scroll_to(y=rows(page).index("▌ Question 7?") - 1, animate=False)
        await pilot.pause()
        told = app.scrolled[-1]
        assert told.transcript is page
        assert (told.entry, told.fraction) == (15, 0.0)
    async with other.run_test(size=(20, 8)) as pilot:
        page = other.page
        page.load([entry for n in range(40) for entry in (Question(f"Question {n}?"), Reply("m", "long " * n))])
        await drawn(pilot, page)
        page.scroll_to_entry(told.entry - 1, told.fraction)
        await pilot.pause()
        assert seen(page)[1] == "▌ Question 7?"
        assert other.scrolled == []


async def test_an_empty_page_says_what_it_is_for() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        app.page.placeholder = "Ask something."
        assert "Ask something." in "".join(seen(app.page))
        app.page.ask("What?")
        await pilot.pause()
        assert "Ask something." not in "".join(seen(app.page))
        app.page.clear()
        assert "Ask something." in "".join(seen(app.page))


async def test_code_of_the_last_reply_is_told() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)):
        page = app.page
        page.load([Reply("m", "```\none\n```"), Question("x"), Reply("m", "```\ntwo\n```\n```\nthree\n```")])
        assert page.code_blocks == ("two", "three")
        page.begin("m")
        page.say("```py\nfour")
        assert page.code_blocks == ("four",)


GIANTS = {
    "word": "x" * 1_000_000,
    "code": "```\n" + "line\n" * 100_000,
    "wide": "日本" * 200_000,
    "list": "- a\n" * 20_000,
}


@pytest.mark.parametrize("text", GIANTS.values(), ids=GIANTS)
async def test_a_giant_is_taken_in_and_its_end_shown(text: str) -> None:
    app = Page()
    async with app.run_test(size=(60, 12)):
        page = app.page
        page.ask(text)
        page.begin("m")
        page.say(text)
        page.say("\n```\n\nThe end.")
        page.finish()
        assert re.search(r"The end\.", "\n".join(seen(page)))


async def test_what_is_not_the_answer_has_a_colour_of_its_own() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)) as pilot:
        page = app.page
        page.load([Remark("remark", "error"), Question("question"), Reply("model", "answer", footnote="figures")])
        await drawn(pilot, page)
        segments = [segment for y in range(8) for segment in page.render_line(y)]
        inks = {segment.text.strip(): segment.style.color for segment in segments if segment.style}
        assert inks["remark"] == Color.parse(app.theme_variables["error"]).rich_color
        assert inks["figures"] == Color.parse(app.theme_variables["muted"]).rich_color
        assert inks["answer"] == inks["question"] == Color.parse(app.theme_variables["foreground"]).rich_color
