"""Finds the jobs that a command is about: of everything, of one repository, or of one target or bake."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from breadtui.api.errors import NotFound
from breadtui.bakery.catalog import AT_ONCE
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.kitchen import Kitchen

PHASES = {"target": (Phase.STIM, Phase.ROLLOUT), "bake": (Phase.BAKE,)}


class NotThere(Exception):
    """What was named is not there; the text says so."""


@dataclass(frozen=True, slots=True)
class Where:
    """`REPO/NAME` as it was given; either part may be empty, and the name alone never is there."""

    repo: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.repo}/{self.name}" if self.name else self.repo


def parsed(text: str) -> Where:
    """What stands in front of the first slash and behind it; names have none."""
    repo, _, name = text.partition("/")
    return Where(repo, name)


async def look(kitchen: Kitchen, where: Where, phases: Collection[Phase] = tuple(Phase)) -> list[JobKey]:
    """Ask the server about every job in `where`; gives them, with the kitchen knowing how they stand.

    Raises:
        NotThere: there is no such repository, target or bake.
        BreadError: the server cannot be asked.
    """
    await kitchen.catalog.refresh_repos()
    repos = [repo.repo_name for repo in kitchen.catalog.repos or ()]
    if where.repo:
        if where.repo not in repos:
            raise NotThere(f"There is no repository “{where.repo}” at {kitchen.client.host}.{_known(repos)}")
        repos = [where.repo]
    keys: list[JobKey] = []
    for repo in repos:
        keys += await _in_repo(kitchen, repo, where.name, phases)
    return keys


async def _in_repo(kitchen: Kitchen, repo: str, name: str, phases: Collection[Phase]) -> list[JobKey]:
    await kitchen.open(repo)
    shelf = kitchen.catalog.shelf(repo)
    held = {"target": shelf.targets if shelf else (), "bake": shelf.bakes if shelf else ()}
    if name and not any(name in names for names in held.values()):
        raise NotThere(f"There is no target or bake “{name}” in {repo}.{_known([*held['target'], *held['bake']])}")
    keys = [
        JobKey(repo, own, phase)
        for kind, names in held.items()
        for own in names
        for phase in PHASES[kind]
        if phase in phases and name in ("", own)
    ]
    await _ask(kitchen, keys)
    return [key for key in keys if kitchen.watcher.status(key)]


async def _ask(kitchen: Kitchen, keys: list[JobKey]) -> None:
    """Ask about each; one that was deleted meanwhile is left out."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(key: JobKey) -> None:
        async with gate:
            try:
                if key.phase is Phase.BAKE:
                    await kitchen.look_at_bake(key.repo, key.name)
                else:
                    kitchen.watcher.learn(await kitchen.ask_job(key))
            except NotFound:
                return

    for failed in await asyncio.gather(*map(ask, keys), return_exceptions=True):
        if failed:
            raise failed


def _known(names: list[str]) -> str:
    return f" There are: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}." if names else ""
