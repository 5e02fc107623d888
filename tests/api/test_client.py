"""Each method asks for what Bread's OpenAPI document says, and reads what that document says is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from breadtui.api import errors, models
from breadtui.api.client import BreadClient
from tests.api.wire import Server, reply

MESSAGES = [{"role": "system", "content": "You are Yoda."}]
TOOLS = [{"type": "function", "function": {"name": "f"}}]
R = "/v1/repo/my%20repo"

# The operations of the OpenAPI document, the three below /v1/admin apart.
SPEC = """
GET /v1/health
GET /v1/models/download
GET /v1/repo
POST /v1/repo
PUT /v1/repo
GET R
GET R/bakes
POST R/bakes
POST R/bakes/batch
PUT R/bakes/batch
DELETE R/bakes/{n}
GET R/bakes/{n}
POST R/bakes/{n}
PUT R/bakes/{n}
GET R/bakes/{n}/download
GET R/bakes/{n}/metrics
GET R/prompts
POST R/prompts
POST R/prompts/batch
PUT R/prompts/batch
GET R/prompts/{n}
PUT R/prompts/{n}
GET R/recipe/{n}/dependency-graph
GET R/recipe/{n}/recreation-plan
GET R/targets
POST R/targets
POST R/targets/batch
PUT R/targets/batch
DELETE R/targets/{n}
GET R/targets/{n}
PUT R/targets/{n}
GET R/targets/{n}/rollout
POST R/targets/{n}/rollout
GET R/targets/{n}/rollout/output
GET R/targets/{n}/stim
POST R/targets/{n}/stim
GET R/targets/{n}/stim/output
GET R/tree
""".strip().splitlines()

# Deprecated twins of a POST that does the same.
TWINS = {
    "PUT /v1/repo",
    "PUT R/bakes/batch",
    "PUT R/bakes/{n}",
    "PUT R/prompts/batch",
    "PUT R/targets/batch",
    "PUT R/targets/{n}",
}

# Known from the official clients and prose only.
BEYOND_SPEC = {"GET /v1/models", "POST /v1/chat/completions", "DELETE R/prompts/{n}"}


async def chat(client: BreadClient) -> object:
    return [event async for event in client.chat("u/r/b/21", MESSAGES, temperature=0.5, max_tokens=9, thinking=False)]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one method, and the request it must make."""

    ask: Callable[[BreadClient], Awaitable[object]]
    operation: str
    body: object = None
    query: tuple[tuple[str, str], ...] = ()
    answer: object = None
    gives: object = ...


