"""`input.yml`: the prompts, the target and the bake that its author asks for, and all that is wrong with them."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from breadtui.api.lenient import as_object, is_object
from breadtui.api.text import one_line
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.problems import Problem, nearest, shown
from breadtui.bakery.authoring.text_files import Unreadable, read_text
from breadtui.bgit.checks.at_server import AtServer
from breadtui.bgit.files.bread import BreadFile
from breadtui.bgit.problems import INPUT, Mistake
from breadtui.bgit.yaml.source import Lines, Place, in_file, read_source

SECTIONS = ("PROMPT", "TARGET", "BAKE")
MOST_BYTES = 8 << 20
"""A file that is larger is not read."""


@dataclass(frozen=True, slots=True)
class Input:
    """What `input.yml` asks for. Sections are as written; one that is empty or commented out is not there."""

    prompts: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    """Each `{name?, messages, tools?}` by its key, in the file's order."""
    target: Mapping[str, object] | None = None
    bake: Mapping[str, object] | None = None
    templates: Mapping[int, str] = field(default_factory=dict[int, str])
    """What the file behind each generator's `template_path` holds, by the generator's place in the list."""
    mistakes: tuple[Mistake, ...] = ()
    """In the file's order, warnings among them."""
    places: Mapping[Path, Place] = field(default_factory=dict[Path, Place])
    text: str = ""
    """The file as it is."""

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing: ready for the next bake."""
        return not self.prompts and self.target is None and self.bake is None

    @property
    def usable(self) -> bool:
        """Whether something could be made of it."""
        return not self.empty and all(mistake.warning for mistake in self.mistakes)


def read_input(text: str, directory: pathlib.Path, bread: BreadFile) -> Input:
    """What `text` asks for; template files are looked up in `directory`. Never raises: mistakes are told."""
    if conflicts := _conflicts(text):
        return Input(mistakes=conflicts, text=text)
    source = read_source(text)
    if source.value is None:
        return Input(mistakes=source.mistakes, places=source.places, text=text)
    if not is_object(source.value):
        sentence = f"{INPUT} must be an object with the keys {_ALL}, not {shown(source.value)}."
        place = source.places.get((), _BEGINNING)
        mistakes = (Mistake(place.line, place.column, "", sentence), *source.mistakes)
        return Input(mistakes=mistakes, places=source.places, text=text)
    sections = _Sections(source.value)
    found, templates = sections.problems(directory, bread)
    mistakes = {*source.mistakes, *(_mistake(problem, source.places) for problem in found)}
    return Input(
        prompts={key: prompt for key, prompt in as_object(sections.prompts).items() if is_object(prompt)},
        target=sections.target,
        bake=sections.bake,
        templates=templates,
        mistakes=tuple(sorted(mistakes)),
        places=source.places,
        text=text,
    )


def load_input(directory: pathlib.Path, bread: BreadFile) -> Input:
    """What the `input.yml` of `directory` asks for. Never raises: that it cannot be read is a mistake as well."""
    path = directory / INPUT
    try:
        if not path.exists():
            sentence = f"There is no {INPUT} in this directory: write one with {_ALL} to begin."
            return Input(mistakes=(Mistake(1, 1, "", sentence),))
        text = read_text(path, MOST_BYTES)
    except Unreadable as error:
        return Input(mistakes=(Mistake(1, 1, "", one_line(str(error))),))
    except OSError as error:
        return Input(mistakes=(Mistake(1, 1, "", f"{INPUT} cannot be read: {error.strerror or error}."),))
    return read_input(text, directory, bread)


class _Sections:
    """The three sections of a file. One that is no object is not there."""

    def __init__(self, value: Mapping[str, object]) -> None:
        self._value = value
        self.prompts, self.target, self.bake = (held if is_object(held := value.get(key)) else None for key in SECTIONS)

    def problems(self, directory: pathlib.Path, bread: BreadFile) -> tuple[list[Problem], Mapping[int, str]]:
        """All that is wrong with the sections, and the templates that were read on the way."""
        # They bring the tables of all fields along, and those who only open a directory may not need them.
        from breadtui.bgit.checks.bake import check_bake
        from breadtui.bgit.checks.prompts import check_prompts
        from breadtui.bgit.checks.target import check_target
        from breadtui.bgit.checks.templates import read_templates

        problems = [*self._check_keys()]
        templates: Mapping[int, str] = {}
        if self.prompts is not None:
            problems += check_prompts(self.prompts)
        if self.target is not None:
            templates, wrong = read_templates(self.target, directory)
            problems += [*check_target(self.target, [*(self.prompts or ())], bread), *wrong]
        if self.bake is not None:
            problems += check_bake(self.bake, self.target, bread)
        return problems, templates

    def _check_keys(self) -> Iterator[Problem]:
        for key, held in self._value.items():
            if key not in SECTIONS:
                # A word in small letters is near to none of them.
                meant = nearest(key.upper(), [word for word in SECTIONS if word not in self._value])
                yield Problem((key,), f"There is no {shown(key)} here, only {_ALL}.{meant}")
            elif held is not None and not is_object(held):
                yield Problem((key,), f"{key} must be an object with keys of its own, not {shown(held)}.")


_ALL = f"{', '.join(SECTIONS[:-1])} and {SECTIONS[-1]}"
_BEGINNING = Place(1, 1)
_CONFLICT = re.compile(r"^<{7}(?: |$)", re.MULTILINE)


def _conflicts(text: str) -> tuple[Mistake, ...]:
    """The beginnings of what git could not merge."""
    lines = Lines(text)
    places = [lines.place(found.start()) for found in _CONFLICT.finditer(text)]
    sentence = "Git could not merge this: keep what is meant, and take out the lines of <<<<<<<, ======= and >>>>>>>."
    return tuple(Mistake(place.line, place.column, "", sentence) for place in places)


def _mistake(problem: Problem, places: Mapping[Path, Place]) -> Mistake:
    """A problem where it stands in the file, or else what it is missing in."""
    around = (problem.path[:length] for length in range(len(problem.path), -1, -1))
    place = next((places[path] for path in around if path in places), _BEGINNING)
    key, at_server = in_file(problem.path), isinstance(problem, AtServer)
    return Mistake(place.line, place.column, key, problem.sentence, problem.warning, at_server)
