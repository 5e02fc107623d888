"""The flags of `breadtui sweep`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.commands.following import carried_out

if TYPE_CHECKING:
    from breadtui.commands.flags import Flags

# As the app has them, which would take long to load for the help.
SAMPLED, MAX_TOKENS, AT_ONCE, MOST_AT_ONCE = 50, 512, 4, 64
FILE = click.Path(path_type=Path)


@click.command()
@click.argument("models", metavar="[MODEL]...", nargs=-1)
@click.option("--questions", metavar="FILE", type=FILE, help="A question a line; or .jsonl, .json.")
@click.option("--target", metavar="REPO/TARGET", default="", help="Ask its stimuli, and compare with its rollout.")
@click.option("-n", "count", default=SAMPLED, show_default=True, type=click.IntRange(1), help="Stimuli that are drawn.")
@click.option("--seed", default=0, show_default=True, help="The seed by which they are drawn.")
@click.option("-t", "--temperature", type=click.FloatRange(0, 2), help="The server's, if it is not given.")
@click.option("--max-tokens", default=MAX_TOKENS, show_default=True, type=click.IntRange(1), help="Of an answer.")
@click.option("--thinking/--no-thinking", default=None, help="Whether models may reason first.")
@click.option("--answer-seed", type=int, help="For a server that can answer the same way twice.")
@click.option(
    "--at-once",
    default=AT_ONCE,
    show_default=True,
    type=click.IntRange(1, MOST_AT_ONCE),
    help="Questions under way together.",
)
@click.option("-o", "out", metavar="FILE", type=FILE, help="Write the answers here; it must be new.")
@click.pass_obj
def sweep(
    flags: Flags,
    models: tuple[str, ...],
    questions: Path | None,
    target: str,
    count: int,
    seed: int,
    temperature: float | None,
    max_tokens: int,
    thinking: bool | None,
    answer_seed: int | None,
    at_once: int,
    out: Path | None,
) -> None:
    """Ask many questions of several models, and compare with the teacher.

    MODEL@REPO/PROMPT is told that prompt first. The answers come as JSONL, a line for each, on standard output or
    into a file; how far it is, and how near each model came to the teacher, on standard error. Without a model it
    goes on with the sweep that was left last.

    \b
    Exit codes: 0 all answered; 1 some failed, or there is no credit left;
    2 not begun; 3 the server stayed away; 130 stopped with ctrl+c. What was
    answered is kept: `breadtui sweep` goes on, unless --no-history is given.
    """
    if models and bool(questions) == bool(target):
        raise click.UsageError("Name either a file with --questions, or a target with --target REPO/TARGET.")
    if target and not all(target.partition("/")):
        raise click.UsageError("Name the target as REPO/TARGET.")
    if not models and (questions or target):
        raise click.UsageError("Name the models to ask.")
    from breadtui.bakery.chats.conversation import Settings
    from breadtui.bakery.sweep.command import Order
    from breadtui.bakery.sweep.command import sweep as carry_out
    from breadtui.bakery.sweep.plan import Plan, Source, asked

    plan = Plan(
        Source.STIMULI if target else Source.FILE,
        file=str(questions or ""),
        target=target,
        count=count,
        sampling=seed,
        asked=[asked(model) for model in models],
        settings=Settings(temperature, max_tokens, thinking, answer_seed),
        at_once=at_once,
    )
    order = Order(plan, out, keep=not flags.no_history)
    sys.exit(carried_out(lambda: carry_out(flags.connection(), order), "Stopped. Nothing was asked."))
