"""What may be created, changed and deleted."""

import httpx
import pytest

from tests.oven import bread
from tests.oven.bread import R
from tests.support.oven import RunningOven

_IN_FUNCTION = ("name", "description", "parameters", "strict")
BAD_NAMES = ["", "/", "a/b", ".", "..", "...", "a\nb", "\x00", "x" * 256]


def test_a_create_is_201_once_200_for_the_same_again_and_409_for_anything_else(http: httpx.Client):
    bread.repo(http)
    assert bread.prompt(http, "p", "one").status_code == 201
    assert bread.prompt(http, "p", "one").status_code == 200
    other = bread.prompt(http, "p", "two")
    assert other.status_code == 409
    assert other.headers["x-should-retry"] == "false"
    assert other.json() == {
        "message": "Prompt 'p' already exists with different content. Prompts are immutable and cannot be changed.",
        "code": "RESOURCE_CONFLICT",
    }
    assert http.get(f"{R}/prompts/p").json()["messages"][0]["content"] == "one"


def test_targets_and_bakes_are_immutable_too(http: httpx.Client):
    bread.yoda(http)
    assert bread.target(http, "t", temperature=0.5).status_code == 201
    assert bread.target(http, "t", temperature=0.5).status_code == 200
    assert "different configuration" in bread.target(http, "t", temperature=0.6).json()["message"]
    assert bread.bake(http, "b", epochs=2).status_code == 201
    assert bread.bake(http, "b", epochs=2).status_code == 200
    assert "Bakes are immutable" in bread.bake(http, "b", epochs=3).json()["message"]


def test_a_repositorys_base_model_is_fixed_at_its_creation(http: httpx.Client):
    small = {"repo_name": "r", "base_model": "Qwen/Qwen3-0.6B"}
    assert http.post("/v1/repo", json=small).status_code == 201
    assert http.post("/v1/repo", json=small).status_code == 200
    assert http.put("/v1/repo", json={"repo_name": "r"}).json() == small
    for method in ("POST", "PUT"):
        answer = http.request(method, "/v1/repo", json={"repo_name": "r", "base_model": "other"})
        assert answer.status_code == 409
        assert answer.json()["message"] == (
            "Repository 'r' already exists with base_model 'Qwen/Qwen3-0.6B'."
            " Repository base_model is immutable and cannot be changed."
        )


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_stand_in_a_path_is_refused(http: httpx.Client, name: str):
    bread.repo(http)
    for answer in (
        http.post("/v1/repo", json={"repo_name": name}),
        bread.prompt(http, name, "x"),
        bread.target(http, name),
        bread.bake(http, name),
    ):
        assert answer.status_code == 422
        assert answer.json()["code"] == "VALIDATION_ERROR"


def test_batch_is_a_reserved_name_except_for_a_repository(http: httpx.Client):
    bread.repo(http, "batch")
    bread.repo(http)
    for answer in (bread.prompt(http, "batch", "x"), bread.target(http, "batch"), bread.bake(http, "batch")):
        assert answer.json() == {"message": "Name is reserved: 'batch'", "code": "VALIDATION_ERROR"}


def test_an_encoded_slash_in_a_path_is_a_bad_name_and_no_other_path(http: httpx.Client):
    bread.repo(http)
    answer = http.put(f"{R}/prompts/a%2Fb", json={"messages": []})
    assert (answer.status_code, answer.json()["message"]) == (422, "Name contains invalid character: '/'")


def test_put_creates_or_updates(http: httpx.Client):
    bread.yoda(http)
    changed = {"messages": [{"role": "system", "content": "You are Chewbacca."}]}
    assert http.put(f"{R}/prompts/teacher", json=changed).status_code == 200
    assert http.get(f"{R}/prompts/teacher").json()["messages"] == changed["messages"]
    body = {"template": "yoda", "overrides": {"temperature": 0.1}}
    assert http.put(f"{R}/targets/other", json=body).json()["config"]["temperature"] == 0.1
    body = {"template": "default", "overrides": {"epochs": 7}}
    assert http.put(f"{R}/bakes/yoda_bake", json=body).json()["config"]["epochs"] == 7


