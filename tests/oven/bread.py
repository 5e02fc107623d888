"""Short words for the contract's requests, so that a test says only what it is about."""

import time
from collections.abc import Callable

import httpx

R = "/v1/repo/kitchen"
STIM = f"{R}/targets/yoda/stim"
ROLLOUT = f"{R}/targets/yoda/rollout"
BAKE = f"{R}/bakes/yoda_bake"
QUESTIONS = ["How tall are you?", "Teach me about patience.", "Where is Dagobah?", "Hello, this is Anakin."]


def repo(http: httpx.Client, name: str = "kitchen") -> None:
    assert http.post("/v1/repo", json={"repo_name": name}).status_code in (200, 201)


def prompt(http: httpx.Client, name: str, content: str, repo: str = "kitchen") -> httpx.Response:
    messages = [{"role": "system", "content": content}]
    return http.post(f"/v1/repo/{repo}/prompts", json={"prompt_name": name, "messages": messages})


def target(http: httpx.Client, name: str, **overrides: object) -> httpx.Response:
    body = {"target_name": name, "template": "default", "overrides": overrides}
    return http.post(f"{R}/targets", json=body)


def bake(http: httpx.Client, name: str, **overrides: object) -> httpx.Response:
    return http.post(f"{R}/bakes", json={"bake_name": name, "template": "default", "overrides": overrides})


def hardcoded(count: int = 4) -> list[dict[str, object]]:
    questions = (QUESTIONS * (count // len(QUESTIONS) + 1))[:count]
    return [{"type": "hardcoded", "questions": questions}]


def yoda(http: httpx.Client, *, questions: int = 4, **overrides: object) -> None:
    """A repository with two prompts, the target `yoda` and the bake `yoda_bake`; nothing has run."""
    repo(http)
    assert prompt(http, "teacher", "You are Yoda. Speak like Yoda.").status_code == 201
    assert prompt(http, "student", "").status_code == 201
    settings = {"generators": hardcoded(questions), "teacher_prompt": "teacher", "student_prompt": "student"}
    assert target(http, "yoda", **{**settings, **overrides}).status_code == 201
    assert bake(http, "yoda_bake", datasets=[{"target": "yoda"}]).status_code == 201


def baked(http: httpx.Client, *, questions: int = 4, **overrides: object) -> None:
    """The same with stim, rollout and bake complete."""
    yoda(http, questions=questions, **overrides)
    for path in (STIM, ROLLOUT, BAKE):
        http.post(path)
        wait_until(lambda path=path: http.get(path).json()["status"] == "complete")


def wait_until(condition: Callable[[], bool], patience: float = 15.0) -> None:
    """Return once the condition holds; fail when it does not within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)
