"""The flags of `breadtui download`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import INTERRUPTED, timeout_option
from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.bakery.downloads.command import DownloadOrder
    from breadtui.commands.flags import Flags


@click.command()
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PATH", default="", help="The file, or the folder it goes into; else here.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@timeout_option("Give up when nothing comes for so long.")
@click.pass_obj
def download(flags: Flags, models: tuple[str, ...], output: str, force: bool, timeout: float) -> None:
    """Fetch the weights of checkpoints.

    A MODEL is user/repo/bake/checkpoint, or repo/bake/checkpoint, or repo/bake
    for its latest. What came stands in a .part beside the file: after a break
    it goes on by itself, after a stop with the same command. Progress goes to
    standard error; the files' paths, when they are whole, to standard output.

    \b
    Exit codes: 0 all there; 1 one failed; 2 not begun; 3 nothing came for
    too long; 130 stopped with ctrl+c. What came is kept.
    """
    from breadtui.bakery.downloads.command import DownloadOrder

    sys.exit(_run(flags, DownloadOrder(models, output, force, timeout)))


def _run(flags: Flags, order: DownloadOrder) -> int:
    from breadtui.api.errors import BreadError
    from breadtui.bakery.downloads.command import download as carry_out
    from breadtui.bakery.downloads.problems import DownloadError
    from breadtui.settings import SettingsError

    try:
        return carry_out(flags.connection(), order)
    except (SettingsError, DownloadError, BreadError) as error:
        return refuse(str(error))
    except KeyboardInterrupt:
        sys.stderr.write("breadtui: Stopped. Nothing was begun.\n")
        return INTERRUPTED
