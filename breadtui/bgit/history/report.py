"""`breadtui history`: the models of all branches and tags, and the commits that changed them, as plain lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from breadtui.api.text import clean_json, one_line
from breadtui.bakery.jobs import checkpoint_of
from breadtui.bakery.lineage import NOT_TOLD, Branch, Node, Origin, family, walk
from breadtui.bgit.git import Ref, RefKind
from breadtui.bgit.history import History, Moment, joined

SIGNS = {Origin.BASE: "■", Origin.ELSEWHERE: "□", Origin.BAKE: "✔", Origin.CHECKPOINT: "◆"}
SHOWN_DEPTH = 24
"""Guides that are drawn, at most: of a long line of bakes the last."""
SHOWN_REFS = 6
"""Refs that are told behind a line, at most."""
NOTHING_BAKED = "Nothing was baked here yet. Write into input.yml what to bake, and apply it."
_RANKS = (RefKind.HEAD, RefKind.BRANCH, RefKind.TAG, RefKind.REMOTE)


def label(ref: Ref) -> str:
    """A ref as people see it: with a dot where it is checked out."""
    return f"● {one_line(ref.name)}" if ref.current else one_line(ref.name)


def ranked(refs: Sequence[Ref]) -> list[Ref]:
    """What is checked out first, then branches, tags, and what others have."""
    return sorted(refs, key=lambda ref: (not ref.current, _RANKS.index(ref.kind)))


def short(model: str) -> str:
    """A model by its bake and checkpoint; others as they are called."""
    return "/".join(model.split("/")[-2:])


def date(seconds: float) -> str:
    """A day; years that no calendar has are told as such."""
    moment = _moment(seconds)
    return moment.astimezone().strftime("%Y-%m-%d") if moment else "some day"


def row_of(history: History, model: str | None, base: str) -> str:
    """The row of the tree that a model has: its own, or its bake's if it is the latest checkpoint of that."""
    if model is None:
        return base
    owner = next((bake for bake in history.bakes.values() if bake.models[:1] == (model,)), None)
    return owner.name if owner else model


def whereabouts(history: History, base: str) -> Mapping[str, Sequence[Ref]]:
    """The refs on each model, by the row that it has in the tree; `base` is the row of the base model."""
    latest = {bake.models[0]: bake.name for bake in history.bakes.values() if bake.models}
    rows: dict[str, dict[Ref, None]] = defaultdict(dict)
    placed: set[Ref] = set()
    for moment in history.moments:
        fresh = [ref for ref in moment.refs if ref not in placed] if moment.commit else []
        rows[latest.get(moment.model, moment.model) if moment.model else base].update(dict.fromkeys(fresh))
        placed.update(fresh)
    for bake in history.bakes.values():
        rows[bake.name].update((ref, None) for ref in bake.heads if ref not in placed)
    return {row: ranked(tuple(refs)) for row, refs in rows.items() if refs}


def lines(history: History) -> Iterator[str]:
    """Tree and commits, a line each."""
    return map(one_line, _lines(history))


def as_json(history: History) -> str:
    """All that is known, for programs."""
    told = {
        "repo": history.repo,
        "base_model": history.base_model,
        "problem": history.problem,
        "bakes": [
            {
                "name": bake.name,
                "parent": bake.parent,
                "models": [*bake.models],
                "refs": [*map(_ref, bake.refs)],
                "heads": [*map(_ref, bake.heads)],
            }
            for bake in history.bakes.values()
        ],
        "commits": [_commit(moment) for moment in history.moments],
    }
    return json.dumps(clean_json(told), ensure_ascii=False, indent=1, allow_nan=False)


def _lines(history: History) -> Iterator[str]:
    base = history.base_model or NOT_TOLD
    refs = whereabouts(history, base)
    yield f"{history.repo}: models"
    for branch in walk(family(joined(history, None), history.base_model, lambda _: None)):
        yield f"{_guides(branch)}{_node(branch.node)}{_refs(refs.get(branch.node.name, ()))}"
    yield ""
    yield f"{history.repo}: commits"
    for moment in history.moments:
        yield _line(moment, base)


def _node(node: Node) -> str:
    if node.origin is Origin.CHECKPOINT:
        return f"{SIGNS[node.origin]} {checkpoint_of(node.name)}"
    said = f"  {node.origin}" if node.origin is Origin.ELSEWHERE else ""
    return f"{SIGNS[node.origin]} {node.name}{said}"


def _guides(branch: Branch) -> str:
    if not branch.last:
        return ""
    *above, last = branch.last[-SHOWN_DEPTH:]
    lead = "⋯ " if len(branch.last) > SHOWN_DEPTH else ""
    return lead + "".join("   " if ended else "│  " for ended in above) + ("└─ " if last else "├─ ")


def _refs(refs: Sequence[Ref]) -> str:
    if not refs:
        return ""
    more = [f"+{len(refs) - SHOWN_REFS:,}"] if len(refs) > SHOWN_REFS else []
    return f"  ({', '.join([*map(label, refs[:SHOWN_REFS]), *more])})"


def _line(moment: Moment, base: str) -> str:
    on = f"on {short(moment.model or base)}"
    if moment.commit is None:
        return f"{'now':7}  {'':10}  the files as they are{_refs(ranked(moment.refs))}  {on}"
    commit = moment.commit
    return f"{commit.id[:7]}  {date(commit.when)}  {commit.subject}{_refs(ranked(moment.refs))}  {on}"


def _commit(moment: Moment) -> dict[str, object]:
    commit, recipe = moment.commit, moment.recipe
    when = _moment(commit.when) if commit else None
    return {
        "id": commit.id if commit else None,
        "when": when.isoformat() if when else None,
        "author": commit.author if commit else None,
        "subject": commit.subject if commit else None,
        "refs": [*map(_ref, moment.refs)],
        "model": moment.model,
        "bakes": [*recipe.bakes] if recipe else [],
    }


def _ref(ref: Ref) -> dict[str, object]:
    return {"name": ref.name, "kind": ref.kind.value, "commit": ref.commit, "current": ref.current}


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
