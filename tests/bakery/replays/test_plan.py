"""Recipes as plain values: read from whatever a server sends, in order, under other names, as a tree, as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.api.models import RecreationPlan
from breadtui.bakery.recipes.document import load_recipe, read_recipe, recipe_text, save_recipe
from breadtui.bakery.recipes.graph import graph
from breadtui.bakery.recipes.plan import Action, Recipe, StepKey, arranged, read_plan
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.rename import renamed, with_suffix
from breadtui.bakery.things import Thing
from tests.bakery.replays.made import plan, step

MODELS = {"bakes": [{"bake_name": "first", "model_names": ["me/home/first/21", "me/home/first/7"]}]}


def generations() -> Recipe:
    """A second bake on top of a first one, its steps told the wrong way round."""
    return read_plan(
        plan(
            step("run_bake", "second"),
            step(
                "create_bake",
                "second",
                {"datasets": [{"target": "asked", "weight": 2}], "model": {"parent_model_name": "me/home/first/21"}},
            ),
            step("run_rollout", "asked"),
            step("run_stim", "asked"),
            step("create_target", "asked", {"teacher_prompt": "yoda", "model_name": "me/home/first/21"}),
            step("run_bake", "first"),
            step("create_bake", "first", {"datasets": [{"target": "plain"}]}),
            step("run_rollout", "plain"),
            step("run_stim", "plain"),
            step("create_target", "plain", {"teacher_prompt": "yoda", "student_prompt": "old", "model_name": "Qwen"}),
            step("create_prompt", "yoda", {"messages": [{"role": "system", "content": "You are Yoda."}]}),
            resources=MODELS,
        ),
        "home",
        "second",
    )


def test_every_step_comes_after_all_that_it_needs_however_they_were_told() -> None:
    recipe = generations()
    done: set[StepKey] = set()
    for item in recipe.steps:
        assert set(item.needs) <= done, item.key
        done.add(item.key)
    assert [str(item.key) for item in recipe.steps][-1] == "bake of second"
    asked = next(item for item in recipe.steps if item.key == StepKey(Action.CREATE_TARGET, "asked"))
    assert StepKey(Action.RUN_BAKE, "first") in asked.needs


def test_what_a_plan_declares_beside_the_configurations_is_kept_to() -> None:
    recipe = read_plan(
        plan(
            step("create_prompt", "b:c", {"messages": []}, "prompt:a", "target:t:stim_complete", "nonsense"),
            step("run_stim", "t"),
            step("create_prompt", "a", {"messages": []}),
        ),
        "home",
        "none",
    )
    assert [str(item.key) for item in recipe.steps] == ["stim of t", "prompt a", "prompt b:c"]


def test_what_nobody_understands_is_named_and_left_out() -> None:
    recipe = read_plan(
        plan(
            step("delete_repo", "home"),
            step("create_prompt", "../etc", {"messages": []}),
            step("create_prompt", "", {"messages": []}),
            step("create_prompt", "twice", {"messages": []}),
            step("create_prompt", "twice", {"messages": [{"role": "user", "content": "x"}]}),
        ),
        "home",
        "none",
    )
    assert [str(item.key) for item in recipe.steps] == ["prompt twice"]
    assert [problem.partition("plan ")[2] or problem for problem in recipe.problems] == [
        "does something unknown, and is left out: “delete_repo”.",
        "has a name that cannot be used: “../etc”, and is left out.",
        "has no name, and is left out.",
        "The prompt twice is told twice, with different content; the first one counts.",
    ]


def test_the_other_form_of_a_plan_is_read_too() -> None:
    told = {"steps": [{"operation": "run_stim", "name": "yoda"}]}
    recipe = read_plan(RecreationPlan.model_validate(told), "home", "none")
    assert [item.key for item in recipe.steps] == [StepKey(Action.RUN_STIM, "yoda")]


def test_a_bake_on_top_of_itself_is_named_and_everything_else_stays() -> None:
    recipe = read_plan(
        plan(
            step("create_prompt", "p", {"messages": []}),
            step("create_bake", "loop", {"datasets": [], "model": {"parent_model_name": "me/home/loop/3"}}),
            step("run_bake", "loop"),
        ),
        "home",
        "loop",
    )
    assert {key.action for key in recipe.tangled} == {Action.CREATE_BAKE, Action.RUN_BAKE}
    assert "wait for each other" in recipe.problems[0]
    assert [(leaf.name, leaf.again) for leaf in graph(recipe)] == [("loop", False), ("loop", True)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["a", "b", "b:c", "me/home/a/3", "", "batch"]) | st.text(max_size=5)
wild_config = json_values | st.fixed_dictionaries(
    {},
    optional={
        "messages": json_values,
        "teacher_prompt": names,
        "template": names,
        "model_name": names | st.just("me/home/a/3"),
        "datasets": st.lists(st.fixed_dictionaries({"target": names}), max_size=3),
        "model": st.fixed_dictionaries({"parent_model_name": names | st.just("me/home/b/3")}),
    },
)
wild_step = st.fixed_dictionaries(
    {"action": st.sampled_from(list(Action)) | st.text(max_size=4), "resource_name": names},
    optional={"config": wild_config, "dependencies": st.lists(names, max_size=2) | json_values},
)
wild_plans = json_values | st.fixed_dictionaries({"steps": st.lists(wild_step, max_size=9)})


@settings(max_examples=150, deadline=None)
@given(wild_plans)
def test_whatever_a_server_sends_makes_a_recipe_in_order_with_a_finite_tree_and_an_exact_file(told: object) -> None:
    recipe = read_plan(RecreationPlan.model_validate(told), "home", "a")
    done: set[StepKey] = set()
    for item in recipe.steps:
        assert item.key in recipe.tangled or set(item.needs) <= done
        done.add(item.key)
    graph(recipe)
    again = renamed(renamed(recipe, "other", with_suffix("_x")), "home", lambda _, name: name.removesuffix("_x"))
    assert {item.key: item.config for item in again.steps} == {item.key: item.config for item in recipe.steps}


configs = st.dictionaries(
    st.text(min_size=1, max_size=8), json_values.filter(lambda value: value is not None), max_size=4
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(list(Action)), st.text("abc:é ", min_size=1, max_size=4), configs), max_size=6)
)
def test_a_recipe_written_and_read_again_is_the_same(drawn: list[tuple[Action, str, dict[str, object]]]) -> None:
    told: dict[StepKey, tuple[dict[str, object], list[str]]] = {StepKey(Action.RUN_STIM, "t"): ({}, [])}
    for action, name, config in drawn:
        made: dict[str, object] = {"messages": [config]} if action is Action.CREATE_PROMPT else {"seed": 1, **config}
        if name == name.strip():
            told[StepKey(action, name)] = ({} if action.phase else made, [])
    recipe = arranged("home", "b", "Qwen/Qwen3-32B", told, {"b": ("me/home/b/1",)})
    assert read_recipe(recipe_text(recipe)) == recipe


def test_a_suffix_is_on_every_reference_and_on_nothing_else() -> None:
    recipe = renamed(generations(), "away", with_suffix("_v2"))
    assert recipe.config(Thing.TARGET, "asked_v2") == {
        "teacher_prompt": "yoda_v2",
        "model_name": "me/away/first_v2/21",
    }
    plain = recipe.config(Thing.TARGET, "plain_v2")
    assert plain == {"teacher_prompt": "yoda_v2", "student_prompt": "old", "model_name": "Qwen"}
    assert recipe.config(Thing.BAKE, "second_v2") == {
        "datasets": [{"target": "asked_v2", "weight": 2}],
        "model": {"parent_model_name": "me/away/first_v2/21"},
    }
    assert (recipe.repo, recipe.bake) == ("away", "second_v2")


@pytest.mark.parametrize(
    ("name", "said"), [(lambda *_: "same", "would both be called same"), (lambda *_: "a/b", "cannot be used")]
)
def test_names_that_cannot_be_are_refused(name: object, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        renamed(generations(), "away", name)  # type: ignore[arg-type]


def test_the_tree_shows_what_a_bake_rests_on_and_each_thing_once() -> None:
    rows = [(len(leaf.last), leaf.thing.value, leaf.name, leaf.note, leaf.again) for leaf in graph(generations())]
    assert rows == [
        (0, "bake", "second", "", False),
        (1, "target", "asked", "", False),
        (2, "prompt", "yoda", "teacher", False),
        (2, "bake", "first", "answers", False),
        (3, "target", "plain", "", False),
        (4, "prompt", "yoda", "teacher", False),
        (4, "prompt", "old", "student", False),
        (1, "bake", "first", "parent", True),
    ]


def test_a_chain_of_thousands_of_bakes_is_read_in_one_go() -> None:
    count = 3000
    steps = [
        step("create_bake", f"b{at}", {"model": {"parent_model_name": f"me/home/b{at - 1}/1"}, "datasets": []})
        for at in range(count)
    ]
    recipe = read_plan(plan(*reversed(steps)), "home", f"b{count - 1}")
    assert recipe.steps[0].key.name == "b0"
    assert len(graph(recipe)) == count


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: [", "Line 1"),
        ("- a", "this is a list"),
        ("recipe_version: 2\nsteps: [{action: run_stim, resource_name: a}]", "Line 1, column 1: this program reads"),
        ("repo: a\nsteps: []", "Line 2, column 1: a recipe has steps"),
        ("steps:\n  - action: dance\n    resource_name: a", "Line 2, column 5: a step is one of create_prompt"),
        ("steps:\n  - action: run_stim", "Line 2, column 5: this step has no name"),
        ("steps:\n  - action: run_stim\n    resource_name: a/b", "Line 3, column 5: this step has a name that cannot"),
        ("steps:\n  - {action: create_prompt, resource_name: a}", "prompt a: The recipe does not tell its messages."),
        ("steps:\n  - action: run_stim\n    resource_name: a\n    config: 3", "Line 4, column 5: config must be keys"),
        (
            "steps:\n  - action: run_stim\n    resource_name: a\n  - action: run_stim\n    resource_name: a",
            "Line 4, column 5: the stim of a is told twice",
        ),
    ],
)
def test_a_file_that_is_no_recipe_is_refused_with_line_and_column(text: str, said: str) -> None:
    with pytest.raises(RecipeError) as refused:
        read_recipe(text, "a.yaml")
    assert str(refused.value).startswith("a.yaml ")
    assert said in str(refused.value)


def test_another_programs_plan_is_read_and_its_repository_found_by_its_models() -> None:
    text = recipe_text(generations())
    bare = "\n".join(line for line in text.splitlines() if not line.startswith(("recipe_version", "repo:", "bake:")))
    assert read_recipe(bare) == generations()


def test_a_file_is_overwritten_only_when_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    save_recipe(path, generations())
    with pytest.raises(RecipeError, match="there already"):
        save_recipe(path, replace(generations(), repo="other"))
    assert load_recipe(path) == generations()
    save_recipe(path, replace(generations(), repo="other"), overwrite=True)
    assert load_recipe(path).repo == "other"


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for name, said in (("nothing.yaml", "No such file"), ("binary.yaml", "not UTF-8")):
        with pytest.raises(RecipeError, match=said):
            load_recipe(tmp_path / name)
    with pytest.raises(RecipeError, match="The folder"):
        save_recipe(tmp_path / "no" / "a.yaml", generations())
