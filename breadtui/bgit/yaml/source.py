"""YAML with the place of everything in it, read as bgit's own reader does."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from breadtui.api.refusals import bounded
from breadtui.api.text import one_line
from breadtui.bakery.authoring.fields import Path
from breadtui.bgit.problems import Mistake

if TYPE_CHECKING:
    from breadtui.bgit.yaml.page import Finding


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """What a text says."""

    value: object = None
    """Objects, lists, texts, numbers, truth values and None; None for a text without content."""
    places: Mapping[Path, Place] = field(default_factory=dict[Path, Place])
    """Of each key and list item; of the whole under ()."""
    mistakes: tuple[Mistake, ...] = ()
    """What keeps it from being read; then `value` is None."""


def read_source(text: str) -> Source:
    """Read `text`; never raises."""
    from breadtui.bgit.yaml.reading import read_yaml

    reading, lines = read_yaml(text), Lines(text)
    mistakes = tuple(sorted({_mistake(finding, lines) for finding in reading.findings}))
    places = {path: lines.place(index) for path, index in reading.marks.items()}
    return Source(reading.value, places, mistakes)


class Lines:
    """The lines of a text as editors count them: a place for each character."""

    def __init__(self, text: str) -> None:
        self._end = len(text.rstrip())
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def place(self, index: int) -> Place:
        """Where a character stands; of what is after all that is written, where that ends."""
        index = min(index, self._end)
        line = bisect_right(self._starts, index)
        return Place(line, index - self._starts[line - 1] + 1)


def in_file(path: Path) -> str:
    """A path in the file's own words: `TARGET.generators[0].numq`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in path)
    return bounded(words.removeprefix("."), _LONGEST_PATH)


_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[\w-]+")
_LONGEST_KEY = 60
_LONGEST_PATH = 300


def _key(step: str) -> str:
    short = bounded(one_line(step), _LONGEST_KEY)
    return short if _PLAIN.fullmatch(short) else f'"{short}"'


def _mistake(finding: Finding, lines: Lines) -> Mistake:
    place = lines.place(finding.index)
    sentence = finding.words[:1].upper() + finding.words[1:]
    return Mistake(place.line, place.column, in_file(finding.path), sentence, finding.warning)
