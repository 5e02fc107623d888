"""The screen people live in: where we are, the panes, the keys, and what can be done with what is selected.

It is painted in two steps: the lines at top and bottom at once, the panes as soon as those stand, because loading what
they are made of would more than double the time to the first sign of life.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult

from breadtui.actions import WORKSPACE, bindings
from breadtui.api.errors import BreadError
from breadtui.api.text import one_line
from breadtui.screens.doors import Doors
from breadtui.screens.messages import ConnectFailed, KitchenChanged, Reconnect
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.known import Known
    from breadtui.screens.making import Making
    from breadtui.screens.running import Running
    from breadtui.screens.worktop import Worktop

OWN_OVEN_IS_OUT = "The oven on this machine has ended. R lights another one; what this one held is gone."
NARROW = 100
"""Below this many columns one pane is shown at a time."""


class Workspace(Doors):
    """Shows the kitchen it is given; before that, that it is being opened."""

    CSS_PATH = sheet("workspace")
    HELP = "Workspace"
    BINDINGS = bindings(WORKSPACE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall"), (46, "-high")]

    def __init__(
        self, server: str, *, rehearsal: bool = False, known: Known | None = None, project: Path | None = None
    ) -> None:
        super().__init__(server, rehearsal=rehearsal, known=known, project=project)
        self._left = 0  # steps that an earlier start left to do
        self._asked = ""  # what the project asks for, until its plan was looked at
        self._can: tuple[str, ...] = ()  # what could be done when the keys were last drawn

    def compose(self) -> ComposeResult:
        """The first step."""
        bar = TopBar()
        bar.place = self.first_place()
        bar.aside = one_line(f"in {self._project.name}/") if self._project else ""
        yield bar
        yield KeyBar()

    async def furnish(self) -> None:
        """The second step: the panes."""
        if self._worktop is not None:
            return
        from breadtui.screens.worktop import Worktop

        worktop = Worktop()
        await self.mount(worktop, after=self.query_one(TopBar))
        self._worktop = worktop
        worktop.tell(f"Connecting to {self._server} …")
        if self._known:
            worktop.show_known(self._known)

    def enter(self, kitchen: Kitchen) -> None:
        """Show this kitchen from now on, and ask for what the first picture needs."""
        self._kitchen = kitchen
        self._metrics = self._bench = None
        self._problem = None
        if self._worktop:
            self._worktop.serve(kitchen)
        self._stock()

    # -- what the app and the panes tell --

    @on(ConnectFailed)
    def _not_connected(self, event: ConnectFailed) -> None:
        self._problem = event.ailment
        self._tell(f"{event.sentence}\n\nPress R to try again, q to leave.")
        self.show_place()

    @on(KitchenChanged)
    async def _changed(self, event: KitchenChanged) -> None:
        from breadtui.bakery.changes import LinkChanged, PipelineChanged

        if self._worktop is None:
            return
        match event.change:
            case LinkChanged() as change:
                self.link_changed(change)
                if change.problem is None and self._kitchen and self._kitchen.catalog.repos is None:
                    self._stock()  # it was away when it was asked for the first time
            case PipelineChanged():
                await self._warn()
            case _:
                pass
        self._worktop.notice(event.change)

    def on_screen_resume(self) -> None:
        """Other jobs are in view again, and the directory may be another."""
        if self._worktop:
            self._worktop.tell_view()
        if self._asked and self._kitchen:
            self._read_project(self._kitchen)

    def on_worktop_selected(self) -> None:
        """Other keys may make sense now."""
        can = tuple(action.id for action in WORKSPACE if self.check_action(action.run, ()))
        if can != self._can:
            self._can = can
            self.refresh_bindings()
        self.show_place()

    def on_worktop_refused(self, event: Worktop.Refused) -> None:
        """Say what the server said."""
        self._complain(event.error)

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        from breadtui.screens import orders

        item, chosen = self._item, self._chosen
        match action:
            case "new":
                return self._kitchen is not None
            case "run_missing":
                return bool(orders.runnable(chosen) or self._downloads)
            case "bake_on":
                return self._model() is not None
            case "edit":
                return item is not None and orders.editable(item)
            case "raw" | "copy_name":
                return item is not None
            case "call_off":
                return bool(self._downloads or (self._worktop and orders.waiting(self._kitchen, self._worktop.jobs)))
            case "go_on":
                return bool(self._left or (self._kitchen and self._kitchen.pipeline.paused))
            case "delete":
                return bool(orders.deletable(chosen))
            case _:
                return self.door_open(action) is not False

    @work(group="refresh", exclusive=True, exit_on_error=False)
    async def action_refresh(self) -> None:
        """Ask again for all that is shown."""
        if self._kitchen is None:
            self.post_message(Reconnect())
            return
        if self._own_oven_is_out:
            self.post_message(Reconnect())
            return
        if self._kitchen.catalog.repos is None:
            self._stock()
            return
        try:
            await self._kitchen.refresh(self._item.repo if self._item else None)
        except BreadError as error:
            self._complain(error)
        else:
            self.learn_of(None)
            self._read_project(self._kitchen)

    def action_copy_name(self) -> None:
        """Copy names, or the model names of checkpoints, to the terminal's clipboard: one a line."""
        names = [item.name or item.repo for item in self._chosen]
        if names:
            self.app.copy_to_clipboard("\n".join(names))
            self.notify(f"Copied {names[0]}" if len(names) == 1 else f"Copied {len(names):,} names", markup=False)

    def action_run_missing(self) -> None:
        """Run, in order, what the selected or marked targets and bakes lack; it asks before it does."""
        from breadtui.screens import orders

        if self._kitchen and self._downloads:
            self._kitchen.downloads.retry(self._downloads)
        elif running := self._runs():
            running.run(orders.last_jobs(orders.runnable(self._chosen)))

    def action_call_off(self) -> None:
        """Take out what waits of the selected or marked targets, bakes or jobs."""
        if (running := self._runs()) and self._worktop:
            running.call_off(self._worktop.jobs, self._downloads)

    def action_go_on(self) -> None:
        """Go on with what waits for credits, or was left by an earlier start."""
        if running := self._runs():
            running.go_on()

    def action_delete(self) -> None:
        """Ask, then delete what is selected or marked; what could not be deleted stays marked."""
        from breadtui.screens.deletion import Deletion

        if self._kitchen and self._chosen:
            self.app.push_screen(Deletion(self._kitchen, self._chosen))

    def action_raw(self) -> None:
        """Show prompts as they are sent, or as they read."""
        if self._worktop:
            self._worktop.raw = not self._worktop.raw

    def action_plan(self) -> None:
        """Show the plan; from then on there is no need to tell of it."""
        super().action_plan()
        self._asked = ""
        self.workers.cancel_group(self, "project")
        self.call_later(self._warn)

    def action_new(self) -> None:
        """Ask what to make, open its form, and go to what was made; a bake begins with the targets marked."""
        if making := self._making():
            making.new([item.name for item in self._marked if item.kind == "target"])

    def action_edit(self) -> None:
        """Open the form of the selected thing, as it is, to make another."""
        if making := self._making():
            making.edit()

    def action_bake_on(self) -> None:
        """Make a target or a bake on top of the selected model."""
        if (making := self._making()) and (model := self._model()):
            making.on_top(model)

    def _making(self) -> Making | None:
        from breadtui.screens.making import Making

        return Making(self, self._kitchen, self._item, self._made, self._complain) if self._kitchen else None

    def _runs(self) -> Running | None:
        from breadtui.screens.running import Running

        return Running(self, self._kitchen, self._complain, self._warn_again) if self._kitchen else None

    # -- the first questions --

    @work(group="stock", exclusive=True, exit_on_error=False)
    async def _stock(self) -> None:
        kitchen = self._kitchen
        if kitchen is None:
            return
        try:
            await kitchen.catalog.refresh_repos()
            if self._worktop:
                self._worktop.show_jobs()
            if repos := kitchen.catalog.repos:
                await self._arrive(kitchen, [repo.repo_name for repo in repos])
            self.show_place()
            await self._look_for_leftovers(kitchen)
            await kitchen.survey()
            self._read_project(kitchen)
        except BreadError as error:
            if kitchen.catalog.repos is None:
                self.learn_of(error)
                self.link(error.ailment or "cannot be used")
                self._tell(f"{error}\n\nPress R to try again, q to leave.")
            else:
                self._complain(error)

    async def _arrive(self, kitchen: Kitchen, repos: Sequence[str]) -> None:
        """Unfold the repository of the project, else the first one, and read what it holds."""
        from breadtui.widgets.tree.repo_tree import Item, Kind

        home = await self._home()
        shown = home if home in repos else repos[0]
        firsts = [repos[0], *(self._known.repos[:1] if self._known else ())]
        begins = (None, *(Item(Kind.REPO, first) for first in firsts))
        if self._worktop:
            self._worktop.unfold(shown)
            in_tree = self.focused is not None and self.focused.id == "tree"
            if home in repos and in_tree and self._item in begins:  # nobody went anywhere meanwhile
                self._worktop.go_to(Item(Kind.REPO, home))
        await kitchen.open(shown)

    async def _home(self) -> str:
        if self._project is None:
            return ""
        from breadtui.screens.project import repo_of

        return await asyncio.to_thread(repo_of, self._project)

    @work(group="project", exclusive=True, exit_on_error=False)
    async def _read_project(self, kitchen: Kitchen) -> None:
        """Say what the project asks for: late, because it takes long to load what reads it."""
        if self._project:
            from breadtui.screens.project import asked_of

            with contextlib.suppress(BreadError):  # a link that broke is told of elsewhere
                self._asked = await asked_of(kitchen, self._project)
                await self._warn()

    # -- showing --

    def _tell(self, text: str) -> None:
        if self._worktop:
            self._worktop.tell(text)

    def title_now(self) -> str:
        """The repository one is in, and its base model."""
        item = self._item
        base = self._kitchen.catalog.base_model(item.repo) if self._kitchen and item else None
        return " · ".join(part for part in (item.repo if item else "", base or "") if part)

    async def _look_for_leftovers(self, kitchen: Kitchen) -> None:
        """What an earlier start left to do is offered, and keeps nobody from anything."""
        self._left = len(kitchen.pipeline.pending().open)
        await self._warn()

    async def _warn(self) -> None:
        from breadtui.screens import describe

        if self._kitchen:
            await self.show_banner(describe.warning(self._kitchen, self._left) or self._asked)
            self.on_worktop_selected()

    def _warn_again(self) -> None:
        if self._kitchen:
            self.run_worker(self._look_for_leftovers(self._kitchen), group="leftovers", exit_on_error=False)

    def _complain(self, error: BreadError) -> None:
        self.learn_of(error)
        said = OWN_OVEN_IS_OUT if self._own_oven_is_out else str(error)
        self.notify(said, severity="error", timeout=10, markup=False)

    @property
    def _own_oven_is_out(self) -> bool:
        return self._rehearsal and self._problem is not None
