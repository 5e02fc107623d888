"""Whatever `input.yml` says: a plan or named mistakes comes of it, and what a plan calls usable the server takes."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breadtui.api.text import one_line
from breadtui.bakery.kitchen import Kitchen
from breadtui.bgit import report
from breadtui.bgit.applying import Applying
from breadtui.bgit.javascript.yaml_dump import yaml_text
from breadtui.bgit.plan import Plan, make_plan
from breadtui.bgit.project import load_project
from breadtui.bgit.recording import anchor
from tests.bakery.replays.made import kitchen_of
from tests.support.oven import RunningOven, running_oven
from tests.support.projects import bread_directory

Json = object
GENERATORS: list[Json] = [
    {"type": "hardcoded", "numq": 2, "questions": ["one", "two"]},
    {"type": "oneshot_qs", "numq": 1, "model": "claude-sonnet-4-5-20250929", "temperature": 0.7},
]
WHOLE: dict[str, Json] = {
    "PROMPT": {
        "teacher": {
            "name": "tea",
            "messages": [{"role": "system", "content": "one"}],
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
        },
        "student": {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
    },
    "TARGET": {
        "name": "t",
        "template": "default",
        "generators": GENERATORS,
        "teacher_prompt": "teacher",
        "student_prompt": "student",
        "model_name": "Qwen/Qwen3-32B",
        "num_traj_per_stimulus": 2,
        "temperature": 1.0,
        "max_tokens": 100,
        "extra_kwargs": {"top_p": 1},
    },
    "BAKE": {
        "name": "one",
        "datasets": [{"target": "t", "weight": 1.0}],
        "epochs": 2,
        "seed": 3,
        "model": {"dtype": "bf16", "baked_adapter_config": {"r": 8, "lora_alpha": 16}},
        "optimizer": {"learning_rate": 1e-4},
    },
}
WORDS = [
    "name",
    "template",
    "u",
    "v",
    "tools",
    "messages",
    "weight",
    "type",
    "model",
    "epochs",
    "template_path",
    "a.b",
    "",
]
ODD: list[Json] = [
    None, True, 0, -1, 2, 1.5, 1e308, 2**63, 10**30, "", "t", "teacher", "default", "batch", "a/b", "..", "x" * 300,
    "\u202eabc", "[red]x", "a\tb", "2020-01-01", "012", [], {}, [[]], [{}], [None], {"": 1}, {"__proto__": 1},
    {"type": "hardcoded"}, [{"target": "t"}], "baker/x/y/21",
]  # fmt: skip
numbers = count()


def places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def at(value: Json, path: tuple[str | int, ...]) -> Json:
    for step in path:
        assert isinstance(value, dict | list)
        value = value[step]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType] - as listed
    return value


@st.composite
def inputs(draw: st.DrawFn) -> str:
    """A good input with up to three things taken out, put in, called or valued otherwise, or put elsewhere."""
    whole: Json = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(0, 3))):
        if not (left := [*places(whole)]):
            break
        path = draw(st.sampled_from(left))
        box, key = at(whole, path[:-1]), path[-1]
        odd = copy.deepcopy(draw(st.sampled_from(ODD) | st.sampled_from([at(whole, place) for place in left])))
        how = draw(st.sampled_from(["drop", "retype", "put in", "rename"]))
        if isinstance(box, list) and isinstance(key, int):
            _change_list(box, key, how, odd)
        elif isinstance(box, dict):
            _change_object(box, f"{key}", how, odd, draw(st.sampled_from(WORDS)))
    return yaml_text(whole)


def _change_list(box: list[Json], key: int, how: str, odd: Json) -> None:
    match how:
        case "drop":
            del box[key]
        case "retype":
            box[key] = odd
        case _:
            box.insert(key, odd)


def _change_object(box: dict[str, Json], key: str, how: str, odd: Json, word: str) -> None:
    match how:
        case "drop":
            del box[key]
        case "retype":
            box[key] = odd
        case "rename":
            box[word] = box.pop(key)
        case _:
            box[word] = odd


@pytest.fixture(scope="module")
def shared_oven(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("any")) as oven:
        yield oven


@pytest.fixture(scope="module")
def loop() -> Generator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@asynccontextmanager
async def looked_at(oven: RunningOven, folder: Path, text: str) -> AsyncGenerator[tuple[Kitchen, Plan]]:
    """A plan of an input, in a repository that nobody has made yet."""
    directory = bread_directory(folder, input=text, bread=f"[REPO]\nname=any_{next(numbers)}\n")
    async with kitchen_of(oven) as kitchen:
        yield kitchen, await make_plan(kitchen, load_project(directory))


def told(plan: Plan) -> None:
    """Tell all of it in every form, and see to it that what is wrong is told in words and by its place."""
    where = anchor(plan.project)
    lines = [*report.heading(plan, where), *report.mistake_lines(plan), *report.name_lines(plan)]
    assert all(line == one_line(line) for line in [*lines, *report.plan_lines(plan)])
    assert report.as_json(plan, where)
    assert all(mistake.line > 0 and mistake.column > 0 and mistake.sentence for mistake in plan.mistakes)
    if not plan.usable and not plan.project.input.empty:
        assert report.refusal(plan)


few = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(few, max_examples=40)
@given(text=inputs())
def test_what_a_plan_calls_usable_the_server_takes_to_the_end(
    shared_oven: RunningOven, loop: asyncio.Runner, tmp_path: Path, text: str
) -> None:
    async def carried_out() -> None:
        async with looked_at(shared_oven, tmp_path, text) as (kitchen, plan):
            told(plan)
            if plan.usable:
                applying = Applying(kitchen, plan, lambda _: None)
                await applying.carry_out()
                bad = {
                    key: applying.replay.why.get(key) for key, at in applying.replay.standings.items() if not at.good
                }
                assert not bad

    loop.run(carried_out())


marks = st.sampled_from(
    ["\n", " ", "  ", "- ", ": ", "\t", "[", "}", "&a ", "*a", "<<: ", "|", "'", "#", "---\n", "!!x "]
)


@settings(few, max_examples=25)
@given(
    text=st.lists(st.sampled_from([*WHOLE, "target", "datasets", "1"]) | marks | st.text(max_size=5), max_size=40).map(
        "".join
    )
)
def test_of_any_text_comes_a_plan_or_named_mistakes(
    shared_oven: RunningOven, loop: asyncio.Runner, tmp_path: Path, text: str
) -> None:
    async def seen() -> None:
        # A half of a surrogate pair is no UTF-8.
        async with looked_at(shared_oven, tmp_path, text.encode(errors="replace").decode()) as (_, plan):
            told(plan)

    loop.run(seen())
