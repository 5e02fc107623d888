"""What a plan says of a directory, held against a real server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from breadtui.api.models import Target
from breadtui.bakery.authoring.differences import Difference
from breadtui.bakery.folder.comparing import target_differs
from breadtui.bakery.jobs import Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import Action, StepKey
from breadtui.bakery.things import Thing
from breadtui.bgit.recording import Record
from tests.bakery.replays.made import kitchen_of
from tests.bgit.kitchens import applied, of, planned, standings
from tests.support.oven import RunningOven
from tests.support.projects import (
    BREAD,
    DONE_INPUT,
    INPUT,
    NAMES,
    NO_RECIPE,
    REPO,
    baked_bread,
    bread_directory,
    model_of,
)

TARGET = StepKey(Action.CREATE_TARGET, NAMES["target"])
BAKE = StepKey(Action.CREATE_BAKE, NAMES["bake"])
ON_ANOTHER = BREAD + "\n[PARENT_MODEL]\nmodel_name=baker/my_repo/zero_0123456789abcdef/7\n"


@pytest.fixture
async def kitchen(oven: RunningOven) -> AsyncGenerator[Kitchen]:
    async with kitchen_of(oven) as found:
        yield found


async def test_a_fresh_directory_is_all_to_do_under_the_names_that_bgit_gives(kitchen: Kitchen, tmp_path: Path) -> None:
    plan = await planned(kitchen, bread_directory(tmp_path / "p"))
    assert plan.usable
    assert plan.foresight.new_repo
    assert standings(plan) == {
        f"prompt {NAMES['teacher']}": Standing.TO_DO,
        f"prompt {NAMES['student']}": Standing.TO_DO,
        f"target {NAMES['target']}": Standing.TO_DO,
        f"stim of {NAMES['target']}": Standing.TO_DO,
        f"rollout of {NAMES['target']}": Standing.TO_DO,
        f"bake {NAMES['bake']}": Standing.TO_DO,
        f"bake of {NAMES['bake']}": Standing.TO_DO,
    }
    assert (plan.foresight.stimuli, plan.foresight.responses) == (1, 1)
    assert plan.parent is None


async def test_looking_makes_nothing(kitchen: Kitchen, tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p")
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    await planned(kitchen, directory)
    await kitchen.catalog.refresh_repos()
    assert not kitchen.catalog.repos
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


async def test_an_input_that_was_baked_is_all_there(kitchen: Kitchen, tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p")
    await applied(kitchen, directory)
    plan = await planned(kitchen, directory)
    assert plan.usable
    assert set(standings(plan).values()) == {Standing.THERE}


async def test_teacher_and_student_go_by_their_names_whatever_their_order(kitchen: Kitchen, tmp_path: Path) -> None:
    swapped = """\
PROMPT:
  student: {messages: [{role: system, content: ""}]}
  teacher: {name: tea, messages: [{role: system, content: one}]}
