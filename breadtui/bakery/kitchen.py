"""The one thing every screen is a view of: a client, the catalog of what it holds, the watcher, the pipeline."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import assert_never

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, Unreachable, WrongKey
from breadtui.api.models import Bake, RepoTree, Target
from breadtui.api.transport import once
from breadtui.bakery import bodies, deletion
from breadtui.bakery.catalog import AT_ONCE, Catalog, Shelf
from breadtui.bakery.changes import Change, JobChanged, Publish
from breadtui.bakery.chats.kept import Chats
from breadtui.bakery.datasets import dataset_weights
from breadtui.bakery.deletion import Deleter, Named
from breadtui.bakery.downloads.downloads import Downloads
from breadtui.bakery.downloads.register import Register
from breadtui.bakery.drafts import Drafts
from breadtui.bakery.history import History, Scribe
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State, read_job, state_of
from breadtui.bakery.known import Known
from breadtui.bakery.pipeline import Pipeline
from breadtui.bakery.runs import Runs
from breadtui.bakery.steps import Step, missing_for_bake, missing_for_target
from breadtui.bakery.things import Thing
from breadtui.bakery.watcher import Watcher

SURVEYED = 40
"""Repositories opened, and targets in all looked at, at start-up to find what is running, at most."""
TREES_AT_ONCE = 4
"""Trees of further repositories asked for together: nobody looks at them, so they leave room for who does."""


class Kitchen:
    """Asks the server on behalf of the screens, and tells its subscribers what changed.

    Methods that ask the server raise BreadError, whose text is for people.
    """

    def __init__(
        self,
        client: BreadClient,
        drafts: Drafts | None = None,
        *,
        runs: Runs | None = None,
        history: History | None = None,
        chats: Chats | None = None,
        register: Register | None = None,
    ) -> None:
        self.client = client
        self.drafts = drafts or Drafts()
        """What is being written and is not made yet."""
        self.chats = chats or Chats(None)
        """What was said to models."""
        self._subscribers: list[Publish] = []
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._history = history or History()
        self.watcher = Watcher(self._poll_job, self._tell, history=self._history, size=self._size, knock=self._knock)
        self._scribe = Scribe(self._history, self.watcher.remembered)
        self.catalog = Catalog(client, self._tell, self._gate)
        self._deleter = Deleter(client, self.catalog, self._forget)
        self.pipeline = Pipeline(self.watcher.status, self.start, self._tell, ask=self._learn, runs=runs)
        self.downloads = Downloads.of(client, self._tell, register)
        self._bakes: dict[tuple[str, str], Bake] = {}
        self._trained: dict[str, tuple[Shelf | None, Mapping[str, tuple[str, ...]]]] = {}
        self.watcher.recall(self._history.jobs)

    def subscribe(self, told: Publish) -> Callable[[], None]:
        """Have `told` called with every change, on the loop; call what is returned to end it."""
        self._subscribers.append(told)
        return lambda: self._subscribers.remove(told)

    async def close(self) -> None:
        """Stop what is under way and close the connection."""
        await self.pipeline.close()
        await self.downloads.close()
        await self._scribe.close()
        self.chats.close()
        await self.catalog.close()
        await self.client.aclose()

    async def open(self, repo: str) -> None:
        """Read what `repo` holds; its bakes' states come with it."""
        self._note_bakes(repo, (await self.catalog.open(repo)).tree)

    async def reopen(self, repo: str) -> None:
        """Read what `repo` holds as it is now, as after something was made in it."""
        self._note_bakes(repo, (await self.catalog.reopen(repo)).tree)

    def _note_bakes(self, repo: str, tree: RepoTree) -> None:
        for name, node in tree.bakes.items():
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
            await self.reopen(looked_at)

    def names(self) -> Known:
        """What is worth keeping for the next start."""
        repos = tuple(repo.repo_name for repo in self.catalog.repos or ())
        shelf = self.catalog.shelf(repos[0]) if repos else None
        return Known(repos, shelf.prompts, shelf.targets, shelf.bakes) if shelf else Known(repos)

    async def survey(self) -> None:
        """Look, at start-up, for running jobs: for bakes in every repository, for phases in `SURVEYED` targets.

        Those come first that have run before. What ran when the program last ended is watched already; all other
        targets are left to the watcher, which looks at them by and by.
        """
        ran = {(took.key.repo, took.key.name) for took in self._history.took}
        homes = {repo for repo, _ in ran}
        names = sorted((repo.repo_name for repo in self.catalog.repos or ()), key=lambda repo: repo not in homes)
        left = SURVEYED
        for repo in names[:SURVEYED]:
            if self.catalog.shelf(repo) is None:
                await self.open(repo)
            shelf = self.catalog.shelf(repo)
            targets = sorted(shelf.targets if shelf else (), key=lambda target, repo=repo: (repo, target) not in ran)
            await self.look_at_all(repo, targets[:left])
            self._seek(repo, targets[left:])
            left -= len(targets[:left])
        await _for_each(names[SURVEYED:], TREES_AT_ONCE, self._look_for_bakes)

    async def _look_for_bakes(self, repo: str) -> None:
        async with self._gate:
            self._note_bakes(repo, await self.client.tree(repo))
            targets = await self.client.list_targets(repo)
        self._seek(repo, targets)

    def _seek(self, repo: str, targets: Iterable[str]) -> None:
        self.watcher.seek(JobKey(repo, name, phase) for name in targets for phase in (Phase.ROLLOUT, Phase.STIM))

    async def look_at_target(self, repo: str, name: str) -> Target:
        """A target's configuration, and where its phases stand."""
        target, *phases = await asyncio.gather(
            self.catalog.target(repo, name),
            self._learn(JobKey(repo, name, Phase.STIM)),
            self._learn(JobKey(repo, name, Phase.ROLLOUT)),
            return_exceptions=True,  # so that none is left under way when another fails
        )
        if isinstance(target, BaseException):
            raise target
        for failed in phases:
            if failed:
                raise failed
        return target

    async def look_at_all(self, repo: str, targets: Iterable[str]) -> None:
        """Look at many targets, the first ones first; cancel it to drop those that are left.

        One that cannot be looked at does not keep the others from it: the first error is raised at the end.
        """
        await _for_each(dict.fromkeys(targets), AT_ONCE, lambda target: self.look_at_target(repo, target))

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
        if shelf is None:
            return ()
        read, trained = self._trained.get(repo, (None, {}))
        if read is not shelf:
            # Once for a shelf: a cursor that moves over a thousand targets asks a thousand times.
            self._trained[repo] = shelf, (trained := _trained_on(shelf))
        return trained.get(target, ())

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

    async def _poll_job(self, key: JobKey) -> JobStatus:
        """As `ask_job`, tried once: the watcher has intervals of its own for what fails."""
        with once():
            return await self.ask_job(key)

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

    async def create(self, thing: Thing, repo: str, body: Mapping[str, object]) -> str:
        """Make a thing of its body, exactly as that stands; gives its name. The same again is no error."""
        if thing is Thing.REPO:
            made = await bodies.create_repo(self.client, body)
            self.catalog.add_repo(made)
            return made.repo_name
        name = await bodies.create(self.client, thing, repo, body)
        await self.reopen(repo)
        return name

    async def body_of(self, thing: Thing, repo: str, name: str) -> dict[str, object]:
        """The body that would make the same thing again, looked up now."""
        return await bodies.body_of(self.client, self.catalog, thing, repo, name)

    async def template_config(self, thing: Thing, repo: str, template: str) -> Mapping[str, object] | None:
        """The configuration that a template gives to a target or bake; None for one that is not there."""
        return await bodies.template_config(self.client, self.catalog, thing, repo, template)

    async def can_delete(self, thing: Thing, repo: str) -> bool:
        """Whether there is a way to delete such things."""
        return await self._deleter.can_delete(thing, repo)

    def dependents(self, thing: Thing, repo: str, name: str) -> tuple[str, ...]:
        """What is known to depend on a thing, as `bake yoda_v1` or `target yoda`."""
        others = deletion.dependents(self.catalog, repo).get((thing, repo, name), ())
        return tuple(f"{other} {its_name}" for other, _, its_name in others)

    async def delete(self, thing: Thing, repo: str, name: str) -> None:
        """Delete a thing and forget its jobs; one that is gone already is no error."""
        await self._deleter.delete((thing, repo, name))
        await self._reopen_quietly(repo)

    async def delete_all(self, things: Iterable[Named]) -> list[tuple[Named, BreadError]]:
        """Delete several, each after all that depends on it; gives those that stay, and why."""
        things = [*things]
        failed = await self._deleter.delete_all(things)
        for repo in dict.fromkeys(repo for _, repo, _ in things):
            await self._reopen_quietly(repo)
        return failed

    async def _reopen_quietly(self, repo: str) -> None:
        """Read a repository again where nothing depends on it: what was deleted is off the shelf already."""
        with contextlib.suppress(BreadError):
            await self.reopen(repo)

    def _forget(self, named: Named) -> None:
        thing, repo, name = named
        phases = {Thing.TARGET: (Phase.STIM, Phase.ROLLOUT), Thing.BAKE: (Phase.BAKE,)}.get(thing, ())
        keys = {JobKey(repo, name, phase) for phase in phases}
        self.watcher.forget(keys.__contains__)
        self._scribe.note(soon=True)
        self.pipeline.forget(keys.__contains__)
        if thing is Thing.BAKE:
            self._bakes.pop((repo, name), None)
        self.catalog.forget(thing, repo, name)

    async def _knock(self) -> None:
        with once():
            await self.client.list_repos(limit=1)

    async def _learn(self, key: JobKey) -> None:
        async with self._gate:
            self.watcher.learn(await self.ask_job(key))

    def _size(self, key: JobKey) -> float | None:
        """How many lines a job makes; of a bake, how many responses it learns from. None where it is not known."""
        if key.phase is Phase.BAKE:
            sizes = [self._size(JobKey(key.repo, target, Phase.ROLLOUT)) for target, _ in self._datasets(key)]
            known = [size for size in sizes if size]
            return sum(known) if known and len(known) == len(sizes) else None
        status = self.watcher.status(key)
        if status is None:
            return None
        return status.total or (status.lines if status.state is State.COMPLETE else None)

    def _datasets(self, key: JobKey) -> tuple[tuple[str, float], ...]:
        shelf = self.catalog.shelf(key.repo)
        node = shelf.tree.bakes.get(key.name) if shelf else None
        return self.datasets(key.repo, key.name) or (dataset_weights(node.config) if node else ())

    def _tell(self, change: Change) -> None:
        self.pipeline.notice(change)
        if isinstance(change, JobChanged):
            before, now = change.before, change.status.state
            self._scribe.note(soon=before is None or before.state is not now)
        for told in tuple(self._subscribers):
            told(change)


async def _for_each(names: Iterable[str], at_once: int, do: Callable[[str], Awaitable[object]]) -> None:
    """Do it for many, the first ones first; the first error is raised when all is done."""
    left = deque(names)
    errors: list[BreadError] = []

    async def work() -> None:
        while left:
            try:
                await do(left.popleft())
            except BreadError as error:
                errors.append(error)
                if isinstance(error, Unreachable | WrongKey):
                    left.clear()  # none of the others could fare better

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(left))):
            group.create_task(work())
    if errors:
        raise errors[0]


def _trained_on(shelf: Shelf) -> Mapping[str, tuple[str, ...]]:
    """The bakes of each target."""
    found: dict[str, list[str]] = {}
    for name, node in shelf.tree.bakes.items():
        for target in dict.fromkeys(target for target, _ in dataset_weights(node.config)):
            found.setdefault(target, []).append(name)
    return {target: tuple(names) for target, names in found.items()}


def _from_tree(key: JobKey, word: str, models: tuple[str, ...], known: JobStatus | None) -> JobStatus:
    state = state_of(word)
    if known and known.state is state and known.models == models:
        return known
    return JobStatus(key, state, word, models=models)
