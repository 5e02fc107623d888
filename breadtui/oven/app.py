"""The HTTP server itself: one FastAPI application over a store, a worker and an engine."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from breadtui.oven.engines import Engine
from breadtui.oven.gate import Gate
from breadtui.oven.refusals import Refusal
from breadtui.oven.replay import Replay
from breadtui.oven.routes import bakes, downloads, models, prompts, repos, targets
from breadtui.oven.routes.common import Json, Oven, refusal_answer
from breadtui.oven.store import Store
from breadtui.oven.weights import REHEARSED_BYTES, Signer
from breadtui.oven.worker import Worker

_CODES = {400: "INVALID_INPUT", 404: "RESOURCE_NOT_FOUND", 405: "NOT_SUPPORTED"}


def create_app(
    store: Store, engine: Engine, *, key: str, signing_key: bytes, folder: Path, weights_bytes: int = REHEARSED_BYTES
) -> tuple[FastAPI, Oven]:
    """The application; `key` opens it, `folder` keeps packed weights. The second is what it works with."""
    oven = Oven(store, engine, Worker(store, engine), Signer(signing_key), folder, weights_bytes)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        work = asyncio.create_task(oven.worker.run(), name="oven worker")
        try:
            yield
        finally:
            work.cancel()
            await asyncio.wait({work})

    app = FastAPI(title="bread oven", openapi_url=None, lifespan=lifespan, default_response_class=Json)
    app.state.oven = oven
    for room in (repos, prompts, targets, bakes, models, downloads):
        app.include_router(room.router)
    for error in (Refusal, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(error, _answer)
    app.add_middleware(Replay, store=store)
    app.add_middleware(Gate, key=key)
    return app, oven


async def _answer(_request: Request, error: Exception) -> Json:
    match error:
        case Refusal():
            return refusal_answer(error)
        case RequestValidationError():
            # Without the offending input: it may be what JSON cannot say, and the contract does not have it.
            detail = [{key: item[key] for key in ("loc", "msg", "type")} for item in error.errors()]
            return Json({"detail": detail}, 422)
        case HTTPException():
            code = _CODES.get(error.status_code, "INVALID_INPUT")
            words = f"{error.detail}: not supported" if error.status_code == 405 else str(error.detail)
            return Json({"message": words, "code": code}, error.status_code, headers=error.headers)
        case _:
            return Json({"message": "Internal server error", "code": "INTERNAL_ERROR"}, 500)
