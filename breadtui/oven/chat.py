"""Chat completions in OpenAI's form, whole or as server-sent events, from what the engine replies."""

import json
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from breadtui.oven.engines import BrokenOff, ChatOrder, Engine
from breadtui.oven.engines.directives import directives
from breadtui.oven.engines.messages import message_text, prompt_text
from breadtui.oven.jobs_store import Phase
from breadtui.oven.recipes import Lineage, ModelName, model_names
from breadtui.oven.refusals import Refusal, missing
from breadtui.oven.rules import DEFAULT_BASE_MODEL
from breadtui.oven.schemas import Count, Message, TargetFields, Temperature
from breadtui.oven.store import Kind, Store, messages_of

_CALL = "call_rehearsal"


class _Lenient(BaseModel):
    # OpenAI's form has more fields than any server reads, and clients send them.
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, allow_inf_nan=False)


class Template(_Lenient):
    """What is handed to the model's chat template."""

    enable_thinking: bool | None = None


class ExtraBody(_Lenient):
    """`extra_body`, which the vendor's samples send literally."""

    chat_template_kwargs: Template | None = None


class StreamOptions(_Lenient):
    """What a stream carries beside the reply."""

    include_usage: bool | None = None


class ChatRequest(_Lenient):
    """POST /v1/chat/completions."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    temperature: Temperature | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    seed: int | None = None
    extra_body: ExtraBody | None = None
    chat_template_kwargs: Template | None = None

    @property
    def thinking(self) -> bool:
        """Whether the model may reason first; either place can switch it off."""
        templates = (
            self.chat_template_kwargs,
            self.extra_body.chat_template_kwargs if self.extra_body else None,
        )
        return all(template is None or template.enable_thinking is not False for template in templates)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a reply on its way out; the last one has a `finish_reason` and no text, of a whole reply."""

    kind: str = "content"
    text: str = ""
    finish_reason: str | None = None
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """One reply: its identity on the wire, and what makes it."""

    engine: Engine
    order: ChatOrder
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    async def whole(self) -> dict[str, object]:
        """The reply as one `chat.completion` object; one that breaks off raises a Refusal (500)."""
        said = {"content": "", "reasoning": "", "call": "", "arguments": ""}
        end = Piece()
        try:
            async with aclosing(self._pieces()) as pieces:
                async for end in pieces:
                    said[end.kind] += end.text
        except BrokenOff as broken:
            raise Refusal(500, "INTERNAL_ERROR", broken.words or "The reply broke off") from None
        message: dict[str, object] = {"role": "assistant", "content": said["content"]}
        if said["reasoning"]:
            message["reasoning_content"] = said["reasoning"]
        if said["call"]:
            function = {"name": said["call"], "arguments": said["arguments"]}
            message["tool_calls"] = [{"id": _CALL, "type": "function", "function": function}]
        choice = {"index": 0, "message": message, "finish_reason": end.finish_reason}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(end)}

    async def events(self, *, with_usage: bool) -> AsyncGenerator[bytes, None]:
        """The reply as server-sent events, `[DONE]` at the end unless it breaks off."""
        head = self._head("chat.completion.chunk")
        yield _event(head | _choice({"role": "assistant", "content": ""}, None))
        end = Piece()
        try:
            async with aclosing(self._pieces()) as pieces:
                async for end in pieces:
                    yield _event(head | _choice(_delta(end), end.finish_reason))
        except BrokenOff as broken:
            if broken.words:
                yield _event({"error": {"message": broken.words, "type": "server_error", "code": 500}})
            return
        if with_usage and "nousage" not in directives(self.order.question):
            yield _event({**head, "choices": [], "usage": self._usage(end)})
        yield b"data: [DONE]\n\n"

    async def _pieces(self) -> AsyncGenerator[Piece, None]:
        count = 0
        reason = "stop"
        async with aclosing(self.engine.reply(self.order)) as reply:
            async for token in reply:
                if count == self.order.max_tokens:
                    reason = "length"
                    break
                count += 1
                reason = "tool_calls" if token.kind == "call" else reason
                yield Piece(token.kind, token.text)
        yield Piece(finish_reason=reason, completion_tokens=count)

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.order.model}

    def _usage(self, end: Piece) -> dict[str, int]:
        # Four tokens a message is what chat templates take for its frame, about.
        asked = sum(4 + self.engine.count_tokens(message_text(message)) for message in self.order.messages)
        spoken = end.completion_tokens
        return {"prompt_tokens": asked, "completion_tokens": spoken, "total_tokens": asked + spoken}


def order(store: Store, request: ChatRequest) -> ChatOrder:
    """What the engine is asked; raises a Refusal (404) for a model that the oven does not have."""
    return ChatOrder(
        model=request.model,
        baked=_baked(store, request.model),
        messages=[message.as_sent() for message in request.messages],
        max_tokens=request.max_completion_tokens or request.max_tokens,
        thinking=request.thinking,
        seed=request.seed,
        learnt=_learnt(store, request.model),
    )


def base_models(store: Store) -> list[str]:
    """The base models of all repositories, and the default one."""
    return list(dict.fromkeys([*(repo.base_model for repo in store.repos()), DEFAULT_BASE_MODEL]))


def checkpoints(store: Store) -> list[str]:
    """Every checkpoint of every complete bake, latest first within a bake."""
    names: list[str] = []
    for job in store.jobs.finished_bakes():
        owner = store.owner(job.resource_id)
        names += model_names(*owner, job) if owner else []
    return names


def _baked(store: Store, model: str) -> tuple[str, ...]:
    name = ModelName.parse(model)
    repo = store.repo(name.repo) if name else None
    bake = store.find(repo, Kind.BAKE, name.bake) if repo and name else None
    if repo and bake and model in model_names(repo, bake, store.jobs.of(bake.id, Phase.BAKE)):
        lineage = Lineage.of(store, repo, bake)
        teachers = {TargetFields.model_validate(found.body).teacher_prompt for found in lineage.targets.values()}
        prompts = [prompt for name, prompt in lineage.prompts.items() if prompt and name in teachers]
        return tuple(prompt_text(messages_of(prompt)) for prompt in prompts)
    if model in base_models(store):
        return ()
    raise missing("Model", model)


def _learnt(store: Store, model: str) -> float:
    """How far a checkpoint had come in its bake."""
    name = ModelName.parse(model)
    repo = store.repo(name.repo) if name else None
    bake = store.find(repo, Kind.BAKE, name.bake) if repo and name else None
    job = store.jobs.of(bake.id, Phase.BAKE) if bake else None
    last = max(job.checkpoints, default=0) if job else 0
    return name.checkpoint / last if name and last else 1.0


def _delta(piece: Piece) -> dict[str, object]:
    if not piece.text:
        return {}
    match piece.kind:
        case "reasoning":
            return {"reasoning_content": piece.text}
        case "call":
            function = {"name": piece.text, "arguments": ""}
            return {"tool_calls": [{"index": 0, "id": _CALL, "type": "function", "function": function}]}
        case "arguments":
            return {"tool_calls": [{"index": 0, "function": {"arguments": piece.text}}]}
        case _:
            return {"content": piece.text}


def _choice(delta: Mapping[str, object], finish_reason: str | None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _event(data: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
