"""Bodies to a server and back: makes a thing of its body exactly as it stands, and tells what would make one again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from breadtui.api.client import BreadClient
from breadtui.api.errors import Invalid, NotFound, TooLarge
from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.models import Bake, Prompt, Repo, Target
from breadtui.bakery.catalog import Catalog
from breadtui.bakery.things import Thing

Body = Mapping[str, object]

DEFAULT = "default"
"""The template that every repository has."""
_KEYS = {
    Thing.REPO: {"repo_name", "base_model"},
    Thing.PROMPT: {"prompt_name", "messages", "tools"},
    Thing.TARGET: {"target_name", "template", "overrides"},
    Thing.BAKE: {"bake_name", "template", "overrides"},
}
_FREE = {"extra_kwargs", "peft_config"}
"""Objects of a person's own, in which a null is a value as any other."""


async def create_repo(client: BreadClient, body: Body) -> Repo:
    """Make a repository; the same one again is no error."""
    name = _name(Thing.REPO, body)
    base_model = body.get("base_model")
    if not isinstance(base_model, str | None):
        raise Invalid("base_model must be text. Nothing was sent.")
    made = await client.create_repo(name, base_model)
    return made if made.repo_name else made.model_copy(update={"repo_name": name})


async def create(client: BreadClient, thing: Thing, repo: str, body: Body) -> str:
    """Make a prompt, target or bake of its whole body; gives its name.

    Raises:
        Invalid: something stands in the body that would not be sent; or the server will not have it.
        Conflict: something else has the name.
    """
    name = _name(thing, body)
    match thing:
        case Thing.PROMPT:
            tools = None if body.get("tools") is None else _objects(body, "tools")
            await client.create_prompt(repo, name, _objects(body, "messages"), tools)
        case Thing.TARGET:
            await client.create_target(repo, name, template=_template(body), overrides=_overrides(body))
        case Thing.BAKE:
            await client.create_bake(repo, name, template=_template(body), overrides=_overrides(body))
        case Thing.REPO:
            raise Invalid("A repository stands in no other. Nothing was sent.")
        case _:
            assert_never(thing)
    return name


async def body_of(client: BreadClient, catalog: Catalog, thing: Thing, repo: str, name: str) -> dict[str, object]:
    """The body that would make the same thing again, looked up now: a target's or bake's with its whole configuration.

    Raises:
        TooLarge: it is nested deeper than can be copied.
    """
    match thing:
        case Thing.REPO:
            made = await client.get_repo(name)
            return {"repo_name": name, **({"base_model": made.base_model} if made.base_model else {})}
        case Thing.PROMPT:
            prompt = await catalog.prompt(repo, name)
            told = _copied(prompt, name)
            tools = {} if told.get("tools") is None else {"tools": told["tools"]}
            return {"prompt_name": name, "messages": told.get("messages", []), **tools}
        case Thing.TARGET | Thing.BAKE:
            config = await _config(client, catalog, thing, repo, name)
            return {thing.name_key: name, "template": DEFAULT, "overrides": config}
        case _:
            assert_never(thing)


def without_nulls(config: Mapping[str, object]) -> dict[str, object]:
    """A configuration without what is null, which says nothing; a person's own objects are left alone."""
    return {key: item if key in _FREE else _null_free(item) for key, item in config.items() if item is not None}


async def template_config(
    client: BreadClient, catalog: Catalog, thing: Thing, repo: str, template: str
) -> Mapping[str, object] | None:
    """The configuration that a template gives; None for one that is not there, or a thing that has none."""
    if thing in (Thing.REPO, Thing.PROMPT):
        return None
    if template == DEFAULT:
        return _defaults(thing, catalog.base_model(repo))
    try:
        return await _config(client, catalog, thing, repo, template)
    except NotFound:
        return None


def _defaults(thing: Thing, base_model: str | None) -> Mapping[str, object]:
    from breadtui.bakery.authoring import bake, target  # what can be written is loaded when something is

    if thing is Thing.BAKE:
        return bake.DEFAULTS
    return {**target.DEFAULTS, "model_name": base_model} if base_model else target.DEFAULTS


async def _config(client: BreadClient, catalog: Catalog, thing: Thing, repo: str, name: str) -> dict[str, object]:
    found = await (catalog.target(repo, name) if thing is Thing.TARGET else client.get_bake(repo, name))
    return without_nulls(as_object(_copied(found, name).get("config")))


def _copied(found: Prompt | Target | Bake, name: str) -> dict[str, object]:
    """What the server told, in plain JSON."""
    try:
        return {key: _plain(value) for key, value in found.model_dump(exclude_unset=True).items()}
    except (ValueError, RecursionError):
        raise TooLarge(f"“{name}” is nested too deeply to be copied.") from None


def _plain(value: object) -> object:
    if is_object(value):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in items(value)] if _is_list(value) else value


def _null_free(value: object) -> object:
    if is_object(value):
        return without_nulls(value)
    return [_null_free(item) for item in items(value)] if _is_list(value) else value


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _name(thing: Thing, body: Body) -> str:
    """The name in a body of which every key would be sent."""
    if unknown := [key for key in body if key not in _KEYS[thing]]:
        raise Invalid(f"A {thing} has no “{unknown[0]}”. Nothing was sent.")
    name = body.get(thing.name_key)
    if not isinstance(name, str) or not name:
        raise Invalid(f"The name ({thing.name_key}) is missing. Nothing was sent.")
    return name


def _objects(body: Body, key: str) -> list[Mapping[str, object]]:
    value = body.get(key, [])
    objects = [item for item in items(value) if is_object(item)]
    if not _is_list(value) or len(objects) != len(items(value)):
        raise Invalid(f"{key} must be a list of objects. Nothing was sent.")
    return objects


def _template(body: Body) -> str:
    template = body.get("template", DEFAULT)
    if not isinstance(template, str):
        raise Invalid("template must be text. Nothing was sent.")
    return template


def _overrides(body: Body) -> Mapping[str, object]:
    overrides = body.get("overrides", {})
    if not is_object(overrides):
        raise Invalid("overrides must be keys with their values. Nothing was sent.")
    return overrides
