"""What a chat does with its conversation: shows it, carries it on, and keeps both in step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App, ComposeResult
from textual.worker import Worker, WorkerError

from breadtui.api.chat import Done, Reasoning, Text, ToolCall, Usage
from breadtui.bakery.changes import LinkChanged
from breadtui.bakery.chats.conversation import Answer, Column, Conversation, Ending, Exchange
from breadtui.bakery.chats.talk import Began, Ended, Talk
from breadtui.screens.chat import pages
from breadtui.screens.chat.columns import Columns
from breadtui.screens.chat.composer import Composer
from breadtui.screens.chat.figures import short_name
from breadtui.screens.chat.heads import prompt_estimate, show_heads
from breadtui.screens.chat.recall import asked_before
from breadtui.screens.linked import Linked
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.steady import steady
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from breadtui.api.chat import ChatEvent
    from breadtui.bakery.kitchen import Kitchen


class Conversing(Linked):
    """Top line, columns, question, keys; one conversation at a time."""

    def __init__(
        self,
        kitchen: Kitchen,
        columns: Sequence[Column],
        server: str,
        *,
        rehearsal: bool = False,
        problem: str | None = None,
    ) -> None:
        super().__init__(server, rehearsal=rehearsal, problem=problem)
        self._kitchen = self._first_kitchen = kitchen
        self._talk = self._talk_of(Conversation(tuple(columns)))
        self._asking: Worker[None] | None = None
        self._vain: dict[int, Answer] = {}  # what the last round had for answers that do not count

    def compose(self) -> ComposeResult:
        """Page, question, keys."""
        yield TopBar()
        yield Columns()
        yield Composer(self._asked_before)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show whom one talks to, and what was said."""
        steady(self)
        self.link(self._problem)
        await self.show_conversation()
        self.composer.focus()

    @property
    def own_app(self) -> App[None]:
        """The program."""
        return self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what its app is one

    @property
    def kitchen(self) -> Kitchen:
        """The kitchen of the moment: after the link was lost for good, the app has another one."""
        now: Kitchen | None = getattr(self.own_app, "kitchen", None)
        self._kitchen = now = now or self._first_kitchen
        return now

    @property
    def conversation(self) -> Conversation:
        """What is being said."""
        return self._talk.conversation

    @property
    def talk(self) -> Talk:
        """What carries it on."""
        return self._talk

    @property
    def models(self) -> tuple[str, ...]:
        """The models, column by column."""
        return tuple(column.model for column in self.conversation.columns)

    @property
    def busy(self) -> bool:
        """Whether answers still come, or are about to."""
        return self._talk.busy or (self._asking is not None and not self._asking.is_finished)

    @property
    def columns(self) -> Columns:
        """The columns on the screen."""
        return self.query_one(Columns)

    @property
    def composer(self) -> Composer:
        """Where questions are written."""
        return self.query_one(Composer)

    @property
    def rehearses(self) -> bool:
        """Whether the answers are made by rule."""
        return self._rehearsal or self.kitchen.client.rehearsal

    @property
    def home(self) -> str:
        """The repository that the column in front belongs to: its prompt's, its checkpoint's, or the first one."""
        column = self.conversation.columns[self.columns.front]
        names = [repo.repo_name for repo in self.kitchen.catalog.repos or ()]
        told = (column.opening.source.partition("/")[0], *column.model.split("/")[1:2])
        return next((name for name in told if name in names), next(iter(names), ""))

    # -- showing --

    def title_now(self) -> str:
        """The chat's title, or the models."""
        names = " | ".join(self.models) if len(self.models) == 1 else " | ".join(map(short_name, self.models))
        return f"Chat · {self.conversation.title or names}"

    async def show_conversation(self) -> None:
        """Show all of it anew."""
        await self.columns.hold(len(self.conversation.columns))
        self.reload()
        self.show_heads()
        self.show_place()
        self.refresh_bindings()

    def reload(self, columns: Iterable[int] | None = None) -> None:
        """Show what was said, in all columns or some, as it stands in the conversation."""
        for column in range(len(self.columns.views)) if columns is None else columns:
            self.columns.views[column].load(pages.entries_of(self.conversation, column, rehearsal=self.rehearses))

    @on(Columns.Turned)
    @on(Columns.Resized)
    def show_heads(self) -> None:
        """Say who is asked."""
        show_heads(self.columns, self.conversation)

    # -- the link --

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        if isinstance(event.change, LinkChanged):
            self.link_changed(event.change)

    def on_screen_resume(self) -> None:
        """What became of the link meanwhile was told to other screens."""
        ails = self.kitchen.watcher.problem is not None
        self.link((self._problem or "does not answer") if ails else None)

    # -- asking --

    def ask(self, question: str, *, instead_of: int | None = None) -> None:
        """Ask every column, behind what was said, or instead of an earlier question."""
        self._asking = self._ask(question, instead_of)

    def ask_again(self) -> None:
        """Ask the last question again: the columns that have no whole answer, or all."""
        leaf = self.conversation.leaf
        if leaf is None:
            return
        exchange, everybody = self.conversation.exchanges[leaf], range(len(self.conversation.columns))
        answers = [exchange.answer(column) for column in everybody]
        lacking = [column for column in everybody if (a := answers[column]) is None or a.ending is not Ending.WHOLE]
        self._asking = self._ask_again(lacking or [*everybody])

    @work(group="ask", exit_on_error=False)
    async def _ask(self, question: str, instead_of: int | None) -> None:
        exchange = await self._talk.ask(question, instead_of=instead_of)
        if exchange.number not in self.conversation.exchanges:
            self.reload()
            for column, tries in exchange.tries.items():
                self._remark_on(column, tries[-1])
            self.give_back(question)
        self._settle()

    @work(group="ask", exit_on_error=False)
    async def _ask_again(self, columns: list[int]) -> None:
        self._vain.clear()
        exchange = await self._talk.again(columns)
        for column, answer in self._vain.items():
            if exchange and exchange.answer(column) is not answer:
                self.reload([column])
                self._remark_on(column, answer)
        self._settle()

    def _settle(self) -> None:
        self._asking = None
        self.show_heads()
        self.refresh_bindings()
        if problem := self._talk.journal.problem:
            self.notify(problem, severity="warning", markup=False)

    async def hush(self) -> None:
        """Stop what is being answered, and wait until it is."""
        self._talk.stop()
        if self._asking is not None:
            with contextlib.suppress(WorkerError):
                await self._asking.wait()

    def give_back(self, question: str) -> None:
        """A question that nobody answered returns to where it was written; behind what is written there now."""
        if not self.composer.text:
            self.composer.fill(question)
        else:
            self.composer.remember(question)

    def _told(self, exchange: Exchange, column: int, event: Began | ChatEvent | Ended) -> None:
        view = self.columns.views[column]
        match event:
            case Began():
                self._begin(exchange, column)
            case Text(text=text):
                view.transcript.say(text)
            case Reasoning(text=text):
                view.transcript.reason(text)
            case ToolCall(index=index, name=name, arguments=arguments):
                view.transcript.call(index, name, arguments)
            case Ended(answer=answer, error=error):
                self._end(exchange, column, answer)
                if error:
                    self.learn_of(error)
            case Usage() | Done():
                pass

    def _begin(self, exchange: Exchange, column: int) -> None:
        view, model = self.columns.views[column], self.conversation.columns[column].model
        others = (other for other in self.conversation.exchanges.values() if other.parent == exchange.parent)
        if len(exchange.tries[column]) == 1 and len([*islice(others, 2)]) == 1:
            view.ask(exchange.question)
        else:
            view.load(pages.entries_of(self.conversation, column, rehearsal=self.rehearses))
        view.begin(model)
        self.refresh_bindings()

    def _end(self, exchange: Exchange, column: int, answer: Answer) -> None:
        tries = exchange.tries[column]
        prompt = prompt_estimate(self.conversation, column, answer)
        self.columns.views[column].transcript.finish(pages.footnote(answer, len(tries), prompt))
        self._remark_on(column, answer)
        if tries[-1] is not answer:
            self._vain[column] = answer
        self.show_heads()

    def _remark_on(self, column: int, answer: Answer) -> None:
        if remark := pages.remark_on(answer):
            self.columns.views[column].remark(remark)

    # -- other conversations, other columns --

    async def converse(self, conversation: Conversation) -> None:
        """Go on with another conversation; this one is kept."""
        await self.hush()
        self._talk.journal.close()
        self._talk = self._talk_of(conversation)
        await self.show_conversation()

    async def put_columns(self, columns: Sequence[Column], came_from: Sequence[int | None] | None = None) -> None:
        """Have other columns in the same conversation. `came_from` tells where each was before, None for a new one."""
        conversation = self.conversation
        conversation.columns = tuple(columns)
        for exchange in conversation.exchanges.values() if came_from is not None else ():
            before = exchange.tries
            exchange.tries = {now: before[then] for now, then in enumerate(came_from or ()) if then in before}
        if conversation.exchanges:
            self._talk.journal.columns_changed(came_from)
        await self.show_conversation()

    def _talk_of(self, conversation: Conversation) -> Talk:
        kitchen = self._first_kitchen if not self.is_attached else self.kitchen
        return Talk(lambda: self.kitchen.client, conversation, kitchen.chats.journal(conversation), self._told)

    def _asked_before(self) -> Iterator[str]:
        return asked_before(self.conversation, self.kitchen.chats)
