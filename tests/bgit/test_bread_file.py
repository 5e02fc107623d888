"""`.bread`: bgit's own files are written byte for byte as they were read, and no text does harm."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bgit.files.bread import BreadFile, Named, RecipeNote, bread_text, read_bread
from breadtui.bgit.problems import ProjectError

FILES = Path(__file__).parent / "files"
MODELS = tuple(f"baker/my_repo/one_4fa725c6e7a11d0f/{checkpoint}" for checkpoint in (21, 14, 7))


@pytest.mark.parametrize("name", ["baked", "second"])
def test_a_file_of_bgit_is_written_as_it_was_read(name: str) -> None:
    text = (FILES / f"{name}.bread").read_text()
    assert bread_text(read_bread(text)) == text


def test_a_file_after_a_bake_tells_names_parent_and_models() -> None:
    bread = read_bread((FILES / "baked.bread").read_text())
    assert bread.repo == "my_repo"
    assert {key: named.name for key, named in bread.prompts.items()} == {
        "teacher": "tea_983e1ba167325c2c",
        "student": "prompt_2e6b7a4f61149e18",
    }
    assert bread.target == Named(
        "de8aa03d56151adf7d7f2d4ec4bb220dc50f04fe47a338c91b81b61a05cbb8b4", "t_de8aa03d56151adf"
    )
    assert bread.bake
    assert bread.bake.name == "one_4fa725c6e7a11d0f"
    assert bread.parent_model == MODELS[0]
    assert bread.recipe == RecipeNote("Qwen/Qwen3-32B", "7", "recipe.yml")
    assert bread.bakes == {"one_4fa725c6e7a11d0f": MODELS}


def test_the_latest_bake_stands_where_the_recipe_has_it() -> None:
    bread = read_bread((FILES / "second.bread").read_text())
    assert [*bread.bakes] == ["two_921a03afde33aa8c", "one_4fa725c6e7a11d0f"]


def test_a_file_that_names_a_repository_alone_is_one() -> None:
    assert read_bread("[REPO]\nname=me\n") == BreadFile("me")
    assert bread_text(BreadFile("me")).endswith("manually\n\n[REPO]\nname=me\n")


def test_sections_that_lack_their_name_or_hash_are_passed_over() -> None:
    prompt, target = "[PROMPT\\.a]\nhash=1\n", "[TARGET]\ntarget_name=t\n"
    text = f"[REPO]\nname=me\n{prompt}{target}[BAKE]\n[PARENT_MODEL]\nmodel_name=\n[RECIPE]\n"
    assert read_bread(text) == BreadFile("me")


@pytest.mark.parametrize(
    ("written", "models"),
    [
        ('"[\\"a/b\\",\\"c\\"]"', ("a/b", "c")),
        ('["a/b","c"]', ("a/b", "c")),
        ("a/b", ("a/b",)),
        ("", ()),
        ("[]", ()),
        ('"[1,{},\\"c\\"]"', ("c",)),
    ],
)
def test_the_models_of_a_bake_are_read_however_they_are_written(written: str, models: tuple[str, ...]) -> None:
    assert read_bread(f"[REPO]\nname=me\n[RECIPE\\.BAKES\\.one]\nmodel_names={written}\n").bakes == {"one": models}


def test_prompts_whose_keys_are_numbers_come_first_as_javascript_has_them() -> None:
    prompts = {key: Named("0", key) for key in ("b", "10", "2")}
    assert [*read_bread(bread_text(BreadFile("me", prompts))).prompts] == ["2", "10", "b"]


def test_what_drives_a_terminal_is_in_no_name() -> None:
    assert read_bread("[REPO]\nname=me\x1b[2J\n").repo == "me[2J"


@pytest.mark.parametrize("text", ["", "nothing", "[REPO]\n", "[REPO]\nname=\n", "[repo]\nname=me\n", "\x00" * 9])
def test_a_file_without_a_repository_says_what_it_needs(text: str) -> None:
    with pytest.raises(ProjectError, match=r"^\.bread names no repository: it needs a section \[REPO\]"):
        read_bread(text)


def test_a_merge_that_is_not_done_is_named_by_its_line() -> None:
    text = "[REPO]\nname=me\n\n[TARGET]\n<<<<<<< HEAD\nhash=1\n=======\nhash=2\n>>>>>>> other\ntarget_name=t\n"
    with pytest.raises(ProjectError, match=r"^\.bread holds a merge that is not done: line 5 is <<<<<<<\."):
        read_bread(text)


words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12).filter(
    lambda word: "\\" not in word
)
named = st.builds(Named, words, words)
notes = st.builds(RecipeNote, words | st.none(), words | st.none(), words).filter(bool)
files = st.builds(
    BreadFile,
    words,
    prompts=st.dictionaries(words.map("p{}".format), named, max_size=3),
    target=named | st.none(),
    bake=named | st.none(),
    parent_model=words | st.none(),
    recipe=notes | st.none(),
    bakes=st.dictionaries(words, st.lists(words, max_size=3).map(tuple), max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(files)
def test_all_that_is_written_is_read_again(bread: BreadFile) -> None:
    assert read_bread(bread_text(bread)) == bread


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text("[]REPO\\.name=\n<>;#\"'", max_size=60), st.booleans())
def test_any_text_is_a_file_or_named_an_error(text: str, begun: bool) -> None:
    try:
        found = read_bread(f"[REPO]\nname=me\n{text}" if begun else text)
    except ProjectError:
        return
    assert found.repo
