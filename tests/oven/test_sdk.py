"""The vendor's own SDK, with strict validation of every answer, as a client of the oven."""

import inspect
import warnings
from collections.abc import Generator
from typing import Any

import httpx
import pytest
from aibread import APIStatusError, AsyncBread, Bread, ConflictError, NotFoundError

from tests.support.oven import RunningOven

REPO = "yoda_repo"
YODA: list[Any] = [{"role": "system", "content": "You are Yoda. Speak like Yoda."}]
EMPTY: list[Any] = [{"role": "system", "content": ""}]
QUESTIONS = ["How can I find balance in the Force?", "Hello, this is Anakin Skywalker", "How tall are you?"]
TARGET = {
    "generators": [{"type": "hardcoded", "numq": 3, "questions": QUESTIONS}],
    "u": "yoda_teacher",
    "v": "empty_student",
}
BAKE = {"datasets": [{"target": "yoda_target", "weight": 1.0}]}

# Every call of the SDK, each after what it needs: resource, method, positional arguments, keywords.
CALLS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("health", "check", (), {}),
    ("repo", "create", (), {"repo_name": REPO}),
    ("repo", "set", (), {"repo_name": REPO}),
    ("repo", "get", (REPO,), {}),
    ("repo", "list", (), {}),
    ("prompts", "create", (REPO,), {"prompt_name": "yoda_teacher", "messages": YODA}),
    ("prompts", "set", ("empty_student",), {"repo_name": REPO, "messages": EMPTY}),
    ("prompts", "create_batch", (REPO,), {"prompts": {"one": YODA, "two": []}}),
    ("prompts", "batch_set", (REPO,), {"prompts": {"one": YODA, "two": EMPTY}}),
    ("prompts", "get", ("yoda_teacher",), {"repo_name": REPO}),
    ("prompts", "list", (REPO,), {}),
    (
        "targets",
        "create",
        (REPO,),
        {"target_name": "yoda_target", "template": "default", "overrides": TARGET},
    ),
    ("targets", "set", ("spare",), {"repo_name": REPO, "template": "yoda_target"}),
    ("targets", "create_batch", (REPO,), {"targets": [{"target_name": "t1", "template": "default"}]}),
    ("targets", "batch_set", (REPO,), {"targets": [{"target_name": "t1", "template": "yoda_target"}]}),
    ("targets", "get", ("yoda_target",), {"repo_name": REPO}),
    ("targets", "list", (REPO,), {}),
    ("targets", "delete", ("spare",), {"repo_name": REPO}),
    ("targets.stim", "run", ("yoda_target",), {"repo_name": REPO, "poll": True}),
    ("targets.stim", "get", ("yoda_target",), {"repo_name": REPO}),
    ("targets.stim", "get_output", ("yoda_target",), {"repo_name": REPO, "offset": 1, "limit": 1}),
    ("targets.rollout", "run", ("yoda_target",), {"repo_name": REPO, "poll": True}),
    ("targets.rollout", "get", ("yoda_target",), {"repo_name": REPO}),
    ("targets.rollout", "get_output", ("yoda_target",), {"repo_name": REPO, "offset": 1, "limit": 1}),
    ("bakes", "create", (REPO,), {"bake_name": "yoda_bake_v1", "template": "default", "overrides": BAKE}),
    ("bakes", "set", ("spare",), {"repo_name": REPO, "template": "yoda_bake_v1"}),
    ("bakes", "create_batch", (REPO,), {"bakes": [{"bake_name": "b1", "template": "yoda_bake_v1"}]}),
    ("bakes", "batch_set", (REPO,), {"bakes": [{"bake_name": "b1", "template": "yoda_bake_v1"}]}),
    ("bakes", "list", (REPO,), {}),
    ("bakes", "delete", ("spare",), {"repo_name": REPO}),
    ("bakes", "run", ("yoda_bake_v1",), {"repo_name": REPO, "poll": True}),
    ("bakes", "get", ("yoda_bake_v1",), {"repo_name": REPO}),
    ("bakes", "get_metrics", ("yoda_bake_v1",), {"repo_name": REPO}),
    ("bakes", "download", ("yoda_bake_v1",), {"repo_name": REPO}),
    ("repo", "get_tree", (REPO,), {}),
    ("recipes", "get_dependency_graph", ("yoda_bake_v1",), {"repo_name": REPO}),
    ("recipes", "get_recreation_plan", ("yoda_bake_v1",), {"repo_name": REPO}),
]
RESOURCES = ("health", "repo", "prompts", "targets", "targets.stim", "targets.rollout", "bakes", "recipes")


