"""Checks a body before it is sent: what the service would refuse, now or when it runs, and what is seldom meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from breadtui.api.lenient import is_object
from breadtui.bakery.authoring import bake, target
from breadtui.bakery.authoring.check_bake import check_bake
from breadtui.bakery.authoring.check_prompt import check_prompt
from breadtui.bakery.authoring.check_target import check_target
from breadtui.bakery.authoring.check_values import carried, check_fields
from breadtui.bakery.authoring.fields import Field, Repeated, Shape
from breadtui.bakery.authoring.problems import Around, Problem, nearest, shown
from breadtui.bakery.authoring.templates import effective
from breadtui.bakery.things import Thing

__all__ = ["Around", "Problem", "check", "name_problem"]

_LONGEST_NAME = 255
_TEMPLATE = Field(("template",), Shape.TEXT, "What it starts from: default, or another one's name.", required=True)
_OLD_NAMES = tuple(Field((old,), Shape.TEXT, f"The old name of {new}.") for old, new in target.OLD_NAMES.items())
_ELSEWHERE = ("messages", "tools")
_LR = Field(("scheduler", "lr"), Shape.NUMBER, "No longer taken.")


def check(thing: Thing, body: Mapping[str, object], around: Around) -> list[Problem]:
    """All that is wrong with a body, whatever JSON it is; errors (no `warning`) are what the service would refuse."""
    # What cannot be sent at all comes first and alone: the other checks count on its not being there.
    if problems := carried(body):
        return problems
    if not is_object(body):
        return [Problem((), f"It must be an object, not {shown(body)}.")]
    problems = list(check_fields(_FIELDS[thing], body, elsewhere=_ELSEWHERE if thing is Thing.PROMPT else ()))
    named = body.get(thing.name_key)
    if (named is None or isinstance(named, str)) and (sentence := name_problem(thing, named)):
        problems.append(Problem((thing.name_key,), sentence))
    return [*problems, *_check_thing(thing, body, around)]


def name_problem(thing: Thing, name: object) -> str | None:
    """Why nothing of that kind can have this name, or None."""
    if name is None or name == "":
        return "A name is missing."
    if not isinstance(name, str):
        return f"The name must be text, not {shown(name)}."
    if len(name) > _LONGEST_NAME:
        return f"The name is too long: {len(name)} characters, and at most {_LONGEST_NAME} are allowed."
    if "/" in name:
        return "A name may not hold “/”: it is a part of web addresses."
    if not name.strip("."):
        return "A name may not be made of dots alone."
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        return "A name may not hold control characters, line breaks or tabs."
    return f"No {thing} may be called “batch”." if name == "batch" and thing is not Thing.REPO else None


def _check_thing(thing: Thing, body: Mapping[str, object], around: Around) -> Iterator[Problem]:
    match thing:
        case Thing.REPO:
            model = body.get("base_model")
            if isinstance(model, str) and not model.strip():
                yield Problem(("base_model",), "base_model must not be empty: leave it out, or name a model.")
        case Thing.PROMPT:
            yield from check_prompt(body)
        case Thing.TARGET:
            yield from _check_template(body, around.targets, thing)
            given = _template_config(body, {**target.DEFAULTS, "model_name": around.base_model}, around)
            yield from check_target(body, effective(body, given), around, template_known=given is not None)
        case Thing.BAKE:
            yield from _check_template(body, around.bakes, thing)
            given = _template_config(body, bake.DEFAULTS, around)
            yield from check_bake(body, effective(body, given), around, template_known=given is not None)
        case _:
            assert_never(thing)


def _check_template(body: Mapping[str, object], known: Collection[str] | None, thing: Thing) -> Iterator[Problem]:
    name = body.get("template")
    if not isinstance(name, str) or name == "default":
        return
    if not name or (known is not None and name not in known):
        sentence = f"There is no {thing} {shown(name)} to start from.{nearest(name, ('default', *(known or ())))}"
        yield Problem(("template",), sentence)


def _template_config(
    body: Mapping[str, object], defaults: Mapping[str, object], around: Around
) -> Mapping[str, object] | None:
    return defaults if body.get("template") == "default" and around.template is None else around.template


def _under_overrides(*fields: Field | Repeated) -> tuple[Field | Repeated, ...]:
    return tuple(replace(field, path=("overrides", *field.path)) for field in fields)


def _name(thing: Thing) -> Field:
    return Field((thing.name_key,), Shape.TEXT, f"The name of the {thing}.")


_FIELDS: Mapping[Thing, tuple[Field | Repeated, ...]] = {
    Thing.REPO: (_name(Thing.REPO), Field(("base_model",), Shape.TEXT, "The model that all bakes begin from.")),
    Thing.PROMPT: (_name(Thing.PROMPT),),
    Thing.TARGET: (
        _name(Thing.TARGET),
        _TEMPLATE,
        *_under_overrides(*target.FIELDS, *_OLD_NAMES, target.GENERATOR),
    ),
    Thing.BAKE: (_name(Thing.BAKE), _TEMPLATE, *_under_overrides(*bake.FIELDS, bake.DATASETS, _LR)),
}
"""The whole body of each kind."""
