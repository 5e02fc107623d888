"""What can be done, key by key, read from the table of actions; what works right now stands first."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.actions import READING, bindings, listed
from breadtui.sheets import sheet


class Help(ModalScreen[None]):
    """A page to read; any of the leaving keys closes it."""

    CSS_PATH = sheet("help")
    BINDINGS = [*bindings(READING), Binding("escape,q,question_mark", "dismiss", "Close", show=True)]

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="help", classes="scrolls") as page:
            page.border_title = "Help"
            page.border_subtitle = "esc closes"
            yield Static(self._text())

    def _text(self) -> Content:
        lines: list[Content] = []
        for heading, table in listed():
            lines += [Content.styled(heading, "bold $primary")]
            for action in table:
                keys = "  ".join(
                    self.app.get_key_display(binding) for binding in Binding.make_bindings([action.binding()])
                )
                lines.append(
                    Content.assemble(
                        (f"  {keys:<16}", "$accent"), (f"{action.label:<14}", "bold"), (action.help, "$muted")
                    )
                )
            lines.append(Content(""))
        lines.append(Content.styled("Signs", "bold $primary"))
        lines.append(
            Content("  ○ not started   ◌ queued   ◐ running   ✔ complete   ✖ failed   ? unrecognised   ◆ checkpoint")
        )
        return Content("\n").join(lines)

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
