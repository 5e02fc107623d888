"""What the server holds: names first, details when they are looked at; each asked for once, then kept.

Jobs are left to the watcher.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar, assert_never

from breadtui.api.client import BreadClient
from breadtui.api.models import Prompt, Repo, RepoTree, Target
from breadtui.bakery.changes import CatalogChanged, Publish
from breadtui.bakery.things import Thing

AT_ONCE = 8
"""Requests under way together, at most."""
PAGE = 200

T = TypeVar("T")


class Role(StrEnum):
    """How the targets of a repository use a prompt."""

    TEACHER = "teacher"
    STUDENT = "student"
    BOTH = "both"
    UNUSED = "unused"
    """Every target was looked at, and none uses it."""
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The names in one repository, in the server's order, and its bakes with their checkpoints."""

    prompts: tuple[str, ...]
    targets: tuple[str, ...]
    bakes: tuple[str, ...]
    tree: RepoTree


class Catalog:
    """Asks the client, keeps the answers, and publishes when what is known changed.

    Every method that asks raises BreadError when the server refuses or cannot be reached; what was known stays.
    Requests pass through `gate`.
    """

    def __init__(self, client: BreadClient, publish: Publish, gate: asyncio.Semaphore | None = None) -> None:
        self._client = client
        self._publish = publish
        self._gate = gate or asyncio.Semaphore(AT_ONCE)
        self._asking: dict[Hashable, asyncio.Task[object]] = {}
        self._opening: dict[str, asyncio.Task[Shelf]] = {}
        self._repos: tuple[Repo, ...] | None = None
        self._shelves: dict[str, Shelf] = {}
        self._prompts: dict[tuple[str, str], Prompt] = {}
        self._targets: dict[str, dict[str, Target]] = {}
        self._roles: dict[str, Mapping[str, Role]] = {}
        """By repository and prompt, until something is seen that may change them."""

    @property
    def repos(self) -> tuple[Repo, ...] | None:
        """The repositories; None before the first answer."""
        return self._repos

    def base_model(self, repo: str) -> str | None:
        """The model a repository's bakes start from, where it is known."""
        return next((item.base_model for item in self._repos or () if item.repo_name == repo), None)

    def shelf(self, repo: str) -> Shelf | None:
        """The names in `repo`, if they were asked for."""
        return self._shelves.get(repo)

    def known_prompt(self, repo: str, name: str) -> Prompt | None:
        """A prompt that was looked at before."""
        return self._prompts.get((repo, name))

    def known_target(self, repo: str, name: str) -> Target | None:
        """A target that was looked at before."""
        return self._targets.get(repo, {}).get(name)

    def known_targets(self, repo: str) -> Mapping[str, Target]:
        """The targets of a repository that were looked at before, by name."""
        return self._targets.get(repo, {})

    def role(self, repo: str, prompt: str) -> Role:
        """How the targets seen so far use a prompt."""
        roles = self._roles.get(repo)
        if roles is None:
            roles = self._roles[repo] = _roles(self.known_targets(repo).values())
        shelf = self._shelves.get(repo)
        seen_all = shelf is not None and all(name in self.known_targets(repo) for name in shelf.targets)
        return roles.get(prompt, Role.UNUSED if seen_all else Role.UNKNOWN)

    def users(self, repo: str, prompt: str) -> tuple[str, ...]:
        """The targets seen so far that use a prompt."""
        return tuple(
            name
            for name, target in self.known_targets(repo).items()
            if prompt in (target.config.teacher_prompt, target.config.student_prompt)
        )

    async def refresh_repos(self) -> None:
        """Read the list of repositories page by page, as long as a page brings a new name."""
        found: dict[str, Repo] = {}
        offset, more = 0, True
        while more:
            page = await self._ask(("repos", offset), lambda at=offset: self._client.list_repos(at, PAGE))
            before = len(found)
            found.update((repo.repo_name, repo) for repo in page.repos)
            offset += len(page.repos)
            # A server that knows no offset would send the first page for ever.
            more = page.has_more and len(found) > before
        self._keep_repos(tuple(found.values()))

    async def close(self) -> None:
        """Give up what is being asked."""
        asked = (*self._opening.values(), *self._asking.values())
        for task in asked:
            task.cancel()
        for task in asked:
            await asyncio.wait([task])

    async def open(self, repo: str) -> Shelf:
        """Read the names in `repo`: four requests, however much it holds; none if they are being read already."""
        opening = self._opening.get(repo)
        if opening is None:
            opening = self._opening[repo] = asyncio.create_task(self._open(repo))
            opening.add_done_callback(lambda _: self._opening.pop(repo, None))
        return await asyncio.shield(opening)

    async def reopen(self, repo: str) -> Shelf:
        """Read the names in `repo` as they are now: an answer that is under way may be older than what was made."""
        if opening := self._opening.get(repo):
            await asyncio.wait([opening])
        return await self.open(repo)

    async def _open(self, repo: str) -> Shelf:
        prompts, targets, bakes, tree = await asyncio.gather(
            self._ask(("prompts", repo), lambda: self._client.list_prompts(repo)),
            self._ask(("targets", repo), lambda: self._client.list_targets(repo)),
            self._ask(("bakes", repo), lambda: self._client.list_bakes(repo)),
            self._ask(("tree", repo), lambda: self._client.tree(repo)),
        )
        shelf = Shelf(prompts, targets, bakes, tree)
        self._keep_shelf(repo, shelf)
        return shelf

    async def prompt(self, repo: str, name: str) -> Prompt:
        """A prompt's messages."""
        prompt = await self._ask(("prompt", repo, name), lambda: self._client.get_prompt(repo, name))
        if self._prompts.get((repo, name)) != prompt:
            self._prompts[repo, name] = prompt
            self._publish(CatalogChanged(repo))
        return prompt

    async def target(self, repo: str, name: str) -> Target:
        """A target's configuration."""
        target = await self._ask(("target", repo, name), lambda: self._client.get_target(repo, name))
        seen = self._targets.setdefault(repo, {})
        if seen.get(name) != target:
            seen[name] = target
            self._roles.pop(repo, None)
            self._publish(CatalogChanged(repo))
        return target

    def forget(self, thing: Thing, repo: str, name: str) -> None:
        """Take out what was just deleted. What depends on it is left as it is: the server knows better."""
        shelf = self._shelves.get(repo)
        if shelf is None:
            return
        match thing:
            case Thing.PROMPT:
                shelf = replace(shelf, prompts=_without(shelf.prompts, name))
            case Thing.TARGET:
                shelf = replace(shelf, targets=_without(shelf.targets, name))
            case Thing.BAKE:
                bakes = {bake: node for bake, node in shelf.tree.bakes.items() if bake != name}
                tree = shelf.tree.model_copy(update={"bakes": bakes})
                shelf = replace(shelf, bakes=_without(shelf.bakes, name), tree=tree)
            case Thing.REPO:
                return  # nothing deletes one
            case _:
                assert_never(thing)
        self._keep_shelf(repo, shelf)

    def add_repo(self, repo: Repo) -> None:
        """Take in a repository that was just created."""
        known = {item.repo_name: item for item in self._repos or ()}
        self._keep_repos(tuple({**known, repo.repo_name: repo}.values()))

    def _keep_shelf(self, repo: str, shelf: Shelf) -> None:
        if self._shelves.get(repo) == shelf:
            return
        self._shelves[repo] = shelf
        for name in self._targets.get(repo, {}).keys() - set(shelf.targets):
            del self._targets[repo][name]
        for key in [key for key in self._prompts if key[0] == repo and key[1] not in shelf.prompts]:
            del self._prompts[key]
        self._roles.pop(repo, None)
        self._publish(CatalogChanged(repo))

    def _keep_repos(self, repos: tuple[Repo, ...]) -> None:
        if repos != self._repos:
            self._repos = repos
            self._publish(CatalogChanged())

    async def _ask(self, key: Hashable, request: Callable[[], Awaitable[T]]) -> T:
        """Ask, unless the same is being asked already: then wait for that answer."""

        async def gated() -> T:
            async with self._gate:
                return await request()

        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(gated())
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        # Shielded: whoever gives up waiting must not take the answer from the others.
        # The key tells the type of the answer, which a dictionary of them all cannot.
        return await asyncio.shield(asking)  # pyright: ignore[reportReturnType, reportArgumentType]


def _roles(targets: Iterable[Target]) -> Mapping[str, Role]:
    roles: dict[str, Role] = {}
    for target in targets:
        pair = ((target.config.teacher_prompt, Role.TEACHER), (target.config.student_prompt, Role.STUDENT))
        for prompt, role in pair:
            if prompt:
                roles[prompt] = role if roles.get(prompt, role) is role else Role.BOTH
    return roles


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)
