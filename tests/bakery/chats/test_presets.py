"""Comparisons made of what a real oven tells of a checkpoint: whom they ask, and what they say they lack."""

from collections.abc import AsyncGenerator, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.api.client import BreadClient
from breadtui.api.errors import NotFound, Unreachable
from breadtui.api.models import Bake, Prompt, RepoTree, Target
from breadtui.api.secret import Secret
from breadtui.bakery.catalog import Shelf
from breadtui.bakery.chats.conversation import MOST_COLUMNS, Column, Opening
from breadtui.bakery.chats.openings import load_opening, prompt_names
from breadtui.bakery.chats.presets import (
    BEFORE_AND_AFTER,
    EVERY_CHECKPOINT,
    MOST_TARGETS,
    PARENT_AND_CHILD,
    WITH_AND_WITHOUT,
    Preset,
    presets,
    spread,
)
from breadtui.bakery.kitchen import Kitchen
from tests.support.oven import RunningOven, running_oven

YODA = "yoda_repo"
BAKE = "yoda_bake_v1"
MODEL = f"baker/{YODA}/{BAKE}"
BASE = "Qwen/Qwen3-32B"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    with running_oven(tmp_path_factory.mktemp("presets"), samples=True, speed=1e-9) as oven:
        yield oven


@pytest.fixture
async def kitchen(samples: RunningOven) -> AsyncGenerator[Kitchen]:
    kitchen = Kitchen(BreadClient(samples.url, Secret(samples.key)))
    await kitchen.catalog.refresh_repos()
    yield kitchen
    await kitchen.close()


async def offered(kitchen: Kitchen, model: str = f"{MODEL}/21") -> dict[str, Preset]:
    return {preset.name: preset for preset in await presets(kitchen, model)}


def bake_of(monkeypatch: pytest.MonkeyPatch, kitchen: Kitchen, tree: Mapping[str, object], *targets: str) -> None:
    """Let the repository hold these bakes, each of which learned from these targets."""
    datasets = [{"target": target, "weight": 1 / (place + 1)} for place, target in enumerate(targets)]
    bakes = RepoTree.model_validate({"base_model": BASE, **tree})

    async def get_bake(_: BreadClient, repo: str, name: str) -> Bake:
        return Bake(model_name=bakes.bakes[name].model_name, config={"datasets": datasets})

    monkeypatch.setattr(BreadClient, "get_bake", get_bake)
    monkeypatch.setattr(kitchen.catalog, "shelf", {YODA: Shelf((), (), (), bakes)}.get)


def targets_of(monkeypatch: pytest.MonkeyPatch, **pairs: tuple[str | None, str | None]) -> None:
    """Let the targets have these teachers and students."""

    async def get_target(_: BreadClient, repo: str, name: str) -> Target:
        if name not in pairs:
            raise NotFound("There is no such target.")
        teacher, student = pairs[name]
        return Target.model_validate({"config": {"teacher_prompt": teacher, "student_prompt": student}})

    async def get_prompt(_: BreadClient, repo: str, name: str) -> Prompt:
        if name == "gone":
            raise NotFound("There is no such prompt.")
        content = "" if name == "empty" else f"You are {name}."
        return Prompt.model_validate({"messages": [{"role": "system", "content": content}]})

    monkeypatch.setattr(BreadClient, "get_target", get_target)
    monkeypatch.setattr(BreadClient, "get_prompt", get_prompt)


# -- the guide's Yoda --


async def test_before_and_after_is_the_prompted_base_beside_the_checkpoint(kitchen: Kitchen) -> None:
    preset = (await offered(kitchen))[BEFORE_AND_AFTER]
    before, after = preset.columns
    assert before.model == BASE
    assert before.opening.source == f"{YODA}/yoda_teacher"
    assert "You are Yoda." in str(before.opening.messages[0]["content"])
    assert after == Column(f"{MODEL}/21", Opening(source=f"{YODA}/empty_student"))
    assert preset.why == (
        "Qwen3-32B with the teacher prompt yoda_teacher beside yoda_bake_v1/21 with no prompt (empty_student is empty)."
    )


