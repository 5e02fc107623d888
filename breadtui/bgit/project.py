"""A directory of bgit as it stands on disk: its three files, and the names that its input has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from breadtui.api.text import one_line
from breadtui.bgit.files.bread import BreadFile, read_bread
from breadtui.bgit.files.conflicts import refuse_conflicts
from breadtui.bgit.files.input import Input, load_input
from breadtui.bgit.files.recipe import RecipeFile, read_recipe
from breadtui.bgit.naming.names import Names, names_of
from breadtui.bgit.problems import BREAD, RECIPE, ProjectError

LARGEST = 32 << 20
"""Bytes of a file that is read, at most."""


@dataclass(frozen=True, slots=True)
class Project:
    """A directory and what its files say."""

    directory: Path
    bread: BreadFile
    input: Input
    names: Names
    """Empty where the input cannot be used."""
    recipe: RecipeFile | None = None
    """Read only where the bake that is asked for is recorded in it: of many bakes it takes seconds."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of the files: that `recipe.yml` cannot be read, for instance."""

    @property
    def repo(self) -> str:
        """The repository at the server."""
        return self.bread.repo

    @property
    def ready(self) -> bool:
        """Whether nothing is asked for: the last bake is done, and the next one is not written yet."""
        return self.input.empty and not self.input.mistakes

    @property
    def recorded(self) -> bool:
        """Whether `.bread` has the bake that is asked for as the one that the next is on.

        Its own [BAKE] is not asked: there bgit's hook writes, at each commit, what the input would come to without a
        student.
        """
        return _is_on(self.bread, self.names)

    @property
    def parent(self) -> str | None:
        """The model that the bake asked for is on; None for the base model. Of one that is recorded, its own parent."""
        if self.recorded and self.names.bake:
            return self.recipe.parents.get(self.names.bake.name) if self.recipe else None
        return self.bread.parent_model


def load_project(directory: Path) -> Project:
    """Read the files of a directory. They are left as they are.

    Raises:
        ProjectError: it has no `.bread`, or one that cannot be read.
    """
    text = read_file(directory / BREAD)
    if text is None:
        raise ProjectError(
            f"There is no {BREAD} in {one_line(str(directory))}, so it is no directory of bgit. `bgit init` makes one."
        )
    bread = read_bread(text)
    found = load_input(directory, bread)
    names = names_of(found, bread) if found.usable else Names()
    recipe, notes = _recipe(directory, needed=_is_on(bread, names))
    return Project(directory, bread, found, names, recipe, notes)


def read_file(path: Path) -> str | None:
    """The text of a file; None where there is none.

    Raises:
        ProjectError: it cannot be read, or is no text.
    """
    name = one_line(path.name)
    try:
        if path.exists() and not path.is_file():
            raise ProjectError(f"{name} is not a file.")  # reading a pipe would wait for ever
        with path.open("rb") as file:
            found = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {error.strerror or error}.") from None
    if len(found) > LARGEST:
        raise ProjectError(f"{name} is larger than such a file can be.")
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        raise ProjectError(f"{name} is not text in UTF-8. Take it from the last commit again.") from None


def _is_on(bread: BreadFile, names: Names) -> bool:
    """Whether the next bake is on a model of the one that is asked for, whose name tells its content."""
    bake, parent = names.bake, bread.parent_model
    if bake is None or parent is None:
        return False
    return parent in bread.bakes.get(bake.name, ()) or parent.split("/")[2:3] == [bake.name]


def _recipe(directory: Path, *, needed: bool) -> tuple[RecipeFile | None, tuple[str, ...]]:
    """`recipe.yml` if it is needed, and what is wrong with it: nothing is made of it, so it holds up nothing."""
    try:
        text = read_file(directory / RECIPE)
        if text is None:
            return None, ()
        refuse_conflicts(text, RECIPE)
        return (read_recipe(text) if needed else None), ()
    except ProjectError as error:
        return None, (str(error),)
