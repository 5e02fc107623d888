"""Reads the files that the generators of a TARGET take their templates from, and says why one cannot be used."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping

from breadtui.api.lenient import is_object, items
from breadtui.api.refusals import bounded
from breadtui.api.text import one_line
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.problems import Problem, shown
from breadtui.bakery.authoring.target import MOST_TEMPLATE_BYTES, TEMPLATE_MARKS
from breadtui.bakery.authoring.text_files import Unreadable, read_text

_LONGEST_REASON = 300


def read_templates(target: Mapping[str, object], directory: pathlib.Path) -> tuple[dict[int, str], list[Problem]]:
    """The templates of a TARGET, by the places of their generators, and what is wrong with them."""
    directory = directory.absolute()  # a name that begins with ~ stands for no home then
    found: dict[int, str] = {}
    problems: list[Problem] = []
    for number, generator in enumerate(items(target.get("generators"))):
        name = generator.get("template_path") if is_object(generator) else None
        if not is_object(generator) or not isinstance(name, str):
            continue
        path = ("TARGET", "generators", number, "template_path")
        if not name.strip():
            problems.append(Problem(path, "template_path is empty: name a file, or leave it out."))
        elif generator.get("template_content") is not None:
            sentence = "template_path and template_content are both there: leave one of them out."
            problems.append(Problem(path, sentence))
        else:
            content = _read(name, directory, path, problems)
            if content is not None:
                found[number] = content
                problems += _check_content(content, generator.get("type"), name, path)
    return found, problems


def _read(name: str, directory: pathlib.Path, path: Path, problems: list[Problem]) -> str | None:
    try:
        file = directory / name
        content = read_text(file, MOST_TEMPLATE_BYTES)
    except Unreadable as error:
        problems.append(Problem(path, bounded(one_line(str(error)), _LONGEST_REASON)))
        return None
    if not _is_within(file, directory):
        sentence = f"{shown(name)} is outside of the directory, so that git does not keep it with the rest."
        problems.append(Problem(path, sentence, warning=True))
    return content


def _check_content(content: str, kind: object, name: str, path: Path) -> list[Problem]:
    if not content.strip():
        return [Problem(path, f"{shown(name)} is empty: a template is needed there.")]
    missing = [mark for mark in TEMPLATE_MARKS if mark not in content]
    if not missing:
        return []
    words = f"{shown(name)} lacks {' and '.join(missing)}, where the stim fills them in"
    # Of other generators than these bgit asks for none.
    needed = kind == "oneshot_qs"
    return [Problem(path, f"{words}: add {'it' if len(missing) == 1 else 'them'}.", warning=not needed)]


def _is_within(file: pathlib.Path, directory: pathlib.Path) -> bool:
    try:
        return file.resolve().is_relative_to(directory.resolve())
    except (OSError, RuntimeError):
        return False
