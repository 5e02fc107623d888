"""Where rows come from: something that gives them by number, a page at a time, and says how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from breadtui.api.errors import BreadError
from breadtui.bakery.data.rows import Row


class What(StrEnum):
    """What the rows are. ROWS are those of a file, which does not say."""

    STIMULI = "stimuli"
    RESPONSES = "responses"
    ROWS = "rows"


class Unreadable(Exception):
    """Rows that could not be read from a file, or not be written to one. `str()` is for people."""


REFUSALS = (BreadError, Unreadable)
"""What may come instead of rows; text for people, both."""


class Source(Protocol):
    """Rows by number, from 0. Those that are there may become more, never fewer while `version` is the same."""

    @property
    def name(self) -> str:
        """What is told apart by it, in titles and in the names of files."""
        ...

    @property
    def what(self) -> What:
        """What the rows are."""
        ...

    @property
    def known(self) -> int:
        """How many rows are known to be there."""
        ...

    @property
    def whole(self) -> bool:
        """Whether those are all that there will be."""
        ...

    @property
    def version(self) -> int:
        """Another one, when the rows were made anew and what was read of them counts no more."""
        ...

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        """At most `limit` rows from row `offset`: fewer only at the end.

        Raises:
            BreadError, Unreadable: they could not be had.
        """
        ...

    async def find_end(self) -> int:
        """How many rows there are now, found out if need be; raises as `page`."""
        ...
