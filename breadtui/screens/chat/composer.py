"""Where questions are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from breadtui.actions import bindings
from breadtui.actions.chat import COMPOSER
from breadtui.api.text import clean
from breadtui.screens.chat.pastes import Pastes
from breadtui.screens.chat.recall import Recall
from breadtui.terminal.editor import edit, outside

OWN = tuple(action.id for action in COMPOSER)
PLACEHOLDER = "Write a question; enter sends it, ctrl+j begins a new line."


class Composer(TextArea):
    """A field that grows. `earlier` gives the questions that the arrows go back to, the last one first."""

    HELP = "Chat"
    BINDINGS = bindings(COMPOSER)

    class Sent(Message):
        """The user sent `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Picked(Message):
        """The user chose the earlier question that is marked."""

    def __init__(self, earlier: Callable[[], Iterable[str]]) -> None:
        super().__init__(
            id="composer",
            tab_behavior="focus",
            soft_wrap=True,
            compact=True,
            show_line_numbers=False,
            placeholder=PLACEHOLDER,
        )
        self._pastes = Pastes()
        self._given_back: list[str] = []
        self._recall = Recall(lambda: chain(reversed(self._given_back), earlier()))
        self.titled("Ask")

    @property
    def whole(self) -> str:
        """What is written, with all that was pasted."""
        return self._pastes.unfold(self.text)

    def fill(self, text: str) -> None:
        """Put text in, with the cursor behind it."""
        self.text = self._pastes.fold(text)
        self.move_cursor(self.document.end)

    def remember(self, text: str) -> None:
        """Give a text back to whoever goes back with the arrows, without disturbing what is being written."""
        self._given_back.append(text)

    def titled(self, words: str, *, picking: bool = False) -> None:
        """Say what is written here. While `picking`, an earlier question is marked, which enter takes."""
        self.picking = picking
        self.placeholder = "" if picking else PLACEHOLDER
        self.border_title = Content(words)

    def edit_outside(self) -> None:
        """Write it in the user's own editor.

        Raises:
            NoEditor: there is none that can be used. What was written is untouched.
        """
        self.fill(clean(outside(self, lambda: edit(self.whole))))

    # -- keys --

    async def _on_key(self, event: events.Key) -> None:
        """Do what the keys that are ours stand for here: the base class would take enter for a line break."""
        if event.key.startswith("alt+"):
            event.prevent_default()  # over most lines alt and a letter carry that letter, which would be written
            return
        if event.is_printable:
            return
        found = self.screen.active_bindings.get(event.key)
        if found and found.node is self and found.binding.id in OWN:
            event.stop()
            event.prevent_default()
            await self.run_action(found.binding.action)

    async def _on_paste(self, event: events.Paste) -> None:
        """What is pasted cannot drive the terminal, and not slow it down."""
        event.stop()
        event.prevent_default()
        if result := self._replace_via_keyboard(self._pastes.fold(clean(event.text)), *self.selection):
            self.move_cursor(result.end_location)
            self.focus()

    def action_send(self) -> None:
        """Hand over the text, if there is any, or choose the question that is marked."""
        if self.picking:
            self.post_message(self.Picked())
        elif text := self.whole.strip():
            self.text = ""
            self._pastes.forget()
            self._recall.forget()
            self.post_message(self.Sent(text))

    def action_break_line(self) -> None:
        """A new line in the question."""
        self.insert("\n")

    def action_older(self) -> None:
        """On the first line, the question asked before."""
        if not self.navigator.is_first_wrapped_line(self.cursor_location):
            self.action_cursor_up()
        elif (text := self._recall.older(self.text)) is not None:
            self.fill(text)

    def action_newer(self) -> None:
        """On the last line, the question asked after it, or what was being written."""
        if not self.navigator.is_last_wrapped_line(self.cursor_location):
            self.action_cursor_down()
        elif (text := self._recall.newer(self.text)) is not None:
            self.fill(text)
