"""Starts the full-screen program: settings first, then the app, and nothing that the first screen does not need."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from breadtui.settings import Config, Connection, SettingsError, config_path, connection, load_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from breadtui.app import BreadApp
    from breadtui.bakery.chats.order import ChatOrder

UNUSABLE = 2
"""The exit code when the program cannot start as asked."""


def launch(
    *,
    base_url: str | None = None,
    profile: str | None = None,
    insecure_http: bool = False,
    theme: str | None = None,
    welcome: bool = False,
    history: bool = True,
    chat: ChatOrder | None = None,
    project: Path | None = None,
    ascii: bool = False,
) -> int:
    """Open the app on the server that flags, environment and settings name; with no key, on the welcome.

    Without `history` no chat is kept, whatever the settings say. `project` is a directory of bgit; where none is given,
    the one around the working directory is opened, if there is one. Gives the exit code.
    """
    try:
        config = load_config(config_path())
        found = connection(config, os.environ, base_url=base_url, profile=profile, insecure_http=insecure_http)
    except SettingsError as error:
        return refuse(str(error))
    return show(
        None if welcome else found,
        theme=theme or config.theme,
        config=_keeping(config, history),
        chat=chat,
        project=project,
        ascii=ascii,
    )


def show(
    found: Connection | None,
    *,
    theme: str = "",
    demo_speed: float | None = None,
    config: Config | None = None,
    chat: ChatOrder | None = None,
    project: Path | None = None,
    ascii: bool = False,
) -> int:
    """Run the app in this terminal until the user leaves it; gives the exit code."""

    def make() -> BreadApp:
        from breadtui.app import BreadApp

        return BreadApp(
            found,
            theme=theme,
            demo_speed=demo_speed,
            config=config or _config(),
            chat=chat,
            project=project or _project(),
        )

    return run_app(make, theme, ascii=ascii)


def run_app(make: Callable[[], BreadApp], theme: str, *, ascii: bool = False) -> int:
    """Run the app that `make` gives in this terminal, if it can be drawn there; gives the exit code.

    It is drawn with `ascii` alone where that is asked for, here or in the settings, or where the terminal needs it.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return refuse("breadtui draws on a terminal, and this is none. Start it in one, or see `breadtui --help`.")
    # What is loaded at the start stays: looking through it for garbage, again and again, takes a quarter of the time.
    gc.disable()
    if os.environ.get("TERM", "") in ("", "dumb"):
        return refuse("breadtui needs a terminal that can place its cursor; $TERM says that this one cannot.")
    from breadtui.themes import known_theme

    if theme and not known_theme(theme):
        return refuse(f"There is no theme called “{theme}”. Its own are breadtui-dark and breadtui-light.")
    from breadtui.terminal.plain_signs import needed

    app = make()
    app.plain_signs = ascii or app.config.ascii or needed(os.environ["TERM"])
    app.run()
    if app.crash:
        sys.stderr.write(f"{app.crash}\n")
    return app.return_code or 0


def _project() -> Path | None:
    """The directory of bgit that one is in, the demo's user as well: a plan can be rehearsed without an account."""
    from pathlib import Path

    from breadtui.bgit.finding import find_project

    return find_project(Path())


def _keeping(config: Config, history: bool) -> Config:
    return config if history else replace(config, chat=replace(config.chat, history=False))


def _config() -> Config:
    """The settings of one who asked for a server that is not in them; the app tells of a file that is no good."""
    try:
        return load_config(config_path())
    except SettingsError:
        return Config()


def refuse(sentence: str) -> int:
    """Say on standard error why the program does not start; gives the exit code."""
    sys.stderr.write(f"breadtui: {sentence}\n")
    return UNUSABLE
