"""A page of a conversation under test, alone in an app, and Markdown torn in any way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from breadtui.themes import DARK
from breadtui.widgets.transcript import Transcript

MARKUP = (
    *("words", "more **bold** and `code`", "", "", "- item", "* star", "1. one", "2. two", "3) three", "-", "#"),
    *(
        "  nested",
        "   - deep",
        "    indented",
        "\ttab",
        "```py",
        "```",
        "~~~",
        "   ```",
        "> quote",
        "> - in it",
        "> ```",
    ),
    *("| a | b |", "|---|---|", "| 1 | 2 |", "# head", "---", "===", "- - -", "<div>", "[a]: /url", "**open", "x" * 30),
    *(
        "[bold]no[/bold]",
        "日本語のテキスト",
        "👩‍👩‍👧 family 🍞",
        "e\u0301\u200b combining",
        "&amp; &nbsp;",
        "![](i.png)",
        "[t](u)",
    ),
)
LINES = st.lists(st.sampled_from(MARKUP), max_size=40)
DOCUMENTS = st.builds("".join, st.tuples(LINES.map("\n".join), st.sampled_from(["", "\n"])))
CUTS = st.lists(st.integers(0, 400), max_size=25)


def torn(text: str, cuts: Sequence[int]) -> list[str]:
    """The text in pieces."""
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(places)]


class Page(App[None]):
    """A transcript alone."""

    CSS = "Transcript { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.scrolled: list[Transcript.Scrolled] = []

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Transcript()

    @property
    def page(self) -> Transcript:
        """The widget."""
        return self.query_one(Transcript)

    def on_transcript_scrolled(self, event: Transcript.Scrolled) -> None:
        """Remember it."""
        self.scrolled.append(event)


def seen(page: Transcript) -> list[str]:
    """The rows in view."""
    return [page.render_line(y).text.rstrip() for y in range(page.size.height)]


def rows(page: Transcript) -> list[str]:
    """All the rows, in view or not, from top to end."""
    layout = page._layout
    layout.bring(0, 10**9)
    return [layout.row(layout.at(line))[0].text.rstrip() for line in range(layout.height)]


async def drawn(pilot: Pilot[None], page: Transcript) -> None:
    """Wait until nothing is left to gather or to measure."""
    for _ in range(2000):
        await pilot.pause(0.01)
        if page._gathering is None and page._measuring is None:
            break
    await pilot.pause()
