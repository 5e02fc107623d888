"""What bgit takes of a section to tell whether it is the same as before: its content, put in order, and the hash of it.

Names are left out, as are the parent model and what template files hold. A target goes by the hashes of all prompts,
and a bake by those of its prompts and targets, so that either is a new one when what it is made of is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from breadtui.api.lenient import as_object, is_object
from breadtui.bakery.authoring.fields import is_list
from breadtui.bgit.javascript.collation import Place, place
from breadtui.bgit.javascript.values import sorted_keys, stringify, truthy

DIGITS = 16
"""How many of the hash follow the base of a name, after its underscore."""

_REFERENCES = {"teacher_prompt", "student_prompt", "u", "v"}
_HASHED_NAME = re.compile(rf"(.*)_[0-9a-fA-F]{{{DIGITS}}}", re.DOTALL)


def prompt_hash(key: str, section: Mapping[str, object]) -> str:
    """The hash of the prompt that stands under `key`: 64 hex digits, of its messages as written and of its tools."""
    content = {"messages": section["messages"]} if "messages" in section else {}
    if truthy(tools := section.get("tools")):
        content["tools"] = _ordered(tools)
    return _hash(_object({key: content}))


def target_hash(section: Mapping[str, object], prompts: Mapping[str, str]) -> str:
    """The hash of a target, given those of the prompts by their keys."""
    content = {key: _of_target(key, section[key], prompts) for key in sorted_keys(section) if key != "name"}
    return _hash(_object(content | _hashes("_prompt_hashes", prompts)))


def bake_hash(section: Mapping[str, object], prompts: Mapping[str, str], targets: Mapping[str, str]) -> str:
    """The hash of a bake, given those of the prompts and of the targets, by what the datasets call these."""
    content = {key: _of_bake(key, section[key], targets) for key in sorted_keys(section) if key != "name"}
    hashes = _hashes("_prompt_hashes", prompts) | _hashes("_target_hashes", targets)
    return _hash(_object(content | hashes))


def hashed_name(base: str, hash: str) -> str:
    """The name at the server of what is called `base` in `input.yml`."""
    return f"{base}_{hash[:DIGITS]}"


def base_of(name: str) -> str:
    """What a name was made of; a name without a hash is its own base."""
    found = _HASHED_NAME.fullmatch(name)
    return found[1] if found else name


def _of_target(key: str, value: object, prompts: Mapping[str, str]) -> object:
    if key == "generators" and is_list(value):
        return sorted(map(_ordered, value), key=_place_of_json)
    if key in _REFERENCES and isinstance(value, str) and value in prompts:
        return f"{value}:{prompts[value]}"
    return _ordered(value)


def _of_bake(key: str, value: object, targets: Mapping[str, str]) -> object:
    if key == "datasets" and is_list(value):
        datasets = sorted(map(as_object, value), key=lambda dataset: place(_text(dataset.get("target"))))
        return [_dataset(dataset, targets) for dataset in datasets]
    if key == "datasets" and is_object(value):
        return _dataset(value, targets)
    return _ordered(value)


def _dataset(dataset: Mapping[str, object], targets: Mapping[str, str]) -> dict[str, object]:
    weight = dataset.get("weight")
    named = {"target": dataset["target"]} if "target" in dataset else {}
    target = targets.get(_text(dataset.get("target")), "")
    return named | {"weight": 1 if weight is None else weight, "target_hash": target}


def _hashes(key: str, hashes: Mapping[str, str]) -> dict[str, object]:
    return {key: _ordered(hashes)} if hashes else {}


def _ordered(value: object) -> object:
    """Objects with their keys sorted, down to the first list on each way: a list is taken as it is written."""
    return _object({key: _ordered(value[key]) for key in sorted_keys(value)}) if is_object(value) else value


def _object(content: Mapping[str, object]) -> dict[str, object]:
    # To assign `__proto__`, as bgit does in copying, makes no key in JavaScript.
    return {key: value for key, value in content.items() if key != "__proto__"}


def _place_of_json(value: object) -> Place:
    return place(stringify(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else stringify(value)


def _hash(content: object) -> str:
    return hashlib.sha256(stringify(content).encode()).hexdigest()
