"""What is said of a bake: how it goes, what it is made of, what it still needs, how it trains, what came of it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default

from textual.content import Content

from breadtui.bakery.jobs import JobStatus, State, checkpoint_of, format_loss
from breadtui.widgets.details.parts import (
    Lines,
    Stage,
    count,
    field,
    heading,
    hint,
    joined,
    problem,
    stage_lines,
)
from breadtui.widgets.details.settings import Path, Setting, configuration, settings, settings_lines
from breadtui.widgets.drawing import COLOURS, bar, fit, state_word

BAR = 12
CHECKPOINTS = 8
"""Checkpoints that are shown, at most."""
OTHERS = "Others"
"""The heading of what is in no table of fields."""
ABOVE = ("datasets", "model.parent_model_name")
"""Settings that have a place of their own."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a bake trains. `differing` are the paths of what its template has otherwise, `groups` where each belongs."""

    config: Mapping[str, object]
    differing: Container[Path] = ()
    groups: Mapping[Path, str] = with_default(default_factory=dict[Path, str])
    effective_batch: int | None = None
    parent: str = ""


def bake_detail(
    stage: Stage,
    datasets: Sequence[tuple[str, float]],
    rollouts: Mapping[str, JobStatus | None],
    training: Training,
    width: int,
) -> Content:
    """A bake. `datasets` are its targets with their weights, `rollouts` where each of them stands."""
    status = stage.status
    lines = stage_lines(stage, width)
    if status and status.state is State.FAILED:
        lines += [*problem(status.error, width), *hint("Press r to try again.", width)]
    if status and status.loss is not None:
        lines += field("loss", f"{format_loss(status.loss)}  (lower is better; Bread calls 4e-07 good)", width)
    lines += field("parent", training.parent or "the repository's base model", width)
    lines += _needs(status, datasets, rollouts, width)
    if status and status.models:
        lines += [Content(""), *_checkpoints(status.models, width)]
    lines += [Content(""), *_datasets(datasets, rollouts, width)]
    return joined([*lines, *_training(training, width)])


def _needs(
    status: JobStatus | None,
    datasets: Sequence[tuple[str, float]],
    rollouts: Mapping[str, JobStatus | None],
    width: int,
) -> Lines:
    """What has to be there before it can run."""
    if status and status.state is State.COMPLETE:
        return []
    missing = [
        f"rollout of {target} ({state_word(rollout)})"
        for target in dict.fromkeys(target for target, _ in datasets)
        if (rollout := rollouts.get(target)) and rollout.state is not State.COMPLETE
    ]
    return field("needs", Content.styled(", ".join(missing), "$warning"), width) if missing else []


def _datasets(datasets: Sequence[tuple[str, float]], rollouts: Mapping[str, JobStatus | None], width: int) -> Lines:
    if not datasets:
        return [heading("Datasets"), Content.styled("none: a bake needs at least one target", "$warning")]
    total = sum(weight for _, weight in datasets)
    off = "" if abs(total - 1) < 1e-6 else f"weights sum to {total:g}, not 1"
    rows = [
        _dataset(target, weight, weight / (total or 1.0), rollouts.get(target), width) for target, weight in datasets
    ]
    return [heading("Datasets", Content.styled(off, "$warning")).truncate(max(width, 4), ellipsis=True), *rows]


def _dataset(target: str, weight: float, share: float, rollout: JobStatus | None, width: int) -> Content:
    """A target with the bar of its share, and whether its responses are there."""
    done, rest = bar(share, BAR)
    name = fit(target, min(max(width - BAR - 30, 8), 40))
    line = Content.assemble((done, "$secondary"), (rest, "$border"), f" {weight:<6.4g} {name}  ", _ready(rollout))
    return line.truncate(max(width, 4), ellipsis=True)


def _ready(rollout: JobStatus | None) -> Content:
    if rollout is None:
        return Content("")
    if rollout.state is State.COMPLETE:
        return Content.styled("✔ ready", "$success")
    return Content.styled(f"{rollout.state.sign} rollout {state_word(rollout)}", f"${COLOURS[rollout.state]}")


def _checkpoints(models: Sequence[str], width: int) -> Lines:
    """The latest first, with its name whole; c would talk to it."""
    lines = [heading("Checkpoints", "the latest first")]
    for model in models[:CHECKPOINTS]:
        step = Content.assemble(("◆ ", "$accent"), checkpoint_of(model))
        lines += field(f"◆ {checkpoint_of(model)}", model, width) if width > 40 else [step]
    more = len(models) - CHECKPOINTS
    return [*lines, *hint(f"and {more:,} more", width)] if more > 0 else lines


def _training(training: Training, width: int) -> Lines:
    """The effective configuration, group by group as it is written."""
    groups: dict[str, list[Setting]] = {name: [] for name in training.groups.values()}
    for setting in settings(training.config, training.differing):
        if ".".join(map(str, setting.path)) not in ABOVE and setting.path[0] != "datasets":
            groups.setdefault(_group(setting.path, training.groups), []).append(setting)
    lines: Lines = [Content(""), configuration(width)] if any(groups.values()) else []
    for name, shown in groups.items():
        if shown:
            lines += settings_lines(name, shown, width)
    if training.effective_batch is not None:
        lines += field("batch", f"  {count(training.effective_batch, 'example')} a step on each GPU", width)
    return lines


def _group(path: Path, groups: Mapping[Path, str]) -> str:
    """The heading of a setting, or of the nearest above it that has one."""
    above = (path[:length] for length in range(len(path), 0, -1))
    return next((groups[part] for part in above if part in groups), OTHERS)
