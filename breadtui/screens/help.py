"""What can be done, key by key, read from the table of actions; what concerns the place one is in stands first."""

from __future__ import annotations

import textwrap

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.actions import READING, Action, bindings, listed
from breadtui.bakery.jobs import State
from breadtui.keymap import shown
from breadtui.sheets import sheet

KEYS, LABEL = 13, 14
LEFT = KEYS + LABEL + 4


class Help(ModalScreen[None]):
    """A page to read; any of the leaving keys closes it."""

    CSS_PATH = sheet("help")
    BINDINGS = [*bindings(READING), Binding("escape,q,question_mark,f1", "dismiss", "Close", show=True)]

    def __init__(self, *places: str) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="help", classes="scrolls") as page:
            page.border_title = "Help"
            page.border_subtitle = "esc closes"
            yield Static(id="help-text")

    def on_resize(self) -> None:
        """Explanations break where the page ends."""
        text = self.query_one("#help-text", Static)
        self.call_after_refresh(lambda: text.update(self._text(text.size.width)))

    def _text(self, width: int) -> Content:
        lines: list[Content] = []
        # Where the user is comes first.
        for heading, table in sorted(listed(), key=lambda entry: self._rank(entry[0])):
            lines.append(Content.styled(heading, "bold $primary"))
            for action in table:
                lines += self._lines(action, width)
            lines.append(Content(""))
        lines.append(Content.styled("Signs", "bold $primary"))
        lines += [Content(f"  {state.sign} {state}") for state in State]
        lines += [Content("  ◆ checkpoint"), Content("  ▪ marked")]
        return Content("\n").join(lines)

    def _rank(self, heading: str) -> int:
        return self._places.index(heading) if heading in self._places else len(self._places)

    def _lines(self, action: Action, width: int) -> list[Content]:
        bound = Binding.make_bindings([shown(self, action).binding()])
        keys = " ".join(self.app.get_key_display(binding) for binding in bound)
        first, *more = textwrap.wrap(action.help, max(width - LEFT, 20))
        head = Content.assemble(
            (f"  {keys:<{KEYS}} ", "$accent"), (f"{action.label:<{LABEL}} ", "bold"), (first, "$muted")
        )
        return [head, *(Content.styled(" " * LEFT + line, "$muted") for line in more)]

    def action_scroll_down(self) -> None:
        """One line down."""
        self.query_one("#help").scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        """One line up."""
        self.query_one("#help").scroll_up(animate=False)

    def action_scroll_home(self) -> None:
        """To the beginning."""
        self.query_one("#help").scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        """To the end."""
        self.query_one("#help").scroll_end(animate=False)
