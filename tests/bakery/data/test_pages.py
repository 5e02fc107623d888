"""What is asked for, how often, and how much of it is held."""

import asyncio
from collections.abc import Sequence

import pytest

from breadtui.api.errors import Unreachable
from breadtui.bakery.data import pages as module
from breadtui.bakery.data.pages import AT_ONCE, PAGE, Pages
from breadtui.bakery.data.rows import Row
from breadtui.bakery.data.source import What


class Told:
    """A source that counts what it is asked, and answers when it may."""

    name, what, whole, version = "told", What.RESPONSES, True, 0

    def __init__(self, count: int, *, known: int | None = None) -> None:
        self.count = count
        self.known = count if known is None else known
        self.asked: list[tuple[int, int]] = []
        self.under_way = self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Unreachable | None = None
        self.text = "x"

    async def page(self, offset: int, limit: int) -> Sequence[Row]:
        self.asked.append((offset, limit))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        if self.error:
            raise self.error
        self.known = self.count
        return [
            Row(number, {"text": self.text, "n": number}) for number in range(offset, min(offset + limit, self.count))
        ]

    async def find_end(self) -> int:
        return self.count


async def settled(pages: Pages) -> None:
    while pages.busy:  # noqa: ASYNC110 - it has no event of its own, and needs none
        await asyncio.sleep(0)


async def test_the_first_page_takes_one_request() -> None:
    source = Told(1_000, known=0)
    source.whole = False
    arrived: list[range] = []
    pages = Pages(source, arrived.append)
    pages.want(())
    await settled(pages)
    assert source.asked == [(0, PAGE)]
    assert arrived == [range(PAGE)]
    row = pages.row(42)
    assert row is not None
    assert row.fields["n"] == 42
    assert pages.row(PAGE) is None


async def test_what_is_beside_comes_after_what_is_in_view() -> None:
    source = Told(1_000)
    pages = Pages(source)
    pages.want(range(450, 480))
    await settled(pages)
    assert source.asked == [(400, PAGE), (500, PAGE), (300, PAGE)]


async def test_a_page_that_is_under_way_is_not_asked_for_again() -> None:
    source = Told(1_000)
    source.gate.clear()
    pages = Pages(source)
    pages.want(range(10))
    one, other = asyncio.create_task(pages.rows(0, 10)), asyncio.create_task(pages.rows(5, 20))
    await asyncio.sleep(0)
    source.gate.set()
    assert [row.number for row in await one] == [*range(10)]
    assert [row.number for row in await other] == [*range(5, 20)]
    assert source.asked.count((0, PAGE)) == 1


async def test_pages_that_rush_by_are_dropped_and_few_are_under_way() -> None:
    source = Told(100_000)
    source.gate.clear()
    pages = Pages(source)
    for top in range(0, 90_000, 1_000):
        pages.want(range(top, top + 40))
        await asyncio.sleep(0)
    assert source.most <= AT_ONCE
    source.gate.set()
    await settled(pages)
    assert source.most <= AT_ONCE
    assert pages.row(89_000) is not None
    assert len(source.asked) < 2 * AT_ONCE


async def test_memory_is_bounded_in_rows_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Told(100_000)
    pages = Pages(source)
    for top in range(0, 100_000, 500):
        pages.want(range(top, top + 40))
        await settled(pages)
    assert len([*pages.held]) <= module.MOST_ROWS
    monkeypatch.setattr(module, "MOST_BYTES", 1_000_000)
    source.text = "y" * 10_000
    for top in range(0, 20_000, 500):
        pages.want(range(top, top + 40))
        await settled(pages)
    assert sum(row.weight for row in pages.held) < 1_000_000 + 3 * PAGE * 11_000
    assert pages.row(19_500) is not None


async def test_of_a_page_that_grew_only_the_end_is_asked_for() -> None:
    source = Told(306)
    pages = Pages(source)
    pages.want(range(280, 306))
    await settled(pages)
    source.asked.clear()
    source.count = source.known = 318
    pages.want(range(290, 318))
    await settled(pages)
    assert source.asked == [(306, PAGE - 6)]
    assert [row.number for row in await pages.rows(300, 318)] == [*range(300, 318)]


async def test_rows_made_anew_are_read_anew() -> None:
    source = Told(200)
    pages = Pages(source)
    pages.want(range(10))
    await settled(pages)
    source.version, source.text = 1, "new"
    pages.want(range(10))
    assert pages.row(0) is None
    await settled(pages)
    row = pages.row(0)
    assert row is not None
    assert row.fields["text"] == "new"


async def test_after_an_error_what_is_held_stays_and_nothing_is_asked_until_told() -> None:
    source = Told(1_000)
    refused: list[Exception] = []
    pages = Pages(source, refused=refused.append)
    pages.want(range(10))
    await settled(pages)
    source.error = Unreachable("Nobody answers.")
    pages.want(range(500, 510))
    await settled(pages)
    asked = len(source.asked)
    pages.want(range(600, 610))
    await settled(pages)
    assert len(source.asked) == asked
    assert refused
    assert pages.row(5) is not None
    with pytest.raises(Unreachable):
        await pages.rows(700, 710)
    source.error = None
    pages.retry()
    await settled(pages)
    assert pages.problem is None
    assert pages.row(605) is not None


async def test_a_source_that_gives_fewer_rows_than_it_counted_is_not_asked_for_ever() -> None:
    source = Told(50, known=80)
    pages = Pages(source)
    assert len(await pages.rows(0, 80)) == 50
    assert len(source.asked) == 1
