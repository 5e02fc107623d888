"""What the palette lists of the keys that can be pressed."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.screen import Screen

UNSOUGHT = (
    "app.palette",
    "app.force_quit",
    "list.",
    "read.",
    "tree.",
    "form.next",
    "form.previous",
    "form.read_",
    "composer.",
    "transcript.",
    "chat.send",
    "chat.page_",
    "chat.next",
    "chat.previous",
)
"""Actions that nobody looks for in the palette: those that move, and those it would interrupt."""


def sought(screen: Screen[object]) -> Iterator[Binding]:
    """The bindings of every action that can be done on this screen now, each once."""
    found = {binding.id: binding for _, binding, enabled, _ in screen.active_bindings.values() if enabled}
    yield from (binding for id_, binding in found.items() if id_ and not id_.startswith(UNSOUGHT))
