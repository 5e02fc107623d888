"""The questions that stand beside the documents: in a `questions.yml`, or in a `<file>.questions.txt`, one a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from breadtui.api.lenient import is_object, items
from breadtui.api.text import one_line
from breadtui.bakery.folder.files import LARGEST_TABLE, Unusable, read_text, read_yaml
from breadtui.bakery.folder.problems import Concern, Problem
from breadtui.bakery.folder.register import Register

TABLES = ("questions.yml", "questions.yaml")
SHEET = ".questions.txt"

Questions = Mapping[str, tuple[str, ...]]
"""By the path of the document."""


def read_questions(root: Path, documents: Sequence[str], sheets: Sequence[str]) -> tuple[Questions, list[Problem]]:
    """The questions for each of `documents`, from the tables in `root` and the `sheets` of lines; each asked once.

    Raises nothing: what cannot be understood is a problem.
    """
    found: dict[str, list[str]] = {}
    problems: list[Problem] = []
    register = Register(documents)
    for name in TABLES:
        if (root / name).exists():
            _read_table(root, name, register, found, problems)
    for sheet in sheets:
        _read_sheet(root, sheet, documents, found, problems)
    return {path: tuple(dict.fromkeys(asked)) for path, asked in found.items()}, problems


def _read_table(
    root: Path, name: str, register: Register, found: dict[str, list[str]], problems: list[Problem]
) -> None:
    try:
        table = read_yaml(root / name)
    except Unusable as error:
        problems.append(_problem(name, str(error)))
        return
    if not is_object(table):
        problems.append(_problem(name, "is not a table of files and their questions, such as “iphone.md: [Why?]”"))
        return
    for reference, asked in table.items():
        told = f"“{one_line(f'{reference}')}”"
        paths = register.find(f"{reference}")
        questions = _lines(asked)
        if len(paths) != 1:
            problems.append(_problem(name, _unclear(told, paths)))
        elif questions is None:
            problems.append(_problem(name, f"has something other than a list of questions under {told}"))
        else:
            found.setdefault(paths[0], []).extend(questions)


def _read_sheet(
    root: Path, sheet: str, documents: Sequence[str], found: dict[str, list[str]], problems: list[Problem]
) -> None:
    belongs = sheet[: -len(SHEET)]
    beside = [path for path in documents if PurePosixPath(path).parent == PurePosixPath(sheet).parent]
    paths = [path for path in beside if path == belongs] or [
        path for path in beside if str(PurePosixPath(path).with_suffix("")) == belongs
    ]
    if len(paths) != 1:
        problems.append(_problem(sheet, _unclear(f"“{one_line(belongs)}”", paths)))
        return
    try:
        lines = read_text(root / sheet, LARGEST_TABLE).splitlines()
    except Unusable as error:
        problems.append(_problem(sheet, str(error)))
        return
    found.setdefault(paths[0], []).extend(line.strip() for line in lines if line.strip())


def _lines(asked: object) -> list[str] | None:
    """The questions of one entry; None if they are none. A single one may stand without a list."""
    listed = [asked] if isinstance(asked, str) else items(asked)
    lines = [item.strip() for item in listed if isinstance(item, str)]
    if len(lines) != len(listed) or (not listed and not isinstance(asked, list)):
        return None
    return [line for line in lines if line]


def _unclear(told: str, paths: Sequence[str]) -> str:
    if not paths:
        return f"has questions for {told}, and there is no such document"
    several = ", ".join(one_line(path) for path in paths[:3])
    return f"has questions for {told}, which may be any of {several}: name it in full"


def _problem(path: str, why: str) -> Problem:
    return Problem(one_line(path), Concern.QUESTIONS, why)
