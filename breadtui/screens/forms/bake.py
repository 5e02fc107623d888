"""The form of a bake: the targets it trains on, and how much of each."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input

from breadtui.screens.forms.form import FieldError, Form, filled, label
from breadtui.widgets.checklist import Checklist
from breadtui.widgets.repo_tree import Item, Kind


class BakeForm(Form):
    """A name, targets with weights, and the number of epochs."""

    HEADING = "New bake"

    def fields(self) -> ComposeResult:
        """Targets are chosen from those of the repository."""
        shelf = self.kitchen.catalog.shelf(self.repo)
        targets = shelf.targets if shelf else ()
        yield label("Name")
        yield Input(id="name", placeholder="e.g. yoda_bake_v1")
        yield label("Targets", "space chooses" if targets else "none yet: make a target first")
        yield Checklist(targets, chosen=targets if len(targets) == 1 else (), id="targets")
        yield label("Weights", "in the order above, e.g. 0.5, 0.3, 0.2; even if empty")
        yield Input(id="weights")
        yield label("Epochs", "as the template has it if empty")
        yield Input(id="epochs")

    async def make(self) -> Item:
        """Create it from the default template."""
        name = self.required("name", "The name")
        overrides = filled({"datasets": self._datasets(), "epochs": self.whole("epochs", "Epochs", 1)})
        await self.kitchen.create_bake(self.repo, name, overrides)
        return Item(Kind.BAKE, self.repo, name)

    def _datasets(self) -> list[dict[str, object]]:
        targets = self.query_one(Checklist).chosen
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
            raise FieldError("weights", f"Give as many weights as targets are chosen: {count}, not {len(weights)}.")
        if any(weight < 0 for weight in weights) or not any(weights):
            raise FieldError("weights", "Weights are at least 0, and one must be more.")
        return weights
