"""Asks where weights go, once it is known how large they are and what is there already, and has them fetched."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from breadtui.api.errors import BreadError
from breadtui.bakery.downloads.download import Order
from breadtui.bakery.downloads.downloads import Offer
from breadtui.bakery.downloads.names import file_name, target_of, usual_folder
from breadtui.bakery.downloads.part import left_at
from breadtui.bakery.downloads.transfer import DownloadKey, format_bytes
from breadtui.screens.steady import steady
from breadtui.sheets import sheet

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

AT_ONCE = 4
"""Links asked for together, at most."""


class Download(ModalScreen[None]):
    """Takes a file for one checkpoint, a folder for several. What is there goes only when enter says so twice."""

    CSS_PATH = sheet("download")
    HELP = "Workspace"
    BINDINGS = [Binding("escape", "leave", "Back", show=False), Binding("f1", "app.help", "Help", show=False)]

    def __init__(self, kitchen: Kitchen, models: Sequence[str]) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._models = tuple(models)
        self._offers: dict[str, Offer] = {}
        self._problems: dict[str, str] = {}
        self._asked: set[str] = set()  # those that it is known of whether and how large they are
        self._suggested = ""
        self._warned: tuple[Path, ...] = ()
        """What enter overwrites if it is pressed once more."""

    def compose(self) -> ComposeResult:
        """What is fetched, where it goes, and what is to be known of that."""
        with Vertical(id="download") as box:
            box.border_title = "Download weights"
            box.border_subtitle = "enter downloads · esc goes back"
            with VerticalScroll(id="download-text", classes="scrolls", can_focus=False):
                yield Static("", markup=False)
            yield Static("", id="download-ask", markup=False)
            yield Input(id="download-path")
            yield Static("", id="download-state", markup=False)

    def on_mount(self) -> None:
        """What is typed at once is kept; it counts when it is known what the server has."""
        steady(self)
        ask = "To this file:" if self._alone else "Into this folder:"
        self.query_one("#download-ask", Static).update(ask)
        self._suggest(file_name(self._models[0]) if self._alone else "")
        self._field.focus()
        self._draw()
        self._ask()

    def action_leave(self) -> None:
        """Go back; nothing is fetched."""
        self.dismiss(None)

    @work(group="offers", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        """Find out what the server has, and how large it is; what has no known size is fetched all the same."""
        gate, downloads = asyncio.Semaphore(AT_ONCE), self._kitchen.downloads

        async def ask(model: str) -> None:
            async with gate:
                try:
                    self._offers[model] = await downloads.offer(model)
                    self._offers[model] = await downloads.measured(self._offers[model])
                except BreadError as error:
                    self._problems[model] = str(error)
            self._asked.add(model)
            self._draw()

        await asyncio.gather(*map(ask, self._models))
        if self._alone and self._offers and self._field.value == self._suggested:
            self._suggest(next(iter(self._offers.values())).name)
        self._draw()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._warned = ()
        self._draw()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if not self._ready or not (orders := self._orders()) or self._unfit(orders):
            return
        taken = tuple(order.key.path for order in orders if order.key.path.exists())
        if taken and taken != self._warned:
            self._warned = taken
            self._draw()
            return
        for order in orders:
            self._kitchen.downloads.begin(order)
        what = orders[0].key.path.name if len(orders) == 1 else f"{len(orders):,} files"
        self.app.notify(f"Downloading {what}. J shows how it goes on.", markup=False)
        self.dismiss(None)

    # -- what is known --

    @property
    def _alone(self) -> bool:
        return len(self._models) == 1

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    @property
    def _ready(self) -> bool:
        """Whether it is known of each what the server has."""
        return bool(self._offers) and len(self._asked) == len(self._models)

    def _orders(self) -> list[Order]:
        wanted = self._field.value.strip()
        into = wanted if self._alone or wanted.endswith("/") else f"{wanted}/"
        paths = {model: target_of(into, offer.name) for model, offer in self._offers.items()}
        return [
            Order(DownloadKey(model, path), path in self._warned, self._offers[model].link)
            for model, path in paths.items()
        ]

    def _unfit(self, orders: Sequence[Order]) -> str:
        """Why they cannot go there; empty where they can."""
        folder = orders[0].key.path.parent
        if not folder.is_dir():
            return f"The folder {folder} is not there."
        if len({order.key.path for order in orders}) < len(orders):
            return "Two of them would be the same file: fetch them one by one."
        needed, free = self._needed(orders), shutil.disk_usage(folder).free
        if needed > free:
            return f"There is no room in {folder}: {format_bytes(free)} are free, {format_bytes(needed)} to come."
        return ""

    def _needed(self, orders: Sequence[Order]) -> int:
        left = [left_at(order.key.path) for order in orders]
        sizes = [offer.size or 0 for offer in self._offers.values()]
        return sum(sizes) - sum(part.received for part in left if part)

    # -- showing --

    def _suggest(self, name: str) -> None:
        self._suggested = str(usual_folder() / name) if name else f"{usual_folder()}/"
        self._field.value = self._suggested
        self._field.cursor_position = len(self._suggested)

    def _draw(self) -> None:
        lines = [self._line(model) for model in self._models]
        self.query_one("#download-text Static", Static).update(Content("\n").join(lines))
        self.query_one("#download-state", Static).update(self._state())

    def _line(self, model: str) -> Content:
        offer, problem = self._offers.get(model), self._problems.get(model)
        if problem and offer is None:
            return Content.assemble(("✖ ", "$error"), f"{model}\n  ", (problem, "$error"))
        size = "its size is not known" if model in self._asked else "asking how large it is …"
        if offer and offer.size is not None:
            size = format_bytes(offer.size)
        return Content.assemble(("◆ ", "$accent"), model, (f"  {size}", "$muted"))

    def _state(self) -> Content:
        orders = self._orders() if self._offers else []
        if not orders or not self._ready:
            return Content("")
        if unfit := self._unfit(orders):
            return Content.styled(unfit, "$error")
        if self._warned:
            what = "It is" if len(self._warned) == 1 else f"{len(self._warned):,} of them are"
            return Content.styled(f"{what} there already. enter again overwrites, esc goes back.", "$warning")
        told = f"{format_bytes(shutil.disk_usage(orders[0].key.path.parent).free)} are free there."
        if came := sum(part.received for order in orders if (part := left_at(order.key.path))):
            told = f"{format_bytes(came)} came before; it goes on from there. {told}"
        return Content.styled(told, "$muted")
