"""What is meant by the names at the command line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.api.text import one_line
from breadtui.bakery.comparison.subject import COMPARABLE, ComparisonError, Subject
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


def parsed(text: str) -> tuple[str, str, Thing | None]:
    """Repository, name, and what it must be: a checkpoint, `user/repo/bake/21`, stands for its bake.

    Raises:
        ComparisonError: it is not told so.
    """
    match text.split("/"):
        case [repo, name] if repo and name:
            return repo, name, None
        case [_, repo, bake, step] if repo and bake and step:
            return repo, bake, Thing.BAKE
        case _:
            raise ComparisonError(f"“{one_line(text)}” names nothing: write it as REPO/NAME.")


async def meant(kitchen: Kitchen, thing: Thing | None, before: str, after: str) -> tuple[Subject, Subject]:
    """The two things. Of which kind, the server is asked where nobody says.

    Raises:
        ComparisonError: there is no such pair, or more than one.
        BreadError: the server cannot be asked.
    """
    one, other = parsed(before), parsed(after)
    thing = thing or one[2] or other[2]
    if thing is None:
        kinds = await asyncio.gather(*(_kinds(kitchen, repo, name) for repo, name, _ in (one, other)))
        thing = _common(*kinds, names=("/".join(one[:2]), "/".join(other[:2])))
    return Subject(thing, *one[:2]), Subject(thing, *other[:2])


async def _kinds(kitchen: Kitchen, repo: str, name: str) -> tuple[Thing, ...] | BreadError:
    """What there is of this name; or why nobody knows."""
    try:
        shelf = await kitchen.catalog.open(repo)
    except BreadError as error:
        return error
    names = (shelf.prompts, shelf.targets, shelf.bakes)
    return tuple(thing for thing, there in zip(COMPARABLE, names, strict=True) if name in there)


def _common(
    before: tuple[Thing, ...] | BreadError, after: tuple[Thing, ...] | BreadError, names: tuple[str, str]
) -> Thing:
    for kinds, name in zip((before, after), names, strict=True):
        if isinstance(kinds, BreadError):
            raise kinds
        if not kinds:
            raise ComparisonError(f"There is no prompt, target or bake {name}.")
    common = [thing for thing in COMPARABLE if thing in _told(before) and thing in _told(after)]
    if len(common) == 1:
        return common[0]
    if common:
        said = " and a ".join(common)
        raise ComparisonError(f"Both names are those of a {said}: say which, as `breadtui diff {common[0]} …`.")
    one, other = (" and a ".join(_told(kinds)) for kinds in (before, after))
    raise ComparisonError(f"{names[0]} is a {one}, {names[1]} a {other}: only two of a kind can be compared.")


def _told(kinds: tuple[Thing, ...] | BreadError) -> tuple[Thing, ...]:
    return () if isinstance(kinds, BreadError) else kinds
