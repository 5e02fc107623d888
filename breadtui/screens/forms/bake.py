"""The form of a bake: the targets it trains on, how much of each, and how it trains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.content import Content

from breadtui.api.lenient import as_object, items
from breadtui.bakery.authoring import bake as kind
from breadtui.bakery.authoring.checks import Around
from breadtui.bakery.authoring.fields import Field, Path, Repeated, Shape, get
from breadtui.bakery.authoring.templates import merge
from breadtui.bakery.jobs import JobKey, Phase, State
from breadtui.bakery.things import Thing
from breadtui.screens.forms.form import Form
from breadtui.screens.forms.sketch import Sketch
from breadtui.widgets.drawing import state_word
from breadtui.widgets.fields.rows import Key, Row, RowKind

OVERRIDES: Path = ("overrides",)
DATASETS: Path = ("overrides", "datasets")
NAME = Field(("bake_name",), Shape.TEXT, "What the bake is called, such as yoda_bake_v1.")
TEMPLATE = Field(("template",), Shape.TEXT, "What is not said here is taken from this: the default, or another bake.")
WEIGHT = Field(
    ("weight",),
    Shape.NUMBER,
    "How much of the training is drawn from this target, against the others. = makes all even, % scales them to 1.",
)
ALL = "all of them"


class BakeForm(Form):
    """Datasets with weights as bars, and every setting of the training in groups."""

    THING = Thing.BAKE
    HEADING = "New bake"

    def blank(self) -> dict[str, object]:
        """The one target there is, if there is only one."""
        shelf = self.kitchen.catalog.shelf(self.repo)
        only = shelf.targets if shelf and len(shelf.targets) == 1 else ()
        return {"bake_name": "", "template": "default", "overrides": {"datasets": evenly(only)}}

    def rows(self, sketch: Sketch) -> list[Row]:
        """Name, datasets, template, groups."""
        datasets = items(self.manuscript.effective(DATASETS))
        rows = [sketch.row(NAME, label="Name")]
        rows += [self._dataset(sketch, number, as_object(dataset)) for number, dataset in enumerate(datasets)]
        if left := self._not_chosen():
            options = (*left, ALL) if len(left) > 1 else tuple(left)
            rows.append(Row((*DATASETS, "+"), RowKind.BUTTON, "+ target", options=options))
        rows.append(sketch.row(TEMPLATE, label="Template", options=("default", *(self.manuscript.around.bakes or ()))))
        for group, fields in by_group(kind.FIELDS):
            rows += sketch.group(group, fields, OVERRIDES)
        return rows

    def groups(self) -> dict[str, list[Path]]:
        """As the guide groups them."""
        return {group: [(*OVERRIDES, *field.path) for field in fields] for group, fields in by_group(kind.FIELDS)}

    def summary(self) -> Content:
        """How much of what, and how large a step is."""
        weights = [as_object(dataset).get("weight", 1.0) for dataset in items(self.manuscript.effective(DATASETS))]
        config = merge(as_object(self.manuscript.around.template), as_object(self.manuscript.body.get("overrides")))
        batch = kind.effective_batch(config)
        parts = [f"{len(weights)} {'target' if len(weights) == 1 else 'targets'}"]
        if weights:
            parts.append(f"weights sum to {_total(weights):g}")
        if batch is not None:
            parts.append(f"effective batch {batch:,}")
        return Content.styled(" · ".join(parts), "$secondary")

    def aside(self, row: Row, option: str) -> Content:
        """The targets that can be added, and the templates."""
        if row.key == (*DATASETS, "+"):
            return self.choice(row, "A target whose responses it trains on.", option)
        if row.key == TEMPLATE.path:
            return self.choice(row, TEMPLATE.help, row.value or "default")
        return super().aside(row, option)

    def add(self, path: Path, option: str, at: int | None = None) -> None:
        """A target joins; weights that were even stay so. The cursor stays, so that the next can be added."""
        left = self._not_chosen()
        if path != DATASETS:
            super().add(path, option, at)
            return
        joining = left if option == ALL else [option] if option in left else left[:1]
        held = [as_object(dataset) for dataset in items(self.manuscript.effective(DATASETS))]
        names = [*(str(dataset.get("target")) for dataset in held), *joining]
        weights = [dataset.get("weight", 1.0) for dataset in held]
        made = evenly(names) if _even(weights) else [*held, *({"target": n, "weight": 0.1} for n in joining)]
        self.manuscript.replace({**self.manuscript.body, "overrides": {**self._overrides(), "datasets": made}})
        self.touched.add(DATASETS)
        self.changed(anew=True)
        self.prepare_again()

    def ordered(self, key: Key, order: str) -> None:
        """`=` makes the weights even, `%` scales them to a sum of 1."""
        held = [as_object(dataset) for dataset in items(self.manuscript.effective(DATASETS))]
        numbers = [_number(dataset.get("weight", 1.0)) for dataset in held]
        weights = kind.even(len(held)) if order == "=" else kind.scaled(numbers)
        made = [{**dataset, "weight": weight} for dataset, weight in zip(held, weights, strict=True)]
        self.manuscript.replace({**self.manuscript.body, "overrides": {**self._overrides(), "datasets": made}})
        self.changed(anew=True)

    def edited(self, key: Key, text: str) -> None:
        """Another template gives other values."""
        super().edited(key, text)
        if key == TEMPLATE.path:
            self.prepare_again()

    async def prepare(self) -> None:
        """What the template gives, and which targets are ready."""
        catalog, shelf = self.kitchen.catalog, self.kitchen.catalog.shelf(self.repo)
        template = str(self.manuscript.body.get("template", "default"))
        given = await self.kitchen.template_config(self.THING, self.repo, template)
        held = Around(prompts=shelf.prompts, targets=shelf.targets, bakes=shelf.bakes) if shelf else Around()
        self.manuscript.around = replace(held, template=given, base_model=catalog.base_model(self.repo))
        self.redraw()
        names = [str(as_object(dataset).get("target")) for dataset in items(self.manuscript.effective(DATASETS))]
        known = [name for name in dict.fromkeys(names) if name in (held.targets or ())]
        await self.kitchen.look_at_all(self.repo, known)
        ready = [name for name in known if self._rollout(name) is State.COMPLETE]
        self.manuscript.around = replace(self.manuscript.around, ready=ready)
        self.redraw()

    def _dataset(self, sketch: Sketch, number: int, dataset: object) -> Row:
        told = as_object(dataset)
        weights = [_number(as_object(one).get("weight", 1.0)) for one in items(self.manuscript.effective(DATASETS))]
        name = str(told.get("target", "?"))
        row = sketch.row(WEIGHT, (*DATASETS, number), label=name)
        status = self.kitchen.watcher.status(JobKey(self.repo, name, Phase.ROLLOUT))
        ready = status is not None and status.state is State.COMPLETE
        hint = "✔ ready" if ready else f"{status.state.sign} rollout {state_word(status)}" if status else ""
        share = min(max(weights[number] / (sum(weights) or 1.0), 0.0), 1.0)
        faulty = sketch.judged(Row((*DATASETS, number), RowKind.FIELD, name))
        return replace(row, bar=share, hint=hint, hot="=%", fault=faulty.fault, warning=faulty.warning)

    def _not_chosen(self) -> list[str]:
        """The targets that are no dataset yet."""
        shelf = self.kitchen.catalog.shelf(self.repo)
        chosen = {as_object(dataset).get("target") for dataset in items(self.manuscript.effective(DATASETS))}
        return [name for name in (shelf.targets if shelf else ()) if name not in chosen]

    def _overrides(self) -> dict[str, object]:
        return {**as_object(get(self.manuscript.body, OVERRIDES))}

    def _rollout(self, target: str) -> State | None:
        status = self.kitchen.watcher.status(JobKey(self.repo, target, Phase.ROLLOUT))
        return status.state if status else None


def evenly(targets: Iterable[str]) -> list[dict[str, object]]:
    """Datasets of `targets`, as much of each."""
    names = list(targets)
    return [{"target": name, "weight": weight} for name, weight in zip(names, kind.even(len(names)), strict=True)]


def by_group(fields: Iterable[Field | Repeated]) -> list[tuple[str, list[Field | Repeated]]]:
    """The fields under each heading, in order."""
    groups: dict[str, list[Field | Repeated]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    return list(groups.items())


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _total(weights: Iterable[object]) -> float:
    return round(sum(map(_number, weights)), 6)


def _even(weights: list[object]) -> bool:
    numbers = [_number(weight) for weight in weights]
    return not numbers or max(numbers) - min(numbers) < 0.0011  # even ones differ in their last digit
