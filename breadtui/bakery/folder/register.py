"""Finds the document that a person means: by its path, its path without the ending, its file's name, or its stem."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath


class Register:
    """The paths of documents, to be found by what they are called; `names` adds the names of their targets."""

    def __init__(self, paths: Iterable[str], names: Mapping[str, str] | None = None) -> None:
        found = tuple(paths)
        called: tuple[Callable[[str], str], ...] = (
            str,
            lambda path: str(PurePosixPath(path).with_suffix("")),
            lambda path: PurePosixPath(path).name,
            lambda path: PurePosixPath(path).stem,
        )
        self._ways = [_by(found, call) for call in called]
        if names:
            self._ways.append(_by(found, lambda path: names.get(path, "")))

    def find(self, reference: str) -> tuple[str, ...]:
        """The paths that a reference may mean, by the most exact way that finds any: one, if it is clear."""
        wanted = _form(reference.strip().removeprefix("./"))
        return next((tuple(way[wanted]) for way in self._ways if wanted in way), ())


def _by(paths: Iterable[str], call: Callable[[str], str]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[_form(call(path))].append(path)
    return dict(found)


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", name)