def test_a_changed_target_forgets_what_was_run_under_its_old_configuration(http: httpx.Client):
    bread.baked(http)
    same = {"template": "yoda"}
    http.put(f"{R}/targets/yoda", json=same)
    assert http.get(bread.STIM).json()["status"] == "complete"
    http.put(f"{R}/targets/yoda", json={"template": "yoda", "overrides": {"temperature": 0.1}})
    assert http.get(bread.STIM).json()["status"] == "not_started"


def test_a_template_gives_what_the_overrides_leave_out(http: httpx.Client):
    bread.yoda(http)
    lora = {"model": {"baked_adapter_config": {"r": 64}}, "optimizer": {"betas": [0.9, 0.95]}}
    bread.bake(http, "wide", **lora)
    config = http.get(f"{R}/bakes/wide").json()["config"]
    assert config["model"]["baked_adapter_config"]["r"] == 64
    assert config["model"]["baked_adapter_config"]["lora_alpha"] == 16
    assert config["optimizer"] == {"learning_rate": 0.0001, "betas": [0.9, 0.95]}
    body = {"target_name": "next", "template": "yoda", "overrides": {"generators": bread.hardcoded(1)}}
    next_config = http.post(f"{R}/targets", json=body).json()["config"]
    assert next_config["teacher_prompt"] == "teacher"
    assert next_config["generators"] == bread.hardcoded(1)


def test_a_generators_template_is_kept_under_the_repositorys_templates(http: httpx.Client):
    bread.repo(http)
    generator = {"type": "custom", "template_path": "/home/me/ask.j2", "template_content": "${numq} ${prompt_u}"}
    config = bread.target(http, "t", generators=[generator]).json()["config"]
    assert config["generators"] == [{**generator, "template_path": "templates/ask.j2"}]
    assert bread.target(http, "t", generators=[generator]).status_code == 200


def test_an_unknown_template_is_named(http: httpx.Client):
    bread.repo(http)
    body = {"target_name": "t", "template": "nonexistent"}
    answer = http.post(f"{R}/targets", json=body)
    expected = {"message": "Template 'nonexistent' not found", "code": "INVALID_INPUT"}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_the_old_names_of_teacher_and_student_are_taken_and_never_given_back(http: httpx.Client):
    bread.repo(http)
    config = bread.target(http, "t", u="teacher", v="student").json()["config"]
    assert (config["teacher_prompt"], config["student_prompt"]) == ("teacher", "student")
    assert "u" not in config
    assert "v" not in config


def test_a_bake_of_an_unknown_target_is_refused(http: httpx.Client):
    bread.repo(http)
    answer = bread.bake(http, "b", datasets=[{"target": "missing_target"}])
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid dataset reference: target 'missing_target' not found"


@pytest.mark.parametrize(
    ("overrides", "loc"),
    [
        ({"epohcs": 3}, "epohcs"),
        ({"epochs": "3"}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"scheduler": {"lr": 0.1}}, "lr"),
        ({"optimizer": {"weight_decay": -1}}, "weight_decay"),
        ({"optimizer": {"betas": [0.9]}}, "betas"),
        ({"model": {"baked_adapter_config": {"rank": 8}}}, "rank"),
        ({"datasets": [{"weight": 1.0}]}, "target"),
        ({"checkpoint": [{"save_every_n_steps": -1}]}, "save_every_n_steps"),
        ({"deepspeed": {"zero_optimization": {"stage": 4}}}, "stage"),
        ({"deepspeed": {"zero_optimization": {"stage": -1}}}, "stage"),
        ({"data": {"train_eval_split": [0.9]}}, "train_eval_split"),
    ],
)
def test_an_unknown_key_or_a_wrong_value_in_a_bake_is_located(
    http: httpx.Client, overrides: dict[str, object], loc: str
):
    bread.repo(http)
    answer = bread.bake(http, "b", **overrides)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", "overrides"]
    assert answer.json()["detail"][0]["loc"][-1] == loc


@pytest.mark.parametrize(
    "overrides",
    [
        {"temperature": 2.1},
        {"max_tokens": 0},
        {"num_traj_per_stimulus": 0},
        {"max_concurrency": 0},
        {"generators": [{"numq": 3}]},
        {"generators": [{"type": "persona", "numq": 0}]},
        {"generators": [{"type": "persona", "temperature": 3}]},
    ],
)
def test_a_target_keeps_to_the_contracts_ranges(http: httpx.Client, overrides: dict[str, object]):
    bread.repo(http)
    assert bread.target(http, "t", **overrides).status_code == 422


