"""A body as YAML: exactly what will be sent, read again at every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual import events
from textual.widgets import TextArea

from breadtui.bakery.authoring.checks import Problem
from breadtui.bakery.authoring.document import Read, from_yaml, line_of, to_yaml
from breadtui.bakery.authoring.fields import Path


class YamlView(TextArea):
    """Textual's text area, with the lines of what is wrong."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__("", classes=classes, show_line_numbers=True, tab_behavior="indent")
        self.indent_width = 2
        self.cursor_blink = False
        self.read = Read(None, None, {})

    async def _on_key(self, event: events.Key) -> None:
        """Tab indents; escape, which Textual's area takes for leaving it, is the form's."""
        if event.key == "escape":
            event.prevent_default()  # Textual calls its own handler behind this one else

    def show(self, body: Mapping[str, object]) -> None:
        """Write `body` out."""
        self.show_text(to_yaml(body))

    def show_text(self, text: str) -> None:
        """Take up a text as it was left."""
        self.text = text
        self.read_again()

    def read_again(self) -> Read:
        """What the text says now."""
        self.read = from_yaml(self.text)
        return self.read

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems that name their lines; what YAML itself does not understand comes alone."""
        if self.read.problem:
            return [Problem((), self.read.problem.sentence)]
        return [replace(one, sentence=f"Line {self.line_of(one) + 1}: {one.sentence}") for one in problems]

    def line_of(self, problem: Problem) -> int:
        """The line that a problem is about; 0 is the first."""
        return line_of(problem.path, self.read.lines)

    def go_to(self, path: Path) -> None:
        """Put the cursor on what stands at `path`."""
        self.go_to_line(line_of(path, self.read.lines))

    def go_to_line(self, line: int) -> None:
        """Put the cursor there."""
        self.move_cursor((line, 0), center=True)
