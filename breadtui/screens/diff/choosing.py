"""Which two things are meant by what is marked and where the cursor stands."""

from __future__ import annotations

from collections.abc import Sequence

from breadtui.bakery.comparison.compared import check
from breadtui.bakery.comparison.subject import ComparisonError, Subject
from breadtui.bakery.things import Thing
from breadtui.widgets.tree.repo_tree import Item, Kind

_THINGS = {Kind.PROMPT: Thing.PROMPT, Kind.TARGET: Thing.TARGET, Kind.BAKE: Thing.BAKE, Kind.CHECKPOINT: Thing.BAKE}


def pair(marked: Sequence[Item], item: Item | None) -> tuple[Subject, Subject]:
    """The two that are marked; or the one that is, and what the cursor is on. A checkpoint stands for its bake.

    Raises:
        ComparisonError: there are not two, or they are of two kinds.
    """
    chosen = _subjects(marked)
    if len(chosen) == 1 and item is not None and item.kind in _THINGS:
        chosen = _subjects((*marked, item))
    match chosen:
        case [before, after]:
            check(before, after)
            return before, after
        case []:
            raise ComparisonError("Mark one with space, go to another of its kind, and press = again.")
        case [one]:
            raise ComparisonError(f"{one.label} is marked: go to another, or mark a second one, and press = again.")
        case _:
            raise ComparisonError(f"{len(chosen)} are marked: only two can be compared. esc takes the marks away.")


def _subjects(items: Sequence[Item]) -> list[Subject]:
    found = [Subject(_THINGS[item.kind], item.repo, item.bake or item.name) for item in items if item.kind in _THINGS]
    return list(dict.fromkeys(found))
