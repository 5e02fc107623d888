"""Targets, their stims and rollouts, and the rows these yield."""

from typing import Annotated

from fastapi import APIRouter, Query

from breadtui.oven import rules
from breadtui.oven.jobs_store import Phase
from breadtui.oven.routes.common import (
    LARGEST,
    Json,
    Oven,
    OvenHere,
    RepoHere,
    TargetHere,
    batch,
    found,
    job_state,
    run,
)
from breadtui.oven.schemas import TargetBatch, TargetCreate, TargetSet
from breadtui.oven.store import Kind, Repo, Resource

router = APIRouter(prefix="/v1/repo/{repo_name}/targets")
Offset = Annotated[int, Query(ge=0, le=LARGEST)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("")
async def list_targets(oven: OvenHere, repo: RepoHere) -> Json:
    """All names."""
    return Json({"targets": oven.store.names(repo, Kind.TARGET)})


@router.post("")
async def create_target(oven: OvenHere, repo: RepoHere, body: TargetCreate) -> Json:
    """201 for a new one, 200 for the same again, 409 for another configuration."""
    new = _create(oven, repo, body.target_name, body)
    return Json(_shown(found(oven, repo, Kind.TARGET, body.target_name)), 201 if new else 200)


@router.post("/batch")
async def create_targets(oven: OvenHere, repo: RepoHere, body: TargetBatch) -> Json:
    """Each as if posted alone, in order: one may be the template of the next."""
    items = ((item.target_name, item) for item in body.targets)
    return batch(oven.store, items, lambda name, item: _create(oven, repo, name, item))


@router.put("/batch")
async def set_targets(oven: OvenHere, repo: RepoHere, body: TargetBatch) -> Json:
    """The deprecated twin: each created or updated."""
    items = ((item.target_name, item) for item in body.targets)
    return batch(oven.store, items, lambda name, item: _put(oven, repo, name, item))


@router.get("/{target_name}")
async def get_target(target: TargetHere) -> Json:
    """One target."""
    return Json(_shown(target))


@router.put("/{target_name}")
async def set_target(oven: OvenHere, repo: RepoHere, target_name: str, body: TargetSet) -> Json:
    """The deprecated twin: created or updated."""
    _put(oven, repo, target_name, body)
    return Json(_shown(found(oven, repo, Kind.TARGET, target_name)))


@router.delete("/{target_name}")
async def delete_target(oven: OvenHere, repo: RepoHere, target_name: str) -> Json:
    """Gone with its jobs; 409 while a bake uses it."""
    rules.delete(oven.store, repo, Kind.TARGET, target_name)
    return Json({"message": f"Target '{target_name}' deleted successfully"})


@router.get("/{target_name}/stim")
async def get_stim(oven: OvenHere, repo: RepoHere, target: TargetHere) -> Json:
    """How the stim stands."""
    return Json(job_state(oven, repo, target, Phase.STIM))


@router.post("/{target_name}/stim")
async def run_stim(oven: OvenHere, repo: RepoHere, target: TargetHere) -> Json:
    """Run it, unless it has run."""
    return await run(oven, repo, target, Phase.STIM)


@router.get("/{target_name}/stim/output")
async def get_stim_output(
    oven: OvenHere, repo: RepoHere, target: TargetHere, offset: Offset = 0, limit: Limit = 100
) -> Json:
    """A page of stimuli; those of a running job are there as they are made."""
    return _page(oven, repo, target, Phase.STIM, offset, limit)


@router.get("/{target_name}/rollout")
async def get_rollout(oven: OvenHere, repo: RepoHere, target: TargetHere) -> Json:
    """How the rollout stands."""
    return Json(job_state(oven, repo, target, Phase.ROLLOUT))


@router.post("/{target_name}/rollout")
async def run_rollout(oven: OvenHere, repo: RepoHere, target: TargetHere) -> Json:
    """Run it, unless it has run."""
    return await run(oven, repo, target, Phase.ROLLOUT)


@router.get("/{target_name}/rollout/output")
async def get_rollout_output(
    oven: OvenHere, repo: RepoHere, target: TargetHere, offset: Offset = 0, limit: Limit = 100
) -> Json:
    """A page of responses; those of a running job are there as they are made."""
    return _page(oven, repo, target, Phase.ROLLOUT, offset, limit)


def _create(oven: Oven, repo: Repo, name: str, body: TargetSet) -> bool:
    config = rules.target_body(oven.store, repo, body.template, body.overrides)
    return rules.create(oven.store, repo, Kind.TARGET, name, config)


def _put(oven: Oven, repo: Repo, name: str, body: TargetSet) -> None:
    config = rules.target_body(oven.store, repo, body.template, body.overrides)
    rules.put(oven.store, repo, Kind.TARGET, name, config)


def _shown(target: Resource) -> dict[str, object]:
    return {"target_name": target.name, "config": target.body}


def _page(oven: Oven, repo: Repo, target: Resource, phase: Phase, offset: int, limit: int) -> Json:
    job = oven.store.jobs.of(target.id, phase)
    rows = oven.store.jobs.rows(job.id, offset, limit) if job else []
    more = job is not None and offset + len(rows) < job.lines
    state = job_state(oven, repo, target, phase)
    return Json({**state, "output": rows, "offset": offset, "limit": limit, "has_more": more})
