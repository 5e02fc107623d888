"""The ways to the data screen: from a target, a bake or a job of theirs, and from a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.data.joined import Joined
from breadtui.bakery.data.local import Local
from breadtui.bakery.data.remote import Remote
from breadtui.bakery.data.source import What
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.screens.data.listing import Shown
from breadtui.screens.data.screen import DataScreen
from breadtui.widgets.top_bar import TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from textual.screen import Screen

    from breadtui.bakery.kitchen import Kitchen

WHATS = (What.STIMULI, What.RESPONSES)


def of_target(kitchen: Kitchen, repo: str, target: str, what: What = What.STIMULI) -> Shown:
    """The stimuli and responses of a target; `what` is shown first."""
    sources = [Remote(kitchen.client, repo, target, each) for each in WHATS]
    return Shown(f"Data of {repo}/{target}", sources, WHATS.index(what), repo, (target,))


def of_targets(kitchen: Kitchen, repo: str, bake: str, targets: tuple[str, ...]) -> Shown:
    """Those of several targets, one behind the other."""
    sources = [
        Joined(f"{repo}/{bake}", what, [Remote(kitchen.client, repo, target, what) for target in targets])
        for what in WHATS
    ]
    return Shown(f"Data of {repo}/{bake}, {len(targets)} targets", sources, 1, repo, targets)


def of_file(path: Path) -> Shown:
    """The rows of a file; raises Unreadable."""
    source = Local(path)
    return Shown(source.name, [source])


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the data screen over `screen`; `refused` is told why the server could not say what a bake learns from."""

    screen: Screen[None]
    kitchen: Kitchen
    refused: Callable[[BreadError], None]

    def open(self, item: Item, phase: Phase | None = None) -> None:
        """The data of a target, or of what a bake or checkpoint learnt from; `phase` says which list comes first."""
        if item.kind is Kind.TARGET:
            what = What.RESPONSES if phase is Phase.ROLLOUT else What.STIMULI
            self._show(of_target(self.kitchen, item.repo, item.name, what))
            return
        bake = item.bake or item.name
        if self.kitchen.datasets(item.repo, bake):
            self._choose(item.repo, bake)
        else:
            self.screen.run_worker(self._look_then_choose(item.repo, bake), group="open", exit_on_error=False)

    def open_job(self, key: JobKey) -> None:
        """The rows that a job makes, or learns from."""
        kind = Kind.BAKE if key.phase is Phase.BAKE else Kind.TARGET
        self.open(Item(kind, key.repo, key.name), key.phase)

    async def _look_then_choose(self, repo: str, bake: str) -> None:
        try:
            await self.kitchen.look_at_bake(repo, bake)
        except BreadError as error:
            self.refused(error)
        else:
            self._choose(repo, bake)

    def _choose(self, repo: str, bake: str) -> None:
        from breadtui.screens.data.choosing import ChooseTargets

        targets = self.kitchen.datasets(repo, bake)

        def chosen(names: tuple[str, ...] | None) -> None:
            if names and len(names) > 1:
                self._show(of_targets(self.kitchen, repo, bake, names))
            elif names:
                self._show(of_target(self.kitchen, repo, names[0], What.RESPONSES))

        if len(targets) == 1:
            chosen((targets[0][0],))
        elif targets:
            self.screen.app.push_screen(ChooseTargets(bake, targets), chosen)
        else:
            self.screen.notify(f"{bake} names no target that it learns from.", severity="warning", markup=False)

    def _show(self, shown: Shown) -> None:
        place = self.screen.query_one(TopBar).place
        made = DataScreen(shown, self.kitchen, place.server, rehearsal=place.rehearsal, problem=place.problem)
        made.ask_first()
        self.screen.app.push_screen(made)
