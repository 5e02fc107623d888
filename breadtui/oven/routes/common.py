"""What every route needs: the oven behind it, the resources its path names, and answers in JSON."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from starlette.responses import JSONResponse

from breadtui.oven.engines import Engine
from breadtui.oven.jobs_store import Phase
from breadtui.oven.refusals import Refusal, missing
from breadtui.oven.store import Kind, Repo, Resource, Store
from breadtui.oven.submission import state, submit
from breadtui.oven.weights import REHEARSED_BYTES, Signer
from breadtui.oven.worker import Worker

T = TypeVar("T")
# SQLite's largest integer: a greater offset is past the end of anything.
LARGEST = 2**63 - 1
# The official clients sleep 30 s after an answer that says "running": a small job is worth a moment's wait.
_PATIENCE = 0.25


@dataclass(slots=True)
class Oven:
    """What the application works with.

    `open_streams` counts the chats being streamed; `closing` ends them. `refused` counts the refusals that
    questions asked for.
    """

    store: Store
    engine: Engine
    worker: Worker
    signer: Signer
    folder: Path
    weights_bytes: int = REHEARSED_BYTES
    open_streams: int = 0
    closing: bool = False
    refused: Counter[str] = field(default_factory=Counter[str])


class Json(JSONResponse):
    """JSON in ASCII, so that whatever a client stored can be sent back, half a surrogate pair included."""

    def render(self, content: object) -> bytes:
        """The body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def refusal_answer(refusal: Refusal) -> Json:
    """The contract's error; a conflict tells the official clients not to try it again."""
    headers = {"x-should-retry": "false"} if refusal.status == 409 else {}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(refusal.retry_after)
    return Json({"message": refusal.message, "code": refusal.code}, refusal.status, headers=headers)


async def _oven(request: Request) -> Oven:
    oven: Oven = request.app.state.oven
    return oven


OvenHere = Annotated[Oven, Depends(_oven)]


async def _repo(oven: OvenHere, repo_name: str) -> Repo:
    repo = oven.store.repo(repo_name)
    if repo is None:
        raise missing("Repository", repo_name)
    return repo


RepoHere = Annotated[Repo, Depends(_repo)]


async def _target(oven: OvenHere, repo: RepoHere, target_name: str) -> Resource:
    return found(oven, repo, Kind.TARGET, target_name)


async def _bake(oven: OvenHere, repo: RepoHere, bake_name: str) -> Resource:
    return found(oven, repo, Kind.BAKE, bake_name)


TargetHere = Annotated[Resource, Depends(_target)]
BakeHere = Annotated[Resource, Depends(_bake)]


def found(oven: Oven, repo: Repo, kind: Kind, name: str) -> Resource:
    """The resource of that name, or a Refusal (404)."""
    resource = oven.store.find(repo, kind, name)
    if resource is None:
        raise missing(kind.title(), name)
    return resource


def job_state(oven: Oven, repo: Repo, resource: Resource, phase: Phase) -> dict[str, object]:
    """How a phase of a resource stands."""
    return state(resource, phase, oven.store.jobs.of(resource.id, phase), repo)


async def run(oven: Oven, repo: Repo, resource: Resource, phase: Phase) -> Json:
    """Submit a job and answer its state, after a moment in which a small one completes."""
    job = submit(oven.store, oven.engine, repo, resource, phase)
    await oven.worker.settle(job.id, _PATIENCE)
    return Json(job_state(oven, repo, resource, phase))


def batch(store: Store, items: Iterable[tuple[str, T]], put: Callable[[str, T], object]) -> Json:
    """Put each item as if it came alone.

    What one is refused for stands beside its name and stops no other.
    """
    created: dict[str, None] = {}
    failed: dict[str, str] = {}
    with store.transaction():
        for name, item in items:
            try:
                put(name, item)
            except Refusal as refusal:
                failed[name] = refusal.message
            else:
                created[name] = None
    return Json({"created": list(created), "failed": failed})
