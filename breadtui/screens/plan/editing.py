"""Gives `input.yml` to the user's editor; nothing that somebody else wrote meanwhile is lost by it."""

from __future__ import annotations

from pathlib import Path

from breadtui.api.text import one_line
from breadtui.bgit.problems import INPUT, ProjectError
from breadtui.bgit.project import read_file
from breadtui.files import write_new, write_over
from breadtui.terminal.editor import edit


def edit_input(directory: Path) -> bool:
    """Have `input.yml` edited; tells whether it was changed. It waits for the end, with the terminal the editor's.

    Raises:
        NoEditor: it could not be edited.
        ProjectError: the file cannot be read or written, or another program changed it meanwhile.
    """
    path = directory / INPUT
    before = read_file(path)
    text = before or ""
    # Editors are shown plain line breaks, and the file keeps its own.
    breaks = "\r\n" if "\r\n" in text else "\n"
    saved = edit(text.replace("\r\n", "\n"), ".yml").replace("\r\n", "\n").replace("\n", breaks)
    if saved == text:
        return False
    if read_file(path) != before:
        beside = _written_beside(directory, saved)
        raise ProjectError(f"{INPUT} was changed by another program while you wrote. Yours is in {beside}.")
    try:
        write_over(path, saved)
    except OSError as error:
        raise ProjectError(
            f"{INPUT} cannot be written: {error.strerror or error}. Yours is in {_written_beside(Path.cwd(), saved)}."
        ) from None
    return True


def _written_beside(folder: Path, text: str) -> str:
    try:
        return one_line(str(write_new(folder, "input-edited", ".yml", text)))
    except OSError as error:
        raise ProjectError(f"What you wrote could not be kept in {folder}: {error.strerror or error}.") from None
