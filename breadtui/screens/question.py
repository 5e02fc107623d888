"""Asks before something is done that costs money or cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from breadtui.sheets import sheet

SHOWN = {"escape": "esc"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A key, and what it stands for; `name` is what the question is answered with, None to leave all as it is."""

    key: str
    label: str
    name: str | None = None


class Question(ModalScreen[str | None]):
    """Says what is at stake and takes a key for an answer."""

    CSS_PATH = sheet("question")

    def __init__(self, title: str, text: Content, answers: Sequence[Answer]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = tuple(answers)
        for answer in self._answers:
            self._bindings.key_to_bindings[answer.key] = [
                Binding(answer.key, f"answer({answer.name!r})", answer.label, show=False)
            ]

    def compose(self) -> ComposeResult:
        """What is at stake, and the keys."""
        with Vertical(id="question") as box:
            box.border_title = Content(self._title)
            with VerticalScroll(id="question-text", classes="scrolls", can_focus=False):
                yield Static(self._text, markup=False)
            yield Static(Content("   ").join([_line(answer) for answer in self._answers]), id="question-keys")

    def action_answer(self, name: str | None) -> None:
        """Answer."""
        self.dismiss(name)


def _line(answer: Answer) -> Content:
    return Content.assemble((SHOWN.get(answer.key, answer.key), "bold $primary"), f" {answer.label}")
