"""Finds names by what is typed: those that contain it; where none does, those that have its letters in order.

Textual's own fuzzy search tries every way in which the letters fit, and there are more of those in a long name than
anybody can wait for. This looks at a name a few times, so a key stays quick in a tree of thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from breadtui.widgets.tree.items import Item

SHOWN = 300
"""Matches that are shown, at most; the best of them."""

Rank = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """`hits`: the items to show, as they were listed, with the places of the letters found; `best` fits best."""

    hits: Mapping[Item, tuple[int, ...]]
    best: Item | None
    matches: int
    known: int
    """Names that were searched."""


class Sieve:
    """The names there are, ready to be searched again and again."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._names = [(item, _folded(item.label)) for item in items]

    def sift(self, query: str) -> Found:
        """What `query` finds; case does not matter."""
        wanted = _folded(query)
        places = [(at, index) for index, (_, name) in enumerate(self._names) if (at := name.find(wanted)) >= 0]
        ranked = [(_rank_part(wanted, self._names[index][1], at), index) for at, index in places]
        if not ranked:
            wanted = wanted.replace(" ", "")
            ranked = [
                (_rank_letters(at), index)
                for index, (_, name) in enumerate(self._names)
                if (at := letters(wanted, name)) is not None
            ]
        best = nsmallest(SHOWN, ranked)
        shown = sorted(index for _, index in best)
        hits = {item: _places(wanted, name) for item, name in map(self._names.__getitem__, shown)}
        first = self._names[best[0][1]][0] if best else None
        return Found(hits, first, len(ranked), len(self._names))


def letters(query: str, name: str) -> tuple[int, ...] | None:
    """Where the letters of `query` stand in `name`, in order and close together; None if they do not."""
    at = -1
    for letter in query:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
    places: list[int] = []
    end = at + 1
    for letter in reversed(query):  # from the first end there is, backwards: as close as they can be
        end = name.rfind(letter, 0, end)
        places.append(end)
    return tuple(reversed(places))


def _places(wanted: str, name: str) -> tuple[int, ...]:
    at = name.find(wanted)
    return tuple(range(at, at + len(wanted))) if at >= 0 else letters(wanted, name) or ()


def _rank_part(wanted: str, name: str, at: int) -> Rank:
    """The whole name first, then its beginning, then the beginning of a word; short names before long ones."""
    if at == 0:
        return (0 if len(name) == len(wanted) else 1, len(name), 0)
    return (3 if name[at - 1].isalnum() else 2, len(name), at)


def _rank_letters(at: tuple[int, ...]) -> Rank:
    """What stands close together first."""
    return (4, at[-1] - at[0], at[0]) if at else (4, 0, 0)


def _folded(text: str) -> str:
    """Lower case, letter by letter, so that places in it are places in `text`."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(letter.lower()[:1] for letter in text)
