"""The models one can talk to: checkpoints, base models, and whatever else the server lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from breadtui.api.errors import BreadError
from breadtui.bakery.datasets import parent_model
from breadtui.bakery.jobs import JobKey, Phase

if TYPE_CHECKING:
    from breadtui.api.models import RepoTree
    from breadtui.bakery.kitchen import Kitchen

TREES_AT_ONCE = 4
"""Trees of repositories asked for together: one who waits for a list leaves room for one who looks at something."""


class Kind(StrEnum):
    """What a model is, or how it is known."""

    CHECKPOINT = "checkpoint"
    BASE = "base"
    SERVED = "served"
    """The server lists it, and no repository knows it."""
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to talk to. `parent` is what its bake began from: a model, or a bake that does not tell its checkpoint.

    `loss` is that of the bake, and so of its latest checkpoint alone.
    """

    model: str
    kind: Kind
    repo: str = ""
    bake: str = ""
    parent: str = ""
    loss: float | None = None
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What is found so far. `waiting` counts the answers that still come, `problems` says why some do not."""

    choices: tuple[Choice, ...]
    problems: tuple[str, ...] = ()
    waiting: int = 0


@dataclass(slots=True)
class _Seen:
    """Trees of repositories that nobody opened, and what the server lists: kept for the next time one chooses."""

    trees: dict[str, RepoTree] = field(default_factory=dict[str, "RepoTree"])
    served: tuple[str, ...] = ()


_SEEN: WeakKeyDictionary[Kitchen, _Seen] = WeakKeyDictionary()


def known_choices(kitchen: Kitchen, near: str = "") -> tuple[Choice, ...]:
    """What can be told without asking: checkpoints, the newest first, then base models, then what else is served.

    The repository `near` comes first; the others as they are listed, the last one made first. In each the last bake
    listed stands first, and of a bake the latest checkpoint.
    """
    found = [*_checkpoints(kitchen, near), *_base_models(kitchen)]
    listed = {choice.model for choice in found}
    served = (Choice(model, Kind.SERVED) for model in _seen(kitchen).served if model not in listed)
    return (*found, *served)


async def all_choices(kitchen: Kitchen, near: str = "") -> AsyncGenerator[Listing]:
    """What is known at once, then again with every answer: the trees of other repositories, and `/v1/models`.

    Nothing is raised: what cannot be found out is in `problems`, each sentence once.
    """
    problems: dict[str, None] = {}
    if kitchen.catalog.repos is None:
        yield Listing(known_choices(kitchen, near), waiting=1)
        problems |= dict.fromkeys(filter(None, [await _problem_of(kitchen.catalog.refresh_repos)]))
    gate = asyncio.Semaphore(TREES_AT_ONCE)
    asks = [partial(_ask_served, kitchen)]
    asks += [partial(_ask_tree, kitchen, repo, gate) for repo in _unread(kitchen, near)]
    asking = {asyncio.create_task(_problem_of(ask)) for ask in asks}
    try:
        while asking:
            yield Listing(known_choices(kitchen, near), tuple(problems), len(asking))
            done, asking = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            problems |= dict.fromkeys(problem for task in done if (problem := task.result()))
        yield Listing(known_choices(kitchen, near), tuple(problems))
    finally:
        for task in asking:
            task.cancel()


def trees(kitchen: Kitchen, near: str = "") -> Iterator[tuple[str, RepoTree]]:
    """The trees of repositories that are known, in the order of `known_choices`."""
    for repo in _repos(kitchen, near):
        shelf = kitchen.catalog.shelf(repo)
        tree = shelf.tree if shelf else _seen(kitchen).trees.get(repo)
        if tree is not None:
            yield repo, tree


def parent_of(tree: RepoTree, bake: str, base_model: str | None = None) -> str:
    """What a bake began from: the model its configuration names, the bake it hangs on, or the base model."""
    node = tree.bakes.get(bake)
    told = parent_model(node.config) if node else None
    edge = next((above for kind, child, other, above in tree.edges if kind == other == "bake" and child == bake), None)
    return told or edge or tree.base_model or base_model or ""


def _checkpoints(kitchen: Kitchen, near: str) -> Iterator[Choice]:
    told: set[str] = set()
    for repo, tree in trees(kitchen, near):
        edges = {child: above for kind, child, other, above in tree.edges if kind == other == "bake"}
        base = tree.base_model or kitchen.catalog.base_model(repo) or ""
        for bake, node in reversed(tree.bakes.items()):
            parent = parent_model(node.config) or edges.get(bake) or base
            status = kitchen.watcher.status(JobKey(repo, bake, Phase.BAKE))
            for model in dict.fromkeys(node.model_name):
                if model not in told:
                    told.add(model)
                    latest = model == node.model_name[0]
                    loss = status.loss if status and latest else None
                    yield Choice(model, Kind.CHECKPOINT, repo, bake, parent, loss, latest)


def _base_models(kitchen: Kitchen) -> Iterator[Choice]:
    bases = {repo.repo_name: repo.base_model for repo in kitchen.catalog.repos or ()}
    bases |= {repo: tree.base_model for repo, tree in trees(kitchen) if tree.base_model}
    for model in dict.fromkeys(base for base in bases.values() if base):
        yield Choice(model, Kind.BASE)


def _repos(kitchen: Kitchen, near: str) -> list[str]:
    names = [repo.repo_name for repo in reversed(kitchen.catalog.repos or ())]
    return sorted(names, key=lambda repo: repo != near)


def _unread(kitchen: Kitchen, near: str) -> list[str]:
    return [repo for repo in _repos(kitchen, near) if kitchen.catalog.shelf(repo) is None]


def _seen(kitchen: Kitchen) -> _Seen:
    return _SEEN.setdefault(kitchen, _Seen())


async def _ask_tree(kitchen: Kitchen, repo: str, gate: asyncio.Semaphore) -> None:
    async with gate:
        _seen(kitchen).trees[repo] = await kitchen.client.tree(repo)


async def _ask_served(kitchen: Kitchen) -> None:
    _seen(kitchen).served = tuple(model.id for model in await kitchen.client.models())


async def _problem_of(ask: Callable[[], Awaitable[None]]) -> str:
    """Why an answer did not come, in people's words; empty where it came."""
    try:
        await ask()
    except BreadError as error:
        return str(error)
    return ""
