"""The Bread API as a typed async client: one method an operation. Carrying is left to the transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

from breadtui.api import lenient
from breadtui.api.errors import NotFound, NotSupported
from breadtui.api.models import (
    Bake,
    BatchResult,
    DependencyGraph,
    DownloadLink,
    Health,
    Job,
    MetricPoint,
    Model,
    OutputPage,
    Prompt,
    RecreationPlan,
    Repo,
    RepoPage,
    RepoTree,
    Target,
)
from breadtui.api.transport import Transport, path
from breadtui.api.wire import Wire

if TYPE_CHECKING:
    from breadtui.api.chat import ChatEvent
    from breadtui.api.fetching import Files
    from breadtui.api.secret import Secret

W = TypeVar("W", bound=Wire)
Messages = Sequence[Mapping[str, object]]
"""Messages in OpenAI's form: `{role, content}` and what else they carry."""


class BreadClient:
    """A connection to one Bread server.

    Every method raises BreadError, in one of its kinds, when the server refuses or cannot be reached. By then
    what may be retried was: connection errors, timeouts, 408, 429 and 500 upwards, three tries in all.

    Args:
        base_url: where the server is; plain http only for this machine, or with `insecure_http`.
        key: sent as a bearer token; an empty one is not sent.
        user_id: whom a master key acts for.
        connect_timeout, timeout: seconds to connect, and between two signs of life after that.

    Raises:
        InsecureHttp, Unreachable, WrongKey: address or key cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        insecure_http: bool = False,
        user_id: str | None = None,
        connect_timeout: float = 5.0,
        timeout: float = 60.0,
    ) -> None:
        self._transport = Transport(
            base_url,
            key,
            insecure_http=insecure_http,
            user_id=user_id,
            connect_timeout=connect_timeout,
            timeout=timeout,
        )
        self._insecure_http = insecure_http
        self._ahead: tuple[int, asyncio.Task[RepoPage]] | None = None

    @cached_property
    def files(self) -> Files:
        """Fetches what `download` gives the link of."""
        from breadtui.api.fetching import Files

        return Files(insecure_http=self._insecure_http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; the client cannot be used after that."""
        if self._ahead:
            self._ahead[1].cancel()
        await self._transport.aclose()

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at its end."""
        return self._transport.address.base_url

    @property
    def host(self) -> str:
        """The server's name, with the port if the address has one."""
        return self._transport.address.host

    @property
    def rehearsal(self) -> bool:
        """Whether the server says of itself that it rehearses, as breadtui's own oven does."""
        return "rehearsal" in self._transport.server

    @property
    def latency(self) -> float | None:
        """Seconds the last good answer took to begin; None before the first."""
        return self._transport.latency

    @property
    def requests(self) -> int:
        """Requests sent so far, every try counted."""
        return self._transport.requests

    async def health(self) -> Health:
        """What the server says of itself; needs no key."""
        return await self._get(Health, "health")

    # Repositories

    async def list_repos(self, offset: int = 0, limit: int = 100) -> RepoPage:
        """Repositories with their base models, at most `limit` of them from number `offset`."""
        if self._ahead and (offset, limit) == (0, self._ahead[0]):
            (_, asked), self._ahead = self._ahead, None
            return await asyncio.shield(asked)
        return await self._list_repos(offset, limit)

    async def list_ahead(self, limit: int) -> RepoPage:
        """The first repositories, for one who cannot wait: whoever lists as many next is given the same answer."""
        asked = asyncio.create_task(self._list_repos(0, limit))
        self._ahead = limit, asked
        return await asyncio.shield(asked)

    async def _list_repos(self, offset: int, limit: int) -> RepoPage:
        params = {"include_metadata": "true", "offset": offset, "limit": limit}
        answer = await self._transport.call("GET", path("repo"), params=params)
        return RepoPage.model_validate(answer if lenient.is_object(answer) else {"repos": answer})

    async def repo_names(self) -> tuple[str, ...]:
        """The names of all repositories."""
        return await self._names("repos", "repo_name", "repo")

    async def create_repo(self, name: str, base_model: str | None = None) -> Repo:
        """Create a repository. Its base model is fixed from then on; None leaves the choice to the server."""
        body = {"repo_name": name, **_given(base_model=base_model)}
        return await self._post(Repo, "repo", body=body)

    async def get_repo(self, name: str) -> Repo:
        """A repository and its base model."""
        return await self._get(Repo, "repo", name)

    async def tree(self, repo: str) -> RepoTree:
        """Every bake of a repository, and who descends from whom."""
        return await self._get(RepoTree, "repo", repo, "tree")

    # Prompts

    async def list_prompts(self, repo: str) -> tuple[str, ...]:
        """The names of a repository's prompts, in the server's order."""
        return await self._names("prompts", "prompt_name", "repo", repo, "prompts")

    async def get_prompt(self, repo: str, name: str) -> Prompt:
        """A prompt's messages and tools."""
        return await self._get(Prompt, "repo", repo, "prompts", name)

    async def create_prompt(
        self, repo: str, name: str, messages: Messages, tools: Sequence[Mapping[str, object]] | None = None
    ) -> Prompt:
        """Create a prompt, immutable: the same again is no error, another content is a Conflict."""
        body = {"prompt_name": name, "messages": [*messages], **_given(tools=tools)}
        return await self._post(Prompt, "repo", repo, "prompts", body=body)

    async def create_prompts(self, repo: str, prompts: Mapping[str, Messages]) -> BatchResult:
        """Create several prompts, messages by name. Some may fail: look at `failed`."""
        body = {"prompts": {name: [*messages] for name, messages in prompts.items()}}
        return await self._post(BatchResult, "repo", repo, "prompts", "batch", body=body)

    async def replace_prompt(
        self, repo: str, name: str, messages: Messages, tools: Sequence[Mapping[str, object]] | None = None
    ) -> Prompt:
        """Create a prompt or replace what it holds: deprecated, but the only way to change a prompt."""
        body = {"messages": [*messages], **_given(tools=tools)}
        answer = await self._transport.call("PUT", path("repo", repo, "prompts", name), body=body)
        return Prompt.model_validate(answer)

    async def delete_prompt(self, repo: str, name: str) -> None:
        """Delete a prompt, on a server that can: Bread's prose says so, its specification does not.

        Raises:
            NotSupported: the server knows no such operation, or no such prompt; it does not tell which.
        """
        try:
            await self._delete("repo", repo, "prompts", name)
        except NotFound as error:
            raise NotSupported(
                f"{self.host} cannot delete the prompt “{name}”, or has no such prompt. Nothing was changed.",
                status=error.status,
                request_id=error.request_id,
            ) from None

    # Targets

    async def list_targets(self, repo: str) -> tuple[str, ...]:
        """The names of a repository's targets, in the server's order."""
        return await self._names("targets", "target_name", "repo", repo, "targets")

    async def get_target(self, repo: str, name: str) -> Target:
        """A target's configuration."""
        return await self._get(Target, "repo", repo, "targets", name)

    async def create_target(
        self, repo: str, name: str, *, template: str = "default", overrides: Mapping[str, object]
    ) -> Target:
        """Create a target, immutable, from a template (`default` or another target) and what differs."""
        body = {"target_name": name, "template": template, "overrides": overrides}
        return await self._post(Target, "repo", repo, "targets", body=body)

    async def create_targets(
        self, repo: str, targets: Mapping[str, Mapping[str, object]], *, template: str = "default"
    ) -> BatchResult:
        """Create several targets of one template, overrides by name. Some may fail: look at `failed`."""
        body = {"targets": _drafts("target_name", targets, template)}
        return await self._post(BatchResult, "repo", repo, "targets", "batch", body=body)

    async def delete_target(self, repo: str, name: str) -> None:
        """Delete a target and what it made."""
        await self._delete("repo", repo, "targets", name)

    # Stimuli and rollouts

    async def get_stim(self, repo: str, target: str) -> Job:
        """Where the making of a target's stimuli stands."""
        return await self._get(Job, "repo", repo, "targets", target, "stim")

    async def run_stim(self, repo: str, target: str) -> Job:
        """Have a target's stimuli made; while that job exists, the same as `get_stim`."""
        return await self._post(Job, "repo", repo, "targets", target, "stim")

    async def stim_output(self, repo: str, target: str, offset: int = 0, limit: int = 100) -> OutputPage:
        """A target's stimuli: at most `limit` (1 to 1000) rows from row `offset`."""
        return await self._output("stim", repo, target, offset, limit)

    async def get_rollout(self, repo: str, target: str) -> Job:
        """Where the making of a target's responses stands."""
        return await self._get(Job, "repo", repo, "targets", target, "rollout")

    async def run_rollout(self, repo: str, target: str) -> Job:
        """Have a target's stimuli answered; while that job exists, the same as `get_rollout`."""
        return await self._post(Job, "repo", repo, "targets", target, "rollout")

    async def rollout_output(self, repo: str, target: str, offset: int = 0, limit: int = 100) -> OutputPage:
        """A target's responses: at most `limit` (1 to 1000) rows from row `offset`."""
        return await self._output("rollout", repo, target, offset, limit)

    # Bakes

    async def list_bakes(self, repo: str) -> tuple[str, ...]:
        """The names of a repository's bakes, in the server's order."""
        return await self._names("bakes", "bake_name", "repo", repo, "bakes")

    async def get_bake(self, repo: str, name: str) -> Bake:
        """A bake's configuration, state, losses and checkpoints."""
        return await self._get(Bake, "repo", repo, "bakes", name)

    async def create_bake(
        self, repo: str, name: str, *, template: str = "default", overrides: Mapping[str, object]
    ) -> Bake:
        """Create a bake, immutable, from a template (`default` or another bake) and what differs."""
        body = {"bake_name": name, "template": template, "overrides": overrides}
        return await self._post(Bake, "repo", repo, "bakes", body=body)

    async def create_bakes(
        self, repo: str, bakes: Mapping[str, Mapping[str, object]], *, template: str = "default"
    ) -> BatchResult:
        """Create several bakes of one template, overrides by name. Some may fail: look at `failed`."""
        body = {"bakes": _drafts("bake_name", bakes, template)}
        return await self._post(BatchResult, "repo", repo, "bakes", "batch", body=body)

    async def delete_bake(self, repo: str, name: str) -> None:
        """Delete a bake and its checkpoints."""
        await self._delete("repo", repo, "bakes", name)

    async def run_bake(self, repo: str, name: str) -> Bake:
        """Start a bake; while that job exists, the same as `get_bake`."""
        return await self._post(Bake, "repo", repo, "bakes", name)

    async def metrics(self, repo: str, bake: str) -> tuple[MetricPoint, ...]:
        """A bake's training metrics, in the server's order."""
        answer = await self._transport.call("GET", path("repo", repo, "bakes", bake, "metrics"))
        rows = lenient.listed(answer, "metrics")
        # Beside the loop: 100,000 rows take half a second.
        return await asyncio.to_thread(
            lambda: tuple(MetricPoint.model_validate(row) for row in rows if lenient.is_object(row))
        )

    async def download(
        self, repo: str, bake: str, checkpoint: int | None = None, expires_in: int | None = None
    ) -> DownloadLink:
        """Where a checkpoint's weights (the latest's by default) can be fetched for `expires_in` seconds
        (1 to 604800, by default 3600)."""
        params = _numbers(checkpoint=checkpoint, expires_in=expires_in)
        answer = await self._transport.call("GET", path("repo", repo, "bakes", bake, "download"), params=params)
        return DownloadLink.model_validate(answer)

    async def dependency_graph(self, repo: str, bake: str) -> DependencyGraph:
        """All that a bake rests on."""
        return await self._get(DependencyGraph, "repo", repo, "recipe", bake, "dependency-graph")

    async def recreation_plan(self, repo: str, bake: str) -> RecreationPlan:
        """The steps that would make a bake again."""
        return await self._get(RecreationPlan, "repo", repo, "recipe", bake, "recreation-plan")

    # Models

    async def models(self) -> tuple[Model, ...]:
        """The models that can be chatted with."""
        answer = await self._transport.call("GET", path("models"))
        found = (Model.model_validate(item) for item in lenient.listed(answer, "data"))
        return tuple(model for model in found if model.id)

    async def download_model(self, name: str, expires_in: int | None = None) -> DownloadLink:
        """As `download`, for a model named in full: `user/repo/bake/checkpoint`."""
        params = {"name": name, **_numbers(expires_in=expires_in)}
        return DownloadLink.model_validate(await self._transport.call("GET", path("models", "download"), params=params))

    def chat(
        self,
        model: str,
        messages: Messages,
        *,
        temperature: float | None = None,
        max_tokens: int | None = None,
        thinking: bool | None = None,
        seed: int | None = None,
        tools: Sequence[Mapping[str, object]] | None = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """A model's answer, event by event as it comes; the last one is `Done`.

        `aclose()` on what is returned, or cancelling the task that reads it, ends the request too.
        `thinking` False asks the model not to reason first; None leaves that to the server.

        Raises:
            BreadError: while reading: as every method does, until the answer begins.
            StreamFailed: while reading: the server reported an error in the middle of it.
        """
        from breadtui.api.chat import stream_chat

        body = {
            "model": model,
            "messages": [*messages],
            **_given(temperature=temperature, max_tokens=max_tokens, seed=seed, tools=tools),
            "stream": True,
        }
        if thinking is not None:
            # A key called extra_body, literally, is what Bread's servers read.
            body["extra_body"] = {"chat_template_kwargs": {"enable_thinking": thinking}}
        return stream_chat(self._transport, body)

    async def _get(self, model: type[W], *names: str) -> W:
        return model.model_validate(await self._transport.call("GET", path(*names)))

    async def _post(self, model: type[W], *names: str, body: Mapping[str, object] | None = None) -> W:
        return model.model_validate(await self._transport.call("POST", path(*names), body=body))

    async def _delete(self, *names: str) -> None:
        await self._transport.call("DELETE", path(*names))

    async def _names(self, key: str, name_field: str, *names: str) -> tuple[str, ...]:
        answer = await self._transport.call("GET", path(*names))
        found = (lenient.name_of(item, name_field) for item in lenient.listed(answer, key))
        return tuple(name for name in found if name)

    async def _output(self, phase: str, repo: str, target: str, offset: int, limit: int) -> OutputPage:
        where = path("repo", repo, "targets", target, phase, "output")
        answer = await self._transport.call("GET", where, params={"offset": offset, "limit": limit})
        return OutputPage.model_validate(answer)


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _numbers(**fields: int | None) -> dict[str, int]:
    return {name: value for name, value in fields.items() if value is not None}


def _drafts(name_field: str, overrides: Mapping[str, Mapping[str, object]], template: str) -> list[dict[str, object]]:
    return [{name_field: name, "template": template, "overrides": given} for name, given in overrides.items()]
