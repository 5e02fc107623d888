"""Asks what a model is to be told first: a prompt of a repository, a typed one, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from breadtui.api.errors import BreadError
from breadtui.bakery.chats.conversation import Opening
from breadtui.bakery.chats.openings import load_opening, prompt_names
from breadtui.screens.chat.typed_prompt import TypedPrompt, draft_of
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.details.prompt import prompt_detail
from breadtui.widgets.drawing import fit, shorten
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.pick_list import FilterLine, PickList

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

RESTED = 0.08
"""Seconds that the cursor must rest on a prompt before it is asked for."""
WIDE = 96
"""Cells from which on the preview stands beside the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a prompt, or one of the two that are always there."""

    kind: Literal["none", "typed", "prompt"]
    repo: str = ""
    name: str = ""


NONE, TYPED = Row("none"), Row("typed")


class PromptPicker(ModalScreen[Opening | None]):
    """Answers with what is told first, which may be nothing; None leaves it as it is.

    `repo` is the one whose prompts are listed; without one, all repositories' are. The cursor begins on `current`.
    """

    CSS_PATH = sheet("picking")
    HELP = "Choosing a model or a prompt"

    def __init__(self, kitchen: Kitchen, repo: str = "", current: Opening | None = None) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._repo = repo
        self._current = current or Opening()
        self._everywhere = not repo
        self._names: dict[str, tuple[str, ...]] = {}
        self._problems: dict[str, str] = {}  # by repository, why its prompts or one of them cannot be told
        self._rows: list[Row] = []
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Filter, list and preview, a word, and the keys."""
        with Vertical(id="prompt-picker", classes="picking") as box:
            box.border_title = "Choose a system prompt"
            yield FilterLine(placeholder="type to filter")
            with Container(classes="list-and-preview"):
                yield PickList(id="picks")
                yield Page(id="preview", classes="scrolls")
            yield Static("", classes="word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and ask for the rest."""
        steady(self)
        self.query_one(Page).can_focus = False
        repo, _, name = self._current.source.partition("/")
        typed = bool(self._current.messages) and not self._current.source
        self._ask(TYPED if typed else Row("prompt", repo, name) if name else NONE)

    def on_resize(self, event: events.Resize) -> None:
        """Preview beside the list or below it."""
        self.set_class(event.size.width >= WIDE, "-wide")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a repository of its own, all are listed already."""
        return action != "everywhere" or bool(self._repo)

    def action_move(self, rows: int) -> None:
        """Up and down."""
        self.query_one(PickList).move(rows)

    def action_turn(self, pages: int) -> None:
        """Up and down by pages."""
        self.query_one(PickList).turn(pages)

    def action_everywhere(self) -> None:
        """The prompts of all repositories, or of the one alone."""
        self._everywhere = not self._everywhere
        self._ask(self._under_cursor)

    @on(PickList.Taken)
    def action_take(self) -> None:
        """Choose what is under the cursor; a typed one is written first."""
        match self._under_cursor:
            case Row(kind="none"):
                self.dismiss(Opening())
            case Row(kind="typed"):
                self.app.push_screen(TypedPrompt(self._kitchen, self._beginning), self._written)
            case Row(repo=repo, name=name):
                self._load(repo, name)

    def action_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show(None)

    @on(Page.Widened)
    @on(PickList.Moved)
    def _moved(self) -> None:
        self._preview()
        if self._resting is None:
            self._resting = self.set_timer(RESTED, self._rest)
        else:
            self._resting.reset()

    @property
    def _under_cursor(self) -> Row:
        cursor = self.query_one(PickList).cursor
        return self._rows[cursor] if cursor < len(self._rows) else NONE

    @property
    def _filter(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def _beginning(self) -> str:
        """What the typed prompt begins with: the one in use, or what was typed here and names no prompt."""
        if self._current.messages and not self._current.source:
            return str(self._current.messages[0].get("content") or "")
        return self._filter if self._rows and self._rows[0] is TYPED else ""

    @property
    def _repos(self) -> list[str]:
        others = [repo.repo_name for repo in self._kitchen.catalog.repos or () if repo.repo_name != self._repo]
        return [*([self._repo] if self._repo else []), *(others if self._everywhere else [])]

    def _written(self, words: str | None) -> None:
        if words is None:
            self._preview()
        else:
            self.dismiss(Opening.said(words.strip()))

    def _show(self, held: Row | None) -> None:
        """The prompts that the filter leaves; nothing and a typed one stand first, or last where there is a filter."""
        words = self._filter.lower().split()
        prompts = [
            Row("prompt", repo, name)
            for repo in self._repos
            for name in self._names.get(repo, ())
            if all(word in f"{repo}/{name}".lower() for word in words)
        ]
        self._rows = [*prompts, TYPED, NONE] if words else [NONE, TYPED, *prompts]
        cursor = self._rows.index(held) if held in self._rows else 0
        self.query_one(PickList).show(len(self._rows), self._draw, cursor)
        self._say("\n".join(dict.fromkeys(self._problems.values())))

    def _draw(self, row: int, width: int) -> Content:
        match self._rows[row]:
            case Row(kind="none"):
                return Content.assemble(("○ ", "$muted"), ("no system prompt", "italic"))
            case Row(kind="typed"):
                return Content.assemble(("▸ ", "$primary"), ("a typed one …", "italic"))
            case Row(repo=repo, name=name):
                role = str(self._kitchen.catalog.role(repo, name))
                note = f"{repo}  {role}".strip() if self._everywhere else role
                room = max(width - 4 - len(note), width // 2)
                line = (("¶ ", "$accent"), fit(name, room), ("  " + shorten(note, max(width - room - 4, 0)), "$muted"))
                return Content.assemble(*line)

    def _preview(self) -> None:
        """What is under the cursor, whole, if it is known."""
        page, row = self.query_one(Page), self._under_cursor
        match row:
            case Row(kind="none"):
                said = Content("Nothing is sent before the question.")
            case Row(kind="typed"):
                said = Content(self._beginning or draft_of(self._kitchen) or "Write one for this chat; enter begins.")
            case Row():
                said = self._detail(row, page.room)
        page.show(said, row)

    def _detail(self, row: Row, width: int) -> Content:
        from breadtui.bakery.authoring.prompt import lengths

        catalog = self._kitchen.catalog
        prompt = catalog.known_prompt(row.repo, row.name)
        if prompt is None:
            return Content.styled("Asking the server …", "$muted")
        length = lengths([{"content": message.text} for message in prompt.messages])
        role, users = catalog.role(row.repo, row.name), catalog.users(row.repo, row.name)
        return prompt_detail(prompt, role, users, length, width)

    def _rest(self) -> None:
        self._resting = None
        row = self._under_cursor
        if row.kind == "prompt" and self._kitchen.catalog.known_prompt(row.repo, row.name) is None:
            self._look_at(row)

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _look_at(self, row: Row) -> None:
        try:
            await self._kitchen.catalog.prompt(row.repo, row.name)
        except BreadError as error:
            if row == self._under_cursor:
                self.query_one(Page).show(Content.styled(str(error), "$error"), row)
        else:
            self._preview()

    @work(group="names", exclusive=True, exit_on_error=False)
    async def _ask(self, held: Row) -> None:
        """The names of the prompts, those that are known at once; the cursor stays on `held`, or comes to it."""
        shelves = {repo: self._kitchen.catalog.shelf(repo) for repo in self._repos}
        self._names |= {repo: shelf.prompts for repo, shelf in shelves.items() if shelf}
        self._problems.clear()
        self._show(held)
        unknown = [repo for repo in self._repos if repo not in self._names]
        if unknown:
            self._say("Asking the server …")
        async for repo, names in prompt_names(self._kitchen, unknown):
            if isinstance(names, BreadError):
                self._problems[repo] = str(names)
            else:
                self._names[repo] = names
            self._show(held if self.query_one(PickList).cursor == 0 else self._under_cursor)

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self, repo: str, name: str) -> None:
        try:
            self.dismiss(await load_opening(self._kitchen, repo, name))
        except BreadError as error:
            self._say(str(error))

    def _say(self, words: str) -> None:
        word = self.query_one(".word", Static)
        word.display = bool(words)
        word.update(Content.styled(words, "$muted" if words.endswith("…") else "$error"))
