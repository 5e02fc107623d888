"""The way to the differences: two things are chosen, or it is said how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from breadtui.bakery.comparison.subject import ComparisonError
from breadtui.screens.diff.choosing import pair
from breadtui.screens.diff.screen import DiffScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.metrics import Metrics
    from breadtui.widgets.tree.repo_tree import Item


def open_diff(
    screen: Screen[None], kitchen: Kitchen, marked: Sequence[Item], item: Item | None, metrics: Metrics
) -> None:
    """Show over `screen` how two things differ."""
    try:
        before, after = pair(marked, item)
    except ComparisonError as error:
        screen.notify(str(error), severity="warning", markup=False)
        return
    screen.app.push_screen(DiffScreen(kitchen, before, after, metrics))
