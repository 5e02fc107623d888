"""What a line of a form is, and whom the list of them tells what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Key = tuple[str | int, ...]
"""Names a row: where its value stands in the body, or a word of the form's own."""


class RowKind(StrEnum):
    """How a row is edited."""

    HEADING = "heading"
    FIELD = "field"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form. `ghost` is what holds where `value` is empty, `hint` stands at the right end."""

    key: Key
    kind: RowKind
    label: str
    value: str = ""
    ghost: str = ""
    hint: str = ""
    indent: int = 0
    options: tuple[str, ...] = ()
    """What a CHOICE chooses from, what the arrows step a TEXT's label through, or what a BUTTON can add."""
    bar: float | None = None
    """A share from 0 to 1, drawn before the hint."""
    fault: str = ""
    warning: bool = False
    """Whether the fault is only worth a warning."""
    open: bool = False
    """Whether a HEADING is unfolded."""
    figure: bool = False
    """Whether it is a number: what is typed first takes its place."""
    hot: str = ""
    """Characters that are no text here, but orders to the form."""


class Host(Protocol):
    """The form that owns the list.

    Told by calls, not by messages: what comes next may be the order to send, and finds what was typed last.
    """

    def edited(self, key: Key, text: str) -> None:
        """`text` was typed or chosen for the field `key`."""
        ...

    def stepped(self, key: Key, option: str) -> None:
        """The arrows asked for another of a text's options."""
        ...

    def pressed(self, row: Row, option: str) -> None:
        """A button or heading was pressed; `option` is the one that a button stood at."""
        ...

    def opened(self, key: Key, typed: str) -> None:
        """The text `key` is to be written; `typed` was typed already."""
        ...

    def ordered(self, key: Key, order: str) -> None:
        """A character that is an order on this row."""
        ...

    def stepped_out(self, by: int) -> None:
        """The text was left for the field before (-1) or after it (1)."""
        ...


def matching(options: Sequence[str], sought: str) -> tuple[str, ...]:
    """The options that hold `sought`, whatever its case; those that begin with it first."""
    query = sought.lower()
    held = [option for option in options if query in option.lower()]
    return tuple(sorted(held, key=lambda option: not option.lower().startswith(query)))
