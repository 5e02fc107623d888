"""A recipe as a YAML file, to be kept under version control and replayed anywhere.

It has the keys of the server's recreation plan, and says besides what it is a recipe of; other programs' plans, which
do not, are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from breadtui.api.lenient import as_object, is_object, items, texts
from breadtui.api.text import one_line
from breadtui.bakery.authoring.document import Read, from_yaml, line_of, to_yaml
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.recipes.plan import Action, Recipe, StepKey, arranged, bad_name, lacks, read_models
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.things import Thing
from breadtui.files import write_private

VERSION = 1
LARGEST = 32 << 20
"""Bytes of a file that is read, at most."""
_HEAD = """\
# How the bake {bake} of {repo} was made. Replay it with:
#   breadtui replay THIS_FILE --into REPOSITORY
# A step is taken after those that it depends on, in whatever order they stand here.
"""
_NOTES = {
    "base_model": "# The repository it is replayed into must start from this model.",
    "steps": "# What is made and run. A prompt, target or bake is made exactly of its config.",
    "resources": "# What the steps speak of. By model_names, bakes and targets on top of a bake find their parent:\n"
    "# in a replay they take the new bake's checkpoint of the same number, or else its latest.",
}


def recipe_text(recipe: Recipe) -> str:
    """The file's content; `read_recipe` gives the same recipe again."""
    head = _HEAD.format(bake=one_line(recipe.bake), repo=one_line(recipe.repo) or "a repository")
    parts = [head]
    for key, value in _body(recipe).items():
        note = f"\n{_NOTES[key]}\n" if key in _NOTES else ""
        parts.append(note + to_yaml({key: value}))
    return "".join(parts)


def read_recipe(text: str, name: str = "The recipe") -> Recipe:
    """The recipe that a file says. It takes a second for each 500 kB.

    Raises:
        RecipeError: it says none; the text tells the line and column of everything that is wrong.
    """
    read = from_yaml(text)
    if read.body is None:
        raise RecipeError(f"{name} cannot be read. {read.problem.sentence if read.problem else ''}".rstrip())
    page = _Page(read, text)
    recipe = page.recipe(read.body)
    if page.faults:
        more = f"\n… and {len(page.faults) - 10:,} more" if len(page.faults) > 10 else ""
        raise RecipeError(f"{name} is not a recipe that can be replayed:\n" + "\n".join(page.faults[:10]) + more)
    return recipe


