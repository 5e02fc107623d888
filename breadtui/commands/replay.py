"""The flags of `breadtui replay` and `breadtui recipe`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import INTERRUPTED, timeout_option
from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.commands.flags import Flags


@click.command()
@click.argument("what", metavar="REPO/BAKE|FILE.yaml")
@click.option("--into", metavar="REPO", required=True, help="The repository it is made in; it is made if it is new.")
@click.option("--suffix", metavar="TEXT", default="", help="Ends the names of everything that is made.")
@click.option("--dry-run", is_flag=True, help="Show what would be made and run, and end.")
@click.option("--no-run", is_flag=True, help="Make what can be made, and run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write every step and its end as JSON.")
@click.option("--yes", is_flag=True, help="Do not ask before it begins.")
@timeout_option("Give up when the server stays away so long.")
@click.pass_obj
def replay(
    flags: Flags,
    what: str,
    into: str,
    suffix: str,
    dry_run: bool,
    no_run: bool,
    as_json: bool,
    yes: bool,
    timeout: float,
) -> None:
    """Make a bake again, of its recipe: in another repository, or under other names.

    It shows every step, and asks. What is there already with the same content
    is taken for done, so that a replay that was stopped goes on when it is run
    again; something else under one of the names ends it before it begins.

    \b
    Exit codes: 0 all there; 1 a step failed, or there is no credit left, or the
    answer was no; 2 not begun; 3 the server stayed away; 130 stopped with ctrl+c.
    """
    if not into or "/" in into:
        raise click.UsageError("Name the repository by its name alone: --into REPO.")
    from breadtui.bakery.following.follow import Patience
    from breadtui.bakery.recipes.command import ReplayOrder
    from breadtui.bakery.recipes.command import replay as carry_out

    patience = Patience(timeout=timeout)
    order = ReplayOrder(
        what, into, suffix, dry_run=dry_run, runs=not no_run, as_json=as_json, yes=yes, patience=patience
    )
    sys.exit(_carried_out(lambda: carry_out(flags.connection(), order, click.confirm)))


@click.command()
@click.argument("bake", metavar="REPO/BAKE")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it there; else to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.pass_obj
def recipe(flags: Flags, bake: str, output: Path | None, force: bool) -> None:
    """Write down how a bake was made, as YAML: keep it, and replay it anywhere."""
    from breadtui.bakery.recipes.command import export

    sys.exit(_carried_out(lambda: export(flags.connection(), bake, output, force=force)))


def _carried_out(command: Callable[[], int]) -> int:
    from breadtui.api.errors import BreadError
    from breadtui.bakery.recipes.problems import RecipeError
    from breadtui.settings import SettingsError

    try:
        return command()
    except (SettingsError, RecipeError, BreadError) as error:
        return refuse(str(error))
    except KeyboardInterrupt:
        sys.stderr.write("breadtui: Stopped. Nothing was begun.\n")
        return INTERRUPTED
