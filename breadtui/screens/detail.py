"""Gathers what the kitchen knows of a row of the tree, asks for what is missing, and has the detail written of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.errors import BreadError, NotFound
from breadtui.api.lenient import as_object
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.widgets.details.parts import Stage
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.api.models import Bake, TargetConfig
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.widgets.details.bake import Training

LATEST = 5
"""Checkpoints that a repository shows."""
AT_ONCE = 8
"""Requests under way together, at most."""
TELLING = (State.RUNNING, State.QUEUED, State.FAILED, State.UNRECOGNISED, State.COMPLETE, State.NOT_STARTED)
"""Of several bakes of a target, which one speaks for them."""


async def look_at(kitchen: Kitchen, item: Item) -> None:
    """Ask the server for what the detail would show of a row, and no more; raises BreadError."""
    match item.kind:
        case Kind.REPO | Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
            if kitchen.catalog.shelf(item.repo) is None:
                await kitchen.open(item.repo)
        case Kind.PROMPT:
            await kitchen.catalog.prompt(item.repo, item.name)
        case Kind.TARGET:
            target = await kitchen.look_at_target(item.repo, item.name)
            await _read_prompts(kitchen, item.repo, target.config)
        case Kind.BAKE:
            bake = await kitchen.look_at_bake(item.repo, item.name)
            await _learn_rollouts(kitchen, item, bake)
        case Kind.CHECKPOINT:
            await kitchen.look_at_bake(item.repo, item.bake)


def detail(kitchen: Kitchen, item: Item, width: int, *, raw: bool = False) -> Content:
    """What the detail pane says of a row, in lines of `width` cells; `raw` shows a prompt as it is sent."""
    match item.kind:
        case Kind.REPO:
            return _repo(kitchen, item.repo, width)
        case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
            from breadtui.widgets.details.repo import folder_detail

            return folder_detail(item.kind, counts(kitchen, item.repo)[item.kind], width)
        case Kind.PROMPT:
            return _prompt(kitchen, item, width, raw=raw)
        case Kind.TARGET:
            return _target(kitchen, item, width)
        case Kind.BAKE:
            return _bake(kitchen, item, width)
        case Kind.CHECKPOINT:
            return _checkpoint(kitchen, item, width)


def counts(kitchen: Kitchen, repo: str) -> dict[Kind, int | None]:
    """How much a repository holds of each kind; None where nobody has asked."""
    shelf = kitchen.catalog.shelf(repo)
    if shelf is None:
        return dict.fromkeys((Kind.PROMPTS, Kind.TARGETS, Kind.BAKES))
    return {
        Kind.PROMPTS: len(shelf.prompts),
        Kind.TARGETS: len(shelf.targets),
        Kind.BAKES: len(shelf.bakes),
    }


def waits(kitchen: Kitchen, key: JobKey) -> str:
    """What a job waits for, in the words of its phases; empty where it does not wait."""
    step = kitchen.pipeline.waiting.get(key)
    return " and ".join(sorted({str(other.phase) for other in step.after})) if step else ""


async def _read_prompts(kitchen: Kitchen, repo: str, config: TargetConfig) -> None:
    """The prompts of a target that nobody has read; one that is gone is no failure of the target."""
    unread = {
        name
        for name in (config.teacher_prompt, config.student_prompt)
        if name and kitchen.catalog.known_prompt(repo, name) is None
    }
    answers = await asyncio.gather(*(kitchen.catalog.prompt(repo, name) for name in unread), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, NotFound):
            raise answer


async def _learn_rollouts(kitchen: Kitchen, item: Item, bake: Bake) -> None:
    """Where the targets of an unfinished bake stand, as far as nobody knows."""
    from breadtui.bakery.kitchen import dataset_weights

    status = kitchen.watcher.status(JobKey(item.repo, item.name, Phase.BAKE))
    if status and status.state is State.COMPLETE:
        return
    keys = {JobKey(item.repo, target, Phase.ROLLOUT) for target, _ in dataset_weights(bake.config)}
    gate = asyncio.Semaphore(AT_ONCE)

    async def learn(key: JobKey) -> None:
        async with gate:
            kitchen.watcher.learn(await kitchen.ask_job(key))

    unknown = [key for key in keys if kitchen.watcher.status(key) is None]
    for answer in await asyncio.gather(*map(learn, unknown), return_exceptions=True):
        # What one target says does not matter enough to hide the bake.
        if isinstance(answer, BaseException) and not isinstance(answer, BreadError):
            raise answer


def _repo(kitchen: Kitchen, repo: str, width: int) -> Content:
    from breadtui.widgets.details.repo import Checkpoint, repo_detail

    jobs = [(key.name, _stage(kitchen, key)) for key in kitchen.watcher.watched if key.repo == repo]
    shelf = kitchen.catalog.shelf(repo)
    bakes = [(name, _bake_status(kitchen, repo, name)) for name in reversed(shelf.bakes if shelf else ())]
    latest = [
        Checkpoint(status.models[0], name, status.loss)
        for name, status in bakes
        if status is not None and status.models
    ]
    held = {str(kind): number for kind, number in counts(kitchen, repo).items()}
    return repo_detail(kitchen.catalog.base_model(repo), held, jobs, latest[:LATEST], width)


def _prompt(kitchen: Kitchen, item: Item, width: int, *, raw: bool) -> Content:
    from breadtui.widgets.details.prompt import prompt_detail

    catalog = kitchen.catalog
    prompt = catalog.known_prompt(item.repo, item.name)
    if prompt is None:
        return _waiting()
    role, users = catalog.role(item.repo, item.name), catalog.users(item.repo, item.name)
    lengths = _lengths(tuple(message.text for message in prompt.messages))
    return prompt_detail(prompt, role, users, lengths, width, raw=raw)


def _target(kitchen: Kitchen, item: Item, width: int) -> Content:
    from breadtui.bakery.authoring.target import DEFAULTS, responses, stimuli, trajectories
    from breadtui.bakery.authoring.templates import differing
    from breadtui.widgets.details.target import Amounts, target_detail

    target = kitchen.catalog.known_target(item.repo, item.name)
    if target is None:
        return _waiting()
    config = target.config.model_dump()
    template = {**DEFAULTS, "model_name": kitchen.catalog.base_model(item.repo)}
    bakes = [(name, _bake_status(kitchen, item.repo, name)) for name in kitchen.bakes_of(item.repo, item.name)]
    stages = [_stage(kitchen, JobKey(item.repo, item.name, phase)) for phase in (Phase.STIM, Phase.ROLLOUT)]
    return target_detail(
        target.config,
        _texts(kitchen, item.repo, (target.config.teacher_prompt, target.config.student_prompt)),
        [*stages, _last_stage(kitchen, item, [status for _, status in bakes if status])],
        bakes,
        Amounts(stimuli(config), trajectories(config), responses(config)),
        differing(config, template),
        width,
    )


def _bake(kitchen: Kitchen, item: Item, width: int) -> Content:
    from breadtui.widgets.details.bake import bake_detail

    bake = kitchen.known_bake(item.repo, item.name)
    if bake is None:
        return _waiting()
    stage = _stage(kitchen, JobKey(item.repo, item.name, Phase.BAKE))
    datasets = kitchen.datasets(item.repo, item.name)
    rollouts = {name: kitchen.watcher.status(JobKey(item.repo, name, Phase.ROLLOUT)) for name, _ in datasets}
    training = _training(bake, kitchen.catalog.base_model(item.repo) or "")
    return bake_detail(stage, datasets, rollouts, training, width)


def _training(bake: Bake, base_model: str) -> Training:
    """How a bake trains. No answer tells its template, so it is held against the default's values."""
    from breadtui.bakery.authoring.bake import DEFAULTS, FIELDS, effective_batch
    from breadtui.bakery.authoring.templates import differing
    from breadtui.widgets.details.bake import Training

    config = bake.config or {}
    parent = as_object(config.get("model")).get("parent_model_name")
    groups = {field.path: field.group for field in FIELDS}
    told = parent if isinstance(parent, str) and parent else base_model
    return Training(config, differing(config, DEFAULTS), groups, effective_batch(config), told)


