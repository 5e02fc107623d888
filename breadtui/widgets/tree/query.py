"""What is typed behind `/`, what it finds, and what the tree was like before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from breadtui.widgets.tree.filter import Found, Sieve
from breadtui.widgets.tree.items import Item
from breadtui.widgets.typed_line import TypedLine

LONGEST = 16
"""Characters of what was typed that are told, at most: its end."""


@dataclass(slots=True)
class Query(TypedLine):
    """The line, with what it finds."""

    found: Found | None = None
    """None while nothing is typed."""
    shut: set[Item] = field(default_factory=set[Item])
    """Folded by hand in what was found."""
    cursor: Item | None = None
    scrolled: float = 0.0
    """Cursor and scroll before there was a filter."""
    _sieve: Sieve | None = None

    def find(self, items: Iterable[Item]) -> None:
        """Look for what is typed now; `items` are read the first time, and after `forget`."""
        if not self.text:
            self.found = None
            return
        if self._sieve is None:
            self._sieve = Sieve(items)
        self.found = self._sieve.sift(self.text)

    def forget(self) -> None:
        """There are other items than before."""
        self._sieve = None

    @property
    def told(self) -> str:
        """The line as the tree shows it, and how much was found."""
        typed = self.shown(LONGEST)
        if self.found is None:
            return typed
        if not self.found.matches:
            return f"{typed}  no match"
        shown = len(self.found.hits)
        if shown < self.found.matches:
            return f"{typed}  best {shown:,} of {self.found.matches:,}"
        return f"{typed}  {shown:,} of {self.found.known:,}"
