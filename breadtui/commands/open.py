"""The flags of `breadtui open`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.commands.flags import Flags


@click.command("open")
@click.argument("where", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.pass_obj
def open_project(flags: Flags, where: Path) -> None:
    """Open the app on a directory of bgit: its repository, its plan and its history.

    DIR is that directory, or one below it; else the working directory. Inside of one, plain `breadtui` does the same.
    """
    from breadtui.api.text import one_line
    from breadtui.bgit.finding import find_project
    from breadtui.bgit.problems import BREAD

    try:
        folder = where.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:  # the latter: `~` of nobody
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        sys.exit(refuse(f"{one_line(str(where))} cannot be opened: {one_line(why)}."))
    project = find_project(folder)
    if project is None:
        sys.exit(
            refuse(
                f"{one_line(str(folder))} is no directory of bgit: there is no {BREAD} in it, nor in one above it."
                " `bgit init` makes one."
            )
        )
    sys.exit(flags.launch(project=project))
