"""The flags of `breadtui status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import carried_out

if TYPE_CHECKING:
    from breadtui.commands.flags import Flags


@click.command()
@click.argument("where", metavar="[REPO[/NAME]]", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def status(flags: Flags, where: str, as_json: bool) -> None:
    """Show how every target and bake stands.

    \b
    The JSON: {server, repos: [{name, base_model,
      targets: [{name, stim, rollout}], of which each has
                {state, word, lines, total, percent, error}
      bakes:   [{name, state, word, percent, error, loss, models, checkpoints}]}]}
    state is: not started, queued, running, complete, failed or unrecognised;
    word is the server's own. What nobody knows is null.
    """
    from breadtui.bakery.following.scope import parsed
    from breadtui.bakery.following.status import StatusOrder
    from breadtui.bakery.following.status import status as show

    order = StatusOrder(parsed(where), as_json)
    sys.exit(carried_out(lambda: show(flags.connection(), order), "Stopped."))
