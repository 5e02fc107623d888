"""What YAML says before its aliases and merge keys are looked up; a node may stand in several places."""

from __future__ import annotations

from dataclasses import dataclass, field

from breadtui.bakery.authoring.fields import Path


@dataclass(slots=True)
class Scalar:
    """A single value."""

    at: int
    """The character that it begins with, as everywhere here."""
    value: object
    bare: bool = False
    """Whether it stands without quotes."""
    word: str = ""
    """As it is written."""
    size: int = 1
    """The values in it, itself counted, each as often as an alias brings it back."""
    height: int = 0
    """The objects and lists in one another, itself counted."""


@dataclass(slots=True)
class ListNode:
    """A list; each of its items is told with the character where it begins in this list."""

    at: int
    items: list[tuple[int, Node]] = field(default_factory=list["tuple[int, Node]"])
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class ObjectNode:
    """Keys with their values, in the file's order."""

    at: int
    entries: list[Entry] = field(default_factory=list["Entry"])
    size: int = 1
    height: int = 1


Node = Scalar | ListNode | ObjectNode


@dataclass(slots=True)
class Entry:
    """A key and its value. What is `merged` has no key: the keys of its value are put here where there are none yet."""

    key: str | None
    at: int
    node: Node
    merged: bool = False


def expand(node: Node, path: Path, marks: dict[Path, int]) -> object:
    """The value of a node; `marks` is given where each key and item of it is written."""
    match node:
        case Scalar():
            return node.value
        case ListNode():
            made: list[object] = []
            for number, (at, item) in enumerate(node.items):
                marks[*path, number] = at
                made.append(expand(item, (*path, number), marks))
            return made
        case ObjectNode():
            return {entry.key: _entered(entry, path, marks) for entry in flat(node) if entry.key is not None}


def flat(node: ObjectNode) -> list[Entry]:
    """The entries of an object, with those merged into it: the first of these counts, and its own count more."""
    own = {entry.key: entry for entry in node.entries if entry.key is not None}
    placed: dict[str, Entry] = {}
    for entry in node.entries:
        for told in _sources(entry.node) if entry.merged else (entry,):
            if told.key is not None:
                placed.setdefault(told.key, own.get(told.key, told))
    return [*placed.values()]


def can_merge(node: Node) -> bool:
    """Whether the keys of a node can be merged into others: it is an object, or a list of such."""
    return isinstance(node, ObjectNode) or (
        isinstance(node, ListNode) and all(isinstance(item, ObjectNode) for _, item in node.items)
    )


def _sources(node: Node) -> list[Entry]:
    if isinstance(node, ListNode):
        return [entry for _, item in node.items for entry in _sources(item)]
    return flat(node) if isinstance(node, ObjectNode) else []


def _entered(entry: Entry, path: Path, marks: dict[Path, int]) -> object:
    here = (*path, entry.key or "")
    marks[here] = entry.at
    return expand(entry.node, here, marks)
