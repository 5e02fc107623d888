"""Holds a section against the rules for the body that is made of it, and tells the problems by the section's paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breadtui.bakery.authoring.checks import Around, check, name_problem
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.names import LONGEST
from breadtui.bakery.authoring.problems import Problem, shown
from breadtui.bakery.things import Thing
from breadtui.bgit.naming.hashing import DIGITS

NAMELESS: Mapping[Thing, str] = {Thing.PROMPT: "prompt", Thing.TARGET: "target", Thing.BAKE: "bake"}
"""What begins the name of a section that has none of its own."""


def check_section(thing: Thing, section: Mapping[str, object], path: Path) -> Iterator[Problem]:
    """What is wrong with the fields of a target's or a bake's section, its name and its `template` too."""
    yield from check_name(thing, section, path)
    template = section.get("template")
    body = {
        thing.name_key: NAMELESS[thing],
        "template": "default" if template is None else template,
        "overrides": {key: value for key, value in section.items() if key not in ("name", "template")},
    }
    for problem in check(thing, body, Around()):
        step, *rest = problem.path or ("overrides",)
        if step == "overrides":
            yield Problem((*path, *rest), problem.sentence, problem.warning)
        else:
            yield Problem((*path, step), problem.sentence, problem.warning)


def check_name(thing: Thing, section: Mapping[str, object], path: Path) -> Iterator[Problem]:
    """Why nothing can be called by the `name` of a section, to which its hash is added."""
    name = section.get("name")
    if name is None or name == "":
        return
    if not isinstance(name, str):
        yield Problem((*path, "name"), f"name must be text, not {shown(name)}.")
    elif len(name) > LONGEST - DIGITS - 1:
        sentence = f"name is too long: {len(name)} characters, and at most {LONGEST - DIGITS - 1} are allowed"
        yield Problem((*path, "name"), f"{sentence}, for {DIGITS + 1} more of its hash are added.")
    # With its hash it is not what some words alone would be: a name of dots, or a part of the service's addresses.
    elif wrong := name_problem(thing, f"{name}_{'0' * DIGITS}"):
        yield Problem((*path, "name"), wrong)
