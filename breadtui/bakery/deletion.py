"""Deletes what can be deleted, each thing after all that depends on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never
from uuid import uuid4

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NotFound, NotSupported
from breadtui.bakery.catalog import Catalog, Shelf
from breadtui.bakery.datasets import dataset_weights, parent_model
from breadtui.bakery.things import Thing

Named = tuple[Thing, str, str]
"""A thing, its repository and its name."""
Dependents = Mapping[Named, Sequence[Named]]

_ORDER = (Thing.BAKE, Thing.TARGET, Thing.PROMPT, Thing.REPO)


class Deleter:
    """Asks the server to delete, and learns what it cannot. `forget` is told of what is gone."""

    def __init__(self, client: BreadClient, catalog: Catalog, forget: Callable[[Named], None]) -> None:
        self._client = client
        self._catalog = catalog
        self._forget = forget
        self._prompts: bool | None = None
        """Whether the server can delete prompts; None before it was asked."""

    async def can_delete(self, thing: Thing, repo: str) -> bool:
        """Whether there is a way to. For prompts the server is asked, once, to delete one that nobody has."""
        if thing is not Thing.PROMPT:
            return thing is not Thing.REPO
        if self._prompts is None:
            self._prompts = await self._probe(repo)
        return self._prompts

    async def delete(self, named: Named) -> None:
        """Delete one thing; one that is gone already is no error."""
        try:
            await self._ask(named)
        except (NotFound, NotSupported) as error:
            if error.status != 404 or await self._is_there(named):
                self._prompts = False if named[0] is Thing.PROMPT else self._prompts
                raise
        self._forget(named)

    async def delete_all(self, things: Iterable[Named]) -> list[tuple[Named, BreadError]]:
        """Delete several, in an order in which it can be done; gives those that stay, and why."""
        failed: list[tuple[Named, BreadError]] = []
        for named in dependents_first([*things], self._catalog):
            try:
                await self.delete(named)
            except BreadError as error:
                failed.append((named, error))
        return failed

    async def _probe(self, repo: str) -> bool:
        try:
            await self._client.delete_prompt(repo, f"breadtui-probe-{uuid4()}")
        except NotSupported as error:
            return error.status == 404  # it looked for the prompt, or so it seems
        return True

    async def _ask(self, named: Named) -> None:
        thing, repo, name = named
        match thing:
            case Thing.BAKE:
                await self._client.delete_bake(repo, name)
            case Thing.TARGET:
                await self._client.delete_target(repo, name)
            case Thing.PROMPT:
                await self._client.delete_prompt(repo, name)
            case Thing.REPO:
                raise NotSupported("Bread has no way to delete a repository. Nothing was changed.")
            case _:
                assert_never(thing)

    async def _is_there(self, named: Named) -> bool:
        """Whether the server still lists it."""
        thing, repo, name = named
        return name in _names(await self._catalog.reopen(repo), thing)


def dependents(catalog: Catalog, repo: str) -> Dependents:
    """What is known to depend on each thing of a repository: bakes on targets and bakes, targets on bakes, prompts."""
    found: defaultdict[Named, list[Named]] = defaultdict(list)
    shelf = catalog.shelf(repo)
    if shelf is None:
        return found
    for child, name, parent, parent_name in shelf.tree.edges:
        if child == parent == Thing.BAKE and name in shelf.tree.bakes:
            found[Thing.BAKE, repo, parent_name].append((Thing.BAKE, repo, name))
    for name, node in shelf.tree.bakes.items():
        bake = (Thing.BAKE, repo, name)
        for target, _ in dataset_weights(node.config):
            found[Thing.TARGET, repo, target].append(bake)
        if parent := _bake_of(shelf, repo, parent_model(node.config)):
            found[Thing.BAKE, repo, parent].append(bake)
    for name in shelf.targets:
        seen = catalog.known_target(repo, name)
        if seen is None:
            continue
        target = (Thing.TARGET, repo, name)
        for prompt in (seen.config.teacher_prompt, seen.config.student_prompt):
            found[Thing.PROMPT, repo, prompt or ""].append(target)
        if parent := _bake_of(shelf, repo, seen.config.model_name):
            found[Thing.BAKE, repo, parent].append(target)
    return {named: [*dict.fromkeys(others)] for named, others in found.items()}


def dependents_first(things: Sequence[Named], catalog: Catalog) -> list[Named]:
    """`things`, each once and after those of them that depend on it; else bakes, then targets, then prompts."""
    known = {repo: dependents(catalog, repo) for repo in {repo for _, repo, _ in things}}
    wanted = set(things)
    done: dict[Named, None] = {}
    begun: set[Named] = set()
    left = sorted(things, key=lambda named: _ORDER.index(named[0]), reverse=True)
    while left:
        named = left[-1]
        if named in begun:
            done.setdefault(left.pop())
            continue
        begun.add(named)
        others = known[named[1]].get(named, ())
        left.extend(other for other in reversed(others) if other in wanted and other not in begun)
    return list(done)


def _bake_of(shelf: Shelf, repo: str, model: str | None) -> str | None:
    """The bake of `repo` that a model `user/repo/bake/checkpoint` comes from; None for any other model."""
    parts = (model or "").split("/")
    node = shelf.tree.bakes.get(parts[2]) if len(parts) == 4 and parts[1] == repo else None
    if node is None:
        return None
    users = {own.partition("/")[0] for own in node.model_name}
    return parts[2] if not users or parts[0] in users else None


def _names(shelf: Shelf, thing: Thing) -> Sequence[str]:
    match thing:
        case Thing.PROMPT:
            return shelf.prompts
        case Thing.TARGET:
            return shelf.targets
        case Thing.BAKE:
            return shelf.bakes
        case Thing.REPO:
            return ()
        case _:
            assert_never(thing)
