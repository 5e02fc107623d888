"""Whatever is sent, the oven does not break."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oven import bread
from tests.oven.bread import R
from tests.support.oven import RunningOven, running_oven

BODIES = [
    ("POST", "/v1/repo"),
    ("PUT", f"{R}/prompts/p"),
    ("POST", f"{R}/prompts"),
    ("POST", f"{R}/prompts/batch"),
    ("POST", f"{R}/targets"),
    ("PUT", f"{R}/targets/batch"),
    ("POST", f"{R}/bakes"),
    ("POST", f"{R}/bakes/batch"),
    ("POST", "/v1/chat/completions"),
]
WORDS = [
    "repo_name",
    "base_model",
    "prompt_name",
    "messages",
    "tools",
    "prompts",
    "role",
    "content",
    "targets",
    "target_name",
    "template",
    "overrides",
    "generators",
    "type",
    "questions",
    "numq",
    "bakes",
    "bake_name",
    "datasets",
    "extra_kwargs",
    "model",
    "stream",
    "seed",
]
KEYS = st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.sampled_from(["default", "Qwen/Qwen3-32B", "hardcoded"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def oven(tmp_path_factory: pytest.TempPathFactory):
    with running_oven(tmp_path_factory.mktemp("junk")) as started:
        yield started


@pytest.fixture(scope="module")
def http(oven: RunningOven):
    with httpx.Client(base_url=oven.url, headers=oven.headers) as client:
        bread.yoda(client)
        yield client


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operation=st.sampled_from(BODIES), body=VALUES)
def test_no_json_breaks_an_operation(http: httpx.Client, operation: tuple[str, str], body: object):
    content = json.dumps(body).encode()
    answer = http.request(*operation, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, (operation, body)
    answer.json() if answer.headers["content-type"] == "application/json" else None


@settings(max_examples=40, deadline=None)
@given(operation=st.sampled_from(BODIES), body=st.binary(max_size=40))
def test_no_bytes_break_an_operation(http: httpx.Client, operation: tuple[str, str], body: bytes):
    answer = http.request(*operation, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), (operation, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"prompt_name": "p", "messages": [{"role": "x", "extra": NaN}]}',
        b'{"prompt_name": "p", "messages": [{"role": "x", "extra": {"deep": [-Infinity]}}]}',
        b'{"prompt_name": "p", "messages": [{"role": "x", "extra": "\\ud800"}]}',
        b'{"prompt_name": "p", "messages": [{"role": "x", "\\ud800": 1}]}',
        b'{"prompt_name": "\\ud800", "messages": []}',
        b'{"prompt_name": "p", "messages": [{"role": "x", "extra": ' + b"9" * 5000 + b"}]}",
    ],
)
def test_what_json_should_not_hold_is_refused(http: httpx.Client, body: bytes):
    answer = http.post(f"{R}/prompts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("depth", [100, 200, 250, 400, 800, 900, 950, 980, 2000])
def test_no_depth_of_nesting_breaks_an_operation(http: httpx.Client, depth: int):
    body = b'{"prompt_name": "deep%d", "messages": [{"role": "x", "extra": %b%b}]}'
    content = body % (depth, b"[" * depth, b"]" * depth)
    for _ in range(2):
        answer = http.post(f"{R}/prompts", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 201, 400, 422), answer.text


def test_odd_paths_queries_and_headers_are_refused_in_the_contracts_form(http: httpx.Client):
    odd = [
        "/v1",
        "/v1/",
        "/nothing",
        f"{R}/prompts/%00",
        f"{R}/prompts/%ff",
        f"{R}/targets/%2e%2e/stim",
        "/weights/1/x",
    ]
    for path in odd:
        answer = http.get(path)
        assert 400 <= answer.status_code < 500, path
        assert "message" in answer.json() or "detail" in answer.json()
    for params in ({"checkpoint": "9" * 50}, {"expires_in": "1e3"}, {"user_id": "\ud7ff"}):
        answer = http.get(f"{R}/bakes/yoda_bake/download", params=params)
        assert 400 <= answer.status_code < 500
    for name, value in ((b"Authorization", "Bearer é"), (b"X-User-Id", "ü")):
        assert http.get(R, headers={name: value.encode()}).status_code in (401, 403)
    assert http.post(bread.STIM, headers={b"Idempotency-Key": "ü".encode()}).status_code == 200
