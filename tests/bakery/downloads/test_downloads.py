"""Several downloads of a kitchen on a real oven: so many at a time, called off, taken up again, and kept in mind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from breadtui.api.client import BreadClient
from breadtui.api.errors import BreadError, NotFound
from breadtui.api.fetching import Files
from breadtui.api.secret import Secret
from breadtui.bakery.changes import Change, DownloadChanged, DownloadForgotten
from breadtui.bakery.downloads.download import Order, Source
from breadtui.bakery.downloads.downloads import Downloads
from breadtui.bakery.downloads.part import left_at
from breadtui.bakery.downloads.register import Register
from breadtui.bakery.downloads.transfer import DownloadKey
from breadtui.bakery.jobs import State
from tests.bakery.downloads.host import CONTENT, MODEL, Host, hosting
from tests.bakery.recipes import until
from tests.support.oven import RunningOven, running_oven

SECOND = "baker/yoda_repo/yoda_bake_v1/14"
THIRD = "baker/yoda_repo/yoda_bake_v1/7"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOven]:
    """The guide's repositories, with weights that take more than one answer's first packet."""
    with running_oven(tmp_path_factory.mktemp("samples"), samples=True, weights_bytes=2_000_000) as oven:
        yield oven


@pytest.fixture
async def client(samples: RunningOven) -> AsyncGenerator[BreadClient]:
    async with BreadClient(samples.url, Secret(samples.key)) as connected:
        yield connected


class Heard(list[Change]):
    """All that was published."""

    def __call__(self, change: Change) -> None:
        self.append(change)

    def states(self, key: DownloadKey) -> list[State]:
        told = [each.transfer for each in self if isinstance(each, DownloadChanged) and each.transfer.key == key]
        return list(dict.fromkeys(each.state for each in told))


def slow(host: Host, heard: Heard, register: Register | None = None) -> Downloads:
    """Downloads from a host whose answers break off; what waits after a break waits for ever."""
    return Downloads(Source(host.link, Files(), pause=lambda _: asyncio.sleep(3600)), heard, register)


async def test_weights_of_an_oven_are_fetched_checked_and_called_after_their_bake(
    client: BreadClient, tmp_path: Path
) -> None:
    heard = Heard()
    downloads = Downloads.of(client, heard)
    offer = await downloads.measured(await downloads.offer(MODEL))
    key = DownloadKey(MODEL, tmp_path / offer.name)
    downloads.begin(Order(key, link=offer.link))
    await downloads.settled()
    assert offer.name == "yoda_bake_v1-21.tar.gz"
    assert key.path.stat().st_size == offer.size
    assert heard.states(key) == [State.QUEUED, State.RUNNING, State.COMPLETE]
    assert any("SHA-256" in each.transfer.note for each in heard if isinstance(each, DownloadChanged))
    assert "signature" not in repr(heard)
    assert downloads.active == []


async def test_a_link_of_an_oven_that_has_expired_is_asked_for_anew(
    client: BreadClient, samples: RunningOven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = Downloads.of(client, Heard())
    offer = await downloads.offer(MODEL)
    path, _, query = offer.link.reveal().partition("?")
    old = Secret(f"{path}?{query.replace('expires=', 'expires=1')}")
    key = DownloadKey(MODEL, tmp_path / "weights.tar.gz")
    downloads.begin(Order(key, link=old))
    await downloads.settled()
    assert downloads.transfers[key].state is State.COMPLETE


async def test_a_model_that_is_not_there_is_refused(client: BreadClient, tmp_path: Path) -> None:
    downloads = Downloads.of(client, Heard())
    with pytest.raises(BreadError):
        await downloads.offer("baker/yoda_repo/nothing/1")
    key = DownloadKey("baker/yoda_repo/nothing/1", tmp_path / "nothing")
    downloads.begin(Order(key))
    await downloads.settled()
    assert downloads.transfers[key].state is State.FAILED
    assert isinstance(downloads.errors[key], NotFound)


async def test_two_at_a_time_and_the_others_after_them(tmp_path: Path) -> None:
    async with hosting(cuts=[10, 10]) as host:
        downloads = slow(host, heard := Heard())
        keys = [DownloadKey(model, tmp_path / f"{at}") for at, model in enumerate((MODEL, SECOND, THIRD))]
        for key in keys:
            downloads.begin(Order(key))
        await until(lambda: [downloads.transfers[key].received for key in keys] == [10, 10, 0], "two of them")
        assert downloads.transfers[keys[2]].note == "waits for its turn"
        downloads.call_off(keys[:1])
        await until(lambda: downloads.transfers[keys[2]].state is State.COMPLETE, "the third")
        assert heard.states(keys[0])[-1] is State.NOT_STARTED
        await downloads.close()


async def test_what_is_called_off_goes_on_where_it_was_or_is_forgotten(tmp_path: Path) -> None:
    key = DownloadKey(MODEL, tmp_path / "weights")
    async with hosting(cuts=[60_000]) as host:
        downloads = slow(host, heard := Heard())
        downloads.begin(Order(key))
        await until(lambda: downloads.transfers[key].received == 60_000, "a part")
        downloads.call_off([key])
        await downloads.settled()
        assert downloads.transfers[key].note.startswith("called off")
        downloads.retry([key])
        await downloads.settled()
        assert key.path.read_bytes() == CONTENT
        assert host.ranged == ["", "bytes=60000-"]
        downloads.call_off([key])
        assert heard[-1] == DownloadForgotten(key)
        assert not downloads.transfers


async def test_what_is_called_off_before_its_turn_says_so(tmp_path: Path) -> None:
    key = DownloadKey(MODEL, tmp_path / "weights")
    async with hosting() as host:
        downloads = slow(host, Heard())
        downloads.begin(Order(key))
        downloads.call_off([key])
        await downloads.settled()
        assert downloads.transfers[key].state is State.NOT_STARTED
        assert host.asked == 0


async def test_the_next_start_knows_what_was_left_and_goes_on_with_it(tmp_path: Path) -> None:
    key, kept = DownloadKey(MODEL, tmp_path / "weights"), tmp_path / "state" / "downloads.json"
    async with hosting(cuts=[60_000]) as host:
        downloads = slow(host, Heard(), Register(kept))
        downloads.begin(Order(key))
        await until(lambda: downloads.transfers[key].received == 60_000, "a part")
        await downloads.close()
        again = slow(host, Heard(), Register(kept))
        (left,) = again.transfers.values()
        assert (left.key, left.state, left.received, left.total) == (key, State.NOT_STARTED, 60_000, len(CONTENT))
        again.retry([key])
        await again.settled()
        assert key.path.read_bytes() == CONTENT
    assert not Register(kept).left()
    assert left_at(key.path) is None


@pytest.mark.parametrize("text", ["", "nonsense", '[1, {}, {"model": 3}]', '[{"model": "m", "path": "/nowhere"}]'])
def test_a_register_that_cannot_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "downloads.json").write_text(text)
    assert Register(tmp_path / "downloads.json").left() == []
