"""Writes what a screen shows into the folder one is in, beside whatever is there, and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from textual.widget import Widget

from breadtui.files import write_new

Output = tuple[str, str, Callable[[], str]]
"""A file to be: what it is called for, the end of its name such as `.csv`, and what makes its text, in a thread."""


async def write_here(screen: Widget, files: Iterable[Output]) -> None:
    """Write files, each under a safe name that none there has, and tell which; or why the rest could not be."""
    folder = Path.cwd()
    written: list[str] = []
    try:
        for name, suffix, text in files:
            path = await asyncio.to_thread(lambda: write_new(folder, name, suffix, text()))  # noqa: B023 - awaited here
            written.append(path.name)
    except OSError as error:
        why = f"Nothing could be written into {folder}: {error.strerror}. Start breadtui in a folder of your own."
        screen.notify(why, severity="error", timeout=10, markup=False)
    if written:
        named = " and ".join(written) if len(written) < 3 else ", ".join(written)
        screen.notify(f"Wrote {named} into {folder}", markup=False)
