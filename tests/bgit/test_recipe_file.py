"""`recipe.yml`: bgit's own files are written byte for byte as they were read; other forms and junk are read as well."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breadtui.api.models import RecreationPlan
from breadtui.bgit.files.recipe import RecipeFile, read_recipe, recipe_of, recipe_text
from breadtui.bgit.problems import ProjectError

FILES = Path(__file__).parent / "files"
ONE, TWO = "one_4fa725c6e7a11d0f", "two_921a03afde33aa8c"
FRESH = """\
# This file is auto-generated - do not edit manually
#\x20
# Currently, no bakes have been completed yet.

resources:
  prompts: []
  targets: []
  bakes: []

"""
DOCUMENTED = """\
base_model: Qwen/Qwen3-32B
steps:
  - operation: create_bake
    name: two
    config: {model: {parent_model_name: me/repo/one/21}}
  - operation: run_bake
    name: two
resources:
  prompts: [tea]
  bakes:
    - one
    - name: two
      model_names: me/repo/two/7
"""


def models_of(bake: str) -> tuple[str, ...]:
    return tuple(f"baker/my_repo/{bake}/{checkpoint}" for checkpoint in (21, 14, 7))


@pytest.mark.parametrize("name", ["baked", "second"])
def test_a_file_of_bgit_is_written_as_it_was_read(name: str) -> None:
    text = (FILES / f"{name}.recipe.yml").read_text()
    assert recipe_text(read_recipe(text)) == text


def test_a_file_tells_what_was_made_of_what() -> None:
    recipe = read_recipe((FILES / "second.recipe.yml").read_text())
    assert recipe.base_model == "Qwen/Qwen3-32B"
    assert recipe.total_steps == len(recipe.steps) == 14
    assert recipe.targets == ("t2_4440d5058a093abb", "t_de8aa03d56151adf")
    assert recipe.bakes == {TWO: models_of(TWO), ONE: models_of(ONE)}
    assert list(recipe.bakes) == [TWO, ONE]


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n", "\ufeff# nothing yet", FRESH, FRESH.replace("\n", "\r\n")])
def test_before_the_first_bake_a_recipe_is_empty(text: str) -> None:
    assert read_recipe(text) == RecipeFile()


def test_the_form_of_the_documentation_is_read_as_well() -> None:
    recipe = read_recipe(DOCUMENTED)
    assert recipe.bakes == {"one": (), "two": ("me/repo/two/7",)}
    assert recipe.prompts == ("tea",)
    assert recipe.parents == {"two": "me/repo/one/21"}


def test_a_bake_whose_step_names_no_parent_has_none() -> None:
    assert read_recipe((FILES / "baked.recipe.yml").read_text()).parents == {}


def test_aliases_that_a_hand_wrote_are_looked_up() -> None:
    assert read_recipe("resources:\n  prompts: &these [tea]\n  targets: *these\n").targets == ("tea",)


def test_what_is_of_no_use_is_passed_over() -> None:
    text = (
        "base_model: [1]\ntotal_steps: yes\nsteps: [1, null, {}]\nresources: {prompts: {}, bakes: [1, {}, {name: 2}]}"
    )
    assert read_recipe(text) == RecipeFile(steps=({},))


def test_what_drives_a_terminal_is_in_no_name() -> None:
    recipe = read_recipe('base_model: "a\\e[2J"\nresources: {bakes: [{bake_name: "b\\u202e", model_names: ["c\\n"]}]}')
    assert recipe.base_model == "a[2J"
    assert recipe.bakes == {"b": ("c ",)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("steps: [", "recipe.yml cannot be read. Line 1, column"),
        ("a: 1\nsteps:\n\t- b", "recipe.yml cannot be read. Line 3, column 1"),
        ("just words", "recipe.yml is no recipe: it has neither steps nor resources."),
        ("- a list", "recipe.yml is no recipe: it has neither steps nor resources."),
        ("other: {}", "recipe.yml is no recipe: it has neither steps nor resources."),
        ("steps: []\n<<<<<<< HEAD\n", "recipe.yml holds a merge that is not done: line 2 is <<<<<<<."),
        ("steps: []\r\n\r\n>>>>>>> other\r\n", "recipe.yml holds a merge that is not done: line 3 is >>>>>>>."),
    ],
)
def test_what_is_no_recipe_says_why(text: str, sentence: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read_recipe(text)
    assert str(caught.value).startswith(sentence)


def test_a_plan_becomes_the_recipe_of_the_bake_that_has_just_ended() -> None:
    plan = RecreationPlan.model_validate(
        {
            "base_model": "Qwen/Qwen3-32B",
            "total_steps": 1,
            "steps": [
                {
                    "config": {
                        "model": {"parent_model_name": "me/repo/one/21"},
                        "weight": 1.0,
                        "10": 1,
                        "b": 2,
                        "2": 3,
                    },
                    "resource_name": "two",
                    "step": 1,
                    "action": "create_bake",
                    "resource_type": "bake",
                    "dependencies": ["bake:one"],
                    "new": None,
                }
            ],
            "resources": {
                "prompts": ["tea"],
                "targets": [],
                "bakes": ["two", {"bake_name": "one", "model_names": ["x"]}],
            },
        }
    )
    recipe = recipe_of(plan, "two", ["me/repo/two/14", "me/repo/two/7"])
    assert recipe.parents == {"two": "me/repo/one/21"}
    assert (
        recipe_text(recipe)
        == """\
