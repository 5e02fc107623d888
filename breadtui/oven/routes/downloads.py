"""Signed links to weights, and the weights behind them."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse

from breadtui.oven import weights
from breadtui.oven.jobs_store import Phase, Status
from breadtui.oven.recipes import USER
from breadtui.oven.refusals import invalid, missing
from breadtui.oven.routes.common import Json, Oven, OvenHere
from breadtui.oven.schemas import BakeFields
from breadtui.oven.store import Resource

router = APIRouter()
Expiry = Annotated[int | None, Query(ge=1, le=weights.LONGEST_EXPIRY)]


def link(request: Request, oven: Oven, bake: Resource, checkpoint: int | None, expires_in: int | None) -> Json:
    """The contract's answer with a link.

    Refuses (400) an incomplete bake and (404) a checkpoint that it does not have.
    """
    job = oven.store.jobs.of(bake.id, Phase.BAKE)
    if job is None or job.status is not Status.COMPLETE:
        raise invalid(f"Bake '{bake.name}' is not complete: it has no weights to download yet")
    step = job.checkpoints[-1] if checkpoint is None else checkpoint
    if step not in job.checkpoints:
        raise missing("Checkpoint", str(step))
    seconds = expires_in or weights.DEFAULT_EXPIRY
    path = f"/weights/{job.id}/{step}.tar.gz"
    url = f"{str(request.base_url).rstrip('/')}{path}?{oven.signer.query(path, seconds)}"
    return Json({"url": url, "expires_in": seconds, "checkpoint": step, "bake_name": bake.name})


@router.api_route("/weights/{job_id}/{checkpoint}.tar.gz", methods=["GET", "HEAD"])
async def fetch(
    request: Request, oven: OvenHere, job_id: int, checkpoint: int, expires: str = "", signature: str = ""
) -> FileResponse:
    """The archive, whole or in ranges; whoever has the link needs no key."""
    oven.signer.check(request.url.path, expires, signature)
    job = oven.store.jobs.get(job_id)
    owner = oven.store.owner(job.resource_id) if job else None
    if owner is None:
        raise missing("Checkpoint", str(checkpoint))
    repo, bake = owner
    model = f"{USER}/{repo.name}/{bake.name}/{checkpoint}"
    settings = BakeFields.model_validate(bake.body)
    packed, headers = await asyncio.to_thread(_packed, oven, job_id, model, settings, repo.base_model)
    name = f"{bake.name}-{checkpoint}.tar.gz"
    return FileResponse(packed, headers=headers, media_type="application/gzip", filename=name)


def _packed(oven: Oven, job_id: int, model: str, settings: BakeFields, base_model: str) -> tuple[Path, dict[str, str]]:
    """The archive, and what can be said of it. Beside the loop: large ones take a while."""
    path = weights.archive(oven.folder, job_id, model, settings, base_model, oven.weights_bytes)
    return path, weights.integrity(path)
