"""A kept chat as a row: title, models, questions and when it was last talked in, as far as there is room."""

from __future__ import annotations

import time
from dataclasses import dataclass

from textual.content import Content

from breadtui.bakery.chats.glances import Kept
from breadtui.screens.chat.figures import short_name
from breadtui.widgets.drawing import fit, shorten

HEADS = ("title", "models", "asked", "last said")
ASKED = 7
NO_MODELS = 64
"""Cells below which the models are left out."""
NO_HOUR = 90
"""Cells below which the day must do."""
GAP = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column, the space behind it included; 0 for one that is left out."""

    title: int
    models: int
    asked: int
    said: int


def columns(width: int) -> Columns:
    """Columns in `width` cells."""
    said = 17 if width >= NO_HOUR else 11
    room = max(width - ASKED - said, 8)
    models = room * 2 // 5 if width >= NO_MODELS else 0
    return Columns(room - models, models, ASKED, said)


def head_line(cells: Columns) -> Content:
    """What stands above the columns."""
    title, models, asked, said = HEADS
    told = (fit(title, cells.title), fit(models, cells.models), _right(asked, cells.asked), fit(said, cells.said))
    return Content.styled("".join(told), "$muted")


def chat_line(kept: Kept, cells: Columns) -> Content:
    """One row."""
    names = " | ".join(map(short_name, kept.models))
    day = time.strftime("%Y-%m-%d %H:%M" if cells.said > 11 else "%Y-%m-%d", time.localtime(kept.changed))
    return Content.assemble(
        _cell(kept.title, cells.title),
        (_cell(names, cells.models), "$muted"),
        _right(f"{kept.questions:,}", cells.asked),
        (fit(day, cells.said), "$muted"),
    )


def _cell(text: str, width: int) -> str:
    return fit(shorten(text, width - GAP), width) if width > GAP else ""


def _right(text: str, width: int) -> str:
    return f"{text:>{width - GAP}}{' ' * GAP}"
