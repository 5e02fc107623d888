"""Prompts. The contract has no way to delete one: DELETE is answered with 405."""

from fastapi import APIRouter

from breadtui.oven import rules
from breadtui.oven.routes.common import Json, Oven, OvenHere, RepoHere, batch, found
from breadtui.oven.schemas import PromptBatch, PromptCreate, PromptSet
from breadtui.oven.store import Kind, Repo

router = APIRouter(prefix="/v1/repo/{repo_name}/prompts")


@router.get("")
async def list_prompts(oven: OvenHere, repo: RepoHere) -> Json:
    """All names."""
    return Json({"prompts": oven.store.names(repo, Kind.PROMPT)})


@router.post("")
async def create_prompt(oven: OvenHere, repo: RepoHere, body: PromptCreate) -> Json:
    """201 for a new one, 200 for the same again, 409 for other content."""
    content = rules.prompt_body(body.messages, body.tools)
    new = rules.create(oven.store, repo, Kind.PROMPT, body.prompt_name, content)
    return Json(_shown(oven, repo, body.prompt_name), 201 if new else 200)


@router.post("/batch")
async def create_prompts(oven: OvenHere, repo: RepoHere, body: PromptBatch) -> Json:
    """Each as if posted alone."""
    return batch(
        oven.store,
        body.prompts.items(),
        lambda name, messages: rules.create(oven.store, repo, Kind.PROMPT, name, rules.prompt_body(messages)),
    )


@router.put("/batch")
async def set_prompts(oven: OvenHere, repo: RepoHere, body: PromptBatch) -> Json:
    """The deprecated twin: each created or updated."""
    return batch(
        oven.store,
        body.prompts.items(),
        lambda name, messages: rules.put(oven.store, repo, Kind.PROMPT, name, rules.prompt_body(messages)),
    )


@router.get("/{prompt_name}")
async def get_prompt(oven: OvenHere, repo: RepoHere, prompt_name: str) -> Json:
    """One prompt."""
    return Json(_shown(oven, repo, prompt_name))


@router.put("/{prompt_name}")
async def set_prompt(oven: OvenHere, repo: RepoHere, prompt_name: str, body: PromptSet) -> Json:
    """The deprecated twin: created or updated."""
    rules.put(oven.store, repo, Kind.PROMPT, prompt_name, rules.prompt_body(body.messages, body.tools))
    return Json(_shown(oven, repo, prompt_name))


def _shown(oven: Oven, repo: Repo, name: str) -> dict[str, object]:
    return {"prompt_name": name, **found(oven, repo, Kind.PROMPT, name).body}
