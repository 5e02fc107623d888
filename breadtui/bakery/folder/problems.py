"""What can be wrong with a folder, in words for people."""

from dataclasses import dataclass
from enum import StrEnum


class FolderError(Exception):
    """The folder cannot be baked as asked; the text says why, and what to do. Nothing was created."""


class Concern(StrEnum):
    """What a problem is about, and so what comes of it."""

    DOCUMENT = "document"
    """It cannot be used: nothing is created, unless such documents are left out."""
    QUESTIONS = "questions"
    """They would be lost without a word: nothing is created until that is mended."""
    NAME = "name"
    """Told apart already; worth knowing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one file, as a sentence that begins with the file."""

    path: str
    concern: Concern
    why: str

    def __str__(self) -> str:
        return f"{self.path} {self.why}."
