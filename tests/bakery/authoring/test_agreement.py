"""Form and oven agree: what the checks let through it takes and runs, and what they refuse it refuses."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring import bake, target
from breadtui.bakery.authoring.checks import Around, Problem, check
from breadtui.bakery.authoring.fields import Field, Repeated, Shape, get, put
from breadtui.bakery.authoring.fields import Path as Place
from breadtui.bakery.things import Thing
from tests.oven import bread
from tests.oven.bread import R
from tests.support.oven import running_oven

Body = dict[str, object]
BASE = "Qwen/Qwen3-32B"
KNOWN = Around(prompts={"teacher", "student"}, targets={"yoda", "mac"}, bakes={"plain"}, ready={"yoda", "mac"})
NUMBERS = count()
FULL = "${numq} ${prompt_u}"
HALF_A_TEMPLATE = {"type": "custom", "template_content": "${numq}"}

quick = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A repository with two prompts, two targets that are rolled out, and a bake."""
    folder: Path = tmp_path_factory.mktemp("agreement")
    with running_oven(folder) as oven, httpx.Client(base_url=oven.url, headers=oven.headers) as client:
        bread.baked(client)
        bread.target(client, "mac", generators=bread.hardcoded(1), teacher_prompt="teacher", student_prompt="student")
        for phase in ("stim", "rollout"):
            assert run(client, f"targets/mac/{phase}") == "complete"
        bread.bake(client, "plain", datasets=[{"target": "yoda"}], model={"baked_adapter_config": {"r": 16}})
        yield client


def values(field: Field) -> st.SearchStrategy[object]:
    """What may stand in a field, small enough to be run."""
    whole = st.integers(int(field.least or 0), int(field.most or 5))
    number = st.floats(field.least or 0, field.most or 2) | whole
    match field.shape:
        case Shape.TEXT:
            return st.sampled_from(["x", "default", BASE, *field.offers])
        case Shape.LONG:
            return st.sampled_from([FULL, f"{FULL}?"])
        case Shape.WHOLE:
            return whole
        case Shape.NUMBER:
            return number
        case Shape.FLAG:
            return st.booleans()
        case Shape.LINES:
            return st.lists(st.sampled_from(["Who?", "", "Why?"]), min_size=1, max_size=3)
        case Shape.NUMBERS:
            return st.lists(number, min_size=field.count or 0, max_size=field.count or 3)
        case Shape.OBJECT:
            return st.dictionaries(st.text(max_size=3), st.none() | st.booleans() | st.text(max_size=3), max_size=2)
        case Shape.LIST:
            return st.lists(st.booleans(), max_size=2)


@st.composite
def objects(draw: st.DrawFn, fields: tuple[Field | Repeated, ...], given: Body | None = None) -> Body:
    """An object with some of the fields."""
    body: Body = {**(given or {})}
    for field in draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=lambda field: field.path)):
        value = st.lists(objects(field.fields), max_size=2) if isinstance(field, Repeated) else values(field)
        body = put(body, field.path, draw(value))
    return body


def named(thing: Thing) -> st.SearchStrategy[str]:
    return st.builds(lambda: f"{thing}{next(NUMBERS)}")


def prompts() -> st.SearchStrategy[Body]:
    parts = st.lists(st.just({"type": "text", "text": "hi"}), max_size=2)
    message = st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "wizard"])},
        optional={"content": st.none() | st.text(max_size=3) | parts, "tool_calls": st.just([{"id": "1"}])},
    )
    function = st.fixed_dictionaries(
        {"name": st.sampled_from(["f", "get-it_2", "F" * 64])},
        optional={"description": st.just("?"), "parameters": st.just({"type": "object"}), "strict": st.booleans()},
    )
    tool = st.fixed_dictionaries({"type": st.just("function"), "function": function}, optional={"more": st.just(1)})
    return st.fixed_dictionaries(
        {"prompt_name": named(Thing.PROMPT), "messages": st.lists(message, max_size=2)},
        optional={"tools": st.none() | st.lists(tool, max_size=2)},
    )


@st.composite
def generators(draw: st.DrawFn) -> Body:
    kind = draw(st.sampled_from([*target.GENERATORS]))
    start = {
        "hardcoded": {"questions": ["Who?"]},
        "from_dataset": {"dataset": "code"},
        "custom": {"template_path": "a"},
    }
    return draw(objects(target.GENERATORS[kind], {"type": kind, **start.get(kind, {})}))


@st.composite
def targets(draw: st.DrawFn) -> Body:
    names = st.sampled_from(["teacher", "student"])
    overrides = draw(objects(tuple(field for field in target.FIELDS if field.label not in target.OLD_NAMES.values())))
    for key in draw(st.sampled_from([("teacher_prompt", "student_prompt"), ("u", "v"), ("u", "student_prompt")])):
        overrides[key] = draw(names)
    overrides["generators"] = draw(st.lists(generators(), min_size=1, max_size=2))
    template = draw(st.sampled_from(["default", "yoda"]))
    return {"target_name": draw(named(Thing.TARGET)), "template": template, "overrides": overrides}


