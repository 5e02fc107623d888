"""Talks to one to four models at once: each question goes to all of them, and their answers stream in side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work

from breadtui.actions import bindings
from breadtui.actions.chat import CHAT, CHAT_MENU
from breadtui.bakery.chats.conversation import Conversation
from breadtui.screens.chat.choosing import Choosing
from breadtui.screens.chat.composer import Composer
from breadtui.screens.chat.conversing import Conversing
from breadtui.screens.chat.earlier import Earlier
from breadtui.screens.chat.taking import Taking
from breadtui.screens.chat.unsent import Unsent
from breadtui.sheets import sheet
from breadtui.terminal.alt_digits import hear_alt_digits
from breadtui.terminal.editor import NoEditor

if TYPE_CHECKING:
    from breadtui.bakery.chats.conversation import Column
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.settings import Config


class Chat(Conversing):
    """What the keys of a chat do. It stays as it is when it is left, for the next time."""

    HELP = "Chat"
    CSS_PATH = sheet("chat")
    BINDINGS = bindings(CHAT, CHAT_MENU)
    AUTO_FOCUS = "Composer"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(
        self,
        kitchen: Kitchen,
        columns: Sequence[Column],
        server: str,
        *,
        rehearsal: bool = False,
        problem: str | None = None,
    ) -> None:
        super().__init__(kitchen, columns, server, rehearsal=rehearsal, problem=problem)
        self._earlier = Earlier(self)
        self._choosing = Choosing(self)
        self._taking = Taking(self)
        self._unsent = Unsent(self)

    async def on_mount(self) -> None:
        """What was not sent the last time is here again."""
        hear_alt_digits()
        self._unsent.take_up()

    def on_unmount(self) -> None:
        """What was not sent is kept."""
        self._unsent.close()

    @on(Composer.Changed)
    def _written(self) -> None:
        self._unsent.changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        if not self.is_mounted:
            return True
        asked = self.conversation.leaf is not None
        match action.partition("(")[0]:
            case "unpick":
                return self._earlier.busy
            case "stop":
                return self.busy and not self._earlier.busy
            case "back":
                return not self.busy and not self._earlier.busy
            case "again" | "pick" | "as_prompt":
                return asked and not self.busy
            case "turn":
                return asked and not self.busy and self._earlier.turnable
            case "add" | "model" | "prompt" | "settings" | "compare":
                return not self.busy
            case "remove":
                return not self.busy and len(self.models) > 1
            case "together":
                return len(self.models) > 1
            case "column":
                return int(str(parameters[0])) <= len(self.models) > 1 if parameters else True
            case "beside":
                return len(self.models) > 1
            case "copy_answer" | "copy_code":
                return self._taking.answer is not None
            case "export_markdown" | "export_json" | "title" | "begin_anew":
                return asked or self.busy
            case "savings":
                return asked and len(self.models) > 1
            case _:
                return True

    # -- questions --

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        if self.busy:
            self.composer.fill(event.text)
            self.notify("An answer is still coming; esc stops it.")
            return
        self.ask(event.text, instead_of=self._earlier.sent())

    @on(Composer.Picked)
    def _picked(self) -> None:
        self._earlier.take()

    def action_pick(self, by: int) -> None:
        """Mark an earlier question; enter edits it."""
        self.composer.focus()
        self._earlier.mark(by)

    def action_unpick(self) -> None:
        """Leave the earlier question as it is."""
        self._earlier.let_be()

    def action_turn(self, by: int) -> None:
        """Go on in another version of a question."""
        self._earlier.turn(by)

    def action_stop(self) -> None:
        """Stop the answers and keep what came."""
        self.talk.stop()

    def action_again(self) -> None:
        """Ask the last question again."""
        self._earlier.let_be()
        self.ask_again()

    def action_editor(self) -> None:
        """Write the question in the user's own editor."""
        try:
            self.composer.edit_outside()
        except NoEditor as error:
            self.notify(str(error), severity="warning", markup=False)

    # -- moving --

    def action_back(self) -> None:
        """Go back; this screen stays as it is, for the next time."""
        self.app.pop_screen()

    def action_next(self, by: int) -> None:
        """Go round: from where questions are written over the columns, and back to it."""
        count = len(self.columns.views)
        at = count if self.composer.has_focus else self.columns.front
        self._go_to((at + by) % (count + 1))

    def action_column(self, number: int) -> None:
        """Bring a column to the front; what is written can be written on."""
        self.columns.turn_to(number - 1)
        if not self.composer.has_focus:
            self._go_to(number - 1)

    def action_beside(self, by: int) -> None:
        """Go to the column beside this one."""
        self._go_to((self.columns.front + by) % len(self.columns.views))

    def action_write(self) -> None:
        """Go on writing the question."""
        self.composer.focus()

    def action_page(self, by: int) -> None:
        """Read what came before, or on."""
        self.columns.page(by)

    def action_reasoning(self) -> None:
        """Show or hide the reasoning, in every column."""
        for view in self.columns.views:
            view.transcript.toggle_reasoning()

    def action_together(self) -> None:
        """Let the columns scroll together, or each alone."""
        self.columns.together = not self.columns.together
        self.notify("The columns scroll together." if self.columns.together else "Each column scrolls alone.")

    def _go_to(self, number: int) -> None:
        if number == len(self.columns.views):
            self.composer.focus()
            return
        self.columns.turn_to(number)
        self.columns.current.transcript.focus()

    # -- the menu, and what it leads to --

    def action_menu(self) -> None:
        """Show what else can be done."""
        from breadtui.screens.chat.menu import ChatMenu

        async def chosen(action: str | None) -> None:
            if action:
                await self.run_action(action)

        self.app.push_screen(ChatMenu(lambda action: self.check_action(action, ()) is not False), chosen)

    def action_model(self) -> None:
        """Put another model into the column in front."""
        self._choosing.model()

    def action_add(self) -> None:
        """Ask another model, too."""
        self._choosing.add()

    async def action_remove(self) -> None:
        """Take the column in front out."""
        self._earlier.let_be()
        await self._choosing.remove()

    def action_prompt(self) -> None:
        """Give the column in front another prompt."""
        self._choosing.prompt()

    def action_settings(self) -> None:
        """Say how to answer from now on."""
        self._choosing.settings()

    def action_compare(self) -> None:
        """Have columns that are ready made."""
        self._choosing.compare()

    def action_copy_answer(self) -> None:
        """Copy the last answer."""
        self._taking.copy_answer()

    def action_copy_code(self) -> None:
        """Copy a code block of it."""
        self._taking.copy_code()

    @work(group="export", exit_on_error=False)
    async def action_export_markdown(self) -> None:
        """Write the chat into this folder."""
        await self._taking.export_markdown()

    @work(group="export", exit_on_error=False)
    async def action_export_json(self) -> None:
        """Write the column in front as messages."""
        await self._taking.export_json()

    @work(group="open", exclusive=True, exit_on_error=False)
    async def action_as_prompt(self) -> None:
        """Open the form of a prompt with this conversation."""
        await self._taking.as_prompt()

    def action_title(self) -> None:
        """Give the chat a title."""
        from breadtui.screens.chat.title import Title

        def chosen(title: str | None) -> None:
            if title is not None:
                self.conversation.title = title
                self.talk.journal.titled()
                self.show_place()

        self.app.push_screen(Title(self.conversation.title), chosen)

    def action_savings(self) -> None:
        """Show what the bake saves."""
        from breadtui.screens.chat.savings import SavingsScreen

        config: Config | None = getattr(self.own_app, "config", None)
        terms = config.chat if config else None
        self.app.push_screen(SavingsScreen(self.conversation, terms, rehearsal=self.rehearses))

    def action_sweep(self) -> None:
        """Ask these models many questions."""
        from breadtui.screens.sweep import SweepScreen

        self.app.push_screen(SweepScreen(self.kitchen, self.conversation.columns, repo=self.home))

    # -- other conversations --

    async def action_begin_anew(self) -> None:
        """A new chat with the same columns; this one is kept."""
        await self.converse(Conversation(self.conversation.columns))

    def action_kept(self) -> None:
        """Go to a chat that was kept."""
        from breadtui.screens.chat import chat_of, go_to
        from breadtui.screens.chat.kept import KeptChats

        async def chosen(conversation: Conversation | None) -> None:
            if conversation is None or conversation is self.conversation:
                return
            if other := chat_of(self.own_app, conversation):
                self.app.pop_screen()
                go_to(self.own_app, other)
            else:
                await self.converse(conversation)

        self.app.push_screen(KeptChats(self.kitchen.chats), chosen)

    async def converse(self, conversation: Conversation) -> None:
        """Go on with another conversation; this one is kept."""
        self._earlier.let_be()
        await super().converse(conversation)
