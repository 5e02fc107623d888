"""Where models come from and what came of them: base model → bake → checkpoints → bakes on top of those.

Whatever a server sends, every bake stands in the tree exactly once: one whose parent is itself, or a descendant of
its own, is taken for the beginning of its line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from breadtui.api.lenient import as_object
from breadtui.bakery.jobs import JobStatus, State, state_of

if TYPE_CHECKING:
    from breadtui.api.models import RepoTree, TreeNode

NOT_TOLD = "base model"
"""What the beginning is called where the server does not tell its name."""


class Origin(StrEnum):
    """What a node of the tree is."""

    BASE = "base model"
    ELSEWHERE = "from elsewhere, or gone"
    BAKE = "bake"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A model, or a bake that makes some. A bake's `children` are its checkpoints, the latest first, and such bakes on
    top of it as do not say of which checkpoint.
    """

    name: str
    """Of a bake its own, of a model the full one."""
    origin: Origin
    state: State | None = None
    loss: float | None = None
    bake: str = ""
    """The bake that a checkpoint belongs to, or that it is."""
    children: tuple[Node, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node as one walks the tree. `last` tells for it, and for each above it, whether it ends its row of siblings."""

    node: Node
    last: tuple[bool, ...] = ()


Look = Callable[[str], JobStatus | None]
"""What the watcher knows of a bake, by its name."""
Place = tuple[Origin, str]
"""Where a bake hangs: on a model by its full name, or on a bake by its name."""


def family(tree: RepoTree, base_model: str | None, look: Look) -> tuple[Node, ...]:
    """The models that the bakes of a repository begin from, each with all that came of it; the base model first."""
    base = tree.base_model or base_model or NOT_TOLD
    hanging: dict[Place, list[str]] = defaultdict(list)
    for bake, place in _places(tree, base).items():
        hanging[place].append(bake)
    own = _own_places(tree)
    made: dict[str, Node] = {}
    for bake in _leaves_first(hanging, own):
        made[bake] = _bake_node(bake, tree.bakes[bake], own[bake], hanging, made, look(bake))
    roots = [(Origin.BASE, base), *(place for place in hanging if place[0] is Origin.ELSEWHERE)]
    return tuple(
        Node(name, origin, children=tuple(made[bake] for bake in hanging[origin, name])) for origin, name in roots
    )


def walk(roots: Sequence[Node]) -> Iterator[Branch]:
    """Every node from top to bottom as it is drawn; on a stack of its own, because chains may be long."""
    stack = [Branch(root) for root in reversed(roots)]
    while stack:
        branch = stack.pop()
        yield branch
        below, last = branch.node.children, True
        for child in reversed(below):
            stack.append(Branch(child, (*branch.last, last)))
            last = False


def ancestry(tree: RepoTree, model: str, base_model: str | None = None) -> tuple[str, ...]:
    """The models from the very first to `model`, which is the last; a bake's name where its checkpoint is not told."""
    base = tree.base_model or base_model or NOT_TOLD
    places = _places(tree, base)
    owners = _owners(tree)
    line = [model]
    bake = owners.get(model)
    while bake is not None:
        origin, name = places[bake]
        line.append(name)
        bake = name if origin is Origin.BAKE else owners.get(name) if origin is Origin.CHECKPOINT else None
    return tuple(reversed(line))


def _places(tree: RepoTree, base: str) -> dict[str, Place]:
    """Where each bake hangs, without circles."""
    owners = _owners(tree)
    places: dict[str, Place] = {}
    edges = {child: parent for kind, child, other, parent in tree.edges if kind == other == "bake"}
    for bake, node in tree.bakes.items():
        place = _place(node, edges.get(bake), tree, owners, base)
        places[bake] = place if not _comes_back(bake, place, places, owners) else (Origin.ELSEWHERE, place[1])
    return places


def _place(node: TreeNode, edge: str | None, tree: RepoTree, owners: Mapping[str, str], base: str) -> Place:
    parent = as_object(node.config.get("model")).get("parent_model_name")
    told = parent if isinstance(parent, str) and parent else None
    if told in owners:
        return Origin.CHECKPOINT, f"{told}"
    if edge in tree.bakes:
        return Origin.BAKE, f"{edge}"
    if told is None or told == base:
        return Origin.BASE, base
    return Origin.ELSEWHERE, told


def _owners(tree: RepoTree) -> dict[str, str]:
    """The bake that made each checkpoint."""
    return {model: bake for bake, node in tree.bakes.items() for model in node.model_name}


def _comes_back(bake: str, place: Place, places: Mapping[str, Place], owners: Mapping[str, str]) -> bool:
    """Whether one who goes up from `place` meets `bake` again. What `places` holds is known to end."""
    above: Place | None = place
    while above is not None:
        origin, name = above
        owner = name if origin is Origin.BAKE else owners[name] if origin is Origin.CHECKPOINT else None
        if owner == bake:
            return True
        above = places.get(owner) if owner is not None else None
    return False


def _own_places(tree: RepoTree) -> dict[str, tuple[Place, ...]]:
    """Where others may hang on each bake: its checkpoints, then itself. A model of two bakes belongs to one."""
    owners = _owners(tree)
    return {
        bake: (
            *((Origin.CHECKPOINT, model) for model in dict.fromkeys(node.model_name) if owners[model] == bake),
            (Origin.BAKE, bake),
        )
        for bake, node in tree.bakes.items()
    }


def _leaves_first(hanging: Mapping[Place, Sequence[str]], own: Mapping[str, Sequence[Place]]) -> Iterator[str]:
    """The bakes in an order in which each comes after all that hang on it."""
    roots = (bakes for (origin, _), bakes in hanging.items() if origin in (Origin.BASE, Origin.ELSEWHERE))
    waiting = [bake for bakes in roots for bake in bakes]
    order: list[str] = []
    while waiting:
        bake = waiting.pop()
        order.append(bake)
        for place in own[bake]:
            waiting.extend(hanging.get(place, ()))
    return reversed(order)


def _bake_node(
    bake: str,
    told: TreeNode,
    own: Sequence[Place],
    hanging: Mapping[Place, Sequence[str]],
    made: Mapping[str, Node],
    status: JobStatus | None,
) -> Node:
    def on(place: Place) -> tuple[Node, ...]:
        return tuple(made[name] for name in hanging.get(place, ()))

    *checkpoints, itself = own
    models = tuple(Node(model, origin, bake=bake, children=on((origin, model))) for origin, model in checkpoints)
    state = status.state if status else state_of(told.status) if told.status else None
    return Node(bake, Origin.BAKE, state, status.loss if status else None, bake, (*models, *on(itself)))
