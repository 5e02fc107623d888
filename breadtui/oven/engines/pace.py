"""How fast a rehearsal goes: items become ready one by one, and are handed over together."""

import asyncio
import math
from collections.abc import AsyncGenerator, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

_BATCH = 200
# A batch each 50 ms at the most, so that a quick job does not commit row by row.
_TICK = 0.05


async def batches(items: Iterator[T], *, warm_up: float, each: float, speed: float) -> AsyncGenerator[list[T], None]:
    """The items, `warm_up` and then `each` seconds apart, divided by `speed`.

    At speed 0 or infinity at once.
    """
    hurried = speed <= 0 or math.isinf(speed)
    clock = asyncio.get_running_loop()
    begun = clock.time() + (0 if hurried else warm_up / speed)
    interval = 0 if hurried else each / speed
    taken = 0
    while True:
        if hurried:
            await asyncio.sleep(0)
            ready = _BATCH
        else:
            await asyncio.sleep(max(_TICK, begun + (taken + 1) * interval - clock.time()))
            ready = min(_BATCH, int((clock.time() - begun) / interval) - taken) if interval else _BATCH
        batch = list(islice(items, max(1, ready)))
        if not batch:
            return
        taken += len(batch)
        yield batch
