"""The command line: `breadtui` and its commands. Those that have many flags are in modules of their own."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breadtui import __version__
from breadtui.commands.bake_folder import bake_folder
from breadtui.commands.chat import chat
from breadtui.commands.data import data
from breadtui.commands.diff import diff
from breadtui.commands.download import download
from breadtui.commands.flags import Flags
from breadtui.commands.history import history
from breadtui.commands.open import open_project
from breadtui.commands.plan import apply, plan
from breadtui.commands.replay import recipe, replay
from breadtui.commands.run import run
from breadtui.commands.status import status
from breadtui.commands.sweep import sweep
from breadtui.commands.watch import watch
from breadtui.launch import launch, refuse, show

if TYPE_CHECKING:
    from breadtui.oven.server import OvenSettings


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="breadtui %(version)s")
@click.option("--profile", metavar="NAME", help="Connect as this profile of the settings.")
@click.option("--base-url", metavar="URL", help="Connect to this server (else $BREAD_BASE_URL).")
@click.option("--insecure-http", is_flag=True, help="Allow the key to travel unencrypted to another machine.")
@click.option("--theme", metavar="NAME", help="Colours, such as breadtui-light.")
@click.option("--ascii", is_flag=True, help="Draw with the signs of ASCII alone, as on a console without a font.")
@click.option("--no-history", is_flag=True, help="Keep no chats on disk.")
@click.pass_context
def breadtui(
    context: click.Context,
    profile: str | None,
    base_url: str | None,
    insecure_http: bool,
    theme: str | None,
    ascii: bool,
    no_history: bool,
) -> None:
    """Bake prompts into model weights from the terminal.

    The key is read from $BREAD_API_KEY or from the settings. Without one, breadtui offers an oven of its own.
    """
    context.obj = flags = Flags(profile, base_url, insecure_http, theme, no_history, ascii)
    if context.invoked_subcommand is None:
        sys.exit(flags.launch())


@breadtui.command()
@click.option("--speed", default=None, type=click.FloatRange(min=0), help="Divide job times by this; 0 is at once.")
@click.pass_obj
def demo(flags: Flags, speed: float | None) -> None:
    """Open the app on an oven of its own, with the guide's repositories; nothing is kept."""
    from breadtui.demo import SPEED

    pace = SPEED if speed is None else speed
    sys.exit(show(None, theme=flags.theme or "", demo_speed=pace, ascii=flags.ascii))


@breadtui.command()
@click.pass_obj
def connect(flags: Flags) -> None:
    """Choose the server anew: the oven on this machine, or Bread with a key."""
    sys.exit(launch(welcome=True, theme=flags.theme, history=not flags.no_history, ascii=flags.ascii))


for command in (
    apply,
    bake_folder,
    chat,
    data,
    diff,
    download,
    history,
    open_project,
    plan,
    recipe,
    replay,
    run,
    status,
    sweep,
    watch,
):
    breadtui.add_command(command)


@breadtui.command()
@click.option("--port", default=8778, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another than loopback needs --key-file.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Where it keeps everything.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Divide job times by this; 0 is at once.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed rehearses other questions and answers.")
@click.option("--samples", is_flag=True, help="Put the guide's two repositories in, if it is empty.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use the key in this file.",
)
def oven(
    port: int, host: str, data: Path | None, speed: float, seed: int, samples: bool, key_file: Path | None
) -> None:
    """Serve Bread's API from this machine, to breadtui, the official SDK, or bgit. It rehearses: nothing is trained."""
    import asyncio

    from breadtui.oven.server import KeyNeeded, OvenError, OvenSettings
    from breadtui.settings import state_path

    settings = OvenSettings(
        host=host,
        port=port,
        data=data or state_path() / "oven",
        speed=speed,
        seed=seed,
        key=_read_key(key_file) if key_file else None,
        samples=samples,
    )
    try:
        asyncio.run(_serve_until_told(settings))
    except KeyNeeded as error:
        sys.exit(refuse(f"{error} Write it into a file, and name that with --key-file."))
    except OvenError as error:
        sys.exit(refuse(str(error)))
    except OSError as error:
        sys.exit(refuse(f"The oven cannot work in {settings.data}: {error.strerror or error}."))
    click.echo("The oven is out; jobs go on when it is lit again.", err=True)


async def _serve_until_told(settings: OvenSettings) -> None:
    import asyncio

    from breadtui.oven.server import serve

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, on_ready=_announce, stop=stop)


def _announce(url: str, key: str) -> None:
    click.echo("The oven is warm. It rehearses: no model is trained.", err=True)
    click.echo(f"export BREAD_BASE_URL={url}\nexport BREAD_API_KEY={key}")


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    # What no client could send would lock the oven; an empty one would be taken for none.
    if not re.fullmatch("[!-~]+", key):
        sys.exit(refuse(f"{path} holds no key: write one word into it, of letters, digits and signs."))
    return key
