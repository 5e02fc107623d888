"""The app with nothing in it but the data screen: on a file it asks no server for anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import events, on
from textual.screen import Screen

from breadtui.app import BreadApp
from breadtui.bakery.data.source import What
from breadtui.launch import run_app
from breadtui.screens.data.opening import of_file, of_target
from breadtui.screens.data.screen import DataScreen
from breadtui.screens.messages import ConnectFailed
from breadtui.settings import Connection


@dataclass(frozen=True, slots=True)
class Wanted:
    """The data of a target, its stimuli first or its responses."""

    repo: str
    target: str
    stim: bool = False


class DataApp(BreadApp):
    """Ends when the screen is left."""

    def __init__(self, wanted: Wanted | Path, connection: Connection | None, *, theme: str = "") -> None:
        super().__init__(connection, theme=theme)
        self._wanted = wanted

    def get_default_screen(self) -> Screen[None]:
        """What the data screen stands on."""
        return Screen()

    @on(events.Mount)
    async def _begun(self) -> None:
        """Open the file, or the server first."""
        if isinstance(self._wanted, Path):
            await self._open(DataScreen(of_file(self._wanted)))
        else:
            self.run_worker(self._connect(self._wanted), group="connect", exit_on_error=False)

    @on(ConnectFailed)
    def _not_connected(self, event: ConnectFailed) -> None:
        self.crash = f"breadtui: {event.sentence}"
        self.exit(return_code=2)

    async def _connect(self, wanted: Wanted) -> None:
        await self._open_kitchen()
        if self.kitchen and self._connection:
            what = What.STIMULI if wanted.stim else What.RESPONSES
            shown = of_target(self.kitchen, wanted.repo, wanted.target, what)
            server, rehearsal = self._connection.label, self._connection.rehearsal
            await self._open(DataScreen(shown, self.kitchen, server, rehearsal=rehearsal))

    async def _open(self, screen: DataScreen) -> None:
        await self.push_screen(screen, lambda _: self.exit())


def show_data(wanted: Wanted | Path, connection: Connection | None, *, theme: str | None, ascii: bool) -> int:
    """Run the app in this terminal until the user leaves it; gives the exit code."""
    return run_app(lambda: DataApp(wanted, connection, theme=theme or ""), theme or "", ascii=ascii)
