"""`breadtui replay` and `breadtui recipe` from what was asked for to the exit code, on plain streams."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.text import one_line
from breadtui.bakery.following.follow import COMPLETE, FAILED, Patience, complain, kitchen_at
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.recipes import report
from breadtui.bakery.recipes.document import load_recipe, recipe_text, save_recipe
from breadtui.bakery.recipes.foresight import Foresight, Standing, foresee
from breadtui.bakery.recipes.live import AGAIN, Live, forget_left
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.recipes.plan import Recipe, StepKey
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.rename import renamed, with_suffix
from breadtui.bakery.recipes.replay import Replay, refuse
from breadtui.settings import Connection

Confirm = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What was asked for at the command line. `what` is a file, or `REPO/BAKE`."""

    what: str
    into: str
    suffix: str = ""
    dry_run: bool = False
    runs: bool = True
    as_json: bool = False
    yes: bool = False
    patience: Patience = field(default_factory=Patience)


def replay(found: Connection, order: ReplayOrder, confirm: Confirm) -> int:
    """Show what will be done, ask, and do it; gives the exit code.

    Raises:
        RecipeError, BreadError: it was not begun.
    """
    path = file_of(order.what)
    recipe = load_recipe(path) if path else None
    return asyncio.run(_replay(found, order, recipe, confirm))


def export(found: Connection, what: str, output: Path | None, *, force: bool = False) -> int:
    """Write the recipe of a bake as YAML, to a file or to standard output; gives the exit code.

    Raises:
        RecipeError, BreadError: it was not written.
    """
    recipe = asyncio.run(_told(found, what))
    for problem in report.problem_lines(recipe):
        complain(problem)
    if output is None:
        sys.stdout.write(recipe_text(recipe))
    else:
        save_recipe(output, recipe, overwrite=force)
        sys.stderr.write(f"{len(recipe.steps):,} steps written to {one_line(str(output))}.\n")
    return COMPLETE


def file_of(what: str) -> Path | None:
    """The file that is meant; None where a bake is."""
    path = Path(what)
    return path if path.suffix.lower() in (".yaml", ".yml") or path.is_file() else None


def bake_of(what: str) -> tuple[str, str]:
    """Repository and bake.

    Raises:
        RecipeError: it is not told as `REPO/BAKE`.
    """
    repo, _, bake = what.partition("/")
    if not repo or not bake or "/" in bake:
        raise RecipeError(f"“{one_line(what)}” is neither a file nor a bake: name it as REPO/BAKE, or as FILE.yaml.")
    return repo, bake


async def _told(found: Connection, what: str) -> Recipe:
    repo, bake = bake_of(what)
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        return await recipe_of(Kitchen(client), repo, bake)


async def _replay(found: Connection, order: ReplayOrder, recipe: Recipe | None, confirm: Confirm) -> int:
    async with kitchen_at(found, order.patience) as kitchen:
        recipe = recipe or await recipe_of(kitchen, *bake_of(order.what))
        foresight = await foresee(kitchen, renamed(recipe, order.into, with_suffix(order.suffix)), runs=order.runs)
        if not order.as_json:
            _say(*report.heading(foresight, order.what), "", *report.plan_lines(foresight))
        if (code := _undone(foresight, order, confirm)) is not None:
            if order.as_json:
                _write_json(foresight, foresight.standings, foresight.why)
            return code
        forget_left(kitchen, foresight)
        return await _carried_out(kitchen, foresight, order)


async def _carried_out(kitchen: Kitchen, foresight: Foresight, order: ReplayOrder) -> int:
    """Make it, and tell what came of it; gives the exit code."""
    live = Live(kitchen, order.patience, sys.stderr if order.as_json else sys.stdout)
    making = Replay(kitchen, foresight, live.stepped)
    code = await live.to_the_end(making, making.carry_out())
    if order.as_json:
        _write_json(foresight, making.standings, making.why)
    elif code in (COMPLETE, FAILED):
        _say(report.end_line(making.standings))
    if code != COMPLETE:
        complain(AGAIN)
    return code


def _undone(foresight: Foresight, order: ReplayOrder, confirm: Confirm) -> int | None:
    """The exit code where nothing shall be done; None where it shall.

    Raises:
        RecipeError: it cannot be done, or nobody can be asked.
    """
    if order.dry_run:
        return FAILED if foresight.problem or foresight.of(Standing.CONFLICT, Standing.HELD_UP) else COMPLETE
    refuse(foresight)
    if not foresight.of(Standing.TO_DO):
        if foresight.of(Standing.UNDER_WAY):
            return None
        return COMPLETE if all(standing.good for standing in foresight.standings.values()) else FAILED
    if order.yes:
        return None
    if order.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise RecipeError("Nobody can be asked whether to do this: add --yes, or --dry-run to look only.")
    if confirm("\nDo this?"):
        return None
    _say("Nothing was made.")
    return FAILED


def _write_json(foresight: Foresight, standings: Mapping[StepKey, Standing], why: Mapping[StepKey, str]) -> None:
    _say(json.dumps(report.as_json(foresight, standings, why), ensure_ascii=False, indent=1))


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()
