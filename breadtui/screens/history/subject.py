"""What the cursor is on, whichever view it is in: a model, the bake it comes from, and its row in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from breadtui.api.models import RepoTree
from breadtui.bakery.lineage import NOT_TOLD, Node, Origin
from breadtui.bgit.history import Moment
from breadtui.widgets.tree.repo_tree import Item, Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """A row: what it is called, the model that it stands for, and the bake that makes it, as far as there are any."""

    name: str
    model: str | None = None
    bake: str | None = None
    base: bool = False
    """Whether it is the base model of the repository."""

    def item(self, repo: str, tree: RepoTree | None) -> Item | None:
        """Its row in the tree of repositories; None where the server's `tree` has none."""
        if tree is None:
            return None
        if self.bake is None:
            return Item(Kind.REPO, repo) if self.base else None
        if self.bake not in tree.bakes:
            return None
        if self.name in tree.bakes[self.bake].model_name:
            return Item(Kind.CHECKPOINT, repo, self.name, self.bake)
        return Item(Kind.BAKE, repo, self.bake)


def of_node(node: Node) -> Subject:
    """What a node of the family stands for: a bake for its latest checkpoint."""
    match node.origin:
        case Origin.BAKE:
            latest = next((child.name for child in node.children if child.origin is Origin.CHECKPOINT), None)
            return Subject(node.name, latest, node.name)
        case Origin.CHECKPOINT:
            return Subject(node.name, node.name, node.bake)
        case Origin.BASE | Origin.ELSEWHERE:
            base = node.origin is Origin.BASE
            return Subject(node.name, None if node.name == NOT_TOLD else node.name, base=base)


def of_moment(moment: Moment, base: str, owners: Mapping[str, str]) -> Subject:
    """The model that a commit is on; `owners` tells which bake made which model."""
    model = moment.model or base
    return Subject(model, None if model == NOT_TOLD else model, owners.get(model), model == base)
