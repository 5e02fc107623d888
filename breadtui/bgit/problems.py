"""What keeps a directory from being used, in people's words."""

from __future__ import annotations

from dataclasses import dataclass

INPUT = "input.yml"
BREAD = ".bread"
RECIPE = "recipe.yml"


class ProjectError(Exception):
    """Why something cannot be done in a directory, in a sentence for people that says what to do next."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something wrong in `input.yml`. `line` and `column` count from 1; a warning keeps nothing from being made."""

    line: int
    column: int
    key: str
    """Where it is, in the file's own words: `TARGET.generators[0].numq`; empty for the file as a whole."""
    sentence: str
    """For people: what is wrong, and what is allowed there."""
    warning: bool = False
    at_server: bool = False
    """Whether it is none if the server has what is named here."""

    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        return f"{INPUT}:{self.line}:{self.column}:{key} {self.sentence}"
