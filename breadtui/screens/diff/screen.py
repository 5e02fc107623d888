"""How two prompts, targets or bakes differ: settings, words, and what came of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.data import DIFF
from breadtui.api.errors import BreadError
from breadtui.bakery.comparison.compared import Comparison, compare
from breadtui.bakery.comparison.loading import load
from breadtui.bakery.comparison.report import unified, verdict
from breadtui.bakery.comparison.subject import Subject
from breadtui.bakery.metrics import Metrics
from breadtui.bakery.things import Thing
from breadtui.screens.exports import write_here
from breadtui.sheets import sheet
from breadtui.widgets.chart.loss_chart import LossChart
from breadtui.widgets.details.parts import count
from breadtui.widgets.diff.drawing import draw
from breadtui.widgets.diff.view import DiffView
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import Place, TopBar

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

WIDE = 100
"""From this many columns on both stand side by side."""
ASKING = "Asking the server …"


class DiffScreen(Screen[None]):
    """Compares `before` with `after`, as the server has them when it is opened.

    `metrics` are those that others show too, so that no curve is asked for twice; without, it has its own.
    """

    CSS_PATH = sheet("diff")
    HELP = "Differences"
    BINDINGS = bindings(DIFF)
    AUTO_FOCUS = "DiffView"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, kitchen: Kitchen, before: Subject, after: Subject, metrics: Metrics | None = None) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._subjects = before, after
        self._metrics = metrics or Metrics(kitchen.client)
        self._comparison: Comparison | None = None
        self._everything = False
        self._two: bool | None = None  # as it was asked for; else as wide as the screen is

    def compose(self) -> ComposeResult:
        """Place, both names, the curves of bakes, and what differs."""
        bar = TopBar()
        bar.place = Place("Differences", rehearsal=self._kitchen.client.rehearsal)
        yield bar
        yield Static("", id="diff-names", markup=False)
        chart = LossChart(id="diff-curves")
        chart.can_focus = False
        yield chart
        yield DiffView(id="diff-page")
        yield KeyBar()

    def on_mount(self) -> None:
        """Say what is asked for, and ask."""
        before, after = self._subjects
        self.query_one("#diff-names", Static).update(
            Content.assemble(("- ", "bold $error"), f"{before.label}\n", ("+ ", "bold $success"), after.label)
        )
        self._page.border_title = ASKING
        self.action_refresh()

    @on(DiffView.Widened)
    def _widened(self) -> None:
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        match action:
            case "step":
                return self.is_mounted and self._page.differences > 0
            case "loss":
                return self._of_bakes
            case "export" | "copy" | "view" | "all":
                return self._comparison is not None
            case _:
                return True

    @work(group="compare", exclusive=True, exit_on_error=False)
    async def action_refresh(self) -> None:
        """Ask the server for both, and compare them."""
        if self._of_bakes:
            self._ask_curves()
        sides = await load(self._kitchen, *self._subjects)
        # Off the loop: of long prompts it takes longer than a key may wait.
        self._comparison = await asyncio.to_thread(compare, *sides)
        self._draw()

    def action_step(self, by: int) -> None:
        """Go to the next difference, or to the one before; from the last to the first."""
        if number := self._page.differences:
            current = self._page.current
            self._page.go_to((0 if by > 0 else -1) % number if current is None else (current + by) % number)
            self._tell()

    def action_view(self) -> None:
        """Side by side, or one below the other."""
        self._two = not self._side_by_side
        self._draw()

    def action_all(self) -> None:
        """Show what is equal as well, or only what differs."""
        self._everything = not self._everything
        self._draw()

    def action_loss(self) -> None:
        """Show both curves on the whole screen."""
        from breadtui.screens.loss import LossScreen

        self.app.push_screen(LossScreen(self._kitchen, self._bakes, self._metrics))

    def action_copy(self) -> None:
        """Copy what differs to the terminal's clipboard, in the manner of a unified diff."""
        self.app.copy_to_clipboard(self._text)
        self.notify(f"Copied {count(self._text.count(chr(10)), 'line')}", markup=False)

    @work(group="export", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write what differs into a file of the current folder."""
        text = self._text
        name = "-and-".join(f"{subject.repo}-{subject.name}" for subject in self._subjects)
        await write_here(self, [(name, ".diff", lambda: text)])

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @work(group="curves", exclusive=True, exit_on_error=False)
    async def _ask_curves(self) -> None:
        answers = await asyncio.gather(*(self._metrics.fetch(*bake) for bake in self._bakes), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, BreadError):
                raise answer
        known = [series for bake in self._bakes if (series := self._metrics.known(*bake)) and len(series.loss)]
        self.query_one(LossChart).show(known)
        self.set_class(bool(known), "-curves")

    @work(group="draw", exclusive=True, exit_on_error=False)
    async def _draw(self) -> None:
        """Draw it for the width there is; the difference one is at stays the same."""
        if self._comparison is None or not self._page.room:
            return
        width, two, everything = self._page.room, self._side_by_side, self._everything
        self._page.show(await asyncio.to_thread(draw, self._comparison, width, two=two, everything=everything))
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        """How many differences there are, and which one is at."""
        page = self._page
        told = verdict(self._comparison).removesuffix(".") if self._comparison else ASKING
        at = f" · at {page.current + 1:,} of {page.differences:,}" if page.current is not None else ""
        page.border_title = f"{told}{at}"

    @property
    def _page(self) -> DiffView:
        return self.query_one(DiffView)

    @property
    def _side_by_side(self) -> bool:
        return self._two if self._two is not None else self.size.width >= WIDE

    @property
    def _of_bakes(self) -> bool:
        return self._subjects[0].thing is Thing.BAKE

    @property
    def _bakes(self) -> tuple[tuple[str, str], ...]:
        return tuple((subject.repo, subject.name) for subject in self._subjects)

    @property
    def _text(self) -> str:
        lines = unified(self._comparison, everything=self._everything) if self._comparison else []
        return "\n".join(lines) + "\n"