async def test_with_and_without_the_bake_has_no_prompts(kitchen: Kitchen) -> None:
    assert (await offered(kitchen))[WITH_AND_WITHOUT].columns == (Column(BASE), Column(f"{MODEL}/21"))


async def test_every_checkpoint_is_the_latest_first(kitchen: Kitchen) -> None:
    preset = (await offered(kitchen, f"{MODEL}/14"))[EVERY_CHECKPOINT]
    assert [column.model for column in preset.columns] == [f"{MODEL}/{step}" for step in (21, 14, 7)]
    assert "Left out" not in preset.why


async def test_a_bake_from_the_base_model_has_no_parent_to_show(kitchen: Kitchen) -> None:
    preset = (await offered(kitchen))[PARENT_AND_CHILD]
    assert preset.columns == ()
    assert preset.missing == f"The bake {BAKE} began from the base model itself."


async def test_the_repository_in_a_models_name_is_opened_if_nobody_has(kitchen: Kitchen) -> None:
    assert kitchen.catalog.shelf(YODA) is None
    assert (await offered(kitchen))[BEFORE_AND_AFTER].columns


async def test_of_a_model_that_no_bake_made_nothing_is_compared(kitchen: Kitchen) -> None:
    (preset,) = await presets(kitchen, "stranger")
    assert preset.columns == ()
    assert preset.missing == "No bake that is known made “stranger”, or anything of it. Choose a checkpoint."


async def test_a_base_model_is_compared_with_the_newest_checkpoint_that_came_of_it(kitchen: Kitchen) -> None:
    await kitchen.open(YODA)
    assert (await offered(kitchen, BASE))[WITH_AND_WITHOUT].columns == (Column(BASE), Column(f"{MODEL}/21"))


# -- others --


