"""Where a system prompt is written for one chat, whole, however many lines it has."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from breadtui.actions import bindings
from breadtui.actions.chat import TYPED_PROMPT
from breadtui.api.text import clean
from breadtui.bakery.drafts import DraftKey
from breadtui.bakery.things import Thing
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.terminal.editor import NoEditor, edit, outside
from breadtui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

DRAFT = DraftKey(Thing.PROMPT, "", "typed in a chat")
"""No prompt stands in a repository without a name, so that nothing else is drafted there."""

COUNTED = 100_000
"""Characters whose tokens are counted with every key: more would be felt."""


class TypedPrompt(ModalScreen[str | None]):
    """Answers with what was written, or None. It begins with `text`, or with what was left here unused."""

    CSS_PATH = sheet("picking")
    HELP = "A typed prompt"
    BINDINGS = bindings(TYPED_PROMPT)

    def __init__(self, kitchen: Kitchen, text: str = "") -> None:
        super().__init__()
        self._kitchen = kitchen
        self._text = text or draft_of(kitchen)

    def compose(self) -> ComposeResult:
        """The text, its length, and the keys."""
        with Vertical(id="typed-prompt", classes="picking") as box:
            box.border_title = "System prompt of this chat"
            yield TextArea(self._text, soft_wrap=True, tab_behavior="focus")
            yield Static("", classes="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Go on behind what stands there."""
        steady(self)
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        self._measure()

    def action_take(self) -> None:
        """Use it."""
        self._kitchen.drafts.drop(DRAFT)
        self.dismiss(clean(self.query_one(TextArea).text))

    def action_back(self) -> None:
        """Go back, and keep what is written for the next time."""
        if text := self.query_one(TextArea).text:
            with contextlib.suppress(OSError):  # while the program runs it is kept all the same
                self._kitchen.drafts.put(DRAFT, {"text": text})
        else:
            self._kitchen.drafts.drop(DRAFT)
        self.dismiss(None)

    def action_editor(self) -> None:
        """Write it in the user's own editor."""
        area = self.query_one(TextArea)
        try:
            text = outside(self, lambda: edit(area.text))
        except NoEditor as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            area.text = clean(text)

    @on(TextArea.Changed)
    def _measure(self) -> None:
        from breadtui.bakery.authoring.prompt import estimate_tokens

        text = self.query_one(TextArea).text
        told = f"{len(text):,} characters"
        if len(text) <= COUNTED:
            told += f" · about {estimate_tokens(text):,} tokens"
        self.query_one(".word", Static).update(Content.styled(told, "$muted"))


def draft_of(kitchen: Kitchen) -> str:
    """What was written here before, and not used."""
    text = (kitchen.drafts.get(DRAFT) or {}).get("text")
    return text if isinstance(text, str) else ""