def test_a_batch_tells_for_each_item_how_it_went(http: httpx.Client):
    bread.repo(http)
    bread.prompt(http, "taken", "one")
    prompts = {"new": [{"role": "system", "content": "x"}], "taken": [], "a/b": []}
    assert http.post(f"{R}/prompts/batch", json={"prompts": prompts}).json() == {
        "created": ["new"],
        "failed": {
            "taken": "Prompt 'taken' already exists with different content."
            " Prompts are immutable and cannot be changed.",
            "a/b": "Name contains invalid character: '/'",
        },
    }
    targets = [
        {"target_name": "alpha", "template": "default", "overrides": {"temperature": 0.8}},
        {"target_name": "beta", "template": "alpha"},
        {"target_name": "delta", "template": "nonexistent"},
    ]
    assert http.post(f"{R}/targets/batch", json={"targets": targets}).json() == {
        "created": ["alpha", "beta"],
        "failed": {"delta": "Template 'nonexistent' not found"},
    }
    assert http.get(f"{R}/targets/beta").json()["config"]["temperature"] == 0.8
    bakes = [
        {"bake_name": "good", "template": "default", "overrides": {"datasets": [{"target": "alpha"}]}},
        {"bake_name": "bad", "template": "default", "overrides": {"datasets": [{"target": "none"}]}},
    ]
    answer = http.post(f"{R}/bakes/batch", json={"bakes": bakes}).json()
    assert answer["created"] == ["good"]
    assert answer["failed"] == {"bad": "Invalid dataset reference: target 'none' not found"}


def test_a_batch_put_updates(http: httpx.Client):
    bread.repo(http)
    bread.prompt(http, "taken", "one")
    answer = http.put(f"{R}/prompts/batch", json={"prompts": {"taken": []}})
    assert answer.json() == {"created": ["taken"], "failed": {}}
    assert http.get(f"{R}/prompts/taken").json()["messages"] == []


def test_a_message_keeps_all_that_it_came_with(http: httpx.Client):
    bread.repo(http)
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        {"role": "system"},
    ]
    tools = [{"type": "function", "function": {"name": "f"}}]
    http.post(f"{R}/prompts", json={"prompt_name": "p", "messages": messages, "tools": tools})
    kept = http.get(f"{R}/prompts/p").json()
    assert kept == {"prompt_name": "p", "messages": messages, "tools": tools}


@pytest.mark.parametrize(
    ("tool", "loc"),
    [
        ({}, "type"),
        ({"type": "retrieval", "function": {"name": "f"}}, "type"),
        ({"type": "function"}, "function"),
        ({"type": "function", "function": {}}, "name"),
        ({"type": "function", "function": {"name": "get weather"}}, "name"),
        ({"type": "function", "function": {"name": "f\n"}}, "name"),
        ({"type": "function", "function": {"name": "x" * 65}}, "name"),
        ({"type": "function", "function": {"name": "f", "description": 3}}, "description"),
        ({"type": "function", "function": {"name": "f", "parameters": []}}, "parameters"),
        ({"type": "function", "function": {"name": "f", "strict": "yes"}}, "strict"),
    ],
)
def test_a_tool_that_is_no_function_in_openais_form_is_refused(http: httpx.Client, tool: object, loc: str):
    bread.repo(http)
    answer = http.post(f"{R}/prompts", json={"prompt_name": "p", "messages": [], "tools": [tool]})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == [
        "body",
        "tools",
        0,
        *(["function"] if loc in _IN_FUNCTION else []),
        loc,
    ]
    assert http.get(f"{R}/prompts/p").status_code == 404


