"""The models that can be talked to, and the talk itself."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from breadtui.oven import chat
from breadtui.oven.engines.directives import Directives, directives
from breadtui.oven.recipes import USER, ModelName
from breadtui.oven.refusals import invalid, missing, rehearsed
from breadtui.oven.routes.common import Json, Oven, OvenHere, found
from breadtui.oven.routes.downloads import Expiry, link
from breadtui.oven.store import Kind

router = APIRouter(prefix="/v1")


@router.get("/models")
async def list_models(oven: OvenHere) -> Json:
    """Base models first, then every checkpoint."""
    names = [*chat.base_models(oven.store), *chat.checkpoints(oven.store)]
    return Json({"object": "list", "data": [{"id": name, "object": "model", "owned_by": "oven"} for name in names]})


@router.get("/models/download")
async def get_model_download(request: Request, oven: OvenHere, name: str, expires_in: Expiry = None) -> Json:
    """A signed link to the weights of a checkpoint by its full name."""
    model = ModelName.parse(name)
    if model is None:
        raise invalid("Invalid model name: expected format 'user/repo/bake_name/checkpoint'")
    repo = oven.store.repo(model.repo)
    if repo is None or model.user != USER:
        raise missing("Model", name)
    return link(request, oven, found(oven, repo, Kind.BAKE, model.bake), model.checkpoint, expires_in)


@router.post("/chat/completions")
async def complete_chat(oven: OvenHere, body: chat.ChatRequest) -> Response:
    """A reply, whole or streamed."""
    order = chat.order(oven.store, body)
    _refuse(oven, directives(order.question), f"{body.model} {order.question}")
    completion = chat.Completion(oven.engine, order)
    if not body.stream:
        return Json(await completion.whole())
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    events = _counted(oven, completion.events(with_usage=with_usage))
    return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})


def _refuse(oven: Oven, asked: Directives, question: str) -> None:
    """Refuse a question that asks for it, the first times or always."""
    if asked.refuse and (asked.times is None or oven.refused[question] < asked.times):
        oven.refused[question] += 1
        raise rehearsed(asked.refuse)


async def _counted(oven: Oven, events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    oven.open_streams += 1
    try:
        async with aclosing(events):
            async for event in events:
                # A server that goes down cuts its streams off rather than wait for them.
                if oven.closing:
                    return
                yield event
    finally:
        oven.open_streams -= 1
