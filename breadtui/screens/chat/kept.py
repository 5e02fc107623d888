"""The chats that were kept: found by title and by what was said in them, opened, renamed, deleted, written out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from breadtui.actions import bindings
from breadtui.actions.chat import KEPT
from breadtui.bakery.chats.kept import Unreadable
from breadtui.screens.chat.kept_rows import chat_line, columns, head_line
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.pick_list import FilterLine, PickList

if TYPE_CHECKING:
    from breadtui.bakery.chats.conversation import Conversation
    from breadtui.bakery.chats.glances import Kept
    from breadtui.bakery.chats.kept import Chats

T = TypeVar("T")

RESTED = 0.2
"""Seconds that what is typed must rest before chats are looked into."""
GATHERED = 0.1
"""Seconds in which what is found in chats is gathered before the list is made anew."""
NOT_KEPT = "Nothing is kept on disk: these are the chats of this run."


class KeptFilter(FilterLine):
    """The filter, with keys for what can be done to a chat."""

    BINDINGS = bindings(KEPT)


class KeptChats(ModalScreen["Conversation | None"]):
    """Answers with the chat to go on with, or None."""

    CSS_PATH = sheet("picking")
    HELP = "Chats that were kept"

    def __init__(self, chats: Chats) -> None:
        super().__init__()
        self._chats = chats
        self._all: list[Kept] | None = None
        self._shown: list[Kept] = []
        self._inside: dict[str, str] = {}  # the words that were last found in what a chat says
        self._looking = False
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Filter, list, a word on what there is, and the keys."""
        with Vertical(id="kept-chats", classes="picking") as box:
            box.border_title = "Chats"
            yield KeptFilter(placeholder="type words of a title, a question or an answer")
            yield Static("", classes="heads", markup=False)
            yield PickList(id="picks")
            yield Static("", classes="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Read what there is."""
        steady(self)
        self._load()

    def on_resize(self, event: events.Resize) -> None:
        """Columns are as wide as there is room."""
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of nothing nothing can be done."""
        match action:
            case "take" | "rename" | "delete" | "markdown" | "json":
                return self._current is not None
            case _:
                return action != "everywhere"

    # -- moving and choosing --

    def action_move(self, rows: int) -> None:
        """Up and down."""
        self._list.move(rows)

    def action_turn(self, pages: int) -> None:
        """Up and down by pages."""
        self._list.turn(pages)

    @on(PickList.Taken)
    def action_take(self) -> None:
        """Go on with the chat under the cursor."""
        if (kept := self._current) and (conversation := self._tried(lambda: self._chats.open(kept.id))):
            self.dismiss(conversation)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @on(PickList.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    # -- what can be done to a chat --

    def action_rename(self) -> None:
        """Ask for another title."""
        from breadtui.screens.chat.title import Title

        if kept := self._current:
            self.app.push_screen(Title(kept.title), lambda title: self._rename(kept, title))

    def _rename(self, kept: Kept, title: str | None) -> None:
        if title is not None:
            self._tried(lambda: self._chats.rename(kept.id, title))
            self._load()

    def action_delete(self) -> None:
        """Ask, then delete it."""
        from breadtui.screens.question import Answer, Question

        if kept := self._current:
            answers = (Answer("d", "delete it", "delete"), Answer("escape", "leave it"))
            text = Content.assemble((kept.title, "bold"), "\n\nIt cannot be brought back.")
            question = Question("Delete a chat", text, answers)
            self.app.push_screen(question, lambda answer: self._delete(kept, answer))

    def _delete(self, kept: Kept, answer: str | None) -> None:
        if answer:
            self._tried(lambda: self._chats.delete(kept.id))
            self._load()

    @work(group="write", exit_on_error=False)
    async def action_markdown(self) -> None:
        """Write it into the current folder, for people."""
        from breadtui.bakery.chats.export import as_markdown

        await self._write(".md", lambda conversation: [("", as_markdown(conversation))])

    @work(group="write", exit_on_error=False)
    async def action_json(self) -> None:
        """Write it into the current folder, for programs: a file for each column."""
        from breadtui.bakery.chats.export import as_json

        def columns(conversation: Conversation) -> list[tuple[str, str]]:
            count = len(conversation.columns)
            return [(f" {n + 1}" if count > 1 else "", as_json(conversation, n)) for n in range(count)]

        await self._write(".json", columns)

    async def _write(self, suffix: str, texts: Callable[[Conversation], list[tuple[str, str]]]) -> None:
        """Write what `texts` makes of it, each under a name that ends as it says."""
        from breadtui.screens.chat.taking import LONGEST
        from breadtui.screens.exports import write_here

        if (kept := self._current) and (conversation := self._tried(lambda: self._chats.look(kept.id))):
            told = await asyncio.to_thread(texts, conversation)
            name = f"chat {kept.title}"[:LONGEST].rstrip()
            await write_here(self, [(f"{name}{end}", suffix, lambda text=text: text) for end, text in told])

    # -- listing --

    @property
    def _list(self) -> PickList:
        return self.query_one(PickList)

    @property
    def _filter(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def _current(self) -> Kept | None:
        cursor = self._list.cursor if self.is_mounted else 0
        return self._shown[cursor] if cursor < len(self._shown) else None

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        self._all = await asyncio.to_thread(self._chats.list)
        self._show()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()
        self._looking = bool(self._filter)
        self.workers.cancel_group(self, "look")
        if self._resting is None:
            self._resting = self.set_timer(RESTED, self._rest)
        else:
            self._resting.reset()

    def _rest(self) -> None:
        self._resting = None
        self._look_inside(self._filter)

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look_inside(self, words: str) -> None:
        """Look for the words in what was said, chat by chat, until others are typed."""
        loop = asyncio.get_running_loop()
        told = loop.time()
        for kept in self._all or () if words else ():
            if await asyncio.to_thread(self._chats.mentions, kept, words):
                self._inside[kept.id] = words
            if loop.time() - told >= GATHERED:
                self._show()
                told = loop.time()
        self._looking = False
        self._show()

    def _show(self) -> None:
        """The chats that the filter leaves; the cursor stays on the one that it is on."""
        if not self.is_mounted:
            return
        held, typed = self._current, self._filter
        words = typed.casefold().split()
        self._shown = [kept for kept in self._all or () if _called(kept, words) or self._inside.get(kept.id) == typed]
        self.query_one(".heads", Static).update(head_line(columns(self._list.room)))
        cursor = next((row for row, kept in enumerate(self._shown) if held and kept.id == held.id), 0)
        self._list.show(len(self._shown), self._draw, cursor)
        self.query_one(".word", Static).update(Content.styled(self._word(), "$muted"))

    def _draw(self, row: int, width: int) -> Content:
        return chat_line(self._shown[row], columns(width))

    def _word(self) -> str:
        if self._all is None:
            return "Reading …"
        count = len(self._all)
        chats = f"{count:,} chat{'' if count == 1 else 's'}"
        told = [f"{len(self._shown):,} of {chats}" if count else "No chat was kept yet."]
        told += ["looking into what was said …"] if self._looking else []
        told += [NOT_KEPT] if not self._chats.on_disk else []
        return " · ".join(told)

    def _tried(self, do: Callable[[], T]) -> T | None:
        """What comes of it; None, and why, where the chat cannot be read or changed."""
        try:
            return do()
        except Unreadable as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            self._load()
            return None


def _called(kept: Kept, words: list[str]) -> bool:
    """Whether title and models hold each of the words."""
    told = f"{kept.title} {' '.join(kept.models)}".casefold()
    return all(word in told for word in words)
