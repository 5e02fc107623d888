"""Finds what a merge left behind in a file that programs write."""

from __future__ import annotations

import re

from breadtui.bgit.problems import ProjectError

_BREAK = re.compile(r"\r\n?|\n")
_MARKER = re.compile(r"^(?:<{7}|\|{7}|>{7})(?= |$)|^={7}$")


def refuse_conflicts(text: str, name: str) -> None:
    """See to it that no merge is left undone in the file of that name.

    Raises:
        ProjectError: one is; it tells the line.
    """
    for number, line in enumerate(_BREAK.split(text), 1):
        if _MARKER.match(line):
            raise ProjectError(
                f"{name} holds a merge that is not done: line {number} is {line[:7]}. Keep one side of it whole, "
                "the newer bake's, and take the markers out."
            )
