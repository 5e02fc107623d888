"""What is taken out of a chat: to the clipboard, into files, into a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.chats.records import title_of

if TYPE_CHECKING:
    from breadtui.bakery.chats.conversation import Answer
    from breadtui.screens.chat.conversing import Conversing
    from breadtui.widgets.tree.repo_tree import Item

LONGEST = 54
"""Characters of a file's name, before its end."""


@dataclass(slots=True)
class Taking:
    """Takes from the column in front of `screen`."""

    screen: Conversing
    _block: int = 0  # the code block that was copied last, from 0
    _of: Answer | None = None  # the answer it is from

    @property
    def answer(self) -> Answer | None:
        """The last answer of the column in front that says something."""
        column = self.screen.columns.front
        answers = (exchange.answer(column) for exchange in reversed(self.screen.conversation.path()))
        return next((answer for answer in answers if answer and answer.text), None)

    def copy_answer(self) -> None:
        """The last answer, as it was sent."""
        if answer := self.answer:
            self.screen.app.copy_to_clipboard(answer.text)
            self._say(f"Copied the answer, {len(answer.text):,} characters")

    def copy_code(self) -> None:
        """A code block of the last answer, and with every further call the next one."""
        from breadtui.widgets.transcript.code import code_blocks

        answer = self.answer
        blocks = code_blocks(answer.text) if answer else ()
        if not blocks:
            self._say("The last answer holds no code block.")
            return
        self._block = (self._block + 1) % len(blocks) if self._of is answer else 0
        self._of = answer
        code = blocks[self._block]
        self.screen.app.copy_to_clipboard(code)
        lines = code.count("\n") + 1
        which = f" {self._block + 1} of {len(blocks)}; again, the next" if len(blocks) > 1 else ""
        self._say(f"Copied code{which}, {lines:,} {'line' if lines == 1 else 'lines'}")

    async def export_markdown(self) -> None:
        """The whole chat into a new file of the folder one is in."""
        from breadtui.bakery.chats.export import as_markdown

        await self._write(".md", as_markdown(self.screen.conversation))

    async def export_json(self) -> None:
        """The column in front into a new file, as messages in OpenAI's form."""
        from breadtui.bakery.chats.export import as_json

        await self._write(".json", as_json(self.screen.conversation, self.screen.columns.front))

    async def as_prompt(self) -> None:
        """Open the form of a prompt that holds what was said in the column in front."""
        from breadtui.bakery.chats.export import as_messages
        from breadtui.screens.forms.prompt import PromptForm

        screen, kitchen = self.screen, self.screen.kitchen
        repo = screen.home
        if not repo:
            self._say("There is no repository to make a prompt in. Make one first: n in the workspace.")
            return
        try:
            if kitchen.catalog.shelf(repo) is None:
                await kitchen.open(repo)
        except BreadError as error:
            screen.notify(str(error), severity="error", markup=False)
            return
        body = {"prompt_name": "", "messages": as_messages(screen.conversation, screen.columns.front)}
        form = PromptForm(kitchen, repo, body, origin=f"chat {screen.conversation.id}")
        screen.app.push_screen(form, self._made)

    def _made(self, made: Item | None) -> None:
        if made:
            self._say(f"The prompt {made.name} is in {made.repo}.")

    async def _write(self, suffix: str, text: str) -> None:
        from breadtui.screens.exports import write_here

        name = f"chat {title_of(self.screen.conversation) or 'chat'}"[:LONGEST].rstrip()
        await write_here(self.screen, [(name, suffix, lambda: text)])

    def _say(self, words: str) -> None:
        self.screen.notify(words, markup=False)