@st.composite
def bakes(draw: st.DrawFn) -> Body:
    overrides = draw(objects(bake.FIELDS))
    names = st.sampled_from(["yoda", "mac"])
    dataset = st.fixed_dictionaries({"target": names}, optional={"weight": st.sampled_from([1, 0.5, 0, -1.0])})
    overrides["datasets"] = draw(st.lists(dataset, min_size=1, max_size=3))
    template = draw(st.sampled_from(["default", "plain"]))
    return {"bake_name": draw(named(Thing.BAKE)), "template": template, "overrides": overrides}


WORDS = ("x", "3", "default", "yoda")
SCALARS: list[object] = [None, True, False, -1, 0, 1, 0.5, 1.0, 2.5, -0.5, math.nan, math.inf, "", *WORDS, "\ud800"]
BOXES: list[object] = [[], {}, [None], [1], ["x"], {"x": 1}, {"\udfff": 1}, [{}], [0.5, 0.5, 0.5], [[math.nan]]]
JUNK = SCALARS + BOXES
NAMES: list[object] = ["", "a/b", "..", "batch", "a\tb", "x" * 256]
NOBODY: list[object] = ["", "ghost", None]
COUNTS: list[object] = [0, -1, 1, True, 1.0]
TELLING: Mapping[str | int, list[object]] = {
    **dict.fromkeys(["prompt_name", "target_name", "bake_name"], NAMES),
    **dict.fromkeys(["teacher_prompt", "student_prompt", "u", "v", "target", "template"], NOBODY),
    **dict.fromkeys(["numq", "max_tokens", "num_traj_per_stimulus", "save_every_n_steps"], COUNTS),
    "temperature": [2.1, -0.1, 2, True],
    "weight_decay": [-0.1, 0],
    "stage": [-1, 4, 0, True],
    "betas": [[0.9], [0.9, 0.9, 0.9], [0.9, True]],
    "train_eval_split": [[1.0], [0.9, "x"]],
    "type": ["unheard_of", "custom", "from_dataset", "hardcoded", "", None],
    "dataset": ["", None],
    "model_name": ["", "Qwen/Qwen3-0.6B"],
    "questions": [[], None, [3], [""]],
    "template_path": ["", None],
    "template_content": ["", "${numq}", "${prompt_u}", FULL],
    "name": ["not a name", "f\n", "x" * 65, "", "né"],
    "datasets": [[], None, [{}]],
    "generators": [[], None, [{}]],
    "weight": [None, True, "1", 2],
}


@st.composite
def spoilt(draw: st.DrawFn, bodies: st.SearchStrategy[Body]) -> Body:
    """A body with nothing, one or two things changed in it, at any depth."""
    body = draw(bodies)
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        everywhere = list(places(body))
        telling = [path for path in everywhere if path[-1] in TELLING]
        match draw(st.sampled_from(["tell", "tell", "spoil", "forget", "add"])):
            case "tell" if telling:
                path = draw(st.sampled_from(telling))
                body = changed(body, path, [draw(st.sampled_from(TELLING[path[-1]]))])
            case "add":
                path = draw(st.sampled_from([path for path in ((), *everywhere) if isinstance(get(body, path), dict)]))
                key = draw(st.sampled_from(["epohcs", "lr", "numq", "type", "model", ""]))
                body = changed(body, (*path, key), [draw(st.sampled_from(JUNK))])
            case kind:
                path = draw(st.sampled_from(everywhere))
                body = changed(body, path, [] if kind == "forget" else [draw(st.sampled_from(JUNK))])
    # What an example makes must not be there for the next one.
    return {key: f"{item}{next(NUMBERS)}" if item in WORDS and "_name" in key else item for key, item in body.items()}


def changed(body: Any, path: Place, values: list[object]) -> Any:
    """The body with the one value at `path`, or, if there is none, without what stood there."""
    step, rest = path[0], path[1:]
    below = values if not rest else [changed(get(body, (step,)), rest, values)]
    if isinstance(step, int):
        return [*body[:step], *below, *body[step + 1 :]]
    fresh = {key: item for key, item in body.items() if key != step}
    return {**fresh, step: below[0]} if below else fresh


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Wherever something stands in a body."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from places(item, (*path, key))


def post(http: httpx.Client, path: str, body: object = None) -> httpx.Response:
    """Sent by Python's own rules, so that the oven sees what JSON should not hold."""
    answer = http.post(f"{R}/{path}", content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 201, 400, 422), (body, answer.text)
    return answer


def run(http: httpx.Client, path: str) -> str:
    """How a phase ended, or why it was refused."""
    answer = post(http, path)
    if answer.status_code != 200:
        return answer.text
    bread.wait_until(lambda: http.get(f"{R}/{path}").json()["status"] in ("complete", "failed"))
    return str(http.get(f"{R}/{path}").json()["status"])