@pytest.fixture(autouse=True)
def deprecations() -> Generator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.fixture
def sdk(oven: RunningOven) -> Generator[Bread]:
    with Bread(api_key=oven.key, base_url=oven.url, _strict_response_validation=True) as client:
        yield client


def _method(client: object, resource: str, name: str) -> Any:
    for part in resource.split("."):
        client = getattr(client, part)
    return getattr(client, name)


def _public_methods(client: object) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for resource in RESOURCES:
        parent: object = client
        for part in resource.split("."):
            parent = getattr(parent, part)
        for name, _ in inspect.getmembers(type(parent), inspect.isfunction):
            if not name.startswith("_"):
                found.add((resource, name))
    return found


def test_the_list_of_calls_is_the_whole_sdk(sdk: Bread):
    assert {(resource, name) for resource, name, _, _ in CALLS} == _public_methods(sdk)
    assert len(CALLS) == 37


def test_every_call_of_the_sdk_is_answered_in_its_shape(sdk: Bread):
    answers = {(resource, name): _method(sdk, resource, name)(*args, **kw) for resource, name, args, kw in CALLS}
    _check(answers)


async def test_every_call_of_the_asynchronous_sdk_is_answered_in_its_shape(oven: RunningOven):
    async with AsyncBread(api_key=oven.key, base_url=oven.url, _strict_response_validation=True) as client:
        answers = {
            (resource, name): await _method(client, resource, name)(*args, **kw) for resource, name, args, kw in CALLS
        }
    _check(answers)


def _check(answers: dict[tuple[str, str], Any]) -> None:
    assert answers["repo", "list"].repos == [REPO]
    assert answers["prompts", "create_batch"].created == ["one", "two"]
    assert answers["targets", "list"].targets == ["yoda_target", "spare", "t1"]
    assert answers["targets", "get"].config.teacher_prompt == "yoda_teacher"
    assert (answers["targets.stim", "run"].status, answers["targets.stim", "run"].lines) == ("complete", 3)
    page = answers["targets.rollout", "get_output"]
    assert (page.has_more, len(page.output), page.output[0]["stimulus_id"]) == (True, 1, 1)
    assert answers["bakes", "run"].api_model_name[0] == f"baker/{REPO}/yoda_bake_v1/21"
    assert len(answers["bakes", "get_metrics"]) == 21
    assert httpx.get(answers["bakes", "download"].url).status_code == 200
    assert answers["repo", "get_tree"].bakes["yoda_bake_v1"].checkpoints == [21, 14, 7]
    assert answers["recipes", "get_recreation_plan"].total_steps == 7


def test_a_conflict_costs_the_sdk_one_request(oven: RunningOven, sdk: Bread):
    sdk.repo.create(repo_name=REPO)
    sdk.prompts.create(REPO, prompt_name="p", messages=YODA)
    sent: list[httpx.Request] = []
    with httpx.Client(event_hooks={"request": [sent.append]}) as counted:
        client = Bread(api_key=oven.key, base_url=oven.url, http_client=counted)
        with pytest.raises(ConflictError, match="different content"):
            client.prompts.create(REPO, prompt_name="p", messages=EMPTY)
    assert len(sent) == 1


def test_the_sdk_reads_the_ovens_refusals(oven: RunningOven, sdk: Bread):
    with pytest.raises(NotFoundError, match="Repository 'none' not found"):
        sdk.repo.get("none")
    sdk.repo.create(repo_name=REPO)
    sdk.targets.create(REPO, target_name="t", template="default")
    oven.store.refuse_payment(REPO, "stim", "t")
    with pytest.raises(APIStatusError) as unpaid:
        sdk.targets.stim.run("t", repo_name=REPO)
    assert unpaid.value.status_code == 402
