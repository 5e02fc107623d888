"""The flags of `breadtui run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import carried_out, phases_option, timeout_option

if TYPE_CHECKING:
    from breadtui.bakery.jobs import Phase
    from breadtui.commands.flags import Flags


@click.command()
@click.argument("where", metavar="[REPO/NAME]", default="")
@phases_option("--phases", "Only these: stim, rollout, bake; several with commas.")
@click.option("--detach", is_flag=True, help="Start what can start now, and keep the rest for the next time.")
@click.option("--yes", is_flag=True, help="Do not ask before starting.")
@click.option("--interval", metavar="S", type=click.FloatRange(0.1, 30), help="Ask every S seconds; else as jobs go.")
@timeout_option("Give up when the server stays away so long.")
@click.pass_obj
def run(
    flags: Flags,
    where: str,
    phases: tuple[Phase, ...],
    detach: bool,
    yes: bool,
    interval: float | None,
    timeout: float,
) -> None:
    """Run what a target or a bake lacks, in order.

    It shows what will run and how many responses that makes, and asks. Without a name it goes on with what an
    earlier run, or the app, left to do.

    \b
    Exit codes: 0 all complete (with --detach: started); 1 one failed, or there is
    no credit left, or the answer was no; 2 not begun; 3 the server stayed away;
    130 stopped with ctrl+c. What was not done is kept: `breadtui run` goes on.
    """
    if where and not all(where.partition("/")):
        raise click.UsageError("Name the target or bake as REPO/NAME.")
    from breadtui.bakery.following.follow import Patience
    from breadtui.bakery.following.run import RunOrder
    from breadtui.bakery.following.run import run as carry_out
    from breadtui.bakery.following.scope import parsed

    order = RunOrder(parsed(where), phases, detach, yes, Patience(interval, timeout))
    sys.exit(carried_out(lambda: carry_out(flags.connection(), order, click.confirm), "Stopped. Nothing was started."))
