"""Asks which rows are to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from breadtui.actions import MODAL, bindings
from breadtui.bakery.data.measure import Survey
from breadtui.bakery.data.sieve import SIGNS, Filter, Kind, read_length
from breadtui.bakery.data.words import share
from breadtui.sheets import sheet
from breadtui.widgets.menu import Menu

CHOICES = (
    (Kind.EMPTY, "e", "Empty", "they say nothing"),
    (Kind.SHORT, "s", "Short", "the shortest tenth"),
    (Kind.LONG, "l", "Long", "the longest tenth"),
    (Kind.DUPLICATE, "d", "Duplicate", "the words of an earlier one"),
    (Kind.NEAR, "n", "Nearly so", "most words of an earlier one"),
    (Kind.REFUSAL, "r", "Refusal", "they begin like one"),
    (Kind.TRUNCATED, "t", "Truncated", "they break off"),
    (Kind.BROKEN, "b", "No JSON", "lines that cannot be read"),
)
ALL = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter that was chosen; None for all rows."""

    filter: Filter | None


class FilterMenu(ModalScreen[Chosen | None]):
    """Answers with the filter, or with None where nothing was chosen. Counts stand where they are known."""

    CSS_PATH = sheet("data")
    HELP = "Data"
    BINDINGS = [
        *bindings(MODAL),
        *(Binding(key, f"choose('{kind}')", label, show=False) for kind, key, label, _ in CHOICES),
        Binding("a", f"choose('{ALL}')", "All", show=False),
        Binding("less_than_sign,greater_than_sign,c", "length", "Length", show=False),
        Binding("escape,f,q", "dismiss(None)", "Back", show=False),
    ]

    def __init__(self, survey: Survey, now: Filter | None, *, measured: bool) -> None:
        super().__init__()
        self._survey = survey
        self._now = now
        self._measured = measured

    def compose(self) -> ComposeResult:
        """The kinds, and a line for a length."""
        with Vertical(id="filters") as box:
            box.border_title = "Show only"
            box.border_subtitle = "esc goes back" if self._measured else "the first one goes through all rows"
            menu = Menu(
                *(Option(self._line(*choice), str(choice[0])) for choice in CHOICES),
                Option(Content.assemble((" a  ", "bold $primary"), ("All", "bold")), ALL),
            )
            kinds = [str(kind) for kind, *_ in CHOICES]
            menu.highlighted = kinds.index(str(self._now.kind)) if self._now and str(self._now.kind) in kinds else 0
            yield menu
            line = Input(placeholder="c  by characters: <200, >2000 or 200-400", id="length", compact=True)
            line.cursor_blink = False
            yield line
            yield Static("", classes="problem", markup=False)

    def on_mount(self) -> None:
        """The menu comes first."""
        self.query_one(Menu).focus()

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self.action_choose(event.option_id or ALL)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        found = read_length(event.value)
        if found is None:
            words = "This is no length. Write <200, >2000 or 200-400."
            self.query_one(".problem", Static).update(Content.styled(words, "$error"))
        else:
            self.dismiss(Chosen(found))

    def action_choose(self, kind: str) -> None:
        """Answer."""
        self.dismiss(Chosen(None if kind == ALL else Filter(Kind(kind))))

    def action_length(self) -> None:
        """Write a length."""
        self.query_one(Input).focus()

    def _line(self, kind: Kind, key: str, label: str, text: str) -> Content:
        count = ""
        if self._survey.measured and kind in SIGNS:
            number = self._survey.count(SIGNS[kind])
            count = f"{number:>9,}   {share(number, self._survey.measured)}"
        return Content.assemble(
            (f" {key}  ", "bold $primary"), (f"{label:<12}", "bold"), (f"{text:<30}", "$muted"), count
        )