def load_recipe(path: FilePath) -> Recipe:
    """The recipe in a file.

    Raises:
        RecipeError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            found = file.read(LARGEST + 1)
    except OSError as error:
        raise RecipeError(f"{one_line(str(path))} cannot be read: {error.strerror or error}.") from None
    if len(found) > LARGEST:
        raise RecipeError(f"{one_line(str(path))} is larger than a recipe can be.")
    try:
        text = found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{one_line(str(path))} is not UTF-8 text, as a recipe is.") from None
    return read_recipe(text, one_line(path.name))


def save_recipe(path: FilePath, recipe: Recipe, *, overwrite: bool = False) -> None:
    """Write a recipe, whole or not at all.

    Raises:
        RecipeError: there is something else already, or it cannot be written.
    """
    shown = one_line(str(path))
    if path.exists() and not overwrite:
        raise RecipeError(f"{shown} is there already. Name another file, or allow to overwrite it.")
    if not path.parent.is_dir():
        raise RecipeError(f"The folder {one_line(str(path.parent))} is not there.")
    try:
        write_private(path, recipe_text(recipe))
    except OSError as error:
        raise RecipeError(f"{shown} cannot be written: {error.strerror or error}.") from None


def _body(recipe: Recipe) -> dict[str, object]:
    base = {"base_model": recipe.base_model} if recipe.base_model else {}
    bakes = [
        {"bake_name": name, "model_names": [*recipe.models.get(name, ())]}
        for name in dict.fromkeys((*recipe.names(Thing.BAKE), *recipe.models))
    ]
    return {
        "recipe_version": VERSION,
        "repo": recipe.repo,
        "bake": recipe.bake,
        **base,
        "total_steps": len(recipe.steps),
        "steps": [
            {
                "step": number,
                "action": step.key.action.value,
                "resource_type": step.key.action.thing.value,
                "resource_name": step.key.name,
                "dependencies": [need.dependency for need in step.needs],
                "config": step.config,
            }
            for number, step in enumerate(recipe.steps, 1)
        ],
        "resources": {
            "prompts": [*recipe.names(Thing.PROMPT)],
            "targets": [*recipe.names(Thing.TARGET)],
            "bakes": bakes,
        },
    }


class _Page:
    """What is wrong with a file, gathered while it is read."""

    def __init__(self, read: Read, text: str) -> None:
        self._lines = read.lines
        self._text = text.splitlines()
        self._places: dict[StepKey, str | int] = {}
        self.faults: list[str] = []

    def recipe(self, body: Mapping[str, object]) -> Recipe:
        """The recipe, as far as there are no faults."""
        version = body.get("recipe_version", VERSION)
        if version != VERSION or isinstance(version, bool):
            self._wrong(("recipe_version",), f"this program reads recipes of version {VERSION}; a newer one may.")
        if not isinstance(body.get("steps"), list) or not body.get("steps"):
            self._wrong(("steps",), "a recipe has steps, one or more.")
        told: dict[StepKey, tuple[Mapping[str, object], Sequence[str]]] = {}
        for place, item in enumerate(items(body.get("steps"))):
            self._step(("steps", place), item, told)
        bakes = [key.name for key in told if key.action.thing is Thing.BAKE]
        bake = self._text_of(body, "bake") or (bakes[-1] if bakes else "")
        models = read_models(as_object(body.get("resources")))
        repo = self._text_of(body, "repo") or _repo_of(models)
        recipe = arranged(repo, bake, self._text_of(body, "base_model") or None, told, models)
        for step in recipe.steps:
            if missing := lacks(step):
                self._wrong(("steps", self._places[step.key]), f"{step.key}: {missing}")
        return recipe

    def _step(self, at: Path, item: object, told: dict[StepKey, tuple[Mapping[str, object], Sequence[str]]]) -> None:
        step = as_object(item)
        word, name = step.get("action", step.get("operation")), step.get("resource_name", step.get("name"))
        try:
            action = Action(str(word).strip().lower())
        except ValueError:
            self._wrong((*at, "action"), f"a step is one of {', '.join(Action)}; not “{one_line(str(word))[:40]}”.")
            return
        if not isinstance(name, str) or bad_name(name):
            self._wrong((*at, "resource_name"), f"this step {bad_name(name if isinstance(name, str) else '')}.")
            return
        config = step.get("config")
        if config is not None and not is_object(config):
            self._wrong((*at, "config"), "config must be keys with their values.")
            return
        key = StepKey(action, name)
        if key in told:
            self._wrong(at, f"the {key} is told twice.")
            return
        self._places[key] = at[-1]
        told[key] = (as_object(config), texts(step.get("dependencies")))

    def _text_of(self, body: Mapping[str, object], key: str) -> str:
        value = body.get(key)
        if value is not None and not isinstance(value, str):
            self._wrong((key,), f"{key} must be text.")
        return value if isinstance(value, str) else ""

    def _wrong(self, path: Path, words: str) -> None:
        line = line_of(path, self._lines)
        text = self._text[line] if line < len(self._text) else ""
        column = len(text) - len(re.sub(r"^[ -]+", "", text))
        self.faults.append(f"Line {line + 1}, column {column + 1}: {words}")


def _repo_of(models: Mapping[str, Sequence[str]]) -> str:
    """The repository that a plan without its name was made from, by the models that it tells."""
    named = (model.split("/") for names in models.values() for model in names)
    return next((parts[1] for parts in named if len(parts) == 4), "")
