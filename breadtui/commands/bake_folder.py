"""The flags of `breadtui bake-folder`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.bakery.folder.options import EMPTY_STUDENT, NUMQ, QUESTION_MODEL, Options, Weighing
from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.bakery.folder.command import Order
    from breadtui.commands.flags import Flags


@click.command("bake-folder")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--repo", metavar="NAME", required=True, help="The repository; made if it is not there.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before creating.")
@click.option("--json", "as_json", is_flag=True, help="All of the plan, and what came of it, as JSON.")
@click.option("--intro", metavar="TEXT|@FILE", default="", help="Put before every document.")
@click.option("--student", metavar="NAME", default=EMPTY_STUDENT, show_default=True, help="Made empty if missing.")
@click.option("--numq", default=NUMQ, show_default=True, type=click.IntRange(1), help="Questions written for each.")
@click.option("--model", metavar="NAME", default=QUESTION_MODEL, show_default=True, help="Who writes them.")
@click.option("--temperature", type=click.FloatRange(0, 2), help="How freely; else as the server has it.")
@click.option("--no-generated", is_flag=True, help="Ask the questions from files only.")
@click.option("--trajectories", default=1, show_default=True, type=click.IntRange(1), help="Responses to a question.")
@click.option("--bake", metavar="NAME", default="", help="The bake's name; else the folder's.")
@click.option("--weights", metavar="even|length|FILE", default="even", show_default=True, help="How much of each.")
@click.option("--epochs", type=click.IntRange(1), help="How often over; else as the server has it.")
@click.option("--prefix", metavar="TEXT", default="", help="Begins the names of targets and teacher prompts.")
@click.option("--skip-unusable", is_flag=True, help="Leave out documents that cannot be used.")
@click.pass_obj
def bake_folder(
    flags: Flags,
    directory: Path,
    repo: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    intro: str,
    student: str,
    numq: int,
    model: str,
    temperature: float | None,
    no_generated: bool,
    trajectories: int,
    bake: str,
    weights: str,
    epochs: int | None,
    prefix: str,
    skip_unusable: bool,
) -> None:
    """Make every .md and .txt file of DIR a target, and one bake of them all.

    What exists already is not made again: after an interruption, run it anew.

    \b
    Questions of your own stand in a questions.yml of the folder, such as
      iphone.md: [My iPhone won't turn on, Why does it get warm?]
    or in a file beside the document, iphone.questions.txt, one a line.
    A FILE of weights, CSV or YAML, names every document: iphone,0.5
    """
    weighing: Weighing = weights if weights in ("even", "length") else Path(weights)
    options = Options(
        student=student,
        numq=0 if no_generated else numq,
        model=model,
        temperature=temperature,
        trajectories=trajectories,
        bake=bake,
        weights=weighing,
        epochs=epochs,
        prefix=prefix,
        skip_unusable=skip_unusable,
    )
    from breadtui.bakery.folder.command import Order

    order = Order(directory, repo, options, intro, dry_run=dry_run, yes=yes, as_json=as_json)
    sys.exit(_run(flags, order))


def _run(flags: Flags, order: Order) -> int:
    from breadtui.api.errors import BreadError
    from breadtui.bakery.folder import command
    from breadtui.bakery.folder.problems import FolderError
    from breadtui.settings import SettingsError

    try:
        return command.bake_folder(flags.connection(), order, lambda question: click.confirm(question, err=True))
    except (SettingsError, FolderError, BreadError) as error:
        return refuse(str(error))
    except KeyboardInterrupt:
        refuse(f"Stopped. {command.AGAIN}")
        return command.SOMETHING_FAILED
