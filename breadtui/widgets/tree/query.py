"""What is typed behind `/`, what it finds, and what the tree was like before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from breadtui.widgets.tree.filter import Found, Sieve
from breadtui.widgets.tree.items import Item

LONGEST = 16
"""Characters of what was typed that are told, at most: its end."""


@dataclass(slots=True)
class Query:
    """A line that keys and pastes change at its end. While `typing`, keys belong to it."""

    text: str = ""
    typing: bool = False
    found: Found | None = None
    """None while nothing is typed."""
    shut: set[Item] = field(default_factory=set[Item])
    """Folded by hand in what was found."""
    cursor: Item | None = None
    scrolled: float = 0.0
    """Cursor and scroll before there was a filter."""
    _sieve: Sieve | None = None

    def __bool__(self) -> bool:
        """Whether there is a filter, or one is being typed."""
        return self.typing or bool(self.text)

    def take(self, key: str, character: str | None) -> bool:
        """Change the text as a key says; False if the key is none of the line's."""
        if character and character.isprintable():
            self.text += character
            return True
        match key:
            case "backspace" | "ctrl+h":
                self.text = self.text[:-1]
            case "ctrl+u":
                self.text = ""
            case "ctrl+w":
                self.text = self.text.rstrip().rpartition(" ")[0]
            case _:
                return False
        return True

    def paste(self, text: str) -> None:
        """Add the first line of what was pasted."""
        first = next(iter(text.splitlines()), "")
        self.text += "".join(character for character in first if character.isprintable())

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
        if not self:
            return ""
        typed = self.text if len(self.text) <= LONGEST else f"…{self.text[1 - LONGEST :]}"
        typed = f"/{typed}▌" if self.typing else f"/{typed}"
        if self.found is None:
            return typed
        if not self.found.matches:
            return f"{typed}  no match"
        shown = len(self.found.hits)
        if shown < self.found.matches:
            return f"{typed}  best {shown:,} of {self.found.matches:,}"
        return f"{typed}  {shown:,} of {self.found.known:,}"
