"""The flags of `breadtui plan` and `breadtui apply`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import INTERRUPTED, phases_option, timeout_option
from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.bakery.jobs import Phase
    from breadtui.bgit.recording import Record
    from breadtui.commands.flags import Flags

directory_argument = click.argument(
    "directory", metavar="[DIR]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.command()
@directory_argument
@click.option("--json", "as_json", is_flag=True, help="Write all of it as JSON.")
@click.option("--offline", is_flag=True, help="Look at the files only, and ask no server.")
@click.pass_obj
def plan(flags: Flags, directory: Path, as_json: bool, offline: bool) -> None:
    """Show what Bread would make of a directory of bgit.

    It reads input.yml and .bread of DIR, or of the nearest directory above it
    that has a .bread, and tells what is wrong with them by line and column;
    then each step, whether it is there, and what differs where a name is taken.
    Nothing is made, and no file is changed.

    \b
    Exit codes: 0 nothing is in the way; 1 there are mistakes, or names are taken;
    2 it cannot be looked at; 3 the server is away.
    """
    from breadtui.bgit.command import PlanOrder
    from breadtui.bgit.command import plan as look

    sys.exit(_carried_out(lambda: look(flags.connection, PlanOrder(_project(directory), offline, as_json))))


@click.command()
@directory_argument
@click.option("--run", is_flag=True, help="Run what is missing too, and follow it to the end.")
@phases_option("--phases", "With --run, only these: stim, rollout, bake; several with commas.")
@click.option("--dry-run", is_flag=True, help="Show what would be made and run, and end.")
@click.option("--rename", is_flag=True, help="Give what is new another name where something else has it.")
@click.option("--record/--no-record", default=None, help="When the bake is complete, write .bread and recipe.yml.")
@click.option("--commit/--no-commit", default=None, help="Record, and commit just those two files.")
@click.option("--no-verify", is_flag=True, help="With --commit, past the hooks of git.")
@click.option("--clear", is_flag=True, help="With --record, comment out input.yml, ready for the next bake.")
@click.option("--json", "as_json", is_flag=True, help="Write all of it, and what came of it, as JSON.")
@click.option("--yes", is_flag=True, help="Do not ask before it begins.")
@timeout_option("Give up when the server stays away so long.")
@click.pass_context
def apply(
    context: click.Context,
    directory: Path,
    run: bool,
    phases: tuple[Phase, ...],
    dry_run: bool,
    rename: bool,
    record: bool | None,
    commit: bool | None,
    no_verify: bool,
    clear: bool,
    as_json: bool,
    yes: bool,
    timeout: float,
) -> None:
    """Make, and with --run bake, what a directory of bgit asks for.

    It shows what `breadtui plan` does, and asks. What is there already with the
    same content is taken for done, so that after a stop the same command goes
    on; with --record, a bake that is complete is recorded without another run.

    \b
    Exit codes: 0 all done; 1 a step failed, or there are mistakes, or names are
    taken, or there is no credit left, or it could not be recorded, or the answer
    was no; 2 not begun; 3 the server is away; 130 stopped with ctrl+c.
    """
    if not run and context.get_parameter_source("phases") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--phases tells what --run runs: add --run.")
    from breadtui.bakery.following.follow import Patience
    from breadtui.bgit.command import ApplyOrder
    from breadtui.bgit.command import apply as carry_out

    flags: Flags = context.obj

    def begin() -> int:
        order = ApplyOrder(
            _project(directory),
            frozenset(phases if run else ()),
            dry_run=dry_run,
            rename=rename,
            record=_recording(record, commit, hooks=not no_verify, clear=clear),
            insists=bool(record or commit),
            as_json=as_json,
            yes=yes,
            patience=Patience(timeout=timeout),
        )
        return carry_out(flags.connection, order, click.confirm)

    sys.exit(_carried_out(begin))


def _project(directory: Path) -> Path:
    """The directory of bgit around `directory`.

    Raises:
        ProjectError: there is none.
    """
    from breadtui.api.text import one_line
    from breadtui.bgit.finding import find_project
    from breadtui.bgit.problems import ProjectError

    if found := find_project(directory):
        return found
    raise ProjectError(
        f"Neither {one_line(str(directory.resolve()))} nor a directory above it has a .bread, by which a directory of"
        " bgit is known. Name one, or begin one: with `bgit init`, or with a .bread of the two lines [REPO] and"
        " name=REPO and an input.yml beside it."
    )


def _recording(record: bool | None, commit: bool | None, *, hooks: bool, clear: bool) -> Record | None:
    """What is to be recorded, by the flags and, where they say nothing, by the settings.

    Raises:
        UsageError: the flags do not go together.
    """
    from breadtui.bgit.recording import Record
    from breadtui.settings import config_path, load_config

    usual = load_config(config_path()).bgit
    if commit and record is False:
        raise click.UsageError("--commit commits what is recorded: leave out --no-record.")
    recorded = bool(commit) or usual.record if record is None else record
    committed = recorded and (usual.commit if commit is None else commit)
    if clear and not recorded:
        raise click.UsageError("--clear needs --record: only what is recorded is cleared.")
    if not hooks and not committed:
        raise click.UsageError("--no-verify needs --commit.")
    return Record(committed, hooks, clear) if recorded else None


def _carried_out(command: Callable[[], int]) -> int:
    from breadtui.api.errors import BreadError
    from breadtui.bakery.recipes.problems import RecipeError
    from breadtui.bgit.problems import ProjectError
    from breadtui.settings import SettingsError

    try:
        return command()
    except (SettingsError, ProjectError, RecipeError, BreadError) as error:
        return refuse(str(error))
    except KeyboardInterrupt:
        sys.stderr.write("breadtui: Stopped. Nothing was begun.\n")
        return INTERRUPTED
