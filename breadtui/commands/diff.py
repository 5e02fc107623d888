"""The flags of `breadtui diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.commands.flags import Flags

KINDS = ("prompt", "target", "bake")
STOPPED = 130


@click.command()
@click.argument("what", metavar="[KIND] REPO/NAME REPO/NAME", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Write what is equal as well.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def diff(flags: Flags, what: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Compare two prompts, targets or bakes, of one repository or of two.

    KIND is prompt, target or bake; it can be left out where the names tell. A
    checkpoint, USER/REPO/BAKE/STEP, stands for its bake. Of targets the prompts
    are compared as well, of bakes the losses.

    \b
    Exit codes: 0 equal; 1 different; 2 not all could be read, or nothing.
    """
    kind, names = (what[0], what[1:]) if what and what[0] in KINDS else (None, what)
    if len(names) != 2:
        raise click.UsageError("Name two: breadtui diff [prompt|target|bake] REPO/NAME REPO/NAME")
    from breadtui.api.errors import BreadError
    from breadtui.bakery.comparison.command import DiffOrder
    from breadtui.bakery.comparison.command import diff as carry_out
    from breadtui.bakery.comparison.subject import ComparisonError
    from breadtui.bakery.things import Thing
    from breadtui.settings import SettingsError

    order = DiffOrder(*names, thing=Thing(kind) if kind else None, as_json=as_json, everything=everything)
    try:
        sys.exit(carry_out(flags.connection(), order))
    except (SettingsError, ComparisonError, BreadError) as error:
        sys.exit(refuse(str(error)))
    except KeyboardInterrupt:
        refuse("Stopped.")
        sys.exit(STOPPED)
