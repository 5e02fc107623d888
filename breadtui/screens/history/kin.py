"""The family of models as the history shows it: git's and the server's as one, with what points to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breadtui.api.models import RepoTree
from breadtui.bakery.lineage import NOT_TOLD, Branch, Look, Origin, family, walk
from breadtui.bgit.git import Ref
from breadtui.bgit.history import History, joined
from breadtui.bgit.history.report import row_of, whereabouts
from breadtui.screens.history.drawing import HERE, NOT_COMMITTED, ONLY_IN_GIT, ref_labels
from breadtui.widgets.lineage_list import SHOWN_DEPTH, Label


@dataclass(frozen=True, slots=True)
class Kin:
    """Rows by their names: a bake by its own, a model by its full one."""

    base: str
    """The row of the base model."""
    branches: tuple[Branch, ...]
    labels: Mapping[str, Sequence[Label]]
    refs: Mapping[str, Sequence[Ref]]
    parents: Mapping[str, str]
    """What each bake was trained on."""
    owners: Mapping[str, str]
    """The bake that made each model."""
    here: str
    """The row that the files are on as they are."""

    def bake_of(self, row: str) -> str:
        """The bake that a row is, or is a checkpoint of; empty for others."""
        return self.owners.get(row, row if row in self.parents else "")


def kin_of(history: History, tree: RepoTree | None, base_model: str | None, look: Look) -> Kin:
    """All of that; `tree` is what the server tells, or None. States are the server's, and those of no other bake."""
    whole = joined(history, tree)
    base = whole.base_model or base_model or NOT_TOLD
    known = tree.bakes if tree else {}
    branches: list[Branch] = []
    parents: dict[str, str] = {}
    owners: dict[str, str] = {}
    above: list[str] = []
    for branch in walk(family(whole, base, look)):
        node, depth = branch.node, len(branch.last)
        del above[depth:]
        if node.origin is Origin.BAKE:
            parents[node.name] = above[-1]
        elif node.origin is Origin.CHECKPOINT:
            owners[node.name] = node.bake
        above.append(node.name)
        # A long line of bakes would otherwise keep, for each, whether all above it end their rows.
        branches.append(Branch(node, branch.last[-SHOWN_DEPTH - 1 :]))
    refs = whereabouts(history, base)
    labels = {row: ref_labels(found) for row, found in refs.items()}
    here, marked = _here(history, refs, base)
    if marked:
        labels[here] = (HERE if history.problem else NOT_COMMITTED, *labels.get(here, ()))
    if tree:
        for bake in whole.bakes.keys() - known.keys():
            labels[bake] = (*labels.get(bake, ()), ONLY_IN_GIT)
    return Kin(base, tuple(branches), labels, refs, parents, owners, here)


def _here(history: History, refs: Mapping[str, Sequence[Ref]], base: str) -> tuple[str, bool]:
    """The row that the files are on as they are, and whether that is another than what is checked out."""
    now = next((moment for moment in history.moments if moment.commit is None), None)
    current = next((row for row, found in refs.items() if any(ref.current for ref in found)), None)
    row = row_of(history, now.model, base) if now else current or base
    return row, now is not None and row != current
