"""What the checks say about a body, before it is sent."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.text import one_line
from breadtui.bakery.authoring.checks import Around, check, name_problem
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.templates import differing, effective, merge
from breadtui.bakery.things import Thing

Body = dict[str, Any]
AROUND = Around(prompts=["teacher", "student"], targets=["yoda", "mac"], bakes=["plain"], ready=["yoda", "mac"])
GENERATORS = [{"type": "hardcoded", "questions": ["Who?"]}]
TARGET = {"teacher_prompt": "teacher", "student_prompt": "student", "generators": GENERATORS}
BAKE = {"datasets": [{"target": "yoda", "weight": 1.0}]}


def target(**overrides: object) -> Body:
    return {"target_name": "t", "template": "default", "overrides": {**TARGET, **overrides}}


def bake(**overrides: object) -> Body:
    return {"bake_name": "b", "template": "default", "overrides": {**BAKE, **overrides}}


def said(thing: Thing, body: Any, around: Around = AROUND) -> list[tuple[Path, str]]:
    """The errors: where, and what."""
    return [(problem.path, problem.sentence) for problem in check(thing, body, around) if not problem.warning]


def warned(thing: Thing, body: Any, around: Around = AROUND) -> list[tuple[Path, str]]:
    assert said(thing, body, around) == []
    return [(problem.path, problem.sentence) for problem in check(thing, body, around)]


@pytest.mark.parametrize(
    ("thing", "body"),
    [
        (Thing.REPO, {"repo_name": "r", "base_model": None}),
        (Thing.PROMPT, {"prompt_name": "p", "messages": []}),
        (Thing.TARGET, target()),
        (Thing.TARGET, {"target_name": "t", "template": "unseen"}),
        (Thing.BAKE, bake()),
        (Thing.BAKE, {"bake_name": "b", "template": "unseen", "overrides": None}),
    ],
)
def test_nothing_is_said_against_what_is_right(thing: Thing, body: Body):
    assert check(thing, body, Around()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "missing"),
        (None, "missing"),
        (3, "must be text, not 3"),
        ("a/b", "“/”"),
        ("..", "dots"),
        ("a\nb", "control characters"),
        ("x" * 256, "at most 255"),
        ("batch", "batch"),
    ],
)
def test_a_name_that_no_resource_may_have_is_refused(name: object, words: str):
    assert words in (name_problem(Thing.TARGET, name) or "")
    places = [path for path, _ in said(Thing.TARGET, {**target(), "target_name": name})]
    assert places == [("target_name",)]


def test_a_repository_may_be_called_batch_and_a_good_name_is_good():
    assert name_problem(Thing.REPO, "batch") is None
    assert name_problem(Thing.BAKE, "パン & co.") is None


@pytest.mark.parametrize(
    ("overrides", "path", "sentence"),
    [
        ({"epochs": "many"}, ("epochs",), "epochs must be a whole number, not “many”."),
        ({"epochs": True}, ("epochs",), "epochs must be a whole number, not yes."),
        ({"epochs": 1.0}, ("epochs",), "epochs must be a whole number, not 1.0."),
        ({"epohcs": 3}, ("epohcs",), "There is no “epohcs” here. Is “epochs” meant?"),
        ({"zzz": 3}, ("zzz",), "There is no “zzz” here."),
        (
            {"model": {"baked_adapter_config": {"rank": 8}}},
            ("model", "baked_adapter_config", "rank"),
            "There is no “rank” here.",
        ),
        ({"model": "Qwen"}, ("model",), "model must be an object, not “Qwen”."),
        (
            {"scheduler": {"lr": 0.1}},
            ("scheduler", "lr"),
            "The service no longer takes scheduler.lr: set optimizer.learning_rate.",
        ),
        (
            {"deepspeed": {"zero_optimization": {"stage": 4}}},
            ("deepspeed", "zero_optimization", "stage"),
            "stage must be from 0 to 3.",
        ),
        ({"optimizer": {"betas": [0.9]}}, ("optimizer", "betas"), "betas must be 2 numbers."),
        ({"optimizer": {"weight_decay": -1}}, ("optimizer", "weight_decay"), "weight_decay must be at least 0."),
        ({"wandb": {"enable": "on"}}, ("wandb", "enable"), "enable must be yes or no, not “on”."),
        ({"checkpoint": {}}, ("checkpoint",), "checkpoint must be a list, not an object."),
        ({"checkpoint": [3]}, ("checkpoint", 0), "checkpoint 1 must be an object, not 3."),
        ({"datasets": []}, ("datasets",), "A bake needs at least one target to learn from: add one."),
        ({"datasets": [{}]}, ("datasets", 0, "target"), "target is missing."),
        (
            {"datasets": [{"target": "yoga"}]},
            ("datasets", 0, "target"),
            "There is no target “yoga” in this repository. Is “yoda” meant?",
        ),
    ],
)
def test_an_error_in_a_bake_is_told_with_its_place(overrides: Body, path: Path, sentence: str):
    assert said(Thing.BAKE, bake(**overrides)) == [(("overrides", *path), sentence)]


@pytest.mark.parametrize(
    ("overrides", "path", "words"),
    [
        ({"teacher_prompt": None}, ("teacher_prompt",), "A teacher is missing"),
        ({"student_prompt": ""}, ("student_prompt",), "A student is missing"),
        ({"generators": []}, ("generators",), "Generators are missing"),
        ({"teacher_prompt": "techer"}, ("teacher_prompt",), "Is “teacher” meant?"),
        ({"teacher_prompt": None, "u": "ghost"}, ("u",), "There is no prompt “ghost”"),
        ({"model_name": ""}, ("model_name",), "must not be empty"),
        ({"temperature": 2.1}, ("temperature",), "temperature must be from 0 to 2."),
        ({"extra_kwargs": '{"a"'}, ("extra_kwargs",), 'extra_kwargs must be an object, not “{"a"”.'),
        ({"generators": [{"numq": 3}]}, ("generators", 0, "type"), "type is missing."),
        ({"generators": [{"type": "hardcode"}]}, ("generators", 0, "type"), "Is “hardcoded” meant?"),
        ({"generators": [{"type": "hardcoded"}]}, ("generators", 0, "questions"), "write at least one"),
        ({"generators": [{"type": "persona", "numq": 0}]}, ("generators", 0, "numq"), "numq must be at least 1."),
        ({"generators": [{"type": "from_dataset"}]}, ("generators", 0, "dataset"), "dataset is missing"),
        ({"generators": [{"type": "custom"}]}, ("generators", 0, "template_content"), "needs a template"),
        (
            {"generators": [{"type": "persona", "template_content": "${numq}"}]},
            ("generators", 0, "template_content"),
            "must hold ${prompt_u}",
        ),
    ],
)
def test_an_error_in_a_target_is_told_with_its_place(overrides: Body, path: Path, words: str):
    ((place, sentence),) = said(Thing.TARGET, target(**overrides))
    assert place == ("overrides", *path)
    assert words in sentence


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        ({}, ("messages",), "messages must be a list, be it empty, not null."),
        ({"messages": ["Hi"]}, ("messages", 0), "messages 1 must be an object"),
        ({"messages": [{"content": "Hi"}]}, ("messages", 0, "role"), "role is missing."),
        ({"messages": [{"role": "user", "content": 3}]}, ("messages", 0, "content"), "must be text"),
        ({"messages": [{"role": "user", "content": ["Hi"]}]}, ("messages", 0, "content", 0), "content 1 must be"),
        ({"messages": [], "tools": [{}]}, ("tools", 0, "type"), "must be “function”"),
        ({"messages": [], "tool": []}, ("tool",), "Is “tools” meant?"),
    ],
)
def test_an_error_in_a_prompt_is_told_with_its_place(body: Body, path: Path, words: str):
    place, sentence = said(Thing.PROMPT, {"prompt_name": "p", **body})[0]
    assert place == path
    assert words in sentence


@pytest.mark.parametrize(
    ("thing", "body", "path", "words"),
    [
        (Thing.BAKE, bake(datasets=[{"target": "yoda", "weight": 0.5}]), ("datasets",), "add up to 0.5"),
        (Thing.BAKE, bake(datasets=[{"target": "yoda", "weight": 0}]), ("datasets",), "All weights are 0"),
        (
            Thing.BAKE,
            bake(datasets=[{"target": "yoda", "weight": 2}, {"target": "mac", "weight": -1}]),
            ("datasets", 1, "weight"),
            "negative",
        ),
        (
            Thing.BAKE,
            bake(datasets=[{"target": "yoda", "weight": 0.5}, {"target": "yoda", "weight": 0.5}]),
            ("datasets", 1, "target"),
            "twice",
        ),
        (Thing.BAKE, bake(epochs=0), ("epochs",), "trains nothing"),
        (Thing.BAKE, bake(micro_batch_size=-1), ("micro_batch_size",), "trains nothing"),
        (
            Thing.BAKE,
            bake(model={"baked_adapter_config": {"r": 513}}),
            ("model", "baked_adapter_config", "r"),
            "LoRA rank of 513",
        ),
        (Thing.TARGET, target(student_prompt="teacher"), ("student_prompt",), "Regularisation"),
        (
            Thing.TARGET,
            target(generators=[{"type": "hardcoded", "questions": ["Who?", " "]}]),
            ("generators", 0, "questions", 1),
            "Question 2 is empty",
        ),
        (
            Thing.TARGET,
            target(generators=[{"type": "hardcoded", "questions": ["Who?"], "numq": 2}]),
            ("generators", 0, "numq"),
            "only 1 question",
        ),
    ],
)
def test_what_is_allowed_but_seldom_meant_is_a_warning(thing: Thing, body: Body, path: Path, words: str):
    ((place, sentence),) = warned(thing, body)
    assert place == ("overrides", *path)
    assert words in sentence


def test_a_target_without_a_complete_rollout_is_a_warning_and_an_unusual_role_too():
    around = Around(targets=["yoda"], ready=[])
    assert [path for path, _ in warned(Thing.BAKE, bake(), around)] == [("overrides", "datasets", 0, "target")]
    messages = [{"role": "sytem", "content": ""}]
    ((path, sentence),) = warned(Thing.PROMPT, {"prompt_name": "p", "messages": messages})
    assert path == ("messages", 0, "role")
    assert "Is “system” meant?" in sentence


def test_weights_that_add_up_to_one_as_they_are_printed_are_right():
    datasets = [{"target": "yoda", "weight": 0.1}, {"target": "mac", "weight": 0.9000001}]
    assert warned(Thing.BAKE, bake(datasets=datasets)) == []


def test_what_the_template_gives_is_not_missing():
    around = Around(template={**TARGET, "model_name": "m"}, targets=["yoda"], prompts=["teacher", "student"])
    assert check(Thing.TARGET, {"target_name": "t", "template": "yoda"}, around) == []
    bare = Around(template={}, targets=["yoda"])
    assert len(said(Thing.TARGET, {"target_name": "t", "template": "yoda"}, bare)) == 3


def test_what_a_template_gives_wrongly_is_told_where_it_can_be_put_right():
    around = Around(template={**TARGET, "generators": [{"type": "unheard_of"}]})
    body = {"target_name": "t", "template": "yoda", "overrides": {}}
    assert [path for path, _ in said(Thing.TARGET, body, around)] == [("overrides", "generators", 0, "type")]


def test_a_template_that_is_not_there_is_named():
    assert said(Thing.BAKE, {**bake(), "template": "plane"}) == [
        (("template",), "There is no bake “plane” to start from. Is “plain” meant?")
    ]
    assert [path for path, _ in said(Thing.BAKE, {**bake(), "template": None})] == [("template",)]
    assert said(Thing.BAKE, {**bake(), "template": "plane"}, Around()) == []


def nested(levels: int) -> object:
    value: object = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "nan is no number"),
        (math.inf, "inf is no number"),
        ("\ud800", "torn in half"),
        ({"\udfff": 1}, "torn in half"),
        ({3: 1}, "The key 3 must be text"),
        (10**5000, "too long"),
        (nested(100_000), "nested too deeply"),
        (object, "nothing that JSON has"),
    ],
    ids=["nan", "inf", "surrogate", "surrogate key", "number key", "long number", "depth", "a class"],
)
def test_what_cannot_be_sent_is_told_alone(value: object, words: str):
    ((_, sentence),) = said(Thing.TARGET, target(extra_kwargs={"x": value}, temperature=9))
    assert words in sentence


def test_numbers_that_can_be_sent_but_not_be_used_are_refused():
    assert [path[-1] for path, _ in said(Thing.BAKE, bake(optimizer={"learning_rate": 10**400}))] == ["learning_rate"]
    assert said(Thing.BAKE, bake(seed=10**400)) == []


KEYS = st.sampled_from(
    [
        "overrides",
        "template",
        "messages",
        "tools",
        "datasets",
        "target",
        "weight",
        "generators",
        "type",
        "questions",
        "numq",
        "model",
        "baked_adapter_config",
        "r",
        "scheduler",
        "lr",
        "function",
        "role",
        "content",
        "teacher_prompt",
        "u",
        "x",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, math.nan, -math.inf, "default", "hardcoded", "teacher", "\ud800"])
    | st.builds(lambda: 10**5000)  # nothing that Hypothesis could print
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=120)
@given(body=JSON, template=st.none() | st.dictionaries(KEYS, JSON, max_size=3))
@pytest.mark.parametrize("thing", Thing)
def test_no_body_breaks_the_checks(thing: Thing, body: Any, template: dict[str, object] | None):
    for problem in check(thing, body, Around(["teacher"], ["yoda"], ["plain"], template, [])):
        assert problem.sentence.endswith((".", "?"))
        assert problem.sentence == one_line(problem.sentence)
        assert len(problem.sentence) < 300


def test_overrides_are_merged_key_by_key_and_lists_are_replaced():
    base = {"model": {"dtype": "bf16", "peft_config": {"a": 1}}, "datasets": [1], "epochs": 3}
    merged = merge(base, {"model": {"dtype": "fp16"}, "datasets": []})
    assert merged == {"model": {"dtype": "fp16", "peft_config": {"a": 1}}, "datasets": [], "epochs": 3}
    assert base["model"] == {"dtype": "bf16", "peft_config": {"a": 1}}


def test_a_body_comes_to_its_template_with_what_it_says_itself():
    template: Body = {"teacher_prompt": "a", "student_prompt": "b", "temperature": 1.0}
    body = {"overrides": {"u": "c", "v": "d", "student_prompt": "e", "temperature": None, "extra_kwargs": {"x": None}}}
    assert effective(body, template) == {
        "teacher_prompt": "c",
        "student_prompt": "e",
        "temperature": 1.0,
        "extra_kwargs": {"x": None},
    }
    assert effective({"overrides": "junk"}, None) == {}


def test_only_what_is_not_the_templates_differs():
    template: Body = {"epochs": 3, "model": {"type": "bake", "r": 8}, "seed": 1}
    config: Body = {"epochs": 3, "model": {"type": "bake", "r": 16}, "seed": True, "datasets": [], "wandb": None}
    assert differing(config, template) == {("model", "r"), ("seed",), ("datasets",)}
