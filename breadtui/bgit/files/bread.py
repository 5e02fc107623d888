"""`.bread`: which things at the server stand for the sections of `input.yml`, and which model the next bake is on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from breadtui.api.lenient import texts
from breadtui.api.text import one_line
from breadtui.bgit.files.conflicts import refuse_conflicts
from breadtui.bgit.javascript.ini import ini_text, read_ini
from breadtui.bgit.javascript.values import in_order, stringify
from breadtui.bgit.problems import BREAD, ProjectError

_HEAD = """\
# Bread configuration mapping
# Auto-generated - do not edit manually

"""
_PROMPT = "PROMPT."
_BAKES = "RECIPE.BAKES."


@dataclass(frozen=True, slots=True)
class Named:
    """A section's content, by its hash (64 hex digits), and the name that it has at the server."""

    hash: str
    name: str


@dataclass(frozen=True, slots=True)
class RecipeNote:
    """What `.bread` says of `recipe.yml`; None where it says nothing."""

    base_model: str | None = None
    total_steps: str | None = None
    recipe_file: str | None = None


@dataclass(frozen=True, slots=True)
class BreadFile:
    """All that `.bread` says."""

    repo: str
    prompts: Mapping[str, Named] = field(default_factory=dict[str, Named])
    """By their keys in `input.yml`, in the file's order."""
    target: Named | None = None
    bake: Named | None = None
    parent_model: str | None = None
    """The model that the next bake is trained on; None for the repository's base model."""
    recipe: RecipeNote | None = None
    bakes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The models of each bake that `recipe.yml` tells of, the latest checkpoint first."""


def read_bread(text: str) -> BreadFile:
    """What a `.bread` says.

    Raises:
        ProjectError: it names no repository, or holds a merge that is not done.
    """
    refuse_conflicts(text, BREAD)
    sections = {name: _cleaned(entries) for name, entries in read_ini(text).items()}
    if not (repo := sections.get("REPO", {}).get("name")):
        raise ProjectError(f"{BREAD} names no repository: it needs a section [REPO] with a line name=, and a name.")
    prompts = {name.removeprefix(_PROMPT): name for name in sections if name.startswith(_PROMPT)}
    named = {key: _named(sections.get(name), "prompt_name") for key, name in prompts.items()}
    bakes = {name.removeprefix(_BAKES): entries for name, entries in sections.items() if name.startswith(_BAKES)}
    note = sections.get("RECIPE")
    return BreadFile(
        repo,
        prompts={key: found for key, found in named.items() if found},
        target=_named(sections.get("TARGET"), "target_name"),
        bake=_named(sections.get("BAKE"), "bake_name"),
        parent_model=sections.get("PARENT_MODEL", {}).get("model_name") or None,
        recipe=RecipeNote(*(note.get(key) or None for key in ("base_model", "total_steps", "recipe_file")))
        if note
        else None,
        bakes={name: _models(entries.get("model_names", "")) for name, entries in bakes.items()},
    )


def bread_text(bread: BreadFile) -> str:
    """The file's content."""
    note = bread.recipe or RecipeNote()
    told = {"base_model": note.base_model, "total_steps": note.total_steps, "recipe_file": note.recipe_file}
    sections = {
        "REPO": {"name": bread.repo},
        **{_PROMPT + key: _entries(bread.prompts[key], "prompt_name") for key in in_order(bread.prompts)},
        "TARGET": _entries(bread.target, "target_name"),
        "BAKE": _entries(bread.bake, "bake_name"),
        "PARENT_MODEL": {"model_name": bread.parent_model} if bread.parent_model else {},
        "RECIPE": {key: value for key, value in told.items() if value},
        **{_BAKES + name: {"model_names": stringify([*models])} for name, models in bread.bakes.items()},
    }
    return _HEAD + ini_text(sections)


def _cleaned(entries: Mapping[str, str]) -> dict[str, str]:
    # A branch may be anyone's. What a terminal could not show is in no name that a server has.
    return {key: one_line(value) for key, value in entries.items()}


def _named(entries: Mapping[str, str] | None, name: str) -> Named | None:
    found = entries or {}
    return Named(found["hash"], found[name]) if found.get("hash") and found.get(name) else None


def _entries(named: Named | None, name: str) -> dict[str, str]:
    return {"hash": named.hash, name: named.name} if named else {}


def _models(written: str) -> tuple[str, ...]:
    """The names in a JSON list; a text that is none is a name itself."""
    try:
        found: object = json.loads(written)
    except (ValueError, RecursionError):
        return (written,) if written else ()
    return tuple(map(one_line, texts(found)))
