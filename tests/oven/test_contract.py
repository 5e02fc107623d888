"""Every operation of the contract is offered, and answered in its shape."""

from typing import Any

import httpx
import pytest

from tests.oven import bread
from tests.oven.bread import R
from tests.support.oven import RunningOven

# Those of the vendor's OpenAPI document, the three of /v1/admin aside; the last two are from prose.
OPERATIONS = [
    "GET /v1/health",
    "GET /v1/repo",
    "PUT /v1/repo",
    "POST /v1/repo",
    "GET /v1/repo/{repo_name}",
    "GET /v1/repo/{repo_name}/tree",
    "GET /v1/repo/{repo_name}/prompts",
    "POST /v1/repo/{repo_name}/prompts",
    "GET /v1/repo/{repo_name}/prompts/{prompt_name}",
    "PUT /v1/repo/{repo_name}/prompts/{prompt_name}",
    "PUT /v1/repo/{repo_name}/prompts/batch",
    "POST /v1/repo/{repo_name}/prompts/batch",
    "GET /v1/repo/{repo_name}/targets",
    "POST /v1/repo/{repo_name}/targets",
    "PUT /v1/repo/{repo_name}/targets/batch",
    "POST /v1/repo/{repo_name}/targets/batch",
    "PUT /v1/repo/{repo_name}/targets/{target_name}",
    "GET /v1/repo/{repo_name}/targets/{target_name}",
    "DELETE /v1/repo/{repo_name}/targets/{target_name}",
    "GET /v1/repo/{repo_name}/targets/{target_name}/stim",
    "POST /v1/repo/{repo_name}/targets/{target_name}/stim",
    "GET /v1/repo/{repo_name}/targets/{target_name}/stim/output",
    "GET /v1/repo/{repo_name}/targets/{target_name}/rollout",
    "POST /v1/repo/{repo_name}/targets/{target_name}/rollout",
    "GET /v1/repo/{repo_name}/targets/{target_name}/rollout/output",
    "GET /v1/repo/{repo_name}/bakes",
    "POST /v1/repo/{repo_name}/bakes",
    "PUT /v1/repo/{repo_name}/bakes/batch",
    "POST /v1/repo/{repo_name}/bakes/batch",
    "PUT /v1/repo/{repo_name}/bakes/{bake_name}",
    "GET /v1/repo/{repo_name}/bakes/{bake_name}",
    "DELETE /v1/repo/{repo_name}/bakes/{bake_name}",
    "POST /v1/repo/{repo_name}/bakes/{bake_name}",
    "GET /v1/repo/{repo_name}/bakes/{bake_name}/download",
    "GET /v1/repo/{repo_name}/bakes/{bake_name}/metrics",
    "GET /v1/repo/{repo_name}/recipe/{bake_name}/dependency-graph",
    "GET /v1/repo/{repo_name}/recipe/{bake_name}/recreation-plan",
    "GET /v1/models/download",
    "GET /v1/models",
    "POST /v1/chat/completions",
]


def test_no_operation_of_the_contract_is_unimplemented(http: httpx.Client):
    names = {"repo_name": "nowhere", "prompt_name": "p", "target_name": "t", "bake_name": "b"}
    for operation in OPERATIONS:
        method, _, path = operation.partition(" ")
        answer = http.request(method, path.format(**names))
        assert answer.status_code != 405, operation
        assert "Not Found" not in answer.text, operation


def test_a_prompt_cannot_be_deleted(http: httpx.Client):
    bread.yoda(http)
    answer = http.delete(f"{R}/prompts/teacher")
    assert answer.status_code == 405
    assert "not supported" in answer.json()["message"]


def test_health_needs_no_key_and_everything_else_does(oven: RunningOven):
    with httpx.Client(base_url=oven.url) as stranger:
        assert stranger.get("/v1/health").json()["status"] == "healthy"
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": oven.key}):
            answer = stranger.get("/v1/repo", headers=headers)
            assert answer.status_code == 401
            assert set(answer.json()) == {"message", "code"}


def test_the_one_user_may_be_named_and_no_other(http: httpx.Client):
    assert http.get("/v1/repo", params={"user_id": "baker"}).status_code == 200
    assert http.get("/v1/repo", headers={"X-User-Id": "baker"}).status_code == 200
    assert http.get("/v1/repo", params={"user_id": "someone"}).status_code == 403
    assert http.get("/v1/repo", headers={"X-User-Id": "someone"}).status_code == 403


