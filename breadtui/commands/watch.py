"""The flags of `breadtui watch`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import carried_out, phases_option, timeout_option

if TYPE_CHECKING:
    from breadtui.bakery.jobs import Phase
    from breadtui.commands.flags import Flags


@click.command()
@click.argument("where", metavar="[REPO[/NAME]]", default="")
@phases_option("--phase", "Only these: stim, rollout, bake; several with commas.")
@click.option("--interval", metavar="S", type=click.FloatRange(0.1, 30), help="Ask every S seconds; else as jobs go.")
@timeout_option("Give up when the server stays away so long.")
@click.pass_obj
def watch(flags: Flags, where: str, phases: tuple[Phase, ...], interval: float | None, timeout: float) -> None:
    """Follow the jobs that run to their end, whoever started them.

    On a terminal they are drawn where they stand; in a pipe, each change is a line. Ctrl+c leaves the jobs running.

    \b
    Exit codes: 0 all complete, or nothing to watch; 1 one failed; 2 not begun;
    3 the server stayed away; 130 stopped with ctrl+c.
    """
    from breadtui.bakery.following.follow import Patience
    from breadtui.bakery.following.scope import parsed
    from breadtui.bakery.following.watch import WatchOrder
    from breadtui.bakery.following.watch import watch as follow

    order = WatchOrder(parsed(where), phases, Patience(interval, timeout))
    sys.exit(carried_out(lambda: follow(flags.connection(), order), "Stopped watching. Jobs run on at the server."))
