"""A model as a row to pick: checkpoint, bake, parent and loss below one another, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from breadtui.bakery.chats.models import Choice, Kind
from breadtui.bakery.jobs import checkpoint_of, format_loss
from breadtui.widgets.drawing import fit, shorten, shorten_path

SIGNS = {Kind.CHECKPOINT: "◆", Kind.BASE: "■", Kind.SERVED: "□", Kind.TYPED: "▸"}
NOTES = {Kind.BASE: "base model", Kind.SERVED: "listed by the server"}
HEADS = ("checkpoint", "bake", "parent", "loss")
LOSS = 9
NO_PARENT = 60
NO_LOSS = 44
"""Cells below which a column is left out."""
GAP = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column, the space behind it included; 0 for one that is left out."""

    name: int
    bake: int
    parent: int
    loss: int


def columns(choices: Iterable[Choice], width: int) -> Columns:
    """Columns for these rows in `width` cells: checkpoints whole as far as they can be, bakes before parents."""
    longest = max((len(checkpoint_of(choice.model)) for choice in choices if choice.bake), default=0)
    loss = LOSS if width >= NO_LOSS else 0
    room = max(width - GAP - loss, 8)
    name = min(max(longest, len(HEADS[0])) + GAP, room * 2 // 5)
    parent = (room - name) * 2 // 5 if width >= NO_PARENT else 0
    return Columns(name, room - name - parent, parent, loss)


def head_line(cells: Columns) -> Content:
    """What stands above the columns."""
    sizes = (cells.name, cells.bake, cells.parent, cells.loss)
    told = [fit(head, size) for head, size in zip(HEADS, sizes, strict=True) if size]
    return Content.styled(" " * GAP + "".join(told), "$muted")


def choice_line(choice: Choice, loss: float | None, cells: Columns) -> Content:
    """One row."""
    sign = (f"{SIGNS[choice.kind]} ", "$accent" if choice.kind is Kind.CHECKPOINT else "$primary")
    if choice.kind is Kind.TYPED:
        room = sum((cells.name, cells.bake, cells.parent, cells.loss))
        return Content.assemble(sign, (shorten(f"use “{choice.model}”, which is not listed", room), "italic"))
    if choice.kind is not Kind.CHECKPOINT:
        room = cells.name + cells.bake
        note = fit(NOTES[choice.kind], cells.parent) if cells.parent else ""
        return Content.assemble(sign, (_cell(choice.model, room), "bold"), (note, "$muted"))
    return Content.assemble(
        sign,
        (_cell(checkpoint_of(choice.model), cells.name), "bold" if choice.latest else ""),
        fit(shorten_path(choice.repo, choice.bake, cells.bake - GAP), cells.bake),
        (_cell(short_model(choice.parent), cells.parent), "$muted"),
        (fit(format_loss(loss), cells.loss), "$muted"),
    )


def short_model(model: str) -> str:
    """A checkpoint with its bake; of a base model its name without its owner's."""
    return "/".join(model.split("/")[-2:]) if model.count("/") > 1 else model.rpartition("/")[2]


def _cell(text: str, width: int) -> str:
    """A text with space behind it; of one that is too long, the beginning."""
    return fit(shorten(text, max(width - GAP, 0)), width) if cell_len(text) > width - GAP else fit(text, width)
