"""Gives a text to the editor the user has set up, and takes it back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual.app import SuspendNotSupported
from textual.widget import Widget

T = TypeVar("T")


class NoEditor(Exception):
    """The editor could not be used; the text says why and what to do."""


def outside(widget: Widget, write: Callable[[], T]) -> T:
    """What `write` gives, with the terminal of `widget` lent to it; what it raises is raised when that is back.

    Raises:
        NoEditor: this terminal cannot be lent.
    """
    written: list[T] = []
    failed: Exception | None = None
    try:
        with widget.app.suspend():
            # Textual 8.2 does not take the terminal back when an error leaves this block.
            try:
                written.append(write())
            except Exception as error:
                failed = error
    except SuspendNotSupported as error:
        raise NoEditor(f"{error} The text is as it was.") from None
    if failed:
        raise failed
    return written[0]


def edit(text: str, suffix: str = ".md") -> str:
    """`text` as it was saved in `$VISUAL` or `$EDITOR`. The terminal must be theirs meanwhile: this waits for the end.

    Raises:
        NoEditor: none is set up, it cannot be started, it ended with an error, or what it saved is no UTF-8 text.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise NoEditor(
            "No editor is set up. Name one in $EDITOR, such as export EDITOR=nano, and start breadtui again."
        )
    with tempfile.TemporaryDirectory(prefix="breadtui-") as folder:  # readable by its owner alone
        path = Path(folder) / f"text{suffix}"
        path.write_text(text, encoding="utf-8")
        try:
            # The user's own words, split as a shell would, but run by none.
            ended = subprocess.run([*shlex.split(command), str(path)], check=False)  # noqa: S603
            if ended.returncode:
                raise NoEditor(f"{command} ended with an error ({ended.returncode}). The text is as it was.")
            saved = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise NoEditor(f"{command} could not be used: {error}. The text is as it was.") from None
    # Editors end a file with a line break that nobody wrote.
    return saved.removesuffix("\n") if not text.endswith("\n") else saved
