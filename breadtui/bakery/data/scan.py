"""Goes through all rows of a source from the first to the last, with no more than two slices of them in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import Source

T = TypeVar("T")
SLICE = 500
"""Rows that are asked for together."""


async def scan(source: Source, start: int = 0, stop: int | None = None) -> AsyncGenerator[Sequence[Row]]:
    """The rows from `start` to `stop`, or to the end, slice by slice; the next one comes while one is worked on.

    Raises:
        BreadError, Unreadable: rows could not be had.
    """
    coming = _begun(source, start, stop)
    try:
        while coming and (rows := await coming):
            start += len(rows)
            coming = _begun(source, start, stop)
            yield rows
    finally:
        if coming:
            coming.cancel()


async def whole(work: Callable[[], T]) -> T:
    """Do `work` in a thread, and to its end, also when who waits for it is cancelled meanwhile."""
    under_way = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        await asyncio.wait([under_way])
        raise


def _begun(source: Source, start: int, stop: int | None) -> asyncio.Task[Sequence[Row]] | None:
    limit = SLICE if stop is None else min(SLICE, stop - start)
    if limit <= 0 or (source.whole and start >= source.known):
        return None
    return asyncio.create_task(_page(source, start, limit))


async def _page(source: Source, start: int, limit: int) -> Sequence[Row]:
    return await source.page(start, limit)