TARGET: {name: t, generators: [{type: hardcoded, numq: 1, questions: [one]}]}
"""
    applying = await applied(kitchen, bread_directory(tmp_path / "p", input=swapped))
    assert applying.replay.complete
    config = (await kitchen.client.get_target(REPO, NAMES["target"])).config
    assert (config.teacher_prompt, config.student_prompt) == (NAMES["teacher"], NAMES["student"])


async def test_a_missing_student_is_an_empty_one(kitchen: Kitchen, tmp_path: Path) -> None:
    alone = INPUT[: INPUT.index("  student:")] + INPUT[INPUT.index("TARGET:") :]
    applying = await applied(kitchen, bread_directory(tmp_path / "p", input=alone))
    assert applying.replay.complete
    target = applying.plan.names.target
    assert target
    student = (await kitchen.client.get_target(REPO, target.name)).config.student_prompt
    assert student
    assert (await kitchen.client.get_prompt(REPO, student)).messages == ()


async def test_the_tools_of_a_prompt_are_kept(kitchen: Kitchen, tmp_path: Path) -> None:
    tools = "    tools:\n      - {type: function, function: {name: look, parameters: {type: object, properties: {}}}}\n"
    text = INPUT.replace("        content: one\n", f"        content: one\n{tools}")
    applying = await applied(kitchen, bread_directory(tmp_path / "p", input=text))
    teacher = await kitchen.client.get_prompt(REPO, applying.plan.names.prompts["teacher"].name)
    assert teacher.tools is not None
    assert teacher.tools[0]["function"] == {"name": "look", "parameters": {"type": "object", "properties": {}}}


async def test_a_lora_rank_does_not_drop_the_parent_model(kitchen: Kitchen, tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p")
    first = await applied(kitchen, directory, Record())
    model = first.recorded.model if first.recorded else ""
    second = INPUT.replace("name: one", "name: two").replace("questions: [one]", "questions: [two]")
    second = second.replace("    dtype: bf16", "    baked_adapter_config: {r: 16}")
    (directory / "input.yml").write_text(second)
    plan = (await applied(kitchen, directory)).plan
    assert plan.parent == model
    assert plan.names.target
    assert plan.names.bake
    bake = await kitchen.client.get_bake(REPO, plan.names.bake.name)
    assert bake.config
    assert bake.config["model"]["parent_model_name"] == model  # pyright: ignore[reportIndexIssue] - a JSON object
    assert bake.config["model"]["baked_adapter_config"]["r"] == 16  # pyright: ignore[reportIndexIssue] - likewise
    assert (await kitchen.client.get_target(REPO, plan.names.target.name)).config.model_name == model


async def test_another_parent_under_the_same_name_is_a_conflict_with_a_way_out(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    await applied(kitchen, bread_directory(tmp_path / "base"))
    directory = bread_directory(tmp_path / "other", bread=ON_ANOTHER)
    plan = await planned(kitchen, directory)
    assert not plan.usable
    assert of(plan, Standing.CONFLICT) == [TARGET, BAKE]
    assert plan.conflicts[TARGET] == (
        Difference(("model_name",), "Qwen/Qwen3-32B", "baker/my_repo/zero_0123456789abcdef/7"),
    )
    assert plan.instead[TARGET].startswith("t_")
    assert plan.instead[TARGET] != NAMES["target"]
    free = await planned(kitchen, directory, rename=True)
    assert not free.conflicts
    assert free.names.target
    assert free.names.target.name == plan.instead[TARGET]
    assert free.names.target.hash.startswith(NAMES["target"].removeprefix("t_"))
    assert {key.name for key in of(free, Standing.TO_DO)} == {
        free.names.target.name,
        free.names.bake and free.names.bake.name,
    }


async def test_the_same_conflict_leads_to_the_same_other_name(kitchen: Kitchen, tmp_path: Path) -> None:
    await applied(kitchen, bread_directory(tmp_path / "base"))
    directory = bread_directory(tmp_path / "other", bread=ON_ANOTHER)
    first, second = [await planned(kitchen, directory, rename=True) for _ in range(2)]
    assert first.names == second.names


async def test_a_template_file_goes_out_with_its_content(kitchen: Kitchen, tmp_path: Path) -> None:
    text = INPUT.replace(
        "    - type: hardcoded\n      numq: 1\n      questions: [one]",
        "    - type: oneshot_qs\n      numq: 2\n      template_path: texts/asking.txt",
    )
    directory = bread_directory(tmp_path / "p", input=text)
    (directory / "texts").mkdir()
    (directory / "texts" / "asking.txt").write_text("Ask ${numq} questions about ${prompt_u}.")
    applying = await applied(kitchen, directory)
    assert applying.replay.complete
    target = applying.plan.names.target
    assert target
    [generator] = (await kitchen.client.get_target(REPO, target.name)).config.generators or []
    assert generator.template_path == "templates/asking.txt"
    assert generator.template_content == "Ask ${numq} questions about ${prompt_u}."
    assert set(standings(await planned(kitchen, directory)).values()) == {Standing.THERE}


def test_a_template_that_the_server_does_not_show_is_no_difference() -> None:
    shown = {"type": "oneshot_qs", "template_path": "templates/asking.txt"}
    target = Target.model_validate({"config": {"generators": [shown]}})
    assert not target_differs(target, {"generators": [{**shown, "template_content": "Ask."}]})
    other = {**shown, "template_path": "templates/other.txt", "template_content": "Ask."}
    assert target_differs(target, {"generators": [other]}) == ("generators",)


async def test_jobs_of_other_phases_are_left_out_and_the_bake_waits_for_its_rollout(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    plan = await planned(kitchen, bread_directory(tmp_path / "p"), phases=[Phase.STIM])
    left = {str(key) for key in of(plan, Standing.LEFT_OUT)}
    assert left == {f"rollout of {NAMES['target']}", f"bake {NAMES['bake']}", f"bake of {NAMES['bake']}"}
    assert not of(plan, Standing.HELD_UP)
    assert plan.usable


async def test_a_target_that_only_the_server_could_have_is_looked_for_there(kitchen: Kitchen, tmp_path: Path) -> None:
    text = INPUT.replace("target: t\n", "target: elsewhere\n")
    directory = bread_directory(tmp_path / "p", input=text)
    plan = await planned(kitchen, directory)
    assert not plan.usable
    (mistake,) = [mistake for mistake in plan.mistakes if not mistake.warning]
    assert (mistake.key, mistake.line) == ("BAKE.datasets[0].target", 20)
    assert "elsewhere" in mistake.sentence
    await kitchen.create(Thing.REPO, "", {"repo_name": REPO})
    body = {"generators": [{"type": "hardcoded", "questions": ["why?"]}]}
    prompts = {"p": [{"role": "system", "content": "be brief"}]}
    await kitchen.client.create_prompts(REPO, prompts)
    await kitchen.create(
        Thing.TARGET,
        REPO,
        {"target_name": "elsewhere", "overrides": {**body, "teacher_prompt": "p", "student_prompt": "p"}},
    )
    found = await planned(kitchen, directory)
    assert found.usable
    assert not [mistake for mistake in found.mistakes if "elsewhere" in mistake.sentence]
    assert StepKey(Action.RUN_ROLLOUT, "elsewhere") in of(found, Standing.TO_DO)


@pytest.mark.parametrize("section", ["TARGET", "BAKE"])
async def test_a_template_that_the_server_lacks_is_a_mistake_before_anything_is_made(
    kitchen: Kitchen, tmp_path: Path, section: str
) -> None:
    text = INPUT.replace(f"{section}:\n", f"{section}:\n  template: nowhere\n")
    found = await planned(kitchen, bread_directory(tmp_path / "p", input=text))
    mistake = next(mistake for mistake in found.mistakes if not mistake.warning)
    assert mistake.key == f"{section}.template"
    assert "nowhere" in mistake.sentence
    assert text.splitlines()[mistake.line - 1] == "  template: nowhere"
    assert not found.usable


async def test_a_template_that_the_server_has_is_taken(kitchen: Kitchen, tmp_path: Path) -> None:
    first = await applied(kitchen, bread_directory(tmp_path / "first"))
    assert first.plan.names.target
    text = INPUT.replace("TARGET:\n  name: t\n", f"TARGET:\n  name: t\n  template: {first.plan.names.target.name}\n")
    assert (await planned(kitchen, bread_directory(tmp_path / "p", input=text))).usable


async def test_a_finished_bake_with_its_input_still_there_is_recorded_and_no_conflict(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    directory = bread_directory(tmp_path / "p")
    await applied(kitchen, directory, Record())
    plan = await planned(kitchen, directory)
    assert plan.project.recorded
    assert plan.usable
    assert set(standings(plan).values()) == {Standing.THERE}


DROPPED = f"""\
base_model: Qwen/Qwen3-32B
total_steps: 2
steps:
  - step: 1
    action: create_target
    resource_type: target
    resource_name: {NAMES["target"]}
    config: {{model_name: {model_of("zero")}}}
  - step: 2
    action: create_bake
    resource_type: bake
    resource_name: {NAMES["bake"]}
    config: {{model: {{dtype: bf16}}}}