def _checkpoint(kitchen: Kitchen, item: Item, width: int) -> Content:
    from breadtui.bakery.lineage import ancestry
    from breadtui.widgets.details.checkpoint import checkpoint_detail

    shelf, base = kitchen.catalog.shelf(item.repo), kitchen.catalog.base_model(item.repo)
    line = ancestry(shelf.tree, item.name, base) if shelf else (item.name,)
    status = _bake_status(kitchen, item.repo, item.bake)
    return checkpoint_detail(item.name, item.bake, status, line, status.models if status else (), width)


def _texts(kitchen: Kitchen, repo: str, names: Iterable[str | None]) -> dict[str, str | None]:
    """The texts of prompts by name; None for those nobody has read."""
    texts: dict[str, str | None] = {}
    for name in names:
        if name:
            prompt = kitchen.catalog.known_prompt(repo, name)
            texts[name] = "\n\n".join(message.text for message in prompt.messages) if prompt else None
    return texts


def _stage(kitchen: Kitchen, key: JobKey) -> Stage:
    watcher = kitchen.watcher
    return Stage(key.phase, watcher.status(key), watcher.time_left(key), waits(kitchen, key))


def _last_stage(kitchen: Kitchen, item: Item, bakes: list[JobStatus]) -> Stage:
    """The bake of a target: of several, the one that asks for attention first."""
    if not bakes:
        return Stage(Phase.BAKE, JobStatus(JobKey(item.repo, "", Phase.BAKE), State.NOT_STARTED))
    return _stage(kitchen, min(bakes, key=lambda status: TELLING.index(status.state)).key)


def _bake_status(kitchen: Kitchen, repo: str, bake: str) -> JobStatus | None:
    return kitchen.watcher.status(JobKey(repo, bake, Phase.BAKE))


@lru_cache(maxsize=32)
def _lengths(texts: tuple[str, ...]) -> tuple[int, int]:
    """Counted once for a text: it is shown anew with every change of a job."""
    from breadtui.bakery.authoring.prompt import lengths

    return lengths([{"content": text} for text in texts])


def _waiting() -> Content:
    return Content.styled("Asking the server …", "$muted")
