"""Makes what a plan lacks at the server, in batches; what was made stays made, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from breadtui.api.client import BreadClient
from breadtui.api.errors import Conflict, Invalid, Refused
from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.models import BatchResult
from breadtui.api.text import one_line
from breadtui.bakery.folder.pieces import Piece, Standing
from breadtui.bakery.folder.plan import Plan
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.things import Thing

MOST_AT_ONCE = 100
MOST_BYTES = 4 << 20
"""How large a batch is, at most; a piece that is larger goes alone."""

Send = Callable[[Sequence[Piece]], Awaitable[BatchResult]]
_Outcome = tuple[list[str], list["Failure"]]


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not made, and why: the server's words, or what it would have needed."""

    thing: Thing
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one batch: the names that were made, and those that were not. `done` of `total` pieces are through
    by now, made or not.
    """

    thing: Thing
    created: tuple[str, ...]
    failed: tuple[Failure, ...]
    done: int
    total: int


async def apply(client: BreadClient, plan: Plan) -> AsyncGenerator[Step]:
    """Make what is new: the repository, prompts, targets, and the bake if all its targets stand.

    What one piece is refused for stops no other, except those that need it.

    Raises:
        FolderError: the plan has conflicts; nothing was sent.
        BreadError: the server cannot be reached, or takes nothing from this account: no key, no credit. What was made
            stays, and a new plan finds it.
    """
    if plan.of(Standing.CONFLICT):
        raise FolderError("What exists under these names is something else. Nothing was created.")
    work = _Work(client, plan)
    if plan.new_repo:
        await client.create_repo(plan.repo)
        yield work.step(Thing.REPO, [plan.repo], [])
    async for step in work.make(_new(plan.prompts), work.send_prompts):
        yield step
    ready, orphans = work.parted(_new(plan.targets))
    if orphans:
        yield work.step(Thing.TARGET, [], orphans)
    async for step in work.make(ready, work.send_targets):
        yield step
    if plan.bake.standing is Standing.NEW:
        yield await work.bake(plan.bake)


def batches(pieces: Iterable[Piece]) -> Iterable[list[Piece]]:
    """Pieces in batches of at most `MOST_AT_ONCE` and `MOST_BYTES`."""
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        more = len(json.dumps(piece.body, ensure_ascii=False).encode(errors="replace"))
        if batch and (len(batch) == MOST_AT_ONCE or size + more > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += more
    if batch:
        yield batch


class _Work:
    """One run: what it sent, and what failed of it."""

    def __init__(self, client: BreadClient, plan: Plan) -> None:
        self._client = client
        self._repo = plan.repo
        self._total = len(plan.of(Standing.NEW)) + plan.new_repo
        self._done = 0
        self._failed: dict[tuple[Thing, str], Failure] = {}

    def step(self, thing: Thing, created: Sequence[str], failed: Sequence[Failure]) -> Step:
        """Note what came of a batch."""
        self._done += len(created) + len(failed)
        self._failed.update({(failure.thing, failure.name): failure for failure in failed})
        return Step(thing, tuple(created), tuple(failed), self._done, self._total)

    async def make(self, pieces: Sequence[Piece], send: Send) -> AsyncGenerator[Step]:
        """Send pieces in batches."""
        for batch in batches(pieces):
            created, failed = await _sent(batch, send)
            yield self.step(batch[0].thing, created, failed)

    def parted(self, targets: Sequence[Piece]) -> tuple[list[Piece], list[Failure]]:
        """The targets whose prompts did not fail, and why the others cannot be made."""
        ready: list[Piece] = []
        orphans: list[Failure] = []
        for target in targets:
            needed = [f"{target.body[key]}" for key in ("teacher_prompt", "student_prompt")]
            lost = next((name for name in needed if (Thing.PROMPT, name) in self._failed), None)
            if lost is None:
                ready.append(target)
            else:
                orphans.append(Failure(Thing.TARGET, target.name, f"Not tried: its prompt {lost} was not created."))
        return ready, orphans

    async def bake(self, piece: Piece) -> Step:
        """Make the bake, if everything that it rests on was made."""
        targets = {str(as_object(item).get("target")) for item in items(piece.body.get("datasets"))}
        missing = sum((Thing.TARGET, target) in self._failed for target in targets)
        if missing:
            reason = f"Not tried: {missing:,} of its {len(targets):,} targets were not created."
            return self.step(Thing.BAKE, [], [Failure(Thing.BAKE, piece.name, reason)])
        try:
            await self._client.create_bake(self._repo, piece.name, overrides=piece.body)
        except (Invalid, Conflict, Refused) as error:
            return self.step(Thing.BAKE, [], [Failure(Thing.BAKE, piece.name, str(error))])
        return self.step(Thing.BAKE, [piece.name], [])

    async def send_prompts(self, pieces: Sequence[Piece]) -> BatchResult:
        """Ask for a batch of prompts."""
        return await self._client.create_prompts(self._repo, {piece.name: _messages(piece) for piece in pieces})

    async def send_targets(self, pieces: Sequence[Piece]) -> BatchResult:
        """Ask for a batch of targets."""
        return await self._client.create_targets(self._repo, {piece.name: piece.body for piece in pieces})


async def _sent(batch: Sequence[Piece], send: Send) -> _Outcome:
    """What was made of a batch, and what was not. One refused as a whole is halved, to find what it is refused for."""
    try:
        result = await send(batch)
    except (Invalid, Conflict, Refused) as error:
        if len(batch) == 1:
            return [], [Failure(batch[0].thing, batch[0].name, str(error))]
    else:
        return _told(batch, result)
    half = len(batch) // 2
    first, second = await _sent(batch[:half], send), await _sent(batch[half:], send)
    return [*first[0], *second[0]], [*first[1], *second[1]]


def _told(batch: Sequence[Piece], result: BatchResult) -> _Outcome:
    created = [piece.name for piece in batch if piece.name in result.created and piece.name not in result.failed]
    made = frozenset(created)
    silent = "The server did not say what became of it."
    failed = [
        Failure(piece.thing, piece.name, one_line(result.failed.get(piece.name, "")) or silent)
        for piece in batch
        if piece.name not in made
    ]
    return created, failed


def _messages(piece: Piece) -> list[Mapping[str, object]]:
    return [message for message in items(piece.body.get("messages")) if is_object(message)]


def _new(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.standing is Standing.NEW]
