"""The screen people live in: where we are, the panes, the keys, and what can be done with what is selected.

It is painted in two steps: the lines at top and bottom at once, the panes as soon as those stand, because loading what
they are made of would more than double the time to the first sign of life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from breadtui.actions import WORKSPACE, bindings
from breadtui.api.errors import BreadError, Unreachable
from breadtui.screens.messages import ConnectFailed, KitchenChanged, Reconnect
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.top_bar import Place, TopBar

if TYPE_CHECKING:
    from breadtui.api.client import BreadClient
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.known import Known
    from breadtui.screens.worktop import Worktop
    from breadtui.widgets.repo_tree import Item, Kind

OWN_OVEN_IS_OUT = "The oven on this machine has ended. R lights another one; what this one held is gone."
NARROW = 100
"""Below this many columns one pane is shown at a time."""


class Workspace(Screen[None]):
    """Shows the kitchen it is given; before that, that it is being opened."""

    CSS_PATH = sheet("workspace")
    HELP = "Workspace"
    BINDINGS = bindings(WORKSPACE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall"), (46, "-high")]

    def __init__(self, server: str, *, rehearsal: bool = False, known: Known | None = None) -> None:
        super().__init__()
        self._known = known
        self._server = server
        self._rehearsal = rehearsal
        self._kitchen: Kitchen | None = None
        self._worktop: Worktop | None = None
        self._problem: str | None = None

    def compose(self) -> ComposeResult:
        """The first step."""
        bar = TopBar()
        bar.place = Place(server=self._server, rehearsal=self._rehearsal)
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
        self._problem = None
        if self._worktop:
            self._worktop.serve(kitchen)
        self._stock()

    # -- what the app and the panes tell --

    @on(ConnectFailed)
    def _not_connected(self, event: ConnectFailed) -> None:
        self._problem = event.ailment
        self._tell(f"{event.sentence}\n\nPress R to try again, q to leave.")
        self._place()

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        from breadtui.bakery.changes import CatalogChanged, JobChanged, LinkChanged, PipelineChanged
        from breadtui.screens import describe

        worktop = self._worktop
        if worktop is None:
            return
        match event.change:
            case CatalogChanged(repo=repo):
                worktop.show_catalog(repo)
            case JobChanged(status=status, before=before):
                worktop.show_job(status)
                if self._kitchen and (news := describe.news(self._kitchen, status, before)):
                    self.notify(news, markup=False)
            case LinkChanged(ailment=ailment):
                self._problem = ailment or None
            case PipelineChanged(message=message, failed=failed):
                if failed:
                    self.notify(message, severity="error", timeout=10, markup=False)
                worktop.show_pipeline()
        self._place()

    def on_worktop_selected(self) -> None:
        """Other keys may make sense now."""
        self.refresh_bindings()
        self._place()

    def on_worktop_refused(self, event: Worktop.Refused) -> None:
        """Say what the server said."""
        self._complain(event.error)

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        from breadtui.screens import describe

        match action:
            case "new":
                return self._kitchen is not None
            case "run_missing":
                return (item := self._item) is not None and describe.runnable(item)
            case "chat":
                return self._model() is not None
            case "copy_name":
                return self._item is not None
            case _:
                return True

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
            self._link(None)

    def action_copy_name(self) -> None:
        """Copy the name of the row, or the model name of a checkpoint, to the terminal's clipboard."""
        if item := self._item:
            text = item.name or item.repo
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied {text}", markup=False)

    @work(group="run", exit_on_error=False)
    async def action_run_missing(self) -> None:
        """Run, in order, what the selected target or bake lacks."""
        from breadtui.screens import describe

        item, kitchen = self._item, self._kitchen
        if item is None or kitchen is None:
            return
        try:
            steps = await kitchen.missing(item.repo, item.name, describe.last_phase(item))
        except BreadError as error:
            self._complain(error)
            return
        if not steps:
            self.notify(f"{item.name}: nothing is missing; it is complete or under way.", markup=False)
            return
        self.notify(describe.plan(kitchen, steps), markup=False)
        kitchen.pipeline.run(steps)
        if self._worktop:
            self._worktop.show_pipeline()

    def action_chat(self) -> None:
        """Open the chat with the model of the selected row; what was said before is still there."""
        from breadtui.screens.chat import Chat

        if self._kitchen and (model := self._model()):
            name = f"chat with {model}"
            if not self.app.is_screen_installed(name):
                chat = Chat(self._client, model, self._server, rehearsal=self._place_now.rehearsal)
                self.app.install_screen(chat, name)
            self.app.push_screen(name)

    def action_new(self) -> None:
        """Ask what to make, open its form, and go to what was made."""
        from breadtui.screens.forms import NewMenu

        # Pushed at once, not by a worker: keys that come right behind are the menu's.
        if self._kitchen:
            self.app.push_screen(NewMenu(self._item), self._chosen_to_make)

    def _chosen_to_make(self, kind: Kind | None) -> None:
        from breadtui.screens.forms import form_for

        if kind is None or self._kitchen is None:
            return
        repo = self._item.repo if self._item else ""
        if repo and self._kitchen.catalog.shelf(repo) is None:
            self._open_then_make(kind, self._kitchen, repo)
        else:
            self.app.push_screen(form_for(kind, self._kitchen, repo), self._made)

    @work(group="open", exit_on_error=False)
    async def _open_then_make(self, kind: Kind, kitchen: Kitchen, repo: str) -> None:
        """A form chooses from what the repository holds, which nobody has asked for yet."""
        from breadtui.screens.forms import form_for

        try:
            await kitchen.open(repo)
        except BreadError as error:
            self._complain(error)
        else:
            await self.app.push_screen(form_for(kind, kitchen, repo), self._made)

    def _made(self, made: Item | None) -> None:
        if made is not None and self._worktop:
            self._worktop.go_to(made)

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
                if self._worktop:
                    self._worktop.unfold(repos[0].repo_name)
                await kitchen.open(repos[0].repo_name)
            self._place()
            await kitchen.survey()
        except BreadError as error:
            if kitchen.catalog.repos is None:
                self._link(error.ailment or "cannot be used")
                self._tell(f"{error}\n\nPress R to try again, q to leave.")
            else:
                self._complain(error)

    # -- showing --

    def _tell(self, text: str) -> None:
        if self._worktop:
            self._worktop.tell(text)

    def _place(self) -> None:
        from breadtui.screens import describe

        kitchen, item = self._kitchen, self._item
        base = kitchen.catalog.base_model(item.repo) if kitchen and item else None
        self.query_one(TopBar).place = Place(
            " · ".join(part for part in (item.repo if item else "", base or "") if part),
            self._server,
            kitchen.client.latency if kitchen else None,
            self._problem,
            describe.running_in(kitchen) if kitchen else 0,
            self._rehearsal or bool(kitchen and kitchen.client.rehearsal),
        )

    def _complain(self, error: BreadError) -> None:
        self._link(error.ailment or None)
        said = OWN_OVEN_IS_OUT if self._own_oven_is_out else str(error)
        self.notify(said, severity="error", timeout=10, markup=False)

    @property
    def _own_oven_is_out(self) -> bool:
        return self._rehearsal and self._problem is not None

    def _link(self, problem: str | None) -> None:
        self._problem = problem
        self._place()

    @property
    def _item(self) -> Item | None:
        return self._worktop.subject if self._worktop else None

    @property
    def _place_now(self) -> Place:
        return self.query_one(TopBar).place

    def _client(self) -> BreadClient:
        if self._kitchen is None:
            raise Unreachable("There is no connection any more. Go back and press R.")
        return self._kitchen.client

    def _model(self) -> str | None:
        """The model that the selected row would chat with."""
        if self._kitchen is None or self._item is None:
            return None
        from breadtui.screens import describe

        return describe.model_of(self._kitchen, self._item)
