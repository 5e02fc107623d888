"""Rows, configuration and words of a recipe, as they are shown. Pure; theme colours only."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.lenient import as_object, items, text_of
from breadtui.bakery.authoring.document import to_yaml
from breadtui.bakery.jobs import State
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.graph import Leaf, graph, state_of
from breadtui.bakery.recipes.plan import Recipe, StepKey, lacks
from breadtui.bakery.things import Thing
from breadtui.widgets.details.prose import prose
from breadtui.widgets.drawing import COLOURS, amount, state_word
from breadtui.widgets.recipe_list import Row

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.recipes.replay import Replay

STANDING_COLOURS = {
    Standing.TO_DO: "muted",
    Standing.THERE: "success",
    Standing.UNDER_WAY: "primary",
    Standing.DONE: "success",
    Standing.CONFLICT: "error",
    Standing.FAILED: "error",
    Standing.HELD_UP: "warning",
    Standing.LEFT_OUT: "muted",
}
LONGEST = 200_000
"""Characters of a configuration above which it is shown without colours: they would be felt."""
_KEY = re.compile(r"^( *(?:- )*)([^\s:#\"'|>-][^:\n]*:)(?= |$)", re.MULTILINE)


def tree_rows(recipe: Recipe, kitchen: Kitchen | None) -> list[Row]:
    """What the bake rests on, with how each thing stands in the recipe's repository, if it is asked there."""
    return [_leaf_row(leaf, recipe, kitchen) for leaf in graph(recipe)]


def step_rows(recipe: Recipe, kitchen: Kitchen | None, replay: Replay | None) -> list[Row]:
    """The steps, with how each stands: in the replay, or else where the recipe is from."""
    return [_step_row(step.key, recipe, kitchen, replay) for step in recipe.steps]


def thing_of(key: Hashable) -> tuple[Thing, str] | None:
    """The thing that a row is about."""
    if isinstance(key, StepKey):
        return key.action.thing, key.name
    return (key.thing, key.name) if isinstance(key, Leaf) else None


def detail(recipe: Recipe, thing: Thing, name: str, why: str = "") -> Content:
    """What a thing is made of."""
    parts = [Content.styled(why, "$warning"), Content("")] if why else []
    step = next((step for step in recipe.steps if (step.key.action.thing, step.key.name) == (thing, name)), None)
    config = recipe.config(thing, name)
    if step is None or config is None:
        parts.append(Content.styled("The recipe does not make it: it must be there.", "$muted"))
    elif not config or lacks(step):
        parts.append(Content.styled(lacks(step) or "It is made of nothing.", "$muted"))
    elif thing is Thing.PROMPT:
        parts.append(_prompt(config))
    else:
        parts.append(yaml_content(to_yaml(config)))
    return Content("\n").join(parts)


def yaml_content(text: str) -> Content:
    """YAML with its keys set apart."""
    content = Content(text.rstrip("\n"))
    if len(text) > LONGEST:
        return content
    for found in _KEY.finditer(text):
        content = content.stylize("$secondary", found.start(2), found.end(2))
    return content


def progress(replay: Replay) -> str:
    """How far a replay is."""
    standings = [*replay.standings.values()]
    done = sum(standing.good for standing in standings)
    said = f"Replay into {replay.recipe.repo}: {done:,} of {len(standings):,} steps are done."
    return f"{said} Paused: {replay.paused} a goes on." if replay.paused else said


def _leaf_row(leaf: Leaf, recipe: Recipe, kitchen: Kitchen | None) -> Row:
    if leaf.again:
        return Row(leaf, "↑", "muted", leaf.thing.value, leaf.name, f"{leaf.note}  see above".strip(), leaf.last)
    status = state_of(leaf, recipe.repo, kitchen.watcher.status) if kitchen else None
    if status is None:
        return Row(leaf, "·", "muted", leaf.thing.value, leaf.name, leaf.note, leaf.last)
    phase = "" if leaf.thing is Thing.BAKE else f"{status.key.phase} "
    state = f"{phase}{state_word(status)}"
    note = "  ".join(part for part in (leaf.note, state, _how_far(status.state, amount(status))) if part)
    return Row(leaf, status.state.sign, COLOURS[status.state], leaf.thing.value, leaf.name, note, leaf.last)


def _step_row(key: StepKey, recipe: Recipe, kitchen: Kitchen | None, replay: Replay | None) -> Row:
    job = key.job(recipe.repo)
    kind = f"{'run' if job else 'create'} {key.action.phase or key.action.thing.value}".ljust(13)
    status = kitchen.watcher.status(job) if kitchen and job else None
    if replay:
        standing = replay.standings[key]
        note = str(standing)
        if status and standing is Standing.UNDER_WAY:
            note = f"{state_word(status)}  {amount(status)}".strip() if status.state.settled is False else "waits"
        return Row(key, standing.sign, STANDING_COLOURS[standing], kind, key.name, note)
    if status is None:
        return Row(key, "·", "muted", kind, key.name)
    note = f"{state_word(status)}  {_how_far(status.state, amount(status))}".strip()
    return Row(key, status.state.sign, COLOURS[status.state], kind, key.name, note)


def _how_far(state: State, told: str) -> str:
    return told if state in (State.RUNNING, State.FAILED) else ""


def _prompt(config: object) -> Content:
    told = as_object(config)
    parts: list[Content] = []
    for message in map(as_object, items(told.get("messages"))):
        text = text_of(message.get("content"))
        parts.append(Content.styled(str(message.get("role") or "?"), "bold $primary"))
        parts.append(prose(text) if text else Content.styled("empty", "$muted"))
        rest = {key: value for key, value in message.items() if key not in ("role", "content") and value is not None}
        parts.append(yaml_content(to_yaml(rest)) if rest else Content(""))
    if tools := items(told.get("tools")):
        parts.append(Content.styled("tools", "bold $primary"))
        parts.append(yaml_content(to_yaml({"tools": tools})))
    return Content("\n").join(parts) if parts else Content.styled("No messages.", "$muted")
