"""What baking a folder would do at a server: what is new there, what exists already, and what stands in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from breadtui.api.client import BreadClient
from breadtui.api.errors import NotFound
from breadtui.api.text import one_line
from breadtui.bakery.authoring.checks import name_problem
from breadtui.bakery.folder.comparing import bake_differs, prompt_differs, target_differs
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Draft, Piece, Standing, draft
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.folder.reading import Folder
from breadtui.bakery.things import Thing

AT_ONCE = 8
"""Requests under way together, at most."""

Told = Callable[[int, int], None]
"""Told how many of the things that exist were compared, and of how many."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be made of a folder in a repository, every piece with how it stands to what the server has."""

    repo: str
    folder: Folder
    options: Options
    new_repo: bool
    """The repository is not there, and would be made."""
    student: Piece
    teachers: tuple[Piece, ...]
    targets: tuple[Piece, ...]
    bake: Piece
    stimuli: int
    """Questions, all targets together."""

    @property
    def prompts(self) -> tuple[Piece, ...]:
        """Every prompt, the student first."""
        return (self.student, *self.teachers)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All that would be made, in the order in which it must be."""
        return (*self.prompts, *self.targets, self.bake)

    @property
    def responses(self) -> int:
        """Responses that the bake will learn from."""
        return self.stimuli * self.options.trajectories

    @property
    def complete(self) -> bool:
        """Whether all of it is there already."""
        return not self.new_repo and not self.of(Standing.NEW) and not self.of(Standing.CONFLICT)

    def of(self, standing: Standing) -> tuple[Piece, ...]:
        """The pieces of one standing."""
        return tuple(piece for piece in self.pieces if piece.standing is standing)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The names that a repository holds."""

    prompts: Collection[str] = ()
    targets: Collection[str] = ()
    bakes: Collection[str] = ()
    new: bool = False


async def make_plan(client: BreadClient, repo: str, folder: Folder, options: Options, told: Told | None = None) -> Plan:
    """Find what exists by three lists, and look at each thing that does, `AT_ONCE` at a time. Changes nothing.

    Raises:
        FolderError: the folder cannot be baked as asked; nothing was sent.
        BreadError: the server refuses, or cannot be reached.
    """
    if why := name_problem(Thing.REPO, repo):
        raise FolderError(f"No repository can be called “{one_line(repo)[:80]}”. {why} Name another with --repo.")
    drafted = draft(folder, options)
    shelf = await _shelf(client, repo)
    comparison = _Comparison(client, repo, told)
    student, *rest = await comparison.looked_at(drafted, shelf)
    count = len(drafted.teachers)
    return Plan(
        repo=repo,
        folder=folder,
        options=options,
        new_repo=shelf.new,
        student=student,
        teachers=tuple(rest[:count]),
        targets=tuple(rest[count:-1]),
        bake=rest[-1],
        stimuli=drafted.stimuli,
    )


async def _shelf(client: BreadClient, repo: str) -> _Shelf:
    try:
        prompts, targets, bakes = await asyncio.gather(
            client.list_prompts(repo), client.list_targets(repo), client.list_bakes(repo)
        )
    except NotFound:
        return _Shelf(new=True)
    return _Shelf(frozenset(prompts), frozenset(targets), frozenset(bakes))


class _Comparison:
    """Looks at what exists in a repository, a few things at a time."""

    def __init__(self, client: BreadClient, repo: str, told: Told | None) -> None:
        self._client = client
        self._repo = repo
        self._told = told
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._looked = 0

    async def looked_at(self, drafted: Draft, shelf: _Shelf) -> list[Piece]:
        """Every piece of a draft with its standing: student, teachers, targets, bake."""
        student = drafted.student
        if student.name in shelf.prompts:
            # Whatever it holds: it was asked for by its name.
            student = replace(student, standing=Standing.SAME)
        there = {Thing.PROMPT: shelf.prompts, Thing.TARGET: shelf.targets, Thing.BAKE: shelf.bakes}
        rest = (*drafted.teachers, *drafted.targets, drafted.bake)
        known = [piece for piece in rest if piece.name in there[piece.thing]]
        asking = [asyncio.create_task(self._compared(piece, len(known))) for piece in known]
        try:
            compared = {(piece.thing, piece.name): piece for piece in await asyncio.gather(*asking)}
        finally:
            for task in asking:
                task.cancel()
        return [student, *(compared.get((piece.thing, piece.name), piece) for piece in rest)]

    async def _compared(self, piece: Piece, total: int) -> Piece:
        async with self._gate:
            try:
                differs = await self._differs(piece)
            except NotFound:  # deleted since it was listed
                return piece
        self._looked += 1
        if self._told:
            self._told(self._looked, total)
        return replace(piece, standing=Standing.CONFLICT if differs else Standing.SAME, differs=differs)

    async def _differs(self, piece: Piece) -> tuple[str, ...]:
        match piece.thing:
            case Thing.PROMPT:
                return prompt_differs(await self._client.get_prompt(self._repo, piece.name), piece.body)
            case Thing.TARGET:
                return target_differs(await self._client.get_target(self._repo, piece.name), piece.body)
            case _:
                return bake_differs(await self._client.get_bake(self._repo, piece.name), piece.body)
