"""What the rows of the tree of repositories stand for, and what stands above each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from breadtui.bakery.jobs import checkpoint_of


class Kind(StrEnum):
    """What a row of the tree stands for."""

    REPO = "repository"
    PROMPTS = "prompts"
    TARGETS = "targets"
    BAKES = "bakes"
    PROMPT = "prompt"
    TARGET = "target"
    BAKE = "bake"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Item:
    """A row: `name` is that of the prompt, target or bake, and the whole model name for a checkpoint."""

    kind: Kind
    repo: str
    name: str = ""
    bake: str = ""
    """The bake a checkpoint belongs to."""

    @property
    def label(self) -> str:
        """What the row reads, without sign and note."""
        match self.kind:
            case Kind.REPO:
                return self.repo
            case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
                return self.kind.capitalize()
            case Kind.CHECKPOINT:
                return checkpoint_of(self.name)
            case _:
                return self.name

    @property
    def above(self) -> tuple[Item, ...]:
        """The rows it stands below, the repository first."""
        repo = Item(Kind.REPO, self.repo)
        match self.kind:
            case Kind.REPO:
                return ()
            case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
                return (repo,)
            case Kind.PROMPT:
                return (repo, Item(Kind.PROMPTS, self.repo))
            case Kind.TARGET:
                return (repo, Item(Kind.TARGETS, self.repo))
            case Kind.BAKE:
                return (repo, Item(Kind.BAKES, self.repo))
            case Kind.CHECKPOINT:
                return (repo, Item(Kind.BAKES, self.repo), Item(Kind.BAKE, self.repo, self.bake))


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside a row's label: a sign before it, a few words at the right; theme colours by name."""

    sign: str = ""
    right: str = ""
    colour: str = "muted"


FOLDERS = {Kind.PROMPTS: Kind.PROMPT, Kind.TARGETS: Kind.TARGET, Kind.BAKES: Kind.BAKE}
"""The folders of a repository, in order, and what each holds."""
MARKABLE = frozenset((Kind.PROMPT, Kind.TARGET, Kind.BAKE, Kind.CHECKPOINT))