def test_repositories_are_listed_by_name_or_in_pages_with_metadata(http: httpx.Client):
    for number in range(5):
        bread.repo(http, f"repo{number}")
    assert http.get("/v1/repo").json() == {"repos": [f"repo{number}" for number in range(5)]}
    page = http.get("/v1/repo", params={"include_metadata": True, "offset": 3, "limit": 1}).json()
    assert page == {
        "repos": [{"repo_name": "repo3", "base_model": "Qwen/Qwen3-32B"}],
        "offset": 3,
        "limit": 1,
        "has_more": True,
        "total": 5,
    }
    rest = http.get("/v1/repo", params={"include_metadata": True, "offset": 4}).json()
    assert rest["has_more"] is False


@pytest.mark.parametrize(
    "params",
    [{"offset": "-1"}, {"limit": "0"}, {"offset": "x"}, {"limit": "1" + "0" * 30}, {"limit": "1001"}],
)
def test_a_page_out_of_bounds_is_refused_in_the_contracts_form(http: httpx.Client, params: dict[str, str]):
    bread.yoda(http)
    answer = http.get(f"{bread.STIM}/output", params=params)
    assert answer.status_code == 422
    assert [set(item) for item in answer.json()["detail"]] == [{"loc", "msg", "type"}]


def test_what_is_not_there_is_not_found_by_its_kind(http: httpx.Client):
    bread.yoda(http)
    for path, words in {
        "/v1/repo/nowhere": "Repository 'nowhere' not found",
        f"{R}/prompts/none": "Prompt 'none' not found",
        f"{R}/targets/none/stim": "Target 'none' not found",
        f"{R}/bakes/none/metrics": "Bake 'none' not found",
    }.items():
        answer = http.get(path)
        assert (answer.status_code, answer.json()) == (404, {"message": words, "code": "RESOURCE_NOT_FOUND"})


def test_the_stim_rollout_and_bake_say_how_they_stand(http: httpx.Client):
    bread.yoda(http, num_traj_per_stimulus=3)
    before = http.get(bread.STIM).json()
    assert (before["status"], before["lines"], before["job_id"]) == ("not_started", None, None)
    assert set(before["config"]) == {"generators", "teacher_prompt", "student_prompt"}
    stim = http.post(bread.STIM).json()
    assert (stim["status"], stim["lines"], stim["progress_percent"]) == ("complete", 4, 100.0)
    rollout = http.post(bread.ROLLOUT).json()
    assert (rollout["status"], rollout["lines"], rollout["total_expected"]) == ("complete", 12, 12)
    bake = http.post(bread.BAKE).json()
    assert bake["model_name"] == [f"baker/kitchen/yoda_bake/{step}" for step in (36, 24, 12)]
    assert set(bake["loss"]) == {"latest_loss", "final_loss", "min_loss", "max_loss"}
    assert 1e-7 < bake["loss"]["min_loss"] <= bake["loss"]["final_loss"] < bake["loss"]["max_loss"] < 2e-6


def test_output_is_paged_without_a_gap_or_a_repetition(http: httpx.Client):
    bread.baked(http, questions=7, num_traj_per_stimulus=3)
    seen: list[tuple[int, int]] = []
    page: dict[str, Any] = {"has_more": True}
    while page["has_more"]:
        params = {"offset": len(seen), "limit": 4}
        page = http.get(f"{bread.ROLLOUT}/output", params=params).json()
        seen += [(row["stimulus_id"], row["trajectory_id"]) for row in page["output"]]
    assert seen == [(stimulus, trajectory) for stimulus in range(7) for trajectory in range(3)]
    keys = {"stimulus_id", "trajectory_id", "stimulus", "response", "model", "temperature", "tokens"}
    assert set(page["output"][0]) == keys
    past = http.get(f"{bread.ROLLOUT}/output", params={"offset": 99}).json()
    assert (past["output"], past["has_more"]) == ([], False)


def test_every_checkpoint_and_base_model_is_listed_as_a_model(http: httpx.Client):
    http.post("/v1/repo", json={"repo_name": "small", "base_model": "Qwen/Qwen3-0.6B"})
    bread.baked(http)
    models = http.get("/v1/models").json()["data"]
    assert {model["object"] for model in models} == {"model"}
    assert [model["id"] for model in models] == [
        "Qwen/Qwen3-0.6B",
        "Qwen/Qwen3-32B",
        *(f"baker/kitchen/yoda_bake/{step}" for step in (21, 14, 7)),
    ]


def test_names_with_blanks_and_of_any_script_work_in_paths(http: httpx.Client):
    bread.repo(http)
    for name in ("Brötchen & Süßes", "パン", "50 % rye?", "a.b"):
        assert bread.prompt(http, name, "x").status_code == 201
        path = f"{R}/prompts/" + httpx.URL("", params={"n": name}).query[2:].decode().replace("+", "%20")
        assert http.get(path).json()["prompt_name"] == name
