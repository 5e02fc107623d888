"""What the flags of the commands that follow something have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from breadtui.bakery.jobs import Phase
from breadtui.launch import refuse

TIMEOUT = 300.0
"""Seconds the server may stay away."""
INTERRUPTED = 130

F = TypeVar("F", bound=Callable[..., object])


def phases_option(flag: str, help: str) -> Callable[[F], F]:
    """An option that takes phases with commas between them; all of them where it is not given."""
    return click.option(flag, "phases", metavar="PHASES", default=",".join(Phase), callback=_phases, help=help)


def timeout_option(help: str) -> Callable[[F], F]:
    """An option that takes the seconds to be patient for."""
    patience = click.FloatRange(0, min_open=True)
    return click.option("--timeout", metavar="S", default=TIMEOUT, show_default=True, type=patience, help=help)


def carried_out(command: Callable[[], int], stopped: str) -> int:
    """The exit code of a command; what keeps it from its work is told in a sentence, `stopped` if it was the user."""
    from breadtui.api.errors import BreadError
    from breadtui.bakery.following.run import NotBegun
    from breadtui.bakery.following.scope import NotThere
    from breadtui.settings import SettingsError

    try:
        return command()
    except (SettingsError, NotBegun, NotThere, BreadError) as error:
        return refuse(str(error))
    except KeyboardInterrupt:
        sys.stderr.write(f"breadtui: {stopped}\n")
        return INTERRUPTED


def _phases(_: click.Context, __: click.Parameter, value: str) -> tuple[Phase, ...]:
    names = [name.strip().lower() for name in value.split(",")]
    try:
        return tuple(phase for phase in Phase if phase in {Phase(name) for name in names})
    except ValueError:
        raise click.BadParameter(f"“{value}” names no phases; they are {', '.join(Phase)}.") from None
