"""Repositories, their trees, and the server's health."""

from typing import Annotated

from fastapi import APIRouter, Query

from breadtui import __version__
from breadtui.oven import recipes
from breadtui.oven.routes.common import LARGEST, Json, OvenHere, RepoHere
from breadtui.oven.rules import open_repo
from breadtui.oven.schemas import RepoCreate
from breadtui.oven.store import Repo

router = APIRouter()


@router.get("/v1/health")
async def health() -> Json:
    """The one /v1 path that needs no key."""
    return Json({"status": "healthy", "api": "bread-oven", "version": __version__})


@router.get("/v1/repo")
async def list_repos(
    oven: OvenHere,
    include_metadata: bool = False,
    offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Json:
    """All names, or with metadata a page; without a limit, the page is all the rest."""
    if not include_metadata:
        return Json({"repos": [repo.name for repo in oven.store.repos()]})
    total = oven.store.count_repos()
    page = oven.store.repos(offset, -1 if limit is None else limit)
    return Json(
        {
            "repos": [_shown(repo) for repo in page],
            "offset": offset,
            "limit": limit or max(1, len(page)),
            "has_more": offset + len(page) < total and bool(page),
            "total": total,
        }
    )


@router.post("/v1/repo")
async def create_repo(oven: OvenHere, body: RepoCreate) -> Json:
    """201 for a new one, 200 for the same again."""
    repo, new = open_repo(oven.store, body.repo_name, body.base_model)
    return Json(_shown(repo), 201 if new else 200)


@router.put("/v1/repo")
async def set_repo(oven: OvenHere, body: RepoCreate) -> Json:
    """The deprecated twin: always 200."""
    return Json(_shown(open_repo(oven.store, body.repo_name, body.base_model)[0]))


@router.get("/v1/repo/{repo_name}")
async def get_repo(repo: RepoHere) -> Json:
    """One repository."""
    return Json(_shown(repo))


@router.get("/v1/repo/{repo_name}/tree")
async def get_tree(oven: OvenHere, repo: RepoHere) -> Json:
    """All bakes with their states, checkpoints and parents."""
    return Json(recipes.tree(oven.store, repo))


def _shown(repo: Repo) -> dict[str, object]:
    return {"repo_name": repo.name, "base_model": repo.base_model}
