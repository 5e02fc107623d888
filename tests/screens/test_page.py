"""The page one reads: it draws what changed, keeps its place, and gives the text that the mouse selects."""

from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.selection import SELECT_ALL, Selection

from breadtui.widgets.page import Page
from tests.support.app import until

LONG = "\n".join(f"line {number}" for number in range(100))


class Noted(Page):
    """A page that notes what it has drawn."""

    drawn: list[Region]

    def refresh(self, *regions: Region, **how: bool) -> "Noted":
        if not hasattr(self, "drawn"):
            self.drawn = []
        self.drawn += regions or (self.size.region,)
        return super().refresh(*regions, **how)


class Reader(App[None]):
    """An app of one page, 40 cells wide, the scrollbar included."""

    CSS = "Page { scrollbar-size: 1 1; }"
    laid_out = 0

    def compose(self) -> ComposeResult:
        yield Noted()

    @property
    def page(self) -> Noted:
        return self.query_one(Noted)

    @property
    def seen(self) -> list[str]:
        return [self.page.render_line(y).text.rstrip() for y in range(self.page.size.height)]


def reader(pilot: Pilot[None]) -> Reader:
    app = pilot.app
    assert isinstance(app, Reader)
    return app


async def shown(pilot: Pilot[None], content: Content, subject: object = "one") -> list[Region]:
    """Show it; gives what was drawn for it."""
    page = reader(pilot).page
    await pilot.pause()
    page.drawn.clear()
    page.show(content, subject)
    drawn = [*page.drawn]
    await pilot.pause()
    return drawn


async def test_only_the_lines_that_differ_are_drawn_and_not_beyond_their_ends() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content("first\nsecond line\nthird"))
        lines = Content("\n").join([Content("first"), Content.assemble("second ", ("word", "bold")), Content("third")])
        await shown(pilot, lines)
        lines = Content("\n").join([Content("first"), Content.assemble("second ", ("way", "bold")), Content("third")])
        assert await shown(pilot, lines) == [Region(0, 1, 11, 1)]


async def test_the_same_text_draws_nothing() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content.styled("text", "bold"))
        assert await shown(pilot, Content.styled("text", "bold")) == []


async def test_a_longer_text_does_not_lay_the_screen_out_anew() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content("short"))
        room = reader(pilot).page.room
        laid_out: list[object] = []
        pilot.app.screen.screen_layout_refresh_signal.subscribe(reader(pilot).page, laid_out.append)
        await shown(pilot, Content(LONG))
        assert reader(pilot).page.max_scroll_y == 90
        assert reader(pilot).page.room == room == 39
        assert laid_out == []


async def test_an_update_of_the_subject_keeps_the_place_and_another_subject_begins_at_the_top() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content(LONG))
        reader(pilot).page.scroll_to(y=20, animate=False)
        await shown(pilot, Content(LONG.replace("line 25", "changed")))
        assert reader(pilot).seen[4:7] == ["line 24", "changed", "line 26"]
        await shown(pilot, Content(LONG), "another")
        assert reader(pilot).seen[0] == "line 0"


async def test_a_text_that_became_shorter_is_scrolled_back_to_its_end() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content(LONG))
        reader(pilot).page.action_scroll_end()
        await shown(pilot, Content("\n".join(LONG.split("\n")[:15])))
        assert reader(pilot).seen == [f"line {number}" for number in range(5, 15)]


async def test_the_reading_keys_scroll() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content(LONG))
        reader(pilot).page.focus()
        tops = {"j": 1, "down": 2, "k": 1, "pagedown": 11, "pageup": 1, "G": 90, "g": 0, "end": 90, "home": 0}
        for key, top in tops.items():
            await pilot.press(key)
            await until(pilot, lambda top=top: reader(pilot).seen[0] == f"line {top}", f"what {key} goes to")


async def test_a_text_of_thousands_of_lines_can_be_read_to_its_end_at_once() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content("\n".join(f"line {number}" for number in range(5000))))
        assert reader(pilot).seen[0] == "line 0"
        reader(pilot).page.action_scroll_end()
        await pilot.pause()
        assert reader(pilot).seen[-1] == "line 4999"


async def test_what_is_selected_is_copied_without_the_breaks_of_the_width() -> None:
    text = "a line that is longer than the page is wide, and so is wrapped\nanother"
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content(text))
        assert reader(pilot).page.get_selection(SELECT_ALL) == (text, "\n")
        part = Selection(Offset(2, 0), Offset(7, 1))
        assert reader(pilot).page.get_selection(part) == (text[2:], "\n")


async def test_the_mouse_selects_far_down_in_a_long_text() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content("\n".join(f"line {number}" for number in range(1000))))
        page = reader(pilot).page
        page.action_scroll_end()
        await pilot.pause()
        await pilot.mouse_down(page, offset=(0, 8))
        await pilot.hover(page, offset=(8, 9))
        await pilot.mouse_up(page, offset=(8, 9))
        await pilot.pause()
        assert pilot.app.screen.get_selected_text() == "line 998\nline 999"
        plain = page.render_line(0)
        marked = page.render_line(8)
        colours = [next(iter(strip)).style for strip in (plain, marked)]
        assert colours[0] is not None
        assert colours[1] is not None
        assert colours[0].bgcolor != colours[1].bgcolor


async def test_another_theme_colours_the_page_anew() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content.styled("text", "$primary"))
        before = next(iter(reader(pilot).page.render_line(0))).style
        pilot.app.theme = "textual-light"
        await pilot.pause()
        after = next(iter(reader(pilot).page.render_line(0))).style
        assert before is not None
        assert after is not None
        assert before.color != after.color


async def test_another_width_wraps_anew_and_is_told() -> None:
    told: list[Page.Widened] = []

    class Told(Reader):
        def on_page_widened(self, event: Page.Widened) -> None:
            told.append(event)

    async with Told().run_test(size=(40, 10)) as pilot:
        await shown(pilot, Content("some words that fit"))
        told.clear()
        await pilot.resize_terminal(12, 10)
        await pilot.pause()
        assert reader(pilot).seen[:3] == ["some words", "that fit", ""]
        assert told


async def test_a_page_that_is_hidden_is_written_for_the_width_it_had() -> None:
    async with Reader().run_test(size=(40, 10)) as pilot:
        page = reader(pilot).page
        await shown(pilot, Content("text"))
        page.display = False
        await pilot.pause()
        await shown(pilot, Content("some words that fit"))
        assert page.room == 39
        page.display = True
        await pilot.pause()
        assert reader(pilot).seen[0] == "some words that fit"


async def test_a_title_is_drawn_without_the_rest() -> None:
    class Framed(Reader):
        CSS = "Page { border: round white; }"

    async with Framed().run_test(size=(40, 10)) as pilot:
        page = reader(pilot).page
        page.head(Content("[b]one"))
        await pilot.pause()
        page.drawn.clear()
        page.head(Content("[b]another"))
        page.head(Content("[b]another"))
        assert [region.height for region in page.drawn] == [1]
        assert str(page.border_title) == "\\[b]another"
