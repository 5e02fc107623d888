"""`breadtui status`: everything that a server holds and how it stands, as a table or as JSON.

The JSON is an object; nothing is taken out of it from one version to the next, and null is what nobody knows:

    server      the host
    repos       a list of
      name, base_model
      targets   a list of: name, stim, rollout; each of the two has
                  state, word, lines, total, percent, error
      bakes     a list of: name, state, word, percent, error, loss, models, checkpoints

`state` is one of: not started, queued, running, complete, failed, unrecognised; `word` is the server's own word for it.
`percent` goes from 0 to 100. `loss` is a number of about 1e-7. `models` are names to chat with, the latest first, and
`checkpoints` the training steps at their ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from breadtui.api.lenient import integers
from breadtui.bakery.catalog import Shelf
from breadtui.bakery.following.display import COLOURS
from breadtui.bakery.following.follow import COMPLETE, kitchen_at
from breadtui.bakery.following.lines import facts, word
from breadtui.bakery.following.scope import Where, look
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State, checkpoint_of, format_loss
from breadtui.bakery.kitchen import Kitchen
from breadtui.settings import Connection


@dataclass(frozen=True, slots=True)
class StatusOrder:
    """What was asked for at the command line."""

    where: Where = field(default_factory=Where)
    as_json: bool = False


def status(found: Connection, order: StatusOrder) -> int:
    """Show how everything stands; gives the exit code.

    Raises:
        NotThere, BreadError: it cannot be told.
    """
    return asyncio.run(_status(found, order))


async def _status(found: Connection, order: StatusOrder) -> int:
    async with kitchen_at(found) as kitchen:
        await look(kitchen, order.where)
        if order.as_json:
            text = json.dumps(_as_json(kitchen, order.where), ensure_ascii=False, indent=1, allow_nan=False)
            sys.stdout.write(f"{text}\n")
        else:
            _print(kitchen, order.where)
    return COMPLETE


# -- as JSON --


def _as_json(kitchen: Kitchen, where: Where) -> dict[str, object]:
    return {
        "server": kitchen.client.host,
        "repos": [
            {
                "name": name,
                "base_model": kitchen.catalog.base_model(name),
                "targets": [_target(kitchen, name, target) for target in _chosen(shelf.targets, where)],
                "bakes": [_bake(kitchen, name, bake) for bake in _chosen(shelf.bakes, where)],
            }
            for name, shelf in _shelves(kitchen, where)
        ],
    }


def _target(kitchen: Kitchen, repo: str, name: str) -> dict[str, object]:
    def phase(phase: Phase) -> dict[str, object]:
        known = _known(kitchen, JobKey(repo, name, phase))
        return {**_state(known), "lines": known.lines, "total": known.total, **_progress(known)}

    return {"name": name, "stim": phase(Phase.STIM), "rollout": phase(Phase.ROLLOUT)}


def _bake(kitchen: Kitchen, repo: str, name: str) -> dict[str, object]:
    known = _known(kitchen, JobKey(repo, name, Phase.BAKE))
    models = {"models": [*known.models], "checkpoints": integers([*map(checkpoint_of, known.models)])}
    return {"name": name, **_state(known), **_progress(known), "loss": known.loss, **models}


def _state(known: JobStatus) -> dict[str, object]:
    return {"state": known.state.value, "word": known.word}


def _progress(known: JobStatus) -> dict[str, object]:
    fraction = known.fraction
    return {"percent": None if fraction is None else round(100 * fraction, 2), "error": known.error}


# -- as a table --


def _print(kitchen: Kitchen, where: Where) -> None:
    """A heading for each repository, and under it a row for each phase; in colours on a terminal."""
    from rich.console import Console
    from rich.text import Text

    told = [(name, _rows(kitchen, name, shelf, where)) for name, shelf in _shelves(kitchen, where)]
    wide = max((len(known.key.name) for _, rows in told for known in rows), default=0)
    plain = not sys.stdout.isatty() or os.environ.get("TERM", "") in ("", "dumb")
    console = Console(color_system=None if plain else "auto", highlight=False, emoji=False, markup=False)
    if not told:
        console.print(f"There is no repository at {kitchen.client.host} yet.", soft_wrap=True)
    for place, (name, rows) in enumerate(told):
        heading = "  ".join(part for part in (name, kitchen.catalog.base_model(name)) if part)
        console.print(Text(f"{chr(10) if place else ''}{heading}", "bold"), soft_wrap=True)
        for known in rows:
            state = Text(f"{known.state.sign} {word(known):12}", COLOURS[known.state])
            told_of = "  ".join(_facts(known))
            text = Text(f"  {known.key.phase:7}  {known.key.name:{wide}}  ").append_text(state).append(f" {told_of}")
            text.rstrip()
            console.print(text, soft_wrap=True)
        if not rows:
            console.print("  nothing to run yet", soft_wrap=True)


def _facts(known: JobStatus) -> Iterable[str]:
    if known.key.phase is not Phase.BAKE or known.state is not State.COMPLETE:
        return facts(known)
    loss = [f"loss {format_loss(known.loss)}"] if known.loss is not None else []
    checkpoints = ", ".join(map(checkpoint_of, known.models))
    return [*loss, *([f"checkpoints {checkpoints}"] if checkpoints else [])]


def _rows(kitchen: Kitchen, repo: str, shelf: Shelf, where: Where) -> list[JobStatus]:
    targets = [
        JobKey(repo, name, phase) for name in _chosen(shelf.targets, where) for phase in (Phase.STIM, Phase.ROLLOUT)
    ]
    bakes = [JobKey(repo, name, Phase.BAKE) for name in _chosen(shelf.bakes, where)]
    return [_known(kitchen, key) for key in (*targets, *bakes)]


# -- what is looked at --


def _shelves(kitchen: Kitchen, where: Where) -> list[tuple[str, Shelf]]:
    names = [repo.repo_name for repo in kitchen.catalog.repos or () if where.repo in ("", repo.repo_name)]
    return [(name, shelf) for name in names if (shelf := kitchen.catalog.shelf(name))]


def _chosen(names: Iterable[str], where: Where) -> list[str]:
    return [name for name in names if where.name in ("", name)]


def _known(kitchen: Kitchen, key: JobKey) -> JobStatus:
    return kitchen.watcher.status(key) or JobStatus(key, State.NOT_STARTED)
