"""Other names for what is taken: made of the content again, so that bgit keeps them, and equal content finds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from breadtui.bakery.recipes.plan import Recipe, StepKey
from breadtui.bakery.recipes.rename import renamed
from breadtui.bakery.things import Thing
from breadtui.bgit.files.bread import Named
from breadtui.bgit.naming.hashing import base_of, hashed_name, target_hash
from breadtui.bgit.naming.names import Names


def free_name(key: StepKey, names: Names, config: Mapping[str, object]) -> str:
    """Another name for a thing: of its hash and of all that is sent, the parent model and templates with it.

    Those are no part of bgit's own hash, which is how one name can come to mean two things.
    """
    # A target's hash is that of any object: its keys are sorted, and nothing of it but a name is left out.
    digest = hashlib.sha256(f"{_hash(key, names)}\n{target_hash(config, {})}".encode())
    return hashed_name(base_of(key.name), digest.hexdigest())


def renamed_as(recipe: Recipe, names: Names, instead: Mapping[StepKey, str]) -> tuple[Recipe, Names]:
    """The same steps and names, with those of `instead` for what is taken."""
    new = {(key.action.thing, key.name): name for key, name in instead.items()}

    def called(thing: Thing, name: str) -> str:
        return new.get((thing, name), name)

    def as_called(thing: Thing, named: Named | None) -> Named | None:
        return replace(named, name=called(thing, named.name)) if named else None

    prompts = {key: replace(named, name=called(Thing.PROMPT, named.name)) for key, named in names.prompts.items()}
    again = Names(
        prompts,
        as_called(Thing.TARGET, names.target),
        as_called(Thing.BAKE, names.bake),
        {base: called(Thing.TARGET, name) for base, name in names.targets.items()},
    )
    return renamed(recipe, recipe.repo, called), again


def _hash(key: StepKey, names: Names) -> str:
    known = [*names.prompts.values(), names.target, names.bake]
    return next((named.hash for named in known if named and named.name == key.name), "")
