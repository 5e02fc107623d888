"""The flags of `breadtui chat`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.bakery.chats.order import ChatOrder
    from breadtui.commands.flags import Flags

FAILED = 1
INTERRUPTED = 130
NO_QUESTION = "There is no question. Write it behind the model, or send it to standard input."


@click.command()
@click.argument("model")
@click.argument("question", default="")
@click.option("--system", metavar="TEXT", default="", help="Tell the model this first.")
@click.option("--prompt", metavar="REPO/PROMPT", help="Tell it what this prompt says.")
@click.option("--temperature", type=click.FloatRange(0, 2), help="How freely it answers.")
@click.option("--max-tokens", type=click.IntRange(1), help="How long an answer may be.")
@click.option("--no-thinking", is_flag=True, help="Have it not reason first.")
@click.option("--seed", type=int, help="The same seed, the same answer, as far as the server can.")
@click.option("--reasoning", is_flag=True, help="Without a screen: show its reasoning, on standard error.")
@click.option("--json", "as_json", is_flag=True, help="Without a screen: the answer and its figures, as JSON.")
@click.option("--no-history", is_flag=True, help="Do not keep this chat.")
@click.pass_obj
def chat(
    flags: Flags,
    model: str,
    question: str,
    system: str,
    prompt: str | None,
    temperature: float | None,
    max_tokens: int | None,
    no_thinking: bool,
    seed: int | None,
    reasoning: bool,
    as_json: bool,
    no_history: bool,
) -> None:
    """Talk to a checkpoint, or to any model.

    With a QUESTION, or text on standard input (both are put together), the answer comes on standard output, and no
    screen is opened.

    \b
    Exit codes: 0 answered; 1 not, or not to the end; 2 not asked; 130 stopped
    with ctrl+c. The JSON: {model, text, reasoning, calls, usage, timings:
    {first, seconds}, finish_reason, ending, error}; null is what nobody knows.
    """
    from breadtui.bakery.chats.conversation import Settings
    from breadtui.bakery.chats.order import ChatOrder

    if system and prompt:
        raise click.UsageError("Give --system or --prompt, not both.")
    settings = Settings(temperature, max_tokens, False if no_thinking else None, seed)
    order = ChatOrder(model, system, _named(prompt) if prompt else None, settings)
    keep = not (no_history or flags.no_history)
    if not question and sys.stdin.isatty():
        if as_json or reasoning:
            raise click.UsageError(NO_QUESTION)
        sys.exit(flags.launch(order, keep=keep))
    try:
        sys.exit(_answered(flags, order, _whole(question), as_json=as_json, reasoning=reasoning, keep=keep))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _answered(flags: Flags, order: ChatOrder, question: str, *, as_json: bool, reasoning: bool, keep: bool) -> int:
    if not question.strip():
        return refuse(NO_QUESTION)
    from breadtui.api.errors import BreadError
    from breadtui.bakery.chats.at_once import Asked, answer_at_once
    from breadtui.opening import chats_of
    from breadtui.settings import SettingsError, config_path, load_config

    try:
        found = flags.connection()
        keep = keep and load_config(config_path()).chat.history
    except SettingsError as error:
        return refuse(str(error))
    try:
        return answer_at_once(found, Asked(order, question, as_json, reasoning), chats_of(found, keep=keep))
    except BreadError as error:
        refuse(str(error))
        return FAILED


def _whole(question: str) -> str:
    """The question, and behind it what stands on standard input, if that is no terminal."""
    if sys.stdin.isatty():
        return question
    piped = sys.stdin.buffer.read().decode(errors="replace").rstrip()
    return "\n\n".join(part for part in (question, piped) if part)


def _named(prompt: str) -> tuple[str, str]:
    repo, _, name = prompt.partition("/")
    if not (repo and name):
        raise click.UsageError("Name the prompt as REPO/PROMPT.")
    return repo, name
