"""The orders in which the tree can list what a folder holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from breadtui.widgets.tree.items import FOLDERS, Item, Kind

Ranks = Callable[[Sequence[Item]], Sequence[int]]
"""Tells, of items from one folder, how much the state of each asks for attention: 0 the most."""

_DIGITS = re.compile("([0-9]+)")


class Order(StrEnum):
    """What `s` goes through. Checkpoints stand by themselves: the latest first, always."""

    LISTED = ""
    NAME = "by name"
    STATE = "by state"

    @property
    def following(self) -> Order:
        """The one after."""
        orders = list(Order)
        return orders[(orders.index(self) + 1) % len(orders)]


def natural(name: str) -> tuple[str | int, ...]:
    """A key that puts v2 before v10: words and numbers take turns in it."""
    return tuple(int(part) if at % 2 else part.lower() for at, part in enumerate(_DIGITS.split(name)))


def arranged(items: Sequence[Item], order: Order, ranks: Ranks) -> Sequence[Item]:
    """`items`, all from one folder, in `order`."""
    if order is Order.LISTED or not items or items[0].kind is Kind.CHECKPOINT or items[0].kind in FOLDERS:
        return items
    if order is Order.NAME:
        return sorted(items, key=lambda item: natural(item.label))
    by_state = ranks(items)
    return [items[at] for at in sorted(range(len(items)), key=by_state.__getitem__)]
