"""The flags of `breadtui data`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui.launch import refuse

if TYPE_CHECKING:
    from breadtui.bakery.data.source import Source
    from breadtui.commands.flags import Flags

STOPPED = 130


@click.command()
@click.argument("where", metavar="FILE|REPO/TARGET")
@click.option("--stim", is_flag=True, help="Of a target, the stimuli; else the responses.")
@click.option("--summary", is_flag=True, help="Print what all rows come to, and open nothing.")
@click.pass_obj
def data(flags: Flags, where: str, stim: bool, summary: bool) -> None:
    """Read stimuli and responses: of a JSONL file of any size, with no server, or of a target."""
    from breadtui.bakery.data.source import REFUSALS
    from breadtui.settings import SettingsError

    path = Path(where).expanduser()
    repo, slash, target = where.partition("/")
    is_file = path.exists() or not slash or "/" in target or path.suffix in (".jsonl", ".json", ".ndjson")
    try:
        if is_file:
            sys.exit(_print_file(path) if summary else _show_file(flags, path))
        sys.exit(_print_target(flags, repo, target, stim) if summary else _show_target(flags, repo, target, stim))
    except (SettingsError, *REFUSALS) as error:
        sys.exit(refuse(str(error)))
    except KeyboardInterrupt:
        refuse("Stopped.")
        sys.exit(STOPPED)


def _show_file(flags: Flags, path: Path) -> int:
    from breadtui.bakery.data.local import Local
    from breadtui.commands.data_app import show_data

    Local(path)  # what cannot be read is told before the terminal is taken
    return show_data(path, None, theme=flags.theme, ascii=flags.ascii)


def _show_target(flags: Flags, repo: str, target: str, stim: bool) -> int:
    from breadtui.commands.data_app import Wanted, show_data

    return show_data(Wanted(repo, target, stim), flags.connection(), theme=flags.theme, ascii=flags.ascii)


def _print_file(path: Path) -> int:
    import asyncio

    from breadtui.bakery.data.local import Local

    asyncio.run(_print(Local(path)))
    return 0


def _print_target(flags: Flags, repo: str, target: str, stim: bool) -> int:
    import asyncio

    from breadtui.api.client import BreadClient
    from breadtui.bakery.data.remote import Remote
    from breadtui.bakery.data.source import What

    found = flags.connection()

    async def ask() -> None:
        async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
            most = None if stim else (await client.get_target(repo, target)).config.max_tokens
            await _print(Remote(client, repo, target, What.STIMULI if stim else What.RESPONSES), most)

    asyncio.run(ask())
    return 0


async def _print(source: Source, most_tokens: int | None = None) -> None:
    from breadtui.bakery.data.measure import Survey, measure
    from breadtui.bakery.data.words import told

    survey = Survey(most_tokens)
    await measure(source, survey)
    click.echo("\n".join((source.name, *told(survey.figures, source.what))))
