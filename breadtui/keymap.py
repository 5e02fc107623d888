"""The user's keys: what Textual is given of the settings' `[keys]`, and what in them cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from breadtui.actions import MODAL, Action, listed

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

_MODIFIERS = re.compile(r"(?:(?:ctrl|alt|shift|super|meta|hyper)\+)*")

Table = tuple[Action, ...]


def take_keys(app: App[None], chosen: Mapping[str, str]) -> None:
    """Move actions of the app to the keys that were chosen, and say what in these cannot be meant."""
    app.set_keymap(keymap(chosen))
    for doubt in doubts(chosen):
        app.notify(doubt, severity="warning", timeout=10, markup=False)


def keymap(chosen: Mapping[str, str]) -> dict[str, str]:
    """Textual's keymap for the keys that were chosen, by the ids of their actions.

    Textual 8.2 takes a key from every action that has it as soon as one of them gets another. So those that share a
    key with a changed action are in the keymap too, with the keys they have.
    """
    changed = {action_id: _long(keys) for action_id, keys in chosen.items()}
    kept: dict[str, str] = {}
    for table in _tables():
        kept |= _kept(table, changed)
    return {**kept, **changed}


def shown(place: DOMNode, action: Action) -> Action:
    """An action with the keys that it has in the app of a widget or screen."""
    return replace(action, keys=_chosen(place).get(action.id, action.keys))


def doubts(chosen: Mapping[str, str]) -> Iterator[str]:
    """What in the chosen keys cannot be meant, or takes more than it says, each in a sentence."""
    known = {action.id for table in _tables() for action in table}
    for action_id, keys in chosen.items():
        if action_id not in known:
            yield f"[keys] names “{action_id}”, which is no action{_near(action_id, known)}"
        for key in map(str.strip, keys.split(",")):
            if not _is_key(key):
                yield f"[keys] gives “{key}” to {action_id}, which is no key{_near(key, _key_names())}"
    changed = {action_id: _long(keys) for action_id, keys in chosen.items()}
    for table in _tables():
        taken = _taken(table, changed)
        for action in table:
            if action.id not in changed and taken.keys() >= {*action.keys.split(",")}:
                yield f"{action.label} ({action.id}) has no key any more: {taken[_first(action.keys)]} has it now."


def _kept(table: Table, changed: Mapping[str, str]) -> dict[str, str]:
    """The actions of a table that share a key with a changed one, or with one that does, and their keys."""
    taken = _taken(table, changed)
    reached = {key for action in table if action.id in changed for key in action.keys.split(",")}
    kept: dict[str, str] = {}
    while found := [a for a in table if a.id not in {*changed, *kept} and not reached.isdisjoint(a.keys.split(","))]:
        for action in found:
            reached.update(action.keys.split(","))
            kept[action.id] = ",".join(key for key in action.keys.split(",") if key not in taken)
    return {action_id: keys for action_id, keys in kept.items() if keys}


def _taken(table: Table, changed: Mapping[str, str]) -> dict[str, str]:
    """The keys that changed actions of a table have and had not before, and the ids of those actions."""
    return {
        key: action.id
        for action in table
        if action.id in changed
        for key in changed[action.id].split(",")
        if key not in action.keys.split(",")
    }


def _tables() -> Iterator[Table]:
    """The actions, those together that one may have before oneself at the same time."""
    yield from (table for _, table in listed())
    yield MODAL


def _chosen(place: DOMNode) -> Mapping[str, str]:
    return place.app._keymap  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - Textual 8.2 tells it to nobody


def _long(keys: str) -> str:
    """Keys by Textual's names: `question_mark` for `?`."""
    from textual.keys import _normalize_key_list  # pyright: ignore[reportPrivateUsage] - what `set_keymap` does

    return _normalize_key_list(keys)


def _first(keys: str) -> str:
    return keys.partition(",")[0]


def _is_key(key: str) -> bool:
    from textual.keys import key_to_character

    bare = _MODIFIERS.sub("", key, count=1)
    sign = key_to_character(bare)  # also that of a control character, which no key is called by
    return len(bare) == 1 or bare in _key_names() or bool(sign and sign.isprintable())


def _key_names() -> frozenset[str]:
    from textual.keys import Keys

    names = (_MODIFIERS.sub("", key.value, count=1) for key in Keys)
    return frozenset(name for name in names if len(name) > 1 and name.replace("_", "").isalnum())


def _near(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that there is not: what may have been meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=2, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else "."
