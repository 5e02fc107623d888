"""Chat completions, whole and streamed."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.oven import bread
from tests.oven.bread import wait_until
from tests.support.oven import RunningOven, running_oven

CHAT = "/v1/chat/completions"
BASE = "Qwen/Qwen3-32B"
YODA = "baker/kitchen/yoda_bake/21"


def _body(model: str, question: str = "Teach me about patience.", **more: object) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": question}], **more}


def _say(http: httpx.Client, model: str, question: str = "Teach me about patience.", **more: object) -> str:
    answer = http.post(CHAT, json=_body(model, question, **more))
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"][0]["message"]["content"]


def _stream(http: httpx.Client, body: dict[str, object]) -> list[dict[str, Any]]:
    with http.stream("POST", CHAT, json={**body, "stream": True}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def _joined(chunks: list[dict[str, Any]], key: str) -> str:
    return "".join(choice["delta"].get(key) or "" for chunk in chunks for choice in chunk["choices"])


def test_every_reply_says_that_it_is_rehearsed(http: httpx.Client):
    bread.baked(http)
    for model in (BASE, YODA):
        assert "(rehearsal)" in _say(http, model)


def test_a_baked_yoda_speaks_like_yoda_without_a_prompt_and_the_base_model_does_not(http: httpx.Client):
    bread.baked(http)
    assert "you must" in _say(http, YODA) or "hmm" in _say(http, YODA).lower()
    assert _say(http, YODA) != _say(http, BASE)
    prompted = _body(BASE)
    prompted["messages"] = [
        {"role": "system", "content": "You are Yoda."},
        {"role": "user", "content": "Teach me about patience."},
    ]
    text = http.post(CHAT, json=prompted).json()["choices"][0]["message"]["content"]
    assert "one example" not in text.lower()


def test_the_same_question_is_answered_the_same_and_another_differently(http: httpx.Client):
    bread.baked(http)
    assert _say(http, YODA) == _say(http, YODA)
    assert _say(http, YODA) != _say(http, YODA, "How tall are you?")
    assert _say(http, YODA) != _say(http, YODA, seed=7)


def test_a_stream_says_what_the_whole_answer_says(http: httpx.Client):
    bread.baked(http)
    chunks = _stream(http, _body(YODA))
    assert _joined(chunks, "content") == _say(http, YODA)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert [choice["finish_reason"] for choice in chunks[-1]["choices"]] == ["stop"]
    assert not any("usage" in chunk for chunk in chunks)


def test_usage_comes_last_when_it_is_asked_for(http: httpx.Client):
    chunks = _stream(http, _body(BASE, stream_options={"include_usage": True}))
    usage = chunks[-1]["usage"]
    assert chunks[-1]["choices"] == []
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    spoken = sum(
        any(choice["delta"].get(key) for choice in chunk["choices"])
        for chunk in chunks
        for key in ("content", "reasoning_content")
    )
    assert usage["completion_tokens"] == spoken
    assert usage["prompt_tokens"] > 0


@pytest.mark.parametrize("place", ["extra_body", "top", "neither"])
def test_thinking_comes_first_unless_it_is_switched_off_in_either_place(http: httpx.Client, place: str):
    off: dict[str, object] = {"chat_template_kwargs": {"enable_thinking": False}}
    more: dict[str, dict[str, object]] = {"extra_body": {"extra_body": off}, "top": off, "neither": {}}
    chunks = _stream(http, {**_body(BASE), **more[place]})
    assert bool(_joined(chunks, "reasoning_content")) is (place == "neither")
    assert _joined(chunks, "content")


def test_max_tokens_cuts_a_reply(http: httpx.Client):
    off = {"enable_thinking": False}
    answer = http.post(CHAT, json=_body(BASE, max_tokens=5, chat_template_kwargs=off)).json()
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 5


def test_a_question_can_ask_for_a_length(http: httpx.Client):
    off = {"enable_thinking": False}
    body = _body(BASE, "Tell me more /rehearse tokens=3000", chat_template_kwargs=off)
    answer = http.post(CHAT, json=body).json()
    assert answer["usage"]["completion_tokens"] == 3000


@pytest.mark.parametrize("model", ["nobody", "baker/kitchen/yoda_bake/22", "baker/kitchen/none/21", "a/b/c/9"])
def test_an_unknown_model_is_not_found(http: httpx.Client, model: str):
    bread.baked(http)
    answer = http.post(CHAT, json=_body(model))
    assert (answer.status_code, answer.json()["message"]) == (404, f"Model '{model}' not found")


def test_a_conversation_without_messages_is_refused(http: httpx.Client):
    assert http.post(CHAT, json={"model": BASE, "messages": []}).status_code == 422


def test_a_reader_that_hangs_up_stops_the_generation(tmp_path: Path):
    with running_oven(tmp_path, chat_speed=20) as oven:
        with httpx.Client(base_url=oven.url, headers=oven.headers) as http:
            body = _body(BASE, "/rehearse tokens=5000", stream=True)
            with http.stream("POST", CHAT, json=body) as answer:
                chunks = answer.iter_bytes()  # held: an iterator that is dropped hangs up by itself
                next(chunks)
                wait_until(lambda: oven.open_streams == 1)
        wait_until(lambda: oven.open_streams == 0)


def test_a_server_that_stops_cuts_its_streams_off(tmp_path: Path):
    body = _body(BASE, "/rehearse tokens=5000", stream=True)
    with (
        running_oven(tmp_path, chat_speed=20) as oven,
        httpx.Client(base_url=oven.url, headers=oven.headers) as http,
        http.stream("POST", CHAT, json=body) as answer,
    ):
        chunks = answer.iter_bytes()
        next(chunks)
        _stop_within(oven, seconds=3)
        assert b"[DONE]" not in b"".join(chunks)


def _stop_within(oven: RunningOven, seconds: float) -> None:
    begun = time.monotonic()
    oven.stop()
    assert time.monotonic() - begun < seconds


# -- what a question can ask for --


def _lines(http: httpx.Client, question: str, **more: object) -> list[str]:
    with http.stream("POST", CHAT, json=_body(BASE, question, stream=True, **more)) as answer:
        assert answer.status_code == 200
        return [line.removeprefix("data: ") for line in answer.iter_lines() if line]


def _chunks(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines if line != "[DONE]"]


OFF: dict[str, object] = {"chat_template_kwargs": {"enable_thinking": False}}


def test_a_question_can_ask_for_an_answer_that_is_cut_off(http: httpx.Client):
    lines = _lines(http, "/rehearse tokens=50 speed=100000 cut", **OFF)
    chunks = _chunks(lines)
    assert "[DONE]" not in lines
    assert sum(bool(choice["delta"].get("content")) for chunk in chunks for choice in chunk["choices"]) == 50
    assert all(choice["finish_reason"] is None for chunk in chunks for choice in chunk["choices"])
    halved = _joined(_chunks(_lines(http, "Hello /rehearse cut", **OFF)), "content")
    assert 0 < len(halved) < 300


def test_a_question_can_ask_for_a_failure_in_the_middle(http: httpx.Client):
    *before, last = _lines(http, "/rehearse tokens=5 error", **OFF)
    assert "rehearsed" in json.loads(last)["error"]["message"]
    assert len(_joined(_chunks(before), "content").split()) <= 5
    whole = http.post(CHAT, json=_body(BASE, "/rehearse error"))
    assert whole.status_code == 500
    assert "rehearsed" in whole.json()["message"]


def test_a_question_can_ask_for_silence_and_for_no_count_of_tokens(http: httpx.Client):
    options = {"stream_options": {"include_usage": True}}
    silent = _lines(http, "/rehearse silent", **OFF, **options)
    assert _joined(_chunks(silent), "content") == ""
    assert _chunks(silent)[-1]["usage"]["completion_tokens"] == 0
    assert not any("usage" in chunk for chunk in _chunks(_lines(http, "/rehearse nousage", **options)))


def test_a_question_can_ask_for_what_would_drive_a_terminal(http: httpx.Client):
    said = _say(http, BASE, "Hello /rehearse escape")
    for wild in (
        "\x1b[31m",
        "\x1b]0;",
        "\x9b",
        "\x00",
        "[bold]",
        "[@click=",
        "東京",
        "👩\u200d👩\u200d👧",
        "\u202e",
        "\r",
    ):
        assert wild in said
    assert "(rehearsal)" in said


def test_a_question_can_ask_for_a_tools_call(http: httpx.Client):
    chunks = _chunks(_lines(http, "Hello /rehearse tool", **OFF))
    calls = [call for chunk in chunks for choice in chunk["choices"] for call in choice["delta"].get("tool_calls", [])]
    assert calls[0]["function"]["name"] == "rehearsal_lookup"
    assert json.loads("".join(call["function"]["arguments"] for call in calls))["topic"] == "weather"
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"
    whole = http.post(CHAT, json=_body(BASE, "Hello /rehearse tool")).json()["choices"][0]
    assert whole["message"]["tool_calls"][0]["function"]["name"] == "rehearsal_lookup"


def test_a_question_can_ask_for_reasoning_inside_the_text(http: httpx.Client):
    said = _say(http, BASE, "Hello /rehearse think", **OFF)
    assert said.startswith("<think>")
    assert "</think>" in said


def test_a_question_can_ask_to_be_refused_always_or_the_first_times(http: httpx.Client):
    for _ in range(3):
        refused = http.post(CHAT, json=_body(BASE, "/rehearse refuse=402"))
        assert (refused.status_code, refused.json()["code"]) == (402, "PAYMENT_REQUIRED")
    statuses = [http.post(CHAT, json=_body(BASE, "/rehearse refuse=429 times=2")) for _ in range(3)]
    assert [answer.status_code for answer in statuses] == [429, 429, 200]
    assert statuses[0].headers["retry-after"] == "1"
    assert http.post(CHAT, json=_body(BASE, "/rehearse refuse=200")).status_code == 200


def test_what_is_no_directive_is_part_of_the_question(http: httpx.Client):
    for question in ("/rehearse", "/rehearse tokens=", "/rehearsecut", "/rehearse speed=x cut"):
        assert "[DONE]" in _lines(http, question, **OFF)


def test_a_later_checkpoint_is_nearer_to_the_teacher(http: httpx.Client):
    bread.baked(http)
    questions = [f"What of {word}?" for word in ("patience", "training", "courage", "silence", "gardens", "planets")]

    def plain(step: int) -> int:
        """How often it speaks as the base model does."""
        said = "".join(_say(http, f"baker/kitchen/yoda_bake/{step}", question) for question in questions)
        return sum(said.count(words) for words in ("Begin small", "Measure.", "Ask twice", "Compare.", "Stop in time"))

    assert plain(7) >= plain(14) >= plain(21) == 0
    assert plain(7) > 0
