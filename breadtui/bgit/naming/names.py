"""The names that the sections of `input.yml` have at the server: made of their content, as bgit makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from breadtui.bgit.files.bread import BreadFile, Named
from breadtui.bgit.files.input import Input
from breadtui.bgit.javascript.values import stringify, truthy
from breadtui.bgit.naming.hashing import bake_hash, base_of, hashed_name, prompt_hash, target_hash

_STUDENT: Mapping[str, Mapping[str, object]] = {"student": {"messages": []}}


@dataclass(frozen=True, slots=True)
class Names:
    """What everything is called. A prompt `student` is always among the prompts: a missing one is an empty one."""

    prompts: Mapping[str, Named] = field(default_factory=dict[str, Named])
    target: Named | None = None
    bake: Named | None = None
    targets: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the datasets of the bake call a target, and what it is called at the server."""


def names_of(found: Input, bread: BreadFile) -> Names:
    """The names of an input that is usable, next to what `.bread` says of the last one.

    What has not changed keeps its name. A section that is not in the input has no name, but the datasets of a bake
    whose target is not there mean the one of `.bread`.
    """
    sections = {**found.prompts} if found.prompts.get("student") is not None else {**found.prompts, **_STUDENT}
    prompts = {key: _prompt(key, section, bread) for key, section in sections.items()}
    by_key = {key: named.hash for key, named in prompts.items()}
    target = None
    if found.target is not None:
        target = _named(_base(found.target, "target"), target_hash(found.target, by_key), bread.target)
    meant = _meant(found.target, target or bread.target)
    bake = None
    if found.bake is not None:
        by_base = {base: named.hash for base, named in meant.items()}
        bake = _named(_base(found.bake, "bake"), bake_hash(found.bake, by_key, by_base), bread.bake)
    return Names(prompts, target, bake, {base: named.name for base, named in meant.items()})


def _prompt(key: str, section: Mapping[str, object], bread: BreadFile) -> Named:
    """Unlike a target or bake, a prompt that is only called something else keeps its name."""
    digest, last = prompt_hash(key, section), bread.prompts.get(key)
    return last if last and last.hash == digest else Named(digest, hashed_name(_base(section, "prompt"), digest))


def _named(base: str, digest: str, last: Named | None) -> Named:
    if last and last.hash == digest and base_of(last.name) == base:
        return last
    return Named(digest, hashed_name(base, digest))


def _meant(target: Mapping[str, object] | None, named: Named | None) -> dict[str, Named]:
    """The target by what datasets call it: its name in the input, or what its recorded name was made of."""
    if named is None:
        return {}
    return {_base(target, "target") if target is not None else base_of(named.name) or "target": named}


def _base(section: Mapping[str, object], otherwise: str) -> str:
    """What a section is called by its author."""
    name = section.get("name")
    if not truthy(name):
        return otherwise
    return name if isinstance(name, str) else stringify(name)
