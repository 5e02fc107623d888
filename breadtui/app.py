"""The full-screen program: themes, screens, and the one kitchen they are views of."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from breadtui.actions import APP, bindings
from breadtui.bakery.known import keep, place, recall
from breadtui.crash import report_crash
from breadtui.opening import expected, open_kitchen, sentence
from breadtui.screens.keys_in_order import KeysInOrder
from breadtui.screens.messages import ConnectFailed, ConnectTo, KitchenChanged, Reconnect, StartDemo
from breadtui.screens.workspace import Workspace
from breadtui.settings import (
    OWN_OVEN,
    Config,
    Connection,
    Notify,
    Profile,
    SettingsError,
    config_path,
    load_config,
    save_profile,
    state_path,
)
from breadtui.sheets import sheet
from breadtui.terminal.hangup import end_soon
from breadtui.terminal.plain_signs import PLAIN
from breadtui.themes import DARK, DEFAULTS, LIGHT

if TYPE_CHECKING:
    from breadtui.bakery.changes import Change
    from breadtui.bakery.chats.order import ChatOrder
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.demo import DemoOven
    from breadtui.screens.notices import Notices


STARTED = 2.0
"""Seconds after which the start is over."""


class BreadApp(KeysInOrder):
    """Opens on the workspace of a server, or, with neither server nor demo, on the welcome.

    `demo_speed` starts the demo's oven, with job times divided by it. `chat` is opened as soon as the server is.
    `project` is a directory of bgit: its repository is selected, its plan and history are a key away.
    """

    TITLE = "breadtui"
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP)
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        connection: Connection | None,
        *,
        theme: str = "",
        demo_speed: float | None = None,
        config: Config | None = None,
        chat: ChatOrder | None = None,
        project: Path | None = None,
    ) -> None:
        known = connection is not None or demo_speed is not None
        # Textual 8.2 loads the sheet of a screen when it is pushed, and the first one is not.
        super().__init__(css_path=[sheet("base"), sheet("workspace" if known else "welcome")])
        self._connection = connection
        self._demo_speed = demo_speed
        self.config = config or Config()
        """What the settings say besides where to connect."""
        self.plain_signs = False
        """Whether only signs of ASCII are drawn. It is set before the start."""
        self._chat = chat
        self._project = project
        self._demo: DemoOven | None = None
        self.kitchen: Kitchen | None = None
        self.crash: str | None = None
        """What to tell the user once the terminal is his again."""
        self._to_keep: Profile | None = None
        self._notices: Notices | None = None
        self._watching: asyncio.Task[None] | None = None
        self._stranger = False  # whether nothing is known of the server yet
        self._names: tuple[str, ...] = ()  # its repositories, from when it told them until the kitchen is there
        for own in (DARK, LIGHT):
            self.register_theme(own)
        self._wear(theme if theme in self.available_themes else DARK.name)

    def _wear(self, theme: str) -> None:
        """Put a theme on before anything is drawn: later, it would have every sheet read again (7 ms)."""
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours of ours that other themes do not define."""
        return DEFAULTS

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What becomes of every line before it is written."""
        filters = super().get_line_filters()
        return [*filters, PLAIN] if self.plain_signs else filters

    def get_default_screen(self) -> Screen[None]:
        """The workspace at once where the server is known, so that the first paint is the real one."""
        if self._connection or self._demo_speed is not None:
            return self._workspace()
        from breadtui.screens.welcome import Welcome

        return Welcome()

    def on_mount(self) -> None:
        """Connect as soon as the first screen is painted: what that takes to load is not needed before."""
        if self.config.keys:
            from breadtui.keymap import take_keys

            take_keys(self, self.config.keys)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told_to_end, number)
        self.set_timer(STARTED, _collect_garbage_again)
        if isinstance(self.screen, Workspace):
            self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._close_kitchen()
        if self._demo:
            await self._demo.stop()

    def on_app_focus(self) -> None:
        """Somebody looks again: catch up."""
        if self.kitchen:
            self.kitchen.watcher.focus(True)
        if self._notices:
            self._notices.looked_at()

    def on_app_blur(self) -> None:
        """Nobody looks: ask less often."""
        if self.kitchen:
            self.kitchen.watcher.focus(False)

    async def action_help(self) -> None:
        """What can be done where the user is."""
        from breadtui.screens.help import Help

        await self.push_screen(Help(*(getattr(place, "HELP", "") for place in (self.focused, self.screen))))

    def action_help_quit(self) -> None:
        """Textual's answer to ctrl+c, which many press to leave."""
        self.notify("q leaves breadtui, ctrl+q from anywhere.")

    async def action_quit(self) -> None:
        """Leave; what waits is on disk, and the next start offers to go on with it. Downloads would halt: it asks."""
        from breadtui.screens.leaving import leave

        leave(self, self.kitchen)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action that can be done on this screen now, then Textual's themes and screenshots."""
        from breadtui.screens.palette import sought

        for binding in sought(screen):
            run = partial(self._do, screen, binding.action)
            yield SystemCommand(binding.description, binding.tooltip, run)
        for command in super().get_system_commands(screen):
            if command.title in ("Theme", "Screenshot"):
                yield command

    async def _do(self, screen: Screen[object], action: str) -> None:
        """Do, once the palette is closed, what the key would have done."""
        await self.run_action(action, screen.focused or screen)

    @on(ConnectTo)
    async def _connect_to(self, event: ConnectTo) -> None:
        self._connection = event.connection
        self._to_keep = Profile(event.connection.base_url, event.connection.api_key)
        await self.push_screen(self._workspace())
        self._begin()

    @on(StartDemo)
    async def _start_demo(self) -> None:
        from breadtui.demo import SPEED

        self._demo_speed = SPEED
        await self.push_screen(self._workspace())
        self._begin()

    @on(Reconnect)
    def _begin(self) -> None:
        self.run_worker(self._open_kitchen(), group="connect", exclusive=True, exit_on_error=False)

    async def _open_kitchen(self) -> None:
        try:
            # Side by side: the panes wait for timers of Textual's, and the loading for the disk.
            kitchen, _ = await asyncio.gather(self._make_kitchen(), self._furnish())
        except Exception as error:
            ailment = getattr(error, "ailment", "") or "cannot be used"
            self.screen.post_message(ConnectFailed(sentence(error), ailment))
            if not expected(error):
                raise
            return
        await self._close_kitchen()
        self.kitchen = kitchen
        self._notices = self._make_notices(kitchen)
        kitchen.subscribe(self._pass_on)
        self._watching = asyncio.create_task(kitchen.watcher.run())
        for screen in self.screen_stack:
            if isinstance(screen, Workspace):
                screen.enter(kitchen)
        if self._chat:
            await self._open_chat(self._chat, kitchen)

    async def _open_chat(self, order: ChatOrder, kitchen: Kitchen) -> None:
        from breadtui.screens.chat.ordered import open_ordered

        self._chat = None
        if self._connection:
            await open_ordered(self, kitchen, order, self._connection)

    async def _open_oven(self, speed: float) -> Connection:
        from breadtui.demo import DemoOven

        self._demo = DemoOven(speed)
        return await self._demo.start()

    async def _furnish(self) -> None:
        if isinstance(self.screen, Workspace):
            await self.screen.furnish()
            self._show_names()

    async def _make_kitchen(self) -> Kitchen:
        if self._connection is None or (self._demo and self._demo.ended):
            self._connection = await self._open_oven(1.0 if self._demo_speed is None else self._demo_speed)
        named = self._take_names if self._stranger else None
        return await open_kitchen(self._connection, self.kitchen, keep_chats=self.config.chat.history, named=named)

    def _take_names(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._show_names()

    def _show_names(self) -> None:
        """Show the repositories in the tree, if both are there before the kitchen."""
        from breadtui.widgets.tree.repo_tree import RepoTree

        if self._names and self.kitchen is None:
            for tree in self.screen.query(RepoTree):
                tree.show_repos(self._names)

    def _make_notices(self, kitchen: Kitchen) -> Notices:
        from breadtui.screens.notices import Notices

        try:
            settings = load_config(config_path()).notify
        except SettingsError as error:
            self.notify(str(error), severity="warning", timeout=10, markup=False)
            settings = Notify()
        return Notices(self, kitchen, settings, self._write)

    def _write(self, sequence: str) -> None:
        """Put a sequence on the terminal that Textual 8.2 has no call for."""
        if self._driver and not self.is_headless and sequence:
            self._driver.write(sequence)

    async def _close_kitchen(self) -> None:
        if self._watching:
            self._watching.cancel()
        if self._notices:
            self._notices.close()
        if self.kitchen:
            self._keep_names()
            await self.kitchen.close()
            self.kitchen = None

    def _workspace(self) -> Workspace:
        self._stranger, self._names = self._connection is None, ()
        if self._connection is None:
            return Workspace(OWN_OVEN, rehearsal=True, project=self._project)
        rehearsal = self._connection.rehearsal
        known = None if rehearsal else recall(self._kept(self._connection))
        self._stranger = known is None
        return Workspace(self._connection.label, rehearsal=rehearsal, known=known, project=self._project)

    def _kept(self, connection: Connection) -> Path:
        return place(state_path(), connection.label, connection.api_key)

    def _keep_names(self) -> None:
        """For the next start; a demo's are of no use to it, and a full disk is no reason to fail."""
        if self.kitchen and self._connection and not self._connection.rehearsal and self.kitchen.catalog.repos:
            with contextlib.suppress(OSError):
                keep(self._kept(self._connection), self.kitchen.names())

    def _pass_on(self, change: Change) -> None:
        if self._notices:
            self._notices.take(change)
        if self._to_keep and self.kitchen and self.kitchen.catalog.repos is not None:
            self._keep_profile(self._to_keep)
        for screen in self.screen_stack:
            screen.post_message(KitchenChanged(change))

    def _keep_profile(self, profile: Profile) -> None:
        """Only a key that was accepted is worth keeping."""
        self._to_keep = None
        try:
            save_profile(config_path(), "default", profile)
        except SettingsError as error:
            self.notify(str(error), severity="warning", timeout=10, markup=False)

    def _fatal_error(self) -> None:
        """Textual 8.2's hook for a mistake of ours: it would print the traceback, with every local variable."""
        self.bell()
        self.crash = report_crash()
        self._close_messages_no_wait()

    def _told_to_end(self, number: signal.Signals) -> None:
        end_soon(128 + number)
        self.exit(return_code=128 + number)


def _collect_garbage_again() -> None:
    """See `launch`: what was loaded so far is put where the collector does not look."""
    gc.freeze()
    gc.enable()
