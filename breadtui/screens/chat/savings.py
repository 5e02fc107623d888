"""What a bake saves, measured over the questions of a chat, and reckoned for a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from textual import on, work
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from breadtui.actions import bindings
from breadtui.actions.chat import SAVINGS
from breadtui.bakery.chats.conversation import Conversation
from breadtui.bakery.chats.savings import Savings, Side, measure, pairs
from breadtui.bakery.chats.savings_report import REHEARSED, UNPROMPTED, as_markdown, notes, table, verdict, worse
from breadtui.screens.chat.savings_table import table_lines
from breadtui.screens.exports import write_here
from breadtui.screens.steady import steady
from breadtui.settings import MOST, Chat
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page

NO_PAIR = (
    "There is nothing to hold against each other. This needs two columns of which one is told more than the other "
    "before the first question, such as those of the comparison “Before and after”."
)
FIELDS = (
    ("requests", "requests a month"),
    ("price", "price a million"),
    ("retrieval_ms", "retrieval, ms"),
    ("retrieval_tokens", "retrieval, tokens"),
)

_TERMS: WeakKeyDictionary[App[None], Chat] = WeakKeyDictionary()
"""What was typed here last, while the program runs."""


class SavingsScreen(ModalScreen[None]):
    """The table of one pair of columns at a time, and the figures that it is reckoned with.

    `terms` are those of the settings; what was typed here before stands above them.
    """

    CSS_PATH = sheet("savings")
    HELP = "What it saves"
    BINDINGS = bindings(SAVINGS)

    def __init__(self, conversation: Conversation, terms: Chat | None = None, *, rehearsal: bool = False) -> None:
        super().__init__()
        self._conversation = conversation
        self._terms = terms or Chat()
        self._rehearsal = rehearsal
        self._pairs = pairs(conversation)
        self._pair = 0
        self._savings: Savings | None = None

    def compose(self) -> ComposeResult:
        """The table, the figures, and the keys."""
        self._terms = _TERMS.get(self._own_app, self._terms)
        with Vertical(id="savings") as box:
            box.border_title = "What it saves · rehearsal" if self._rehearsal else "What it saves"
            yield Page(classes="scrolls")
            with Horizontal(id="savings-fields"):
                for name, label in FIELDS:
                    with Vertical():
                        yield Static(label, markup=False)
                        yield Input(f"{getattr(self._terms, name):.15g}", id=name, restrict=r"[0-9]*\.?[0-9]*")
            yield KeyBar()

    def on_mount(self) -> None:
        """Measure."""
        steady(self)
        self._measure()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without figures there is nothing to take along."""
        match action:
            case "pair":
                return len(self._pairs) > 1
            case "export" | "copy":
                return bool(self._savings and self._savings.questions)
            case _:
                return True

    def action_pair(self) -> None:
        """Hold the next two columns against each other."""
        self._pair = (self._pair + 1) % len(self._pairs)
        self._measure()

    def action_copy(self) -> None:
        """Copy the table to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._report())
        self.notify("Copied the table as Markdown")

    @work(group="export", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write the table into the current folder."""
        name, report = f"savings-{self._conversation.title or self._conversation.id}", self._report()
        await write_here(self, [(name, ".md", lambda: report)])

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """What is no number, such as nothing, leaves the figure as it was."""
        terms = _with(self._terms, event.input.id or "", event.value)
        if terms != self._terms:
            self._terms = _TERMS[self._own_app] = terms
            self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one(Page).focus()

    @on(Page.Widened)
    def _show(self) -> None:
        page = self.query_one(Page)
        page.show(Content("\n").join(list(self._lines(page.room))), self._pair)

    @property
    def _own_app(self) -> App[None]:
        return self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what its app is one

    def _measure(self) -> None:
        self._savings = measure(self._conversation, self._pairs[self._pair]) if self._pairs else None
        self.refresh_bindings()
        self._show()

    def _lines(self, width: int) -> Iterator[Content]:
        savings = self._savings
        if savings is None:
            yield Content(NO_PAIR)
            return
        yield _side_line("prompted", savings.prompted)
        yield _side_line("baked", savings.baked)
        yield Content("")
        yield Content.styled(verdict(savings), "bold $warning" if worse(savings) else "bold")
        if savings.questions:
            yield Content("")
            yield from table_lines(table(savings, self._terms), width)
        yield Content("")
        for note in notes(savings, self._terms, rehearsal=self._rehearsal):
            yield Content.styled(note, "$secondary" if note == REHEARSED else "$muted")

    def _report(self) -> str:
        if self._savings is None:
            return ""
        return as_markdown(self._savings, self._terms, title=self._conversation.title, rehearsal=self._rehearsal)


def _side_line(role: str, side: Side) -> Content:
    told = f"  {side.prompt or UNPROMPTED}"
    number = f"{side.column + 1} "
    return Content.assemble((f"{role:<10}", "$muted"), (number, "bold $primary"), side.model, (told, "$muted"))


def _with(terms: Chat, name: str, text: str) -> Chat:
    """The terms with what was typed into a field; as they were where that is no number, or one beyond all reason."""
    try:
        value = float(text)
    except ValueError:
        return terms
    if not 0 <= value <= MOST:
        return terms
    match name:
        case "requests":
            return replace(terms, requests=int(value))
        case "price":
            return replace(terms, price=value)
        case "retrieval_ms":
            return replace(terms, retrieval_ms=value)
        case _:
            return replace(terms, retrieval_tokens=int(value))
