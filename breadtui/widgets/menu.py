"""A list to choose from, moved by the same keys as everything else."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import OptionList


class Menu(OptionList):
    """Textual's, with `j` and `k`."""

    BINDINGS = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]
