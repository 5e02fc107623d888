"""Which responses belong to which stimulus.

A server gives responses in the order of their stimuli, each stimulus' trajectories behind one another, as far as we
know; no document says so. Rows that stand together with the same id, or without ids the same question, are shown as
one group: where they come otherwise, the groups are shorter, and nothing is wrong. To find the responses of a stimulus,
its place is reckoned, and looked for by halving where the ids are numbers that rise; where that fails too, nothing is
found rather than something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from breadtui.bakery.data.pages import Pages
from breadtui.bakery.data.rows import Reading, Row, read

MOST = 64
"""Responses of one stimulus that are shown, at most."""
TRIES = 20


def together(one: Reading, other: Reading) -> bool:
    """Whether two rows that stand beside each other are of one stimulus."""
    if one.stimulus or other.stimulus:
        return one.stimulus == other.stimulus
    return bool(one.question) and one.question == other.question


async def group_around(pages: Pages, number: int) -> list[Row]:
    """The rows beside a row that are of the same stimulus, with itself; raises as the source does."""
    around = await pages.rows(max(number - MOST, 0), number + MOST)
    at = next((at for at, row in enumerate(around) if row.number == number), None)
    if at is None:
        return []
    mine = read(around[at])
    first = last = at
    while (
        first > 0 and around[first - 1].number == around[first].number - 1 and together(read(around[first - 1]), mine)
    ):
        first -= 1
    while last + 1 < len(around) and together(read(around[last + 1]), mine):
        last += 1
    return around[first : last + 1][:MOST]


async def responses_to(
    stimulus: Reading, number: int, responses: Pages, stimuli: int, trajectories: int | None
) -> Sequence[Row]:
    """The responses to the stimulus that is row `number` of `stimuli`; nothing where they are not found.

    `trajectories` is how many the target makes of each, where that is known; raises as the source does.
    """
    if not responses.source.known:
        await responses.rows(0, 1)
    count = responses.source.known
    if not count:
        return ()
    each = trajectories or max(round(count / max(stimuli, 1)), 1)
    for guess in dict.fromkeys((number * each, number * count // max(stimuli, 1))):
        if guess < count and await _is_of(stimulus, responses, guess):
            return await group_around(responses, guess)
    return await _halved(stimulus, responses, count)


async def _is_of(stimulus: Reading, responses: Pages, number: int) -> bool:
    rows = await responses.rows(number, number + 1)
    return bool(rows) and together(stimulus, read(rows[0]))


async def _halved(stimulus: Reading, responses: Pages, count: int) -> Sequence[Row]:
    """Look for it where the ids are numbers in rising order."""
    wanted = _number(stimulus.stimulus)
    low, high = 0, count
    for _ in range(TRIES if wanted is not None else 0):
        if low >= high:
            break
        middle = (low + high) // 2
        rows = await responses.rows(middle, middle + 1)
        found = _number(read(rows[0]).stimulus) if rows else None
        if found is None or wanted is None:
            break
        if found == wanted:
            return await group_around(responses, middle)
        low, high = (middle + 1, high) if found < wanted else (low, middle)
    return ()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
