"""A directory as it is read from the disk, whatever lies there under the names of its files."""

import os
from pathlib import Path

import pytest

from breadtui.bgit.problems import ProjectError
from breadtui.bgit.project import load_project, read_file
from tests.support.projects import BREAD, NAMES, baked_bread, baked_recipe, bread_directory, model_of

BAKE = NAMES["bake"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p", recipe=None)
    os.mkfifo(directory / "recipe.yml")
    assert load_project(directory).notes == ("recipe.yml is not a file.",)
    (directory / ".bread").unlink()
    os.mkfifo(directory / ".bread")
    with pytest.raises(ProjectError, match="is not a file"):
        load_project(directory)


def test_a_directory_in_a_files_place_is_told_of(tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p", recipe=None)
    (directory / "recipe.yml").mkdir()
    assert load_project(directory).notes == ("recipe.yml is not a file.",)


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "recipe.yml").symlink_to("nowhere")
    assert read_file(tmp_path / "recipe.yml") is None


def test_a_recipe_that_nothing_is_made_of_is_not_read_but_its_merge_is_told_of(tmp_path: Path) -> None:
    directory = bread_directory(tmp_path / "p", recipe="- of: another kind\n")
    assert load_project(directory).notes == ()
    (directory / "recipe.yml").write_text("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n")
    assert "merge that is not done" in load_project(directory).notes[0]


def test_what_is_recorded_has_the_parent_that_its_recipe_tells(tmp_path: Path) -> None:
    bread, recipe = baked_bread(BAKE, "zero"), baked_recipe(BAKE, "zero")
    project = load_project(bread_directory(tmp_path / "p", bread=bread, recipe=recipe))
    assert project.recorded
    assert project.parent == model_of("zero")


@pytest.mark.parametrize("noted", ["hash=0\nbake_name=one_0000000000000000", "hash=0\nbake_name=two"])
def test_what_is_recorded_stays_so_whatever_a_hook_calls_the_bake(tmp_path: Path, noted: str) -> None:
    begin = BREAD.index("[BAKE]\n") + len("[BAKE]\n")
    bread = baked_bread(BAKE).replace(BREAD[begin:].strip(), noted)
    project = load_project(bread_directory(tmp_path / "p", bread=bread, recipe=baked_recipe(BAKE)))
    assert project.bread.bake
    assert project.bread.bake.name != BAKE
    assert project.recorded
    assert project.parent is None


def test_another_bake_than_the_last_is_not_recorded(tmp_path: Path) -> None:
    assert not load_project(bread_directory(tmp_path / "p", bread=baked_bread("zero"))).recorded
