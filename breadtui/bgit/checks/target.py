"""Checks of TARGET: its fields, and the prompts that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from breadtui.bakery.authoring.problems import Problem, nearest, shown
from breadtui.bakery.authoring.target import OLD_NAMES
from breadtui.bakery.things import Thing
from breadtui.bgit.checks.at_server import AtServer
from breadtui.bgit.checks.section import check_section
from breadtui.bgit.files.bread import BreadFile

_PATH = ("TARGET",)
_DEFAULTS: Mapping[str, str] = {"teacher_prompt": "teacher", "student_prompt": "student"}
"""The prompts that are taken where none is named, by their keys."""


def check_target(section: Mapping[str, object], prompts: Collection[str], bread: BreadFile) -> Iterator[Problem]:
    """What is wrong with a TARGET; `prompts` are the keys of PROMPT."""
    keys = {*prompts, _DEFAULTS["student_prompt"]}
    given = {new: section.get(new) for new in _DEFAULTS}
    for old, new in OLD_NAMES.items():
        if section.get(old) is not None and given[new] not in (None, section[old]):
            sentence = f"{old} is the old name of {new}, and says another prompt: leave one of them out."
            yield Problem((*_PATH, old), sentence)
    for old, new in OLD_NAMES.items():
        given[new] = section.get(old) if given[new] is None else given[new]
    yield from _check_references(section, given, keys, bread)
    # Where none is named, one of the file is meant, so that none is missing.
    yield from check_section(Thing.TARGET, {**section, **_named(given)}, _PATH)


def _check_references(
    section: Mapping[str, object], given: Mapping[str, object], keys: Collection[str], bread: BreadFile
) -> Iterator[Problem]:
    at_server = {named.name for named in bread.prompts.values()}
    for new, default in _DEFAULTS.items():
        name = given[new]
        if name is None and default not in keys and section.get("template") in (None, "default"):
            sentence = f"A {default} is missing: write one under PROMPT, or name the prompt that it is as {new}."
            yield Problem((*_PATH, new), f"{sentence}{nearest(default, keys)}")
        if isinstance(name, str) and name and name not in keys and name not in at_server:
            old = next(old for old, new_name in OLD_NAMES.items() if new_name == new)
            sentence = f"There is no {shown(name)} under PROMPT: it must be a prompt at the server."
            at = old if section.get(new) is None else new
            yield AtServer((*_PATH, at), f"{sentence}{nearest(name, keys)}", warning=True)


def _named(given: Mapping[str, object]) -> dict[str, object]:
    return {new: default for new, default in _DEFAULTS.items() if given[new] is None}