def refused(http: httpx.Client, thing: Thing, body: Body) -> str:
    """What the oven says against a body when it is created, or when it is run; nothing if it takes it."""
    answer = post(http, f"{thing}s", body)
    if answer.status_code not in (200, 201):
        return answer.text
    name = body[thing.name_key]
    phases = {Thing.TARGET: (f"targets/{name}/stim", f"targets/{name}/rollout"), Thing.BAKE: (f"bakes/{name}",)}
    for phase in phases.get(thing, ()):
        if (ended := run(http, phase)) != "complete":
            return ended
    return ""


def errors(thing: Thing, body: Body, around: Around) -> list[Problem]:
    return [problem for problem in check(thing, body, around) if not problem.warning]


def agree(http: httpx.Client, thing: Thing, body: Body) -> None:
    template = body.get("template")
    around = KNOWN
    if (thing, template) in ((Thing.TARGET, "yoda"), (Thing.BAKE, "plain")):
        shown = http.get(f"{R}/{thing}s/{template}").json()
        around = replace(KNOWN, template=shown["config"])
    found = errors(thing, body, around)
    against = refused(http, thing, body)
    assert bool(found) == bool(against), (body, found, against)
    # Who knows nothing of the repository finds less, and never something that the oven would take.
    assert against or not errors(thing, body, Around()), body


@quick
@given(body=spoilt(prompts()))
@example(body={"prompt_name": "deepest", "messages": [], "tools": None, "\ud800": 1})
def test_form_and_oven_agree_on_prompts(http: httpx.Client, body: Body):
    agree(http, Thing.PROMPT, body)


@quick
@given(body=spoilt(targets()))
@example(body={"target_name": "old", "template": "yoda", "overrides": {"u": "ghost", "v": None}})
@example(body={"target_name": "bare", "template": "yoda", "overrides": None})
@example(body={"target_name": "flag", "template": "yoda", "overrides": {"max_tokens": True}})
@example(body={"target_name": "whole", "template": "yoda", "overrides": {"max_tokens": 1.0, "temperature": 1}})
@example(body={"target_name": "half", "template": "yoda", "overrides": {"generators": [HALF_A_TEMPLATE]}})
@example(body={"target_name": "empty", "template": "yoda", "overrides": {"model_name": ""}})
def test_form_and_oven_agree_on_targets(http: httpx.Client, body: Body):
    agree(http, Thing.TARGET, body)


@quick
@given(body=spoilt(bakes()))
@example(body={"bake_name": "rate", "template": "plain", "overrides": {"optimizer": {"learning_rate": 10**400}}})
@example(body={"bake_name": "nulls", "template": "plain", "overrides": {"scheduler": {"lr": None}, "wandb": None}})
def test_form_and_oven_agree_on_bakes(http: httpx.Client, body: Body):
    agree(http, Thing.BAKE, body)


@pytest.mark.parametrize("levels", [99, 100, 101, 102])
@pytest.mark.parametrize("key", ["extra_kwargs", "peft_config"])
def test_form_and_oven_agree_on_how_deep_a_body_may_be(http: httpx.Client, levels: int, key: str):
    nested: object = 1
    above = 3 if key == "extra_kwargs" else 4
    for _ in range(levels - above):
        nested = [nested]
    if key == "extra_kwargs":
        agree(http, Thing.TARGET, {"target_name": f"e{levels}", "template": "yoda", "overrides": {key: {"x": nested}}})
    else:
        overrides = {"model": {key: {"x": nested}}}
        agree(http, Thing.BAKE, {"bake_name": f"p{levels}", "template": "plain", "overrides": overrides})


def test_a_default_template_is_what_the_oven_gives(http: httpx.Client):
    bread.bake(http, "untouched")
    assert http.get(f"{R}/bakes/untouched").json()["config"] == bake.DEFAULTS
    bread.target(http, "untouched")
    config = http.get(f"{R}/targets/untouched").json()["config"]
    assert config == {**target.DEFAULTS, "model_name": BASE}


@settings(max_examples=40, deadline=None)
@given(generators=st.lists(generators(), min_size=1, max_size=3), trajectories=st.sampled_from([None, 1, 3]))
def test_a_target_makes_as_many_rows_as_the_form_foretells(
    http: httpx.Client, generators: list[Body], trajectories: int | None
):
    overrides: Body = {
        "teacher_prompt": "teacher",
        "student_prompt": "student",
        "generators": generators,
        "num_traj_per_stimulus": trajectories,
    }
    body: Body = {"target_name": f"count{next(NUMBERS)}", "template": "default", "overrides": overrides}
    if refused(http, Thing.TARGET, body):
        return
    rollout = http.get(f"{R}/targets/{body['target_name']}/rollout").json()
    assert http.get(f"{R}/targets/{body['target_name']}/stim").json()["lines"] == target.stimuli(overrides)
    assert rollout["lines"] == target.responses(overrides)
