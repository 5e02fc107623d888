"""The flags of `breadtui history`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from breadtui.launch import refuse


@click.command()
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def history(directory: Path, as_json: bool) -> None:
    """Show what was baked on every branch and tag of a bgit directory.

    First the models, each below the one it was trained on, with the branches
    and tags that are on it; then the commits that changed them, newest first.
    It is read from git alone: nothing is checked out, and no server asked.

    \b
    The JSON: {repo, base_model, problem,
      bakes:   [{name, parent, models, refs, heads}], refs are those that know
               the bake, heads those whose next bake would be on it,
      commits: [{id, when, author, subject, refs, model, bakes}]}
    A ref is {name, kind, commit, current}. An id of null stands for the files
    as they are now, if those are no commit's.
    """
    sys.exit(_shown(directory, as_json))


def _shown(directory: Path, as_json: bool) -> int:
    from breadtui.bgit.finding import find_project
    from breadtui.bgit.history import read_history
    from breadtui.bgit.history.report import NOTHING_BAKED, lines
    from breadtui.bgit.history.report import as_json as json_of
    from breadtui.bgit.problems import ProjectError

    found = find_project(directory)
    if found is None:
        return refuse(f"There is no .bread in {directory.absolute()}, nor above it: it is no directory of bgit.")
    try:
        told = read_history(found)
    except ProjectError as error:
        return refuse(str(error))
    sys.stdout.write(f"{json_of(told)}\n" if as_json else "".join(f"{line}\n" for line in lines(told)))
    for said in (told.problem, "" if told.bakes else NOTHING_BAKED):
        if said and not as_json:
            sys.stderr.write(f"breadtui: {said}\n")
    return 0
