"""What a bake rests on, as a tree: a bake on its targets and its parent, a target on its prompts and its model's bake.

Whatever came from the server, the tree is finite: what stands in it already is named again, and not unfolded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from breadtui.bakery.datasets import dataset_weights, parent_model
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State
from breadtui.bakery.recipes.foresight import makers_of
from breadtui.bakery.recipes.plan import Makers, Recipe, prompts_of
from breadtui.bakery.things import Thing

Look = Callable[[JobKey], JobStatus | None]
_PHASES = {Thing.TARGET: (Phase.ROLLOUT, Phase.STIM), Thing.BAKE: (Phase.BAKE,)}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A thing in the tree. `note` tells what it is to the one above: its teacher, a weight of 0.5, its parent."""

    thing: Thing
    name: str
    note: str = ""
    last: tuple[bool, ...] = ()
    """For it, and for each above it, whether it ends its row of siblings."""
    again: bool = False
    """It stands further up with all that it rests on."""


def graph(recipe: Recipe) -> tuple[Leaf, ...]:
    """The tree from top to bottom; a stack of its own, because chains may be long."""
    configs = {
        (step.key.action.thing, step.key.name): step.config for step in recipe.steps if not step.key.action.phase
    }
    makers = makers_of(recipe)
    seen: set[tuple[Thing, str]] = set()
    rows: list[Leaf] = []
    stack = [Leaf(Thing.BAKE, recipe.bake)] if recipe.bake else []
    while stack:
        leaf = stack.pop()
        key = (leaf.thing, leaf.name)
        below = [] if key in seen else [*_below(leaf, configs.get(key, {}), makers)]
        if key in seen and leaf.thing is not Thing.PROMPT:
            leaf = Leaf(leaf.thing, leaf.name, leaf.note, leaf.last, again=True)
        seen.add(key)
        rows.append(leaf)
        ends = True
        for thing, name, note in reversed(below):
            stack.append(Leaf(thing, name, note, (*leaf.last, ends)))
            ends = False
    return tuple(rows)


def state_of(leaf: Leaf, repo: str, look: Look) -> JobStatus | None:
    """How a target or bake of `repo` stands: by its last job that has begun; None where nothing is known."""
    known = [status for phase in _PHASES.get(leaf.thing, ()) if (status := look(JobKey(repo, leaf.name, phase)))]
    begun = (status for status in known if status.state is not State.NOT_STARTED)
    return next(begun, next(iter(known), None))


def _below(leaf: Leaf, config: Mapping[str, object], makers: Makers) -> Iterator[tuple[Thing, str, str]]:
    match leaf.thing:
        case Thing.BAKE:
            weights = dataset_weights(config)
            for name, weight in weights:
                yield Thing.TARGET, name, f"weight {weight:g}" if len(weights) > 1 else ""
            if parent := makers.of(parent_model(config)):
                yield Thing.BAKE, parent, "parent"
        case Thing.TARGET:
            for name, key in prompts_of(config).items():
                yield Thing.PROMPT, name, {"u": "teacher", "v": "student"}.get(key, key.removesuffix("_prompt"))
            if maker := makers.of(config.get("model_name")):
                yield Thing.BAKE, maker, "answers"
        case _:
            return
