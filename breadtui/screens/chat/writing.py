"""Writes chats into the folder one is in, never over what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget

from breadtui.widgets.chart.export import write_new

LONGEST = 48
"""Characters of a title in a file's name."""


async def write_out(screen: Widget, title: str, suffix: str, texts: Iterable[tuple[str, str]]) -> None:
    """Write texts, each as (the end of its name, the text itself), and say what came of it."""
    folder = Path.cwd()
    written: list[str] = []
    try:
        for end, text in texts:
            name = f"chat {title[:LONGEST].rstrip()}{end}"
            written.append((await asyncio.to_thread(write_new, folder, name, suffix, text)).name)
    except OSError as error:
        why = f"Nothing could be written into {folder}: {error.strerror}. Start breadtui in a folder of your own."
        screen.notify(why, severity="error", timeout=10, markup=False)
    if written:
        screen.notify(f"Wrote {', '.join(written)} into {folder}", markup=False)
