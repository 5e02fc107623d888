"""Bakes: training runs, their metrics, recipes and weights."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from breadtui.oven import recipes, rules
from breadtui.oven.jobs_store import Phase
from breadtui.oven.routes.common import BakeHere, Json, Oven, OvenHere, RepoHere, batch, found, job_state, run
from breadtui.oven.routes.downloads import Expiry, link
from breadtui.oven.schemas import BakeBatch, BakeCreate, BakeSet
from breadtui.oven.store import Kind, Repo

router = APIRouter(prefix="/v1/repo/{repo_name}")


@router.get("/bakes")
async def list_bakes(oven: OvenHere, repo: RepoHere) -> Json:
    """All names."""
    return Json({"bakes": oven.store.names(repo, Kind.BAKE)})


@router.post("/bakes")
async def create_bake(oven: OvenHere, repo: RepoHere, body: BakeCreate) -> Json:
    """201 for a new one, 200 for the same again, 409 for another configuration."""
    new = _create(oven, repo, body.bake_name, body)
    return _shown(oven, repo, body.bake_name, 201 if new else 200)


@router.post("/bakes/batch")
async def create_bakes(oven: OvenHere, repo: RepoHere, body: BakeBatch) -> Json:
    """Each as if posted alone, in order: one may be the template of the next."""
    items = ((item.bake_name, item) for item in body.bakes)
    return batch(oven.store, items, lambda name, item: _create(oven, repo, name, item))


@router.put("/bakes/batch")
async def set_bakes(oven: OvenHere, repo: RepoHere, body: BakeBatch) -> Json:
    """The deprecated twin: each created or updated."""
    items = ((item.bake_name, item) for item in body.bakes)
    return batch(oven.store, items, lambda name, item: _put(oven, repo, name, item))


@router.get("/bakes/{bake_name}")
async def get_bake(oven: OvenHere, repo: RepoHere, bake: BakeHere) -> Json:
    """The configuration, and how the training stands."""
    return Json(job_state(oven, repo, bake, Phase.BAKE))


@router.post("/bakes/{bake_name}")
async def run_bake(oven: OvenHere, repo: RepoHere, bake: BakeHere) -> Json:
    """Train, unless it has been trained."""
    return await run(oven, repo, bake, Phase.BAKE)


@router.put("/bakes/{bake_name}")
async def set_bake(oven: OvenHere, repo: RepoHere, bake_name: str, body: BakeSet) -> Json:
    """The deprecated twin: created or updated."""
    _put(oven, repo, bake_name, body)
    return _shown(oven, repo, bake_name)


@router.delete("/bakes/{bake_name}")
async def delete_bake(oven: OvenHere, repo: RepoHere, bake_name: str) -> Json:
    """Gone with its weights; 409 while something names one of its checkpoints."""
    rules.delete(oven.store, repo, Kind.BAKE, bake_name)
    return Json({"message": f"Bake '{bake_name}' deleted successfully"})


@router.get("/bakes/{bake_name}/metrics")
async def get_metrics(oven: OvenHere, bake: BakeHere) -> Json:
    """Every training step so far."""
    job = oven.store.jobs.of(bake.id, Phase.BAKE)
    return Json(oven.store.jobs.rows(job.id, 0, -1) if job else [])


@router.get("/bakes/{bake_name}/download")
async def get_download(
    request: Request,
    oven: OvenHere,
    bake: BakeHere,
    checkpoint: Annotated[int | None, Query()] = None,
    expires_in: Expiry = None,
) -> Json:
    """A signed link to the weights of a checkpoint, the latest unless one is named."""
    return link(request, oven, bake, checkpoint, expires_in)


@router.get("/recipe/{bake_name}/dependency-graph")
async def get_dependency_graph(oven: OvenHere, repo: RepoHere, bake: BakeHere) -> Json:
    """What the bake was made from."""
    return Json(recipes.dependency_graph(oven.store, repo, bake))


@router.get("/recipe/{bake_name}/recreation-plan")
async def get_recreation_plan(oven: OvenHere, repo: RepoHere, bake: BakeHere) -> Json:
    """How to make it again."""
    return Json(recipes.recreation_plan(oven.store, repo, bake))


def _create(oven: Oven, repo: Repo, name: str, body: BakeSet) -> bool:
    config = rules.bake_body(oven.store, repo, body.template, body.overrides)
    return rules.create(oven.store, repo, Kind.BAKE, name, config)


def _put(oven: Oven, repo: Repo, name: str, body: BakeSet) -> None:
    config = rules.bake_body(oven.store, repo, body.template, body.overrides)
    rules.put(oven.store, repo, Kind.BAKE, name, config)


def _shown(oven: Oven, repo: Repo, name: str, status: int = 200) -> Json:
    return Json(job_state(oven, repo, found(oven, repo, Kind.BAKE, name), Phase.BAKE), status)
