"""Checks of BAKE: its fields, the targets that it learns from, and the model that it is on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.fields import get
from breadtui.bakery.authoring.problems import Problem, nearest, shown
from breadtui.bakery.things import Thing
from breadtui.bgit.checks.at_server import AtServer
from breadtui.bgit.checks.section import NAMELESS, check_section
from breadtui.bgit.files.bread import BreadFile
from breadtui.bgit.naming.hashing import base_of

_PATH = ("BAKE",)


def check_bake(
    section: Mapping[str, object], target: Mapping[str, object] | None, bread: BreadFile
) -> Iterator[Problem]:
    """What is wrong with a BAKE beside this TARGET, if there is one."""
    if section.get("model_name") is not None:
        parent = f"{bread.parent_model}, as .bread says" if bread.parent_model else "the repository's base model"
        sentence = f"model_name is not looked at in a BAKE: it is trained on {parent}."
        yield Problem((*_PATH, "model_name"), sentence, warning=True)
    yield from check_section(Thing.BAKE, {key: section[key] for key in section if key != "model_name"}, _PATH)
    yield from _check_datasets(section, known_targets(target, bread))
    parent = get(section, ("model", "parent_model_name"))
    if isinstance(parent, str) and bread.parent_model not in (None, parent):
        sentence = f"This is trained on {shown(parent)}, not on the last bake, which .bread names"
        path = (*_PATH, "model", "parent_model_name")
        yield Problem(path, f"{sentence}: {bread.parent_model}. Leave it out to go on from there.", warning=True)


def known_targets(target: Mapping[str, object] | None, bread: BreadFile) -> list[str]:
    """What the datasets of a BAKE may call a target of the directory."""
    recorded = bread.target.name if bread.target else None
    if target is not None:
        name = target.get("name") or NAMELESS[Thing.TARGET]
        return [word for word in (name, recorded) if isinstance(word, str)]
    return [base_of(recorded) or NAMELESS[Thing.TARGET], recorded] if recorded else []


def _check_datasets(section: Mapping[str, object], known: list[str]) -> Iterator[Problem]:
    for number, dataset in enumerate(items(section.get("datasets"))):
        name = dataset.get("target") if is_object(dataset) else None
        if isinstance(name, str) and name and name not in known:
            here = f"here, only {shown(known[0])}" if known else "here"
            sentence = f"There is no target {shown(name)} {here}: it must be at the server.{nearest(name, known)}"
            yield AtServer((*_PATH, "datasets", number, "target"), sentence, warning=True)
