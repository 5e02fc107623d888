"""Checks of what a bake needs before it can be trained, and of what is allowed but seldom meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.bake import total
from breadtui.bakery.authoring.check_values import is_number, is_whole
from breadtui.bakery.authoring.fields import Path, get
from breadtui.bakery.authoring.problems import Around, Problem, nearest, shown

_HERE = ("overrides",)
_DATASETS = (*_HERE, "datasets")
_COUNTS = ("epochs", "micro_batch_size", "gradient_accumulation_steps")
_RANK = ("model", "baked_adapter_config", "r")
_MOST_RANK = 512
_TOLERANCE = 1e-6


def check_bake(
    body: Mapping[str, object], config: Mapping[str, object], around: Around, *, template_known: bool
) -> Iterator[Problem]:
    """What is wrong with a bake whose body comes to `config`; what an unknown template may give is not missed."""
    if get(body, ("overrides", "scheduler", "lr")) is not None:
        sentence = "The service no longer takes scheduler.lr: set optimizer.learning_rate."
        yield Problem((*_HERE, "scheduler", "lr"), sentence)
    if config.get("datasets") in (None, []) and (template_known or "datasets" in config):
        yield Problem(_DATASETS, "A bake needs at least one target to learn from: add one.")
    datasets = items(config.get("datasets"))
    for number, dataset in enumerate(datasets):
        if is_object(dataset):
            yield from _check_dataset(dataset, (*_DATASETS, number), around)
    yield from _check_repeats(datasets)
    yield from _check_weights(datasets)
    yield from _check_training(config)


def _check_dataset(dataset: Mapping[str, object], path: Path, around: Around) -> Iterator[Problem]:
    target = dataset.get("target")
    if target == "":
        yield Problem((*path, "target"), "A target is missing: choose one.")
    elif isinstance(target, str) and around.targets is not None and target not in around.targets:
        sentence = f"There is no target {shown(target)} in this repository.{nearest(target, around.targets)}"
        yield Problem((*path, "target"), sentence)
    elif isinstance(target, str) and around.ready is not None and target not in around.ready:
        sentence = f"The rollout of {shown(target)} is not complete: the bake can run when it is."
        yield Problem((*path, "target"), sentence, warning=True)
    if "weight" in dataset and dataset["weight"] is None:
        yield Problem((*path, "weight"), "weight must be a number: leave it out for 1.")


def _check_repeats(datasets: Sequence[object]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, dataset in enumerate(datasets):
        target = dataset.get("target") if is_object(dataset) else None
        if isinstance(target, str) and target in seen:
            sentence = f"{shown(target)} is there twice: give it one weight."
            yield Problem((*_DATASETS, number, "target"), sentence, warning=True)
        elif isinstance(target, str):
            seen.add(target)


def _check_weights(datasets: Sequence[object]) -> Iterator[Problem]:
    weights = [dataset.get("weight", 1) for dataset in datasets if is_object(dataset)]
    numbers = [weight for weight in weights if isinstance(weight, int | float) and is_number(weight)]
    if not numbers or len(numbers) < len(datasets):
        return
    for place, weight in enumerate(numbers):
        if weight < 0:
            sentence = "A negative weight means nothing: give it at least 0."
            yield Problem((*_DATASETS, place, "weight"), sentence, warning=True)
    added = total(datasets)
    if not any(numbers):
        yield Problem(_DATASETS, "All weights are 0: nothing would be learned.", warning=True)
    elif abs(added - 1) > _TOLERANCE:
        yield Problem(_DATASETS, f"The weights add up to {added:g}; they should add up to 1.", warning=True)


def _check_training(config: Mapping[str, object]) -> Iterator[Problem]:
    for key in _COUNTS:
        value = config.get(key)
        if isinstance(value, int) and is_whole(value) and value < 1:
            yield Problem((*_HERE, key), f"{key} is {shown(value)}: less than 1 trains nothing.", warning=True)
    rank = get(config, _RANK)
    if isinstance(rank, int) and is_whole(rank) and not 1 <= rank <= _MOST_RANK:
        sentence = f"A LoRA rank of {shown(rank)} is unusual: 8 to 64 is, and 1 to {_MOST_RANK} makes sense."
        yield Problem((*_HERE, *_RANK), sentence, warning=True)
