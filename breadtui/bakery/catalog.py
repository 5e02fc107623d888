"""What the server holds: names first, details when they are looked at; each asked for once, then kept.

Jobs are left to the watcher.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from breadtui.api.client import BreadClient
from breadtui.api.models import Prompt, Repo, RepoTree, Target
from breadtui.bakery.changes import CatalogChanged, Publish

AT_ONCE = 8
"""Requests under way together, at most."""
PAGE = 200

T = TypeVar("T")


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
    """

    def __init__(self, client: BreadClient, publish: Publish) -> None:
        self._client = client
        self._publish = publish
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._asking: dict[Hashable, asyncio.Task[object]] = {}
        self._opening: dict[str, asyncio.Task[Shelf]] = {}
        self._repos: tuple[Repo, ...] | None = None
        self._shelves: dict[str, Shelf] = {}
        self._prompts: dict[tuple[str, str], Prompt] = {}
        self._targets: dict[tuple[str, str], Target] = {}

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
        return self._targets.get((repo, name))

    def role(self, repo: str, prompt: str) -> str:
        """How the targets seen so far use a prompt: `teacher`, `student`, `both`, or empty."""
        configs = [target.config for (where, _), target in self._targets.items() if where == repo]
        teacher = any(config.teacher_prompt == prompt for config in configs)
        student = any(config.student_prompt == prompt for config in configs)
        return "both" if teacher and student else "teacher" if teacher else "student" if student else ""

    def users(self, repo: str, prompt: str) -> tuple[str, ...]:
        """The targets seen so far that use a prompt."""
        return tuple(
            name
            for (where, name), target in self._targets.items()
            if where == repo and prompt in (target.config.teacher_prompt, target.config.student_prompt)
        )

    async def refresh_repos(self) -> None:
        """Read the list of repositories, page by page."""
        found: list[Repo] = []
        more = True
        while more:
            page = await self._ask(("repos", len(found)), lambda: self._client.list_repos(len(found), PAGE))
            found.extend(page.repos)
            more = bool(page.has_more and page.repos)
        self._keep_repos(tuple(found))

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
        if self._shelves.get(repo) != shelf:
            self._shelves[repo] = shelf
            self._publish(CatalogChanged(repo))
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
        if self._targets.get((repo, name)) != target:
            self._targets[repo, name] = target
            self._publish(CatalogChanged(repo))
        return target

    def add_repo(self, repo: Repo) -> None:
        """Take in a repository that was just created."""
        others = tuple(item for item in self._repos or () if item.repo_name != repo.repo_name)
        self._keep_repos((*others, repo))

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