# This file is auto-generated - do not edit manually

base_model: Qwen/Qwen3-32B
total_steps: 1
steps:
  - step: 1
    action: create_bake
    resource_type: bake
    resource_name: two
    dependencies:
      - bake:one
    config:
      '2': 3
      '10': 1
      model:
        parent_model_name: me/repo/one/21
      weight: 1
      b: 2
    new: null
resources:
  prompts:
    - tea
  targets: []
  bakes:
    - bake_name: two
      model_names:
        - me/repo/two/14
        - me/repo/two/7
    - bake_name: one
      model_names:
        - x
"""
    )


def test_of_a_step_that_alone_is_written_which_the_server_told() -> None:
    plan = RecreationPlan.model_validate({"steps": [{"action": "run_bake"}]})
    assert "total_steps: 1\nsteps:\n  - action: run_bake\nresources:\n" in recipe_text(recipe_of(plan, "two", []))


def test_a_bake_that_the_plan_leaves_out_is_added() -> None:
    assert recipe_of(RecreationPlan(), "two", ["a"]).bakes == {"two": ("a",)}


LINES = st.sampled_from(
    [
        *(
            "steps:",
            "resources:",
            "  bakes:",
            "    - a",
            "    - bake_name: a",
            "      model_names: [b]",
            "- 1",
            "a: *b",
        ),
        *("base_model: x", "total_steps: 3", "total_steps: " + "9" * 5000, "  - {action: create_bake, config: 1}"),
        *(
            "  - action: create_bake",
            "    resource_name: {}",
            "    config: {model: []}",
            "# x",
            "---",
            "{",
            "",
            "<<: 1",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=40)
    | st.text("[]{}:- \n\t#'\"|>&*!stepsrou\\", max_size=40)
    | st.lists(LINES, max_size=8).map("\n".join)
)
@example("steps: " + "[" * 300)
@example("\n" * 5000 + "x")
@example(" #" * 5000 + "\r\r" * 5000 + "x")
@example("steps: [&a [1], *a, *b]")
def test_any_text_is_a_recipe_or_named_an_error(text: str) -> None:
    try:
        recipe = read_recipe(text)
    except ProjectError:
        return
    assert recipe.parents is not None
    assert read_recipe(recipe_text(recipe)).bakes == recipe.bakes