def test_a_tool_keeps_what_openais_form_does_not_name(http: httpx.Client):
    bread.repo(http)
    schema = {"type": "object", "properties": {"city": {"type": ["string", "null"], "default": None}}}
    function = {"name": "get-weather_2", "description": None, "parameters": schema, "strict": True, "more": [1]}
    tools = [{"type": "function", "function": function, "cache": {"ttl": None}}]
    body = {"prompt_name": "p", "messages": [], "tools": tools}
    assert http.post(f"{R}/prompts", json=body).status_code == 201
    assert http.get(f"{R}/prompts/p").json()["tools"] == tools
    assert http.post(f"{R}/prompts", json=body).status_code == 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "${numq} and ${prompt_u}"),
        ("Ask ${numq} questions.", "must hold ${prompt_u}"),
        ("A prompt: ${prompt_u}", "must hold ${numq}"),
        ("${numq} ${prompt_u}" + "é" * (1 << 19), "1 MiB"),
    ],
)
def test_a_template_that_could_not_be_filled_in_is_refused(http: httpx.Client, content: str, words: str):
    bread.repo(http)
    answer = bread.target(http, "t", generators=[{"type": "custom", "template_content": content}])
    assert answer.status_code == 422
    assert words in answer.json()["detail"][0]["msg"]


def test_a_template_of_just_a_mebibyte_is_taken(http: httpx.Client):
    bread.repo(http)
    content = "${numq} ${prompt_u}".ljust(1 << 20)
    assert bread.target(http, "t", generators=[{"type": "custom", "template_content": content}]).status_code == 201


@pytest.mark.parametrize(("levels", "statuses"), [(100, {201}), (101, {422}), (957, {422, 400}), (1500, {400})])
def test_what_is_nested_too_deeply_is_refused_and_not_kept(http: httpx.Client, levels: int, statuses: set[int]):
    bread.repo(http)
    below = levels - 3
    body = b'{"prompt_name": "p", "messages": [{"role": "x", "extra": %b%b}]}' % (b"[" * below, b"]" * below)
    answer = http.post(f"{R}/prompts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in statuses
    assert http.get(f"{R}/prompts/p").status_code == (200 if answer.status_code == 201 else 404)


def test_text_that_no_utf8_can_carry_is_refused_wherever_it_stands(http: httpx.Client):
    bread.repo(http)
    for path, body in {
        "prompts": b'{"prompt_name": "p", "messages": [{"role": "system", "content": "\\ud800"}]}',
        "targets": b'{"target_name": "t", "template": "default", "overrides": {"model_name": "\\udfff"}}',
        "bakes": b'{"bake_name": "b", "template": "default", "overrides": {"wandb": {"project": "\\ud83d"}}}',
    }.items():
        answer = http.post(f"{R}/{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert "surrogate" in answer.json()["detail"][0]["msg"]


def test_what_something_else_was_made_from_cannot_be_deleted(http: httpx.Client):
    bread.baked(http)
    answer = http.delete(f"{R}/targets/yoda")
    assert answer.status_code == 409
    assert "bake 'yoda_bake'" in answer.json()["message"]
    bread.bake(http, "child", model={"parent_model_name": "baker/kitchen/yoda_bake/21"})
    assert "bake 'child'" in http.delete(f"{R}/bakes/yoda_bake").json()["message"]
    for path in ("bakes/child", "bakes/yoda_bake", "targets/yoda"):
        assert "deleted" in http.delete(f"{R}/{path}").json()["message"]
        assert http.get(f"{R}/{path}").status_code == 404


def test_lists_come_in_the_order_of_creation(http: httpx.Client):
    bread.repo(http)
    for name in ("zebra", "ape", "mole"):
        bread.prompt(http, name, "x")
    assert http.get(f"{R}/prompts").json() == {"prompts": ["zebra", "ape", "mole"]}


def test_a_repeated_key_gets_the_first_answer_again_even_after_a_restart(oven: RunningOven, http: httpx.Client):
    key = {"Idempotency-Key": "abc"}
    body = {"repo_name": "r"}
    assert http.post("/v1/repo", json=body, headers=key).status_code == 201
    assert http.post("/v1/repo", json=body, headers=key).status_code == 201
    oven.restart()
    assert http.post("/v1/repo", json=body, headers=key).status_code == 201
    assert http.post("/v1/repo", json=body).status_code == 200
    other = http.post("/v1/repo", json={"repo_name": "other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "VALIDATION_ERROR")
    assert http.get("/v1/repo/other").status_code == 404
