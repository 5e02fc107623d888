"""How a folder is to be baked. Light: the command line reads its defaults here before anything else is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

QUESTION_MODEL = "claude-sonnet-4-5-20250929"
EMPTY_STUDENT = "empty_student"
NUMQ = 100

Weighing = Literal["even", "length"] | Path
"""Each document alike, by the characters in it, or as a table says."""


@dataclass(frozen=True, slots=True)
class Options:
    """What all targets of a folder share, and what its bake is.

    `intro` is put before every document, a blank line between. `model` writes `numq` questions for each, none at 0;
    `temperature` and `epochs` are left to the server when None. An empty `bake` is called after the folder. `prefix`
    begins the names of targets and teacher prompts. `skip_unusable` leaves out documents that cannot be used.
    """

    intro: str = ""
    student: str = EMPTY_STUDENT
    numq: int = NUMQ
    model: str = QUESTION_MODEL
    temperature: float | None = None
    trajectories: int = 1
    bake: str = ""
    weights: Weighing = "even"
    epochs: int | None = None
    prefix: str = ""
    skip_unusable: bool = False
