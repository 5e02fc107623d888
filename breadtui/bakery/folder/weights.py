"""How much of a bake's training comes from each document: weights that add up to 1 as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from breadtui.api.lenient import as_object, is_object, items
from breadtui.api.text import one_line
from breadtui.bakery.authoring.bake import even, scaled
from breadtui.bakery.folder.files import Unusable, read_csv, read_yaml
from breadtui.bakery.folder.options import Weighing
from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.folder.reading import Document
from breadtui.bakery.folder.register import Register

_LARGEST = 1e9
_NAMED = 5
"""Documents that a sentence names, at most."""


def weigh(documents: Sequence[Document], how: Weighing, left_out: Sequence[str] = ()) -> tuple[float, ...]:
    """A weight for each document, in their order. What a table says of files that were `left_out` does not count.

    Raises:
        FolderError: the table cannot be read, or does not name every document once with a weight.
    """
    match how:
        case "even":
            return tuple(even(len(documents)))
        case "length":
            return tuple(scaled([len(document.text) for document in documents]))
        case Path():
            return tuple(scaled(_from_table(documents, how, left_out)))
        case _:
            assert_never(how)


def _from_table(documents: Sequence[Document], path: Path, left_out: Sequence[str]) -> list[float]:
    told = one_line(str(path))
    try:
        rows = _yaml_rows(path) if path.suffix.lower() in (".yml", ".yaml") else _csv_rows(path)
    except Unusable as error:
        raise FolderError(f"{told} {error}. Write a name and a weight in each line, such as “iphone.md,0.5”.") from None
    names = {document.path: document.name for document in documents}
    found = _matched(told, Register([*names, *left_out], names), rows)
    lacking = [document.shown for document in documents if document.path not in found]
    if lacking:
        raise FolderError(
            f"{told} has no weight for {_some(lacking)}. Add a line for each, with 0 to train nothing on it."
        )
    weights = [found[document.path] for document in documents]
    if not any(weights):
        raise FolderError(f"{told} has no weight above 0. Give at least one document a weight.")
    return weights


def _matched(told: str, register: Register, rows: Iterable[tuple[str, str]]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for name, weight in rows:
        path = _one(told, name, register.find(name))
        if path in found:
            raise FolderError(f"{told} has two weights for {one_line(path)}. Take one of them away.")
        number = _number(weight)
        if number is None:
            said = one_line(weight)
            raise FolderError(f"{told} has “{said}” for “{one_line(name)}”. A weight is a number from 0 upwards.")
        found[path] = number
    return found


def _one(told: str, name: str, paths: Sequence[str]) -> str:
    """The one path that a row is about."""
    match paths:
        case (path,):
            return path
        case ():
            raise FolderError(f"{told} has a weight for “{one_line(name)}”, and there is no such document.")
        case _:
            several = _some([one_line(path) for path in paths])
            raise FolderError(f"{told} has a weight for “{one_line(name)}”, which may be {several}: name it in full.")


def _csv_rows(path: Path) -> list[tuple[str, str]]:
    rows = list(read_csv(path))
    for line, row in rows:
        if len(row) != 2:
            raise Unusable(f"has {len(row)} cells in line {line}, not two")
    heading = rows and _number(rows[0][1][1]) is None and len(rows) > 1
    return [(row[0], row[1]) for _, row in rows[1 if heading else 0 :]]


def _yaml_rows(path: Path) -> list[tuple[str, str]]:
    found = read_yaml(path)
    if is_object(found):
        return [(f"{name}", f"{weight}") for name, weight in found.items()]
    entries = [as_object(item) for item in items(found)]
    if not entries or any("name" not in entry or "weight" not in entry for entry in entries):
        raise Unusable("is neither a table of names and weights nor a list of such pairs")
    return [(f"{entry['name']}", f"{entry['weight']}") for entry in entries]


def _number(text: str) -> float | None:
    """A weight, with a point or a comma; None if it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= _LARGEST else None


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