async def test_a_child_stands_beside_the_checkpoint_it_went_on_from(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = f"{MODEL}/14"
    child = {"model_name": ["c/9"], "config": {"model": {"parent_model_name": parent}}}
    bake_of(monkeypatch, kitchen, {"bakes": {"child": child, BAKE: {"model_name": [f"{MODEL}/21", parent]}}}, "one")
    targets_of(monkeypatch, one=("teacher", "student"))
    preset = (await offered(kitchen, "c/9"))[PARENT_AND_CHILD]
    assert [column.model for column in preset.columns] == [parent, "c/9"]
    assert {column.opening.source for column in preset.columns} == {f"{YODA}/student"}


async def test_a_parent_that_tells_no_checkpoint_stands_for_its_latest(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    bakes = {"child": {"model_name": ["c/9"]}, "parent": {"model_name": ["p/8", "p/4"]}}
    bake_of(monkeypatch, kitchen, {"bakes": bakes, "edges": [["bake", "child", "bake", "parent"]]}, "one")
    targets_of(monkeypatch, one=("teacher", "empty"))
    assert (await offered(kitchen, "c/9"))[PARENT_AND_CHILD].columns == (
        Column("p/8", Opening(source=f"{YODA}/empty")),
        Column("c/9", Opening(source=f"{YODA}/empty")),
    )


async def test_targets_with_teachers_of_their_own_are_compared_one_by_one(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake_of(monkeypatch, kitchen, {"bakes": {BAKE: {"model_name": ["m/1"]}}}, "one", "two", "three")
    targets_of(monkeypatch, one=("A", "empty"), two=("B", "empty"), three=("A", "empty"))
    found = await offered(kitchen, "m/1")
    assert found[f"{BEFORE_AND_AFTER}: one, three"].columns[0].opening.source == f"{YODA}/A"
    assert found[f"{BEFORE_AND_AFTER}: two"].columns[0].opening.source == f"{YODA}/B"


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ({}, "The target one is gone."),
        ({"one": (None, "empty")}, "The target one has no teacher prompt."),
        ({"one": ("gone", "empty")}, "The prompt gone is gone."),
        ({"one": ("A", "gone")}, "The prompt gone is gone."),
    ],
)
async def test_what_is_gone_is_named_in_the_comparison_that_needs_it(
    pairs: dict[str, tuple[str | None, str | None]], reason: str, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake_of(monkeypatch, kitchen, {"bakes": {BAKE: {"model_name": ["m/1"]}}}, "one")
    targets_of(monkeypatch, **pairs)
    found = await offered(kitchen, "m/1")
    assert (found[BEFORE_AND_AFTER].columns, found[BEFORE_AND_AFTER].missing) == ((), reason)
    assert found[WITH_AND_WITHOUT].columns


async def test_without_a_base_model_what_needs_one_says_so(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    bake_of(monkeypatch, kitchen, {"base_model": None, "bakes": {BAKE: {"model_name": ["m/2", "m/1"]}}}, "one")
    targets_of(monkeypatch, one=("A", "empty"))
    monkeypatch.setattr(kitchen.catalog, "base_model", lambda _: None)
    found = await offered(kitchen, "m/2")
    assert found[BEFORE_AND_AFTER].missing == f"The server does not tell the base model of {YODA}."
    assert found[WITH_AND_WITHOUT].missing
    assert len(found[EVERY_CHECKPOINT].columns) == 2


async def test_of_many_checkpoints_those_left_out_are_named(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    models = [f"m/{step}" for step in range(9, 0, -1)]
    bake_of(monkeypatch, kitchen, {"bakes": {BAKE: {"model_name": models}}}, "one")
    targets_of(monkeypatch, one=("A", "empty"))
    preset = (await offered(kitchen, "m/9"))[EVERY_CHECKPOINT]
    assert [column.model for column in preset.columns] == ["m/9", "m/6", "m/4", "m/1"]
    assert preset.why == "9, 6, 4, 1, the latest first. Left out: 8, 7, 5 and 2 more."


async def test_of_a_thousand_targets_those_of_most_weight_are_looked_at(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"target{n}" for n in range(1000)]
    bake_of(monkeypatch, kitchen, {"bakes": {BAKE: {"model_name": ["m/1"]}}}, *names)
    targets_of(monkeypatch, **{name: (name, "empty") for name in names})
    found = await offered(kitchen, "m/1")
    assert sum(preset.name.startswith(BEFORE_AND_AFTER) and bool(preset.columns) for preset in found.values()) == 40
    assert f"{BEFORE_AND_AFTER}: target0" in found
    assert found[f"{BEFORE_AND_AFTER}: others"].missing.endswith(f"{1000 - MOST_TARGETS} were left out.")


async def test_a_server_that_is_away_is_the_callers_to_tell(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unreachable("the oven does not answer.")

    monkeypatch.setattr(BreadClient, "get_bake", away)
    with pytest.raises(Unreachable):
        await presets(kitchen, f"{MODEL}/21")


# -- pieces --


@given(st.integers(1, 60), st.integers(2, MOST_COLUMNS))
def test_checkpoints_are_spread_from_the_first_to_the_last(count: int, most: int) -> None:
    models = [str(number) for number in range(count)]
    chosen = spread(models, most)
    assert len(chosen) == min(count, most)
    assert sorted(set(chosen), key=int) == [*chosen]
    assert (chosen[0], chosen[-1]) == (models[0], models[-1])


async def test_a_prompt_is_told_with_all_its_messages_and_tools(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [{"role": "system", "content": "You are Yoda\nSpeak."}, {"role": "user", "content": "Hm?", "name": "u"}]
    tools = [{"type": "function", "function": {"name": "lift", "parameters": {}}}]

    async def get_prompt(*_: object) -> Prompt:
        return Prompt.model_validate({"messages": messages, "tools": tools})

    monkeypatch.setattr(BreadClient, "get_prompt", get_prompt)
    opening = await load_opening(kitchen, YODA, "whole")
    assert [dict(message) for message in opening.messages] == messages
    assert [dict(tool) for tool in opening.tools] == tools
    assert opening.source == f"{YODA}/whole"


async def test_names_of_prompts_are_told_repository_by_repository(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = BreadClient.list_prompts

    async def some(client: BreadClient, repo: str) -> tuple[str, ...]:
        if repo == "broken":
            raise Unreachable("the oven does not answer.")
        return await listed(client, repo)

    monkeypatch.setattr(BreadClient, "list_prompts", some)
    found = {repo: names async for repo, names in prompt_names(kitchen, [YODA, "broken"])}
    assert found[YODA] == ("yoda_teacher", "empty_student")
    assert isinstance(found["broken"], Unreachable)
