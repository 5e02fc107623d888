"""The one thing every screen is a view of: a client, the catalog of what it holds, the watcher, the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from breadtui.api.client import BreadClient
from breadtui.api.lenient import as_object, items
from breadtui.api.models import Bake, Prompt, Repo, Target
from breadtui.bakery.catalog import AT_ONCE, Catalog, Shelf
from breadtui.bakery.changes import Change, Publish
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, read_job, state_of
from breadtui.bakery.known import Known
from breadtui.bakery.pipeline import Pipeline, Step, missing_for_bake, missing_for_target
from breadtui.bakery.watcher import Watcher

SURVEYED = 40
"""Repositories, and targets in all, asked about at start-up to find what is running, at most."""


class Kitchen:
    """Asks the server on behalf of the screens, and tells its subscribers what changed.

    Methods that ask the server raise BreadError, whose text is for people.
    """

    def __init__(self, client: BreadClient) -> None:
        self.client = client
        self.drafts: dict[tuple[str, str], dict[str, object]] = {}
        """What was typed into a form and is not made yet, by (form, repository), then by field."""
        self._subscribers: list[Publish] = []
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.watcher = Watcher(self.ask_job, self._tell)
        self.catalog = Catalog(client, self._tell)
        self.pipeline = Pipeline(self.watcher.status, self.start, self._tell)
        self._bakes: dict[tuple[str, str], Bake] = {}

    def subscribe(self, told: Publish) -> Callable[[], None]:
        """Have `told` called with every change, on the loop; call what is returned to end it."""
        self._subscribers.append(told)
        return lambda: self._subscribers.remove(told)

    async def close(self) -> None:
        """Stop what is under way and close the connection."""
        await self.pipeline.close()
        await self.client.aclose()

    async def open(self, repo: str) -> None:
        """Read what `repo` holds; its bakes' states come with it."""
        self._note_bakes(repo, await self.catalog.open(repo))

    async def _reopen(self, repo: str) -> None:
        self._note_bakes(repo, await self.catalog.reopen(repo))

    def _note_bakes(self, repo: str, shelf: Shelf) -> None:
        for name, node in shelf.tree.bakes.items():
            key = JobKey(repo, name, Phase.BAKE)
            known = self.watcher.status(key)
            # The tree tells less than the bake itself: it must not replace what is known of a running job.
            if known is None or known.state.settled:
                self.watcher.learn(_from_tree(key, node.status, tuple(node.model_name), known))

    async def refresh(self, looked_at: str | None) -> None:
        """Ask again for the repositories, for what is in the one looked at, and for every job under way."""
        self.watcher.poll_now()
        await self.catalog.refresh_repos()
        names = {repo.repo_name for repo in self.catalog.repos or ()}
        if looked_at in names:
            await self._reopen(looked_at)

    def names(self) -> Known:
        """What is worth keeping for the next start."""
        repos = tuple(repo.repo_name for repo in self.catalog.repos or ())
        shelf = self.catalog.shelf(repos[0]) if repos else None
        return Known(repos, shelf.prompts, shelf.targets, shelf.bakes) if shelf else Known(repos)

    async def survey(self) -> None:
        """Look, at start-up, for running jobs: in the first `SURVEYED` repositories, and as many targets in all."""
        left = SURVEYED
        for repo in (self.catalog.repos or ())[:SURVEYED]:
            if self.catalog.shelf(repo.repo_name) is None:
                await self.open(repo.repo_name)
            shelf = self.catalog.shelf(repo.repo_name)
            targets = shelf.targets[:left] if shelf else ()
            left -= len(targets)
            await asyncio.gather(*(self.look_at_target(repo.repo_name, name) for name in targets))

    async def look_at_target(self, repo: str, name: str) -> Target:
        """A target's configuration, and where its phases stand."""
        target, _, _ = await asyncio.gather(
            self.catalog.target(repo, name),
            self._learn(JobKey(repo, name, Phase.STIM)),
            self._learn(JobKey(repo, name, Phase.ROLLOUT)),
        )
        return target

    async def look_at_bake(self, repo: str, name: str) -> Bake:
        """A bake's configuration, state and checkpoints."""
        bake = await self.client.get_bake(repo, name)
        self._bakes[repo, name] = bake
        self.watcher.learn(read_job(JobKey(repo, name, Phase.BAKE), bake))
        return bake

    def known_bake(self, repo: str, name: str) -> Bake | None:
        """A bake that was looked at before."""
        return self._bakes.get((repo, name))

    def datasets(self, repo: str, name: str) -> tuple[tuple[str, float], ...]:
        """(target, weight) of each dataset of a bake that was looked at."""
        bake = self._bakes.get((repo, name))
        return dataset_weights(bake.config) if bake else ()

    def bakes_of(self, repo: str, target: str) -> tuple[str, ...]:
        """The bakes of `repo` that train on `target`."""
        shelf = self.catalog.shelf(repo)
        nodes = shelf.tree.bakes.items() if shelf else ()
        return tuple(name for name, node in nodes if any(t == target for t, _ in dataset_weights(node.config)))

    async def ask_job(self, key: JobKey) -> JobStatus:
        """Where one job stands now, by one request."""
        match key.phase:
            case Phase.STIM:
                job = await self.client.get_stim(key.repo, key.name)
            case Phase.ROLLOUT:
                job = await self.client.get_rollout(key.repo, key.name)
            case Phase.BAKE:
                job = await self.client.get_bake(key.repo, key.name)
            case _:
                assert_never(key.phase)
        return read_job(key, job)

    async def start(self, key: JobKey) -> JobStatus:
        """Ask the server to run a job, and watch it."""
        match key.phase:
            case Phase.STIM:
                job = await self.client.run_stim(key.repo, key.name)
            case Phase.ROLLOUT:
                job = await self.client.run_rollout(key.repo, key.name)
            case Phase.BAKE:
                job = await self.client.run_bake(key.repo, key.name)
            case _:
                assert_never(key.phase)
        status = read_job(key, job)
        self.watcher.learn(status)
        return status

    async def missing(self, repo: str, name: str, phase: Phase) -> tuple[Step, ...]:
        """The steps that would bring a target (stim, rollout) or a bake to completion."""
        if phase is not Phase.BAKE:
            await self.look_at_target(repo, name)
            return missing_for_target(repo, name, self.watcher.status)
        bake = await self.look_at_bake(repo, name)
        targets = tuple(target for target, _ in dataset_weights(bake.config))
        await asyncio.gather(*(self.look_at_target(repo, target) for target in targets))
        return missing_for_bake(repo, name, targets, self.watcher.status)

    async def create_repo(self, name: str, base_model: str | None = None) -> Repo:
        """Make a repository; the same one again is no error."""
        repo = await self.client.create_repo(name, base_model)
        self.catalog.add_repo(repo)
        return repo

    async def create_prompt(self, repo: str, name: str, messages: Sequence[Mapping[str, object]]) -> Prompt:
        """Make a prompt of messages `{role, content}`."""
        prompt = await self.client.create_prompt(repo, name, messages)
        await self._reopen(repo)
        return prompt

    async def create_target(self, repo: str, name: str, overrides: Mapping[str, object]) -> Target:
        """Make a target from the default template and `overrides`."""
        target = await self.client.create_target(repo, name, overrides=overrides)
        await self._reopen(repo)
        return target

    async def create_bake(self, repo: str, name: str, overrides: Mapping[str, object]) -> Bake:
        """Make a bake from the default template and `overrides`."""
        bake = await self.client.create_bake(repo, name, overrides=overrides)
        await self._reopen(repo)
        return bake

    async def _learn(self, key: JobKey) -> None:
        async with self._gate:
            self.watcher.learn(await self.ask_job(key))

    def _tell(self, change: Change) -> None:
        self.pipeline.notice(change)
        for told in tuple(self._subscribers):
            told(change)


def dataset_weights(config: Mapping[str, object] | None) -> tuple[tuple[str, float], ...]:
    """(target, weight) of each dataset in a bake's configuration; an absent weight counts as 1 [contract]."""
    entries = map(as_object, items((config or {}).get("datasets")))
    return tuple(
        (target, _weight(entry.get("weight"))) for entry in entries if isinstance(target := entry.get("target"), str)
    )


def _weight(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float) else 1.0
    except OverflowError:  # an integer of any length is JSON
        return 1.0


def _from_tree(key: JobKey, word: str, models: tuple[str, ...], known: JobStatus | None) -> JobStatus:
    state = state_of(word)
    if known and known.state is state and known.models == models:
        return known
    return JobStatus(key, state, word, models=models)
