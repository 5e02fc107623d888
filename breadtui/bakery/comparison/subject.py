"""What is compared: named, and as far as it could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.api.models import Message

COMPARABLE = (Thing.PROMPT, Thing.TARGET, Thing.BAKE)


class ComparisonError(Exception):
    """Two things cannot be compared; the text is for people."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A prompt, target or bake of a repository."""

    thing: Thing
    repo: str
    name: str

    @property
    def label(self) -> str:
        """What it is called: `bake yoda_repo/yoda_v1`."""
        return f"{self.thing} {self.repo}/{self.name}"


@dataclass(frozen=True, slots=True)
class Text:
    """A prompt as it is compared; `name` is its path, empty where none is set."""

    name: str = ""
    messages: tuple[Message, ...] = ()
    tools: tuple[Mapping[str, object], ...] = ()
    problem: str = ""
    """Why it could not be read."""


@dataclass(frozen=True, slots=True)
class Side:
    """A subject as it was read. `problem` says why it was not; what else is here was read."""

    subject: Subject
    problem: str = ""
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])
    """What the template `default` gives to such a thing."""
    texts: Mapping[str, Text] = field(default_factory=dict[str, Text])
    """Prompts by what they are to it: `Prompt`, or `Teacher prompt` and `Student prompt`."""
    outcome: Mapping[str, object] = field(default_factory=dict[str, object])
    """What came of a bake: its state, losses, and checkpoints."""
