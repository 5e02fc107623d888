"""Talks to one model: the question goes out, the answer streams in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import TextArea
from textual.worker import Worker, WorkerError

from breadtui.actions import CHAT, COMPOSER, bindings
from breadtui.api.errors import BreadError
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import Place, TopBar
from breadtui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from breadtui.api.chat import ChatEvent
    from breadtui.api.client import BreadClient


class Composer(TextArea):
    """Where the question is written: enter sends, ctrl+j (or shift+enter) begins a line."""

    BINDINGS = bindings(COMPOSER)

    class Sent(Message):
        """The user sent `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    async def _on_key(self, event: events.Key) -> None:
        """Take the keys that are ours in their turn: bindings would be looked up later, or overtake what was typed."""
        match event.key:
            case "enter":
                self.action_send()
            case "ctrl+j" | "shift+enter":
                self.action_break_line()
            case _:
                await super()._on_key(event)
                return
        event.stop()
        event.prevent_default()

    def fill(self, text: str) -> None:
        """Put text back, with the cursor behind it."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Hand over the text, if there is any."""
        if text := self.text.strip():
            self.text = ""
            self.post_message(self.Sent(text))

    def action_break_line(self) -> None:
        """A new line in the question."""
        self.insert("\n")


class Chat(Screen[None]):
    """A conversation with `model`, kept while the program runs; `client` gives the connection of the moment."""

    HELP = "Chat"

    CSS_PATH = sheet("chat")
    BINDINGS = bindings(CHAT)
    AUTO_FOCUS = "Composer"

    def __init__(self, client: Callable[[], BreadClient], model: str, server: str, *, rehearsal: bool = False) -> None:
        super().__init__()
        self._client = client
        self._model = model
        self._server = server
        self._rehearsal = rehearsal
        self._said: list[dict[str, object]] = []
        self._answering: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Page, question, keys."""
        yield TopBar()
        yield Transcript(id="transcript", classes="scrolls")
        composer = Composer(id="composer", tab_behavior="focus", soft_wrap=True, compact=True, show_line_numbers=False)
        composer.border_title = "Ask"
        composer.placeholder = "Write a question; enter sends it, ctrl+j begins a new line."
        yield composer
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the model, and what its words are worth."""
        steady(self)
        self._place(None)
        self._introduce()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        from breadtui.bakery.changes import LinkChanged

        if isinstance(event.change, LinkChanged):
            self._place(event.change.ailment or None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Asking again needs a question, and silence; stopping an answer that comes."""
        match action:
            case "again":
                return not self._busy and any(message["role"] == "user" for message in self._said)
            case "stop":
                return self._busy
            case "back":
                return not self._busy
            case _:
                return True

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        if self._busy:
            self.query_one(Composer).fill(event.text)
            self.notify("An answer is still coming; esc stops it.")
            return
        self._said.append({"role": "user", "content": event.text})
        self._page.ask(event.text)
        self._answering = self._answer()

    def action_stop(self) -> None:
        """Stop the answer and keep what came."""
        if self._answering is not None:
            self._answering.cancel()

    def action_back(self) -> None:
        """Go back; this screen stays as it is, for the next time."""
        self.app.pop_screen()

    def action_again(self) -> None:
        """Drop the last answer and ask its question again."""
        while self._said and self._said[-1]["role"] != "user":
            self._said.pop()
        if self._said:
            self._page.remark("Asked again; the answer above counts no more.")
            self._answering = self._answer()

    def action_reasoning(self) -> None:
        """Show or hide the reasoning."""
        self._page.toggle_reasoning()

    async def action_begin_anew(self) -> None:
        """Forget what was said."""
        if self._answering is not None and self._busy:
            self._answering.cancel()
            with contextlib.suppress(WorkerError):
                await self._answering.wait()
        self._said.clear()
        self._page.clear()
        self._introduce()
        self.refresh_bindings()

    def action_page_up(self) -> None:
        """Read what came before."""
        self._page.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Read on."""
        self._page.scroll_page_down(animate=False)

    def _place(self, problem: str | None) -> None:
        latency = self._client().latency
        self.query_one(TopBar).place = Place(
            f"Chat · {self._model}", self._server, latency, problem, 0, self._rehearsal
        )

    def _introduce(self) -> None:
        if self._rehearsal:
            self._page.remark("Rehearsal: this oven trains nothing, and its answers are made by rule.", "secondary")

    @property
    def _page(self) -> Transcript:
        return self.query_one(Transcript)

    @property
    def _busy(self) -> bool:
        return self._answering is not None and not self._answering.is_finished

    @work(group="answer", exclusive=True, exit_on_error=False)
    async def _answer(self) -> None:
        page = self._page
        page.begin(self._model)
        self.refresh_bindings()
        answer: list[str] = []
        remark = ("", "")
        try:
            async for event in self._client().chat(self._model, self._said):
                remark = self._take(event, answer) or remark
        except BreadError as error:
            remark = (str(error), "error")
        except BaseException:
            remark = ("Stopped. What came is kept.", "muted")
            raise
        finally:
            page.finish()
            if remark[0]:
                page.remark(*remark)
            self._keep("".join(answer))

    def _take(self, event: ChatEvent, answer: list[str]) -> tuple[str, str] | None:
        from breadtui.api.chat import Done, Reasoning, Text

        match event:
            case Text(text=text):
                answer.append(text)
                self._page.say(text)
            case Reasoning(text=text):
                self._page.reason(text)
            case Done(cut_off=True):
                return "The answer was cut off by the server or the line. ctrl+r asks again.", "warning"
            case _:
                pass
        return None

    def _keep(self, answer: str) -> None:
        """Remember the answer; where none came, the question goes back to where it was written."""
        if answer:
            self._said.append({"role": "assistant", "content": answer})
        elif self._said:
            question = self._said.pop()
            composer = self.query_one(Composer)
            if not composer.text:
                composer.fill(str(question["content"]))
        self.refresh_bindings()
