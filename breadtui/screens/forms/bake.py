"""The form of a bake: the targets it trains on, and how much of each."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input, SelectionList

from breadtui.screens.forms.form import FieldError, Form, filled, label
from breadtui.widgets.repo_tree import Item, Kind


class Targets(SelectionList[str]):
    """The targets to choose from."""


class BakeForm(Form):
    """A name, targets with weights, and the number of epochs."""

    HEADING = "New bake"

    def fields(self) -> ComposeResult:
        """Targets are chosen from those of the repository."""
        shelf = self.kitchen.catalog.shelf(self.repo)
        targets = shelf.targets if shelf else ()
        yield label("Name")
        yield Input(id="name", placeholder="yoda_bake_v1")
        yield label("Targets", "space chooses" if targets else "none yet: make a target first")
        yield Targets(*((name, name, len(targets) == 1) for name in targets), id="targets", compact=True)
        yield label("Weights", "in the order above, such as 0.5, 0.3, 0.2; even if empty")
        yield Input(id="weights", placeholder="even")
        yield label("Epochs", "the template's if empty")
        yield Input(id="epochs", placeholder="3", type="integer")

    async def make(self) -> Item:
        """Create it from the default template."""
        name = self.required("name", "The name")
        overrides = filled({"datasets": self._datasets(), "epochs": self.whole("epochs", "Epochs", 1)})
        await self.kitchen.create_bake(self.repo, name, overrides)
        return Item(Kind.BAKE, self.repo, name)

    def _datasets(self) -> list[dict[str, object]]:
        shelf = self.kitchen.catalog.shelf(self.repo)
        selected = set(self.query_one(Targets).selected)
        targets = [name for name in (shelf.targets if shelf else ()) if name in selected]
        if not targets:
            raise FieldError("targets", "Choose at least one target, with space.")
        return [
            {"target": target, "weight": weight}
            for target, weight in zip(targets, self._weights(len(targets)), strict=True)
        ]

    def _weights(self, count: int) -> list[float]:
        text = self.text("weights")
        if not text or text == "even":
            return [round(1 / count, 6)] * count
        try:
            weights = [float(part) for part in text.replace(",", " ").split()]
        except ValueError:
            raise FieldError("weights", "Weights are numbers, separated by commas.") from None
        if len(weights) != count:
            raise FieldError("weights", f"{count} targets are chosen, but {len(weights)} weights given.")
        if any(weight < 0 for weight in weights) or not any(weights):
            raise FieldError("weights", "Weights are at least 0, and one must be more.")
        return weights
