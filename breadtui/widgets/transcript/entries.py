"""What a conversation is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What the user said."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A model's call of a tool. `arguments` is JSON if the model made no mistake."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. `text` is Markdown, `footnote` a word about the answer, such as how long it took."""

    speaker: str
    text: str
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A word of the program's own, in a theme colour."""

    text: str
    colour: str = "muted"


Entry = Question | Reply | Remark
