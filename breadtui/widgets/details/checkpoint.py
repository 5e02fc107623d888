"""What is said of a checkpoint: its full name, how it came about, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from breadtui.actions import WORKSPACE
from breadtui.bakery.jobs import JobStatus, checkpoint_of, format_loss
from breadtui.widgets.details.parts import field, hint, joined, named_state

USES = (("c", "c talks to it"), ("b", "b bakes on top of it"), ("y", "y copies its name"))


def checkpoint_detail(
    model: str, bake: str, status: JobStatus | None, ancestry: Sequence[str], siblings: Sequence[str], width: int
) -> Content:
    """A checkpoint. `ancestry` are the models from the very first to this one, `siblings` all of its bake's."""
    lines = field("model", model, width)
    lines += field("lineage", _line(ancestry), width)
    lines += field("bake", named_state(bake, status), width)
    if status and status.loss is not None:
        lines += field("loss", f"{format_loss(status.loss)}, of the whole bake", width)
    if others := [sibling for sibling in siblings if sibling != model]:
        lines += field("siblings", _siblings(others, siblings), width)
    keys = {key for action in WORKSPACE for key in action.keys.split(",")}
    possible = ", ".join(use for key, use in USES if key in keys)
    return joined([*lines, Content(""), *hint(f"{possible}.", width)])


def _line(ancestry: Sequence[str]) -> Content:
    """`Qwen/Qwen3-32B → first_bake/21 → this`: the user and the repository are mostly the same all along."""
    before = [Content(short_model(name)) for name in ancestry[:-1]]
    return Content.assemble((" → ", "$muted")).join([*before, Content.styled("this", "$accent")])


def short_model(name: str) -> str:
    """`bake/checkpoint` of `user/repo/bake/checkpoint`; a base model's name whole."""
    parts = name.split("/")
    return "/".join(parts[-2:]) if len(parts) == 4 else name


def _siblings(others: Sequence[str], siblings: Sequence[str]) -> Content:
    told = [
        Content.assemble(("◆ ", "$accent"), checkpoint_of(name), (" latest" if name == siblings[0] else "", "$muted"))
        for name in others
    ]
    return Content("   ").join(told)
