"""What leads from the rows of the workspace to other screens: each shows, or works on, what is selected or marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App

from breadtui.screens.linked import Linked
from breadtui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from breadtui.api.errors import BreadError
    from breadtui.bakery.downloads.transfer import DownloadKey
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.known import Known
    from breadtui.bakery.metrics import Metrics
    from breadtui.bgit.applying import Bench
    from breadtui.screens.lineage import Chosen
    from breadtui.screens.making import Making
    from breadtui.screens.worktop import Worktop
    from breadtui.settings import Config
    from breadtui.widgets.tree.repo_tree import Item


class Doors(Linked):
    """A screen with a worktop, and the keys that open other screens on what is selected there.

    `project` is the directory of bgit that it was opened in.
    """

    def __init__(
        self, server: str, *, rehearsal: bool = False, known: Known | None = None, project: Path | None = None
    ) -> None:
        super().__init__(server, rehearsal=rehearsal)
        self._known = known
        self._project = project
        self._worktop: Worktop | None = None
        self._metrics: Metrics | None = None
        self._bench: Bench | None = None

    def door_open(self, action: str) -> bool | None:
        """Whether a key leads anywhere now; None where it is no door."""
        from breadtui.screens import orders

        item = self._item
        match action:
            case "chat":
                return bool(self._models())
            case "sweep":
                return bool(self._models()) or (item is not None and item.kind == "target")
            case "jobs":
                return self._kitchen is not None
            case "loss" | "recipe":
                return bool(orders.bakes(self._chosen))
            case "data":
                return orders.with_data(item)
            case "download":
                return bool(orders.checkpoints(self._kitchen, self._chosen))
            case "diff":
                return orders.comparable(item) or bool(self._marked)
            case "lineage":
                return item is not None
            case "plan" | "history":
                return self._kitchen is not None and self._project is not None
            case _:
                return None

    def action_jobs(self) -> None:
        """Show all jobs; what is chosen there is gone to."""
        from breadtui.screens.jobs import Jobs, Ways

        if self._kitchen:
            ways = Ways(self._made, lambda model: self._chat_with([model]), self._metrics_of(self._kitchen))
            self.app.push_screen(
                Jobs(self._kitchen, self._server, ways, rehearsal=self._rehearses, problem=self._problem)
            )

    def action_loss(self) -> None:
        """Show the loss of the selected or marked bakes."""
        from breadtui.screens import orders
        from breadtui.screens.loss import LossScreen

        if self._kitchen and (bakes := orders.bakes(self._chosen)):
            self.app.push_screen(LossScreen(self._kitchen, bakes, self._metrics_of(self._kitchen)))

    def action_data(self) -> None:
        """Show the stimuli and responses of the selected target, or of what the selected bake learnt from."""
        from breadtui.screens.data.opening import Opening

        if self._kitchen and self._worktop and (item := self._item):
            Opening(self, self._kitchen, self._complain).open(item, self._worktop.phase)

    def action_download(self) -> None:
        """Ask where the weights of the selected or marked checkpoints go, and fetch them."""
        from breadtui.screens import orders
        from breadtui.screens.download import Download

        if self._kitchen and (models := orders.checkpoints(self._kitchen, self._chosen)):
            self.app.push_screen(Download(self._kitchen, models))

    def action_diff(self) -> None:
        """Show how two differ: those marked, or the one that is and the selected one."""
        from breadtui.screens.diff.opening import open_diff

        if self._kitchen:
            open_diff(self, self._kitchen, self._marked, self._item, self._metrics_of(self._kitchen))

    def action_recipe(self) -> None:
        """Show how the selected bake was made; what is chosen there is gone to."""
        from breadtui.screens import orders
        from breadtui.screens.recipe.screen import RecipeScreen

        if self._kitchen and (bakes := orders.bakes(self._chosen)):
            self.app.push_screen(RecipeScreen(self._kitchen, *bakes[0]), self._made)

    def action_lineage(self) -> None:
        """Show which model of the repository came of which."""
        from breadtui.screens.lineage import Lineage

        if self._kitchen and (item := self._item):
            self.app.push_screen(Lineage(self._kitchen, item.repo, item), self._seen_lineage)

    def action_plan(self) -> None:
        """Show what the directory's `input.yml` asks for; what is chosen there is gone to."""
        from breadtui.bgit.applying import Bench
        from breadtui.screens.plan.screen import PlanScreen
        from breadtui.settings import Bgit

        if self._kitchen and self._project:
            # Kept as long as the kitchen: what is carried out there goes on when the screen is left.
            self._bench = self._bench or Bench()
            config: Config | None = getattr(self._own_app, "config", None)
            habits = config.bgit if config else Bgit()
            self.app.push_screen(
                PlanScreen(self._kitchen, self._project, self._bench, habits, server=self._server), self._made
            )

    def action_history(self) -> None:
        """Show what was baked in all branches of the directory; what is chosen there is gone to."""
        from breadtui.screens.history.screen import HistoryScreen

        if self._kitchen and self._project:
            self.app.push_screen(HistoryScreen(self._kitchen, self._project), self._seen_lineage)

    def action_chat(self) -> None:
        """Open the chat with the selected model, or with those marked side by side; what was said is still there."""
        if models := self._models():
            self._chat_with(models)

    def action_sweep(self) -> None:
        """Ask many questions of the selected or marked models, or of those baked from the selected target."""
        from breadtui.screens.sweep import SweepScreen

        if self._kitchen and (item := self._item):
            target = item.name if item.kind == "target" else ""
            self.app.push_screen(SweepScreen(self._kitchen, self._models(), repo=item.repo, target=target))

    def _made(self, made: Item | None) -> None:
        if made is not None and self._worktop:
            self._worktop.go_to(made)

    def _making(self) -> Making | None:
        raise NotImplementedError

    def _complain(self, error: BreadError) -> None:
        raise NotImplementedError

    def _seen_lineage(self, chosen: Chosen | None) -> None:
        if chosen is None:
            return
        if chosen.what == "chat" and chosen.model:
            self._chat_with([chosen.model])
        elif chosen.what == "bake" and chosen.model and (making := self._making()):
            # Of a history, the model may be of another repository than the one selected here.
            replace(making, item=chosen.item or making.item).on_top(chosen.model)
        elif chosen.item and self._worktop:
            self._worktop.go_to(chosen.item)

    def _chat_with(self, models: Sequence[str]) -> None:
        from breadtui.screens.chat import open_chat

        if self._kitchen:
            here = self._own_app
            open_chat(here, self._kitchen, models, self._server, rehearsal=self._rehearses, problem=self._problem)

    def _metrics_of(self, kitchen: Kitchen) -> Metrics:
        """Kept as long as the kitchen: what was asked once need not be asked again by every screen."""
        from breadtui.bakery.metrics import Metrics

        self._metrics = self._metrics or Metrics(kitchen.client)
        return self._metrics

    def _models(self) -> tuple[str, ...]:
        """The models that are marked, as many as a chat has room for; where none is, the selected one."""
        from breadtui.bakery.chats.conversation import MOST_COLUMNS
        from breadtui.screens import orders

        marked = orders.models(self._kitchen, self._marked)[:MOST_COLUMNS]
        model = self._model()
        return marked or ((model,) if model else ())

    def _model(self) -> str | None:
        """The model that the selected row would chat with."""
        if self._kitchen is None or self._item is None:
            return None
        from breadtui.screens import describe

        return describe.model_of(self._kitchen, self._item)

    @property
    def _own_app(self) -> App[None]:
        return self.app  # pyright: ignore[reportUnknownVariableType] - Textual 8.2 does not say of what

    @property
    def _rehearses(self) -> bool:
        return self.query_one(TopBar).place.rehearsal

    @property
    def _item(self) -> Item | None:
        return self._worktop.subject if self._worktop else None

    @property
    def _chosen(self) -> tuple[Item, ...]:
        return self._worktop.chosen if self._worktop else ()

    @property
    def _downloads(self) -> tuple[DownloadKey, ...]:
        return self._worktop.downloads if self._worktop else ()

    @property
    def _marked(self) -> tuple[Item, ...]:
        return self._worktop.marked if self._worktop else ()