CALLS = {
    "health": Call(
        lambda c: c.health(),
        "GET /v1/health",
        answer={"status": "healthy", "api": "bread-api", "version": "1"},
        gives=models.Health(status="healthy", api="bread-api", version="1"),
    ),
    "list_repos": Call(
        lambda c: c.list_repos(5, 10),
        "GET /v1/repo",
        query=(("include_metadata", "true"), ("limit", "10"), ("offset", "5")),
        answer={
            "repos": [{"repo_name": "a", "base_model": "Q"}],
            "offset": 5,
            "limit": 10,
            "has_more": True,
            "total": 99,
        },
        gives=models.RepoPage(
            repos=(models.Repo(repo_name="a", base_model="Q"),), offset=5, limit=10, has_more=True, total=99
        ),
    ),
    "list_repos by name": Call(
        lambda c: c.list_repos(),
        "GET /v1/repo",
        query=(("include_metadata", "true"), ("limit", "100"), ("offset", "0")),
        answer={"repos": ["a"]},
        gives=models.RepoPage(repos=(models.Repo(repo_name="a"),)),
    ),
    "list_repos bare": Call(
        lambda c: c.list_repos(),
        "GET /v1/repo",
        query=(("include_metadata", "true"), ("limit", "100"), ("offset", "0")),
        answer=["a"],
        gives=models.RepoPage(repos=(models.Repo(repo_name="a"),)),
    ),
    "repo_names": Call(
        lambda c: c.repo_names(), "GET /v1/repo", answer={"repos": ["a", {"repo_name": "b"}, 3]}, gives=("a", "b")
    ),
    "create_repo": Call(
        lambda c: c.create_repo("my repo", "Q"),
        "POST /v1/repo",
        {"repo_name": "my repo", "base_model": "Q"},
        answer={"repo_name": "my repo", "base_model": "Q"},
        gives=models.Repo(repo_name="my repo", base_model="Q"),
    ),
    "create_repo plain": Call(lambda c: c.create_repo("my repo"), "POST /v1/repo", {"repo_name": "my repo"}),
    "get_repo": Call(
        lambda c: c.get_repo("my repo"),
        "GET R",
        answer={"repo_name": "my repo"},
        gives=models.Repo(repo_name="my repo"),
    ),
    "tree": Call(
        lambda c: c.tree("my repo"),
        "GET R/tree",
        answer={"base_model": "Q", "bakes": {"b": {"status": "complete", "checkpoints": [7]}}, "edges": []},
        gives=models.RepoTree(
            base_model="Q", bakes={"b": models.TreeNode(status="complete", checkpoints=(7,))}, edges=()
        ),
    ),
    "list_prompts": Call(lambda c: c.list_prompts("my repo"), "GET R/prompts", answer={"prompts": ["p"]}, gives=("p",)),
    "get_prompt": Call(
        lambda c: c.get_prompt("my repo", "n/1"),
        "GET R/prompts/{n}",
        answer={"prompt_name": "n/1", "messages": MESSAGES},
        gives=models.Prompt(prompt_name="n/1", messages=(models.Message(role="system", content="You are Yoda."),)),
    ),
    "create_prompt": Call(
        lambda c: c.create_prompt("my repo", "p", MESSAGES, TOOLS),
        "POST R/prompts",
        {"prompt_name": "p", "messages": MESSAGES, "tools": TOOLS},
    ),
    "create_prompt empty": Call(
        lambda c: c.create_prompt("my repo", "p", []), "POST R/prompts", {"prompt_name": "p", "messages": []}
    ),
    "create_prompts": Call(
        lambda c: c.create_prompts("my repo", {"p": MESSAGES, "q": []}),
        "POST R/prompts/batch",
        {"prompts": {"p": MESSAGES, "q": []}},
        answer={"created": ["p"], "failed": {"q": "no"}},
        gives=models.BatchResult(created=("p",), failed={"q": "no"}),
    ),
    "replace_prompt": Call(
        lambda c: c.replace_prompt("my repo", "n/1", MESSAGES), "PUT R/prompts/{n}", {"messages": MESSAGES}
    ),
    "delete_prompt": Call(lambda c: c.delete_prompt("my repo", "n/1"), "DELETE R/prompts/{n}", gives=None),
    "list_targets": Call(lambda c: c.list_targets("my repo"), "GET R/targets", answer={"targets": ["t"]}, gives=("t",)),
    "get_target": Call(
        lambda c: c.get_target("my repo", "n/1"),
        "GET R/targets/{n}",
        answer={"target_name": "n/1", "config": {"temperature": 0.5}},
        gives=models.Target(target_name="n/1", config=models.TargetConfig(temperature=0.5)),
    ),
    "create_target": Call(
        lambda c: c.create_target("my repo", "t", overrides={"temperature": 0.5}),
        "POST R/targets",
        {"target_name": "t", "template": "default", "overrides": {"temperature": 0.5}},
    ),
    "create_targets": Call(
        lambda c: c.create_targets("my repo", {"t": {"max_tokens": 3}}, template="s"),
        "POST R/targets/batch",
        {"targets": [{"target_name": "t", "template": "s", "overrides": {"max_tokens": 3}}]},
    ),
    "delete_target": Call(
        lambda c: c.delete_target("my repo", "n/1"), "DELETE R/targets/{n}", answer={"message": "gone"}, gives=None
    ),
    "get_stim": Call(
        lambda c: c.get_stim("my repo", "n/1"),
        "GET R/targets/{n}/stim",
        answer={"status": "running", "lines": 3},
        gives=models.Job(status="running", lines=3),
    ),
    "run_stim": Call(
        lambda c: c.run_stim("my repo", "n/1"),
        "POST R/targets/{n}/stim",
        answer={"status": "running"},
        gives=models.Job(status="running"),
    ),
    "stim_output": Call(
        lambda c: c.stim_output("my repo", "n/1", 100, 50),
        "GET R/targets/{n}/stim/output",
        query=(("limit", "50"), ("offset", "100")),
        answer={"status": "complete", "output": [{"question": "q"}], "offset": 100, "limit": 50, "has_more": False},
        gives=models.OutputPage(status="complete", output=({"question": "q"},), offset=100, limit=50, has_more=False),
    ),
    "get_rollout": Call(
        lambda c: c.get_rollout("my repo", "n/1"),
        "GET R/targets/{n}/rollout",
        answer={"status": "running", "total_expected": 9},
        gives=models.Job(status="running", total_expected=9),
    ),
    "run_rollout": Call(lambda c: c.run_rollout("my repo", "n/1"), "POST R/targets/{n}/rollout"),
    "rollout_output": Call(
        lambda c: c.rollout_output("my repo", "n/1"),
        "GET R/targets/{n}/rollout/output",
        query=(("limit", "100"), ("offset", "0")),
    ),
    "list_bakes": Call(lambda c: c.list_bakes("my repo"), "GET R/bakes", answer={"bakes": ["b"]}, gives=("b",)),
    "get_bake": Call(
        lambda c: c.get_bake("my repo", "n/1"),
        "GET R/bakes/{n}",
        answer={"status": "complete", "model_name": ["u/r/b/21"]},
        gives=models.Bake(status="complete", model_name=("u/r/b/21",)),
    ),
    "create_bake": Call(
        lambda c: c.create_bake("my repo", "b", template="a", overrides={"epochs": 2}),
        "POST R/bakes",
        {"bake_name": "b", "template": "a", "overrides": {"epochs": 2}},
    ),
    "create_bakes": Call(
        lambda c: c.create_bakes("my repo", {"b": {}}),
        "POST R/bakes/batch",
        {"bakes": [{"bake_name": "b", "template": "default", "overrides": {}}]},
    ),
    "delete_bake": Call(lambda c: c.delete_bake("my repo", "n/1"), "DELETE R/bakes/{n}", gives=None),
    "run_bake": Call(
        lambda c: c.run_bake("my repo", "n/1"),
        "POST R/bakes/{n}",
        answer={"status": "running", "loss": {"latest_loss": 4e-7}},
        gives=models.Bake(status="running", loss=models.Loss(latest_loss=4e-7)),
    ),
    "metrics": Call(
        lambda c: c.metrics("my repo", "n/1"),
        "GET R/bakes/{n}/metrics",
        answer=[{"iter": 1, "loss": 4e-7}, "junk"],
        gives=(models.MetricPoint(iter=1, loss=4e-7),),
    ),
    "download": Call(
        lambda c: c.download("my repo", "n/1", 0, 60),
        "GET R/bakes/{n}/download",
        query=(("checkpoint", "0"), ("expires_in", "60")),
        answer={"url": "https://x", "expires_in": 60, "checkpoint": 0, "bake_name": "n/1"},
        gives=models.DownloadLink(url="https://x", expires_in=60, checkpoint=0, bake_name="n/1"),
    ),
    "download latest": Call(lambda c: c.download("my repo", "n/1"), "GET R/bakes/{n}/download"),
    "dependency_graph": Call(
        lambda c: c.dependency_graph("my repo", "n/1"),
        "GET R/recipe/{n}/dependency-graph",
        answer={"prompts": {"p": None}, "targets": {"t": {}}},
        gives=models.DependencyGraph(prompts={"p": None}, targets={"t": {}}),
    ),
    "recreation_plan": Call(
        lambda c: c.recreation_plan("my repo", "n/1"),
        "GET R/recipe/{n}/recreation-plan",
        answer={"total_steps": 1, "steps": [{"step": 1, "action": "run_bake"}]},
        gives=models.RecreationPlan(total_steps=1, steps=(models.PlanStep(step=1, action="run_bake"),)),
    ),
    "models": Call(
        lambda c: c.models(),
        "GET /v1/models",
        answer={"data": [{"id": "Q"}, "u/r/b/21", {}, 3]},
        gives=(models.Model(id="Q"), models.Model(id="u/r/b/21")),
    ),
    "download_model": Call(
        lambda c: c.download_model("u/r/b/21"), "GET /v1/models/download", query=(("name", "u/r/b/21"),)
    ),
    "chat": Call(
        chat,
        "POST /v1/chat/completions",
        {
            "model": "u/r/b/21",
            "messages": MESSAGES,
            "temperature": 0.5,
            "max_tokens": 9,
            "stream": True,
            "extra_body": {"chat_template_kwargs": {"enable_thinking": False}},
            "stream_options": {"include_usage": True},
        },
        answer={"choices": []},
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_a_method_makes_its_request_and_reads_its_answer(client: BreadClient, server: Server, call: Call) -> None:
    server.plays(reply({} if call.answer is None else call.answer))
    given = await call.ask(client)
    (got,) = server.got
    method, _, where = call.operation.partition(" ")
    where = R + where[1:] if where.startswith("R") else where
    assert (got.method, got.path) == (method, where.replace("{n}", "n%2F1"))
    assert tuple(sorted(got.query.items())) == call.query
    assert got.json == call.body
    assert (got.headers.get("content-type") == "application/json") is (call.body is not None)
    if call.gives is not ...:
        assert given == call.gives


def test_every_operation_of_the_document_has_its_method() -> None:
    assert {call.operation for call in CALLS.values()} == (set(SPEC) - TWINS) | BEYOND_SPEC


def test_every_method_is_tried_here() -> None:
    public = {name for name in vars(BreadClient) if not name.startswith("_")}
    tried = {name.partition(" ")[0] for name in CALLS}
    apart = {"aclose", "base_url", "files", "host", "latency", "list_ahead", "rehearsal", "requests"}
    assert public - tried == apart


@pytest.mark.parametrize("name", [name for name in CALLS if name != "chat"])
async def test_json_of_a_wrong_shape_is_no_crash(client: BreadClient, server: Server, name: str) -> None:
    for junk in (None, [], {}, 3, '"text"', [[]], {"repos": 3}, {"data": {}}, [None, 1]):
        server.plays(reply(junk))
        await CALLS[name].ask(client)


@pytest.mark.parametrize("status", [404, 405])
async def test_a_server_that_cannot_delete_prompts_does_not_support_it(
    client: BreadClient, server: Server, status: int
) -> None:
    server.plays(reply({"message": "Not Found"}, status))
    with pytest.raises(errors.NotSupported) as caught:
        await client.delete_prompt("r", "p")
    assert caught.value.status == status
    assert len(server.got) == 1


async def test_a_client_tells_where_it_goes(client: BreadClient, server: Server) -> None:
    assert client.base_url == server.url
    assert client.host == server.url.removeprefix("http://")


async def test_repositories_that_were_asked_for_ahead_are_given_to_the_next_who_wants_them_and_to_nobody_after(
    client: BreadClient, server: Server
) -> None:
    server.plays(reply({"repos": ["a"]}), reply({"repos": ["b"]}), reply({"repos": ["c"]}))
    ahead = asyncio.create_task(client.list_ahead(200))
    await asyncio.sleep(0)
    assert await client.list_repos(0, 200) == await ahead == models.RepoPage(repos=(models.Repo(repo_name="a"),))
    assert len(server.got) == 1
    assert (await client.list_repos(0, 200)).repos == (models.Repo(repo_name="b"),)
    await client.list_ahead(200)
    assert len(server.got) == 3


async def test_a_refusal_of_what_was_asked_for_ahead_is_that_of_the_next_who_wants_it(
    client: BreadClient, server: Server
) -> None:
    server.plays(reply({"message": "no"}, 403), reply({"repos": ["b"]}))
    with pytest.raises(errors.BreadError) as caught:
        await client.list_ahead(200)
    with pytest.raises(errors.BreadError) as again:
        await client.list_repos(0, 200)
    assert str(again.value) == str(caught.value)
    assert (await client.list_repos(0, 200)).repos == (models.Repo(repo_name="b"),)
