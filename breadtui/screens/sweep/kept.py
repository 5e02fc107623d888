"""The sweeps that are kept: one is opened again, or deleted."""

from __future__ import annotations

import asyncio
import time

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from breadtui.actions import bindings
from breadtui.actions.sweep import SWEEP_KEPT
from breadtui.bakery.jobs import format_span
from breadtui.bakery.sweep.kept import Kept, Sweeps
from breadtui.bakery.sweep.sweep import Sweep
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.menu import Menu

DAY = 86_400


class KeptSweeps(ModalScreen[Sweep | None]):
    """Answers with the sweep to show, or None. `shown` is the id of the one that cannot be deleted now."""

    CSS_PATH = sheet("sweep")
    HELP = "Beginning a sweep"
    BINDINGS = bindings(SWEEP_KEPT)

    def __init__(self, sweeps: Sweeps, shown: str = "") -> None:
        super().__init__()
        self._sweeps = sweeps
        self._shown = shown
        self._kept: list[Kept] = []
        self._doomed = ""

    def compose(self) -> ComposeResult:
        """The list, a word, and the keys."""
        with Vertical(id="sweep-kept") as box:
            box.border_title = "Sweeps"
            yield Menu()
            yield Static("", id="sweep-kept-word", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Look what there is."""
        self.query_one(Menu).focus()
        self._list()

    @on(Menu.OptionHighlighted)
    def _moved(self) -> None:
        self._doomed = ""
        self._say()

    @on(Menu.OptionSelected)
    def _selected(self, event: Menu.OptionSelected) -> None:
        self._open(event.option_id or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The one on the screen stays."""
        return action != "delete" or self._here not in (None, self._shown)

    def action_delete(self) -> None:
        """Delete the sweep under the cursor: the first time it asks, the second time it does."""
        here = self._here
        if here is None:
            return
        if self._doomed != here:
            self._doomed = here
            self._say("Pressed once more, this deletes the sweep and its answers.", "warning")
            return
        self._sweeps.delete(here)
        self._list()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @property
    def _here(self) -> str | None:
        option = self.query_one(Menu).highlighted_option if self.is_mounted else None
        return option.id if option else None

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _list(self) -> None:
        self._kept = await asyncio.to_thread(self._sweeps.list)
        menu = self.query_one(Menu)
        at = menu.highlighted or 0
        menu.set_options([Option(line(kept, time.time()), kept.id) for kept in self._kept])
        if self._kept:
            menu.highlighted = min(at, len(self._kept) - 1)
        self._say()
        self.refresh_bindings()

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self, id: str) -> None:
        sweep = await asyncio.to_thread(self._sweeps.open, id)
        if sweep is None:
            self._say("This sweep cannot be read any more.", "error")
        else:
            self.dismiss(sweep)

    def _say(self, text: str = "", colour: str = "muted") -> None:
        told = text or ("" if self._kept else "No sweep is kept yet.")
        self.query_one("#sweep-kept-word", Static).update(Content.styled(told, f"${colour}"))


def line(kept: Kept, now: float) -> Content:
    """A sweep in a line: what it asks whom, how far it came, and how long ago."""
    whole = kept.answered >= kept.size
    sign, colour = ("✔", "$success") if whole else ("◐", "$primary")
    far = f"{kept.answered:,}" if whole else f"{kept.answered:,} of {kept.size:,}"
    return Content.assemble(
        (f" {sign} ", colour), kept.title, (f"  {far} answers · {_ago(now - kept.changed)}", "$muted")
    )


def _ago(seconds: float) -> str:
    if seconds < 60:
        return "just now"
    return f"{int(seconds // DAY)} d ago" if seconds >= DAY else f"{format_span(seconds)} ago"