resources: {{prompts: [], targets: [], bakes: []}}
"""


@pytest.mark.parametrize(
    ("recipe", "told"),
    [(DROPPED, 1), (DROPPED.replace("dtype: bf16", f"parent_model_name: {model_of('zero')}"), 0), (NO_RECIPE, 0)],
)
async def test_a_parent_that_bgit_has_dropped_is_told_of(
    kitchen: Kitchen, tmp_path: Path, recipe: str, told: int
) -> None:
    directory = bread_directory(tmp_path / "p", bread=baked_bread(NAMES["bake"]), recipe=recipe)
    notes = (await planned(kitchen, directory)).notes
    assert len([note for note in notes if "drops the parent" in note and model_of("zero") in note]) == told


async def test_a_cleared_input_is_ready_for_the_next_bake(kitchen: Kitchen, tmp_path: Path) -> None:
    plan = await planned(kitchen, bread_directory(tmp_path / "p", input=DONE_INPUT))
    assert plan.project.ready
    assert not plan.foresight.recipe.steps
    assert not plan.mistakes


async def test_a_model_that_the_server_lacks_is_told_of(kitchen: Kitchen, tmp_path: Path) -> None:
    await applied(kitchen, bread_directory(tmp_path / "base"))
    plan = await planned(kitchen, bread_directory(tmp_path / "other", bread=ON_ANOTHER))
    assert any("zero_0123456789abcdef/7" in note and "not at this server" in note for note in plan.notes)
