"""Reads a folder of documents, with the questions that stand beside them. Nothing here asks a server."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from breadtui.api.text import one_line
from breadtui.bakery.folder.files import Unusable, read_text
from breadtui.bakery.folder.names import plain_name, told_apart
from breadtui.bakery.folder.problems import Concern, FolderError, Problem
from breadtui.bakery.folder.questions import SHEET, TABLES, Questions, read_questions

ENDINGS = (".md", ".txt")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of knowledge. `path` is within the folder, with `/`; `name` is what its target is called."""

    path: str
    name: str
    text: str
    questions: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The path, safe for a terminal."""
        return one_line(self.path)


@dataclass(frozen=True, slots=True)
class Folder:
    """What was found, in the order of the paths. `others` counts the files that are no documents."""

    path: Path
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    others: int = 0

    def of(self, concern: Concern) -> tuple[Problem, ...]:
        """The problems of one concern."""
        return tuple(problem for problem in self.problems if problem.concern is concern)


@dataclass(frozen=True, slots=True)
class _Found:
    """The files below a folder, by their paths within it."""

    documents: tuple[str, ...]
    sheets: tuple[str, ...]
    others: int
    closed: tuple[Problem, ...]


def read_folder(path: Path, apart: Collection[Path] = ()) -> Folder:
    """Every `.md` and `.txt` below `path` but hidden ones and `*.questions.txt`; links to folders are not followed.

    Args:
        path: the folder.
        apart: files that are no documents even if they lie there, such as a table of weights.

    Raises:
        FolderError: there is no such folder, or no document in it.
    """
    if not path.is_dir():
        there = "is not a folder" if path.exists() else "is not there"
        raise FolderError(f"{one_line(str(path))} {there}. Name a folder of .md and .txt files.")
    found = _look(path, {one.resolve() for one in apart})
    if not found.documents and not found.closed:
        raise FolderError(f"{one_line(str(path))} holds no document: no .md or .txt file that is not hidden.")
    questions, lost = read_questions(path, found.documents, found.sheets)
    documents, unusable = _read(path, found.documents, questions)
    problems = (*found.closed, *unusable, *lost, *_met(found.documents))
    return Folder(path, documents, problems, found.others)


def _look(root: Path, apart: Collection[Path]) -> _Found:
    documents: list[str] = []
    sheets: list[str] = []
    closed: list[Problem] = []
    others = 0

    def note(error: OSError) -> None:
        way = PurePosixPath(Path(error.filename).relative_to(root).as_posix())
        why = f"cannot be looked into: {(error.strerror or str(error)).lower()}"
        closed.append(Problem(one_line(str(way)), Concern.DOCUMENT, why))

    for folder, inner, files in os.walk(root, onerror=note):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in files:
            file = Path(folder, name)
            path = file.relative_to(root).as_posix()
            if name.startswith(".") or path in TABLES or (apart and file.resolve() in apart):
                continue
            if name in TABLES:
                why = "is read in the folder itself only: its questions would be lost"
                closed.append(Problem(one_line(path), Concern.QUESTIONS, why))
            elif name.endswith(SHEET):
                sheets.append(path)
            elif PurePosixPath(name).suffix.lower() in ENDINGS:
                documents.append(path)
            else:
                others += 1
    return _Found(tuple(sorted(documents, key=_order)), tuple(sorted(sheets, key=_order)), others, tuple(closed))


def _order(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts


def _read(root: Path, paths: Sequence[str], questions: Questions) -> tuple[tuple[Document, ...], list[Problem]]:
    names = told_apart(paths)
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            text = read_text(root / path)
        except Unusable as error:
            problems.append(Problem(one_line(path), Concern.DOCUMENT, str(error)))
        else:
            documents.append(Document(path, names[path], text, questions.get(path, ())))
    return tuple(documents), problems


def _met(paths: Sequence[str]) -> list[Problem]:
    """The files that had to be told apart from another one of the same name."""
    names = told_apart(paths)
    owners = {name: path for path, name in names.items()}
    problems: list[Problem] = []
    for path, name in names.items():
        plain = plain_name(path)
        if name != plain:
            why = f"would be called {plain}, as {one_line(owners[plain])} is: it is called {name}"
            problems.append(Problem(one_line(path), Concern.NAME, why))
    return problems
