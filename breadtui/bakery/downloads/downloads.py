"""All downloads of a kitchen: so many at a time, the others after them, each to be called off and taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError, NotFound
from breadtui.api.secret import Secret
from breadtui.bakery.changes import DownloadChanged, DownloadForgotten, Publish
from breadtui.bakery.downloads.download import Ask, Download, Order, Source
from breadtui.bakery.downloads.names import file_name
from breadtui.bakery.downloads.problems import DownloadError
from breadtui.bakery.downloads.register import Register
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from breadtui.bakery.jobs import State

if TYPE_CHECKING:
    from breadtui.api.client import BreadClient

AT_ONCE = 2
CALLED_OFF = "called off; r goes on, . forgets it"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the server has of a model: the link, the name that the file should have, and its bytes, if it tells."""

    model: str
    link: Secret
    name: str
    size: int | None = None


class Downloads:
    """Publishes how each goes on. A download is that of one model into one file: the same again is the same one."""

    def __init__(self, source: Source, publish: Publish, register: Register | None = None) -> None:
        self._source = source
        self._publish = publish
        self._register = register or Register()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._orders: dict[DownloadKey, Order] = {}
        self._tasks: dict[DownloadKey, asyncio.Task[None]] = {}
        self._errors: dict[DownloadKey, Exception] = {}
        self._transfers: dict[DownloadKey, Transfer] = {each.key: each for each in self._register.left()}

    @classmethod
    def of(
        cls,
        client: BreadClient,
        publish: Publish,
        register: Register | None = None,
        *,
        patience: float | None = None,
    ) -> Downloads:
        """The downloads from one server; one for which nothing comes for `patience` seconds is given up."""
        return cls(Source(link_of(client), client.files, patience=patience), publish, register)

    @property
    def transfers(self) -> Mapping[DownloadKey, Transfer]:
        """All that are known, however they stand."""
        return MappingProxyType(self._transfers)

    @property
    def active(self) -> list[Transfer]:
        """Those that are under way, or have yet to begin."""
        return [self._transfers[key] for key in self._tasks]

    @property
    def errors(self) -> Mapping[DownloadKey, Exception]:
        """What those that failed failed of."""
        return MappingProxyType(self._errors)

    async def offer(self, model: str) -> Offer:
        """Ask for a link to a model's weights; raises BreadError."""
        link = await self._source.ask(model)
        return Offer(model, link, file_name(model, link))

    async def measured(self, offer: Offer) -> Offer:
        """The same with the size, which the host that has the file is asked for; raises BreadError."""
        async with self._source.files.open(offer.link) as incoming:
            return replace(offer, size=incoming.total)

    def begin(self, order: Order) -> None:
        """Begin, or go on with what is there of it; what is under way is left alone."""
        key = order.key
        if key in self._tasks:
            return
        self._orders[key] = order
        self._errors.pop(key, None)
        self._register.add(key)
        before = self._transfers.get(key)
        waiting = Transfer(key, State.QUEUED, before.received if before else 0, before.total if before else None)
        self._tell(replace(waiting, note="waits for its turn" if len(self._tasks) >= AT_ONCE else ""))
        self._tasks[key] = task = asyncio.create_task(self._run(order))
        task.add_done_callback(lambda _: self._ended(key, task))

    def retry(self, keys: Iterable[DownloadKey]) -> None:
        """Go on with those that failed, were called off, or were left by an earlier start."""
        for key in keys:
            if key not in self._tasks and self._transfers[key].state is not State.COMPLETE:
                self.begin(replace(self._orders.get(key, Order(key)), link=None))

    def call_off(self, keys: Collection[DownloadKey]) -> None:
        """Halt those under way; what came is kept. Those that are not under way are forgotten."""
        for key in keys:
            if task := self._tasks.get(key):
                task.cancel()
            elif key in self._transfers:
                self._forget(key)

    async def settled(self) -> None:
        """Wait until none is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Halt all; what came is kept, and the next start knows of it."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, order: Order) -> None:
        key = order.key
        try:
            async with self._gate:
                await Download(self._source, order, self._tell).run()
            self._register.remove(key)
        except (DownloadError, BreadError) as error:
            self._errors[key] = error
            self._tell(replace(self._halted(key), state=State.FAILED, note=str(error)))

    def _halted(self, key: DownloadKey) -> Transfer:
        return replace(self._transfers[key], rate=None, left=None)

    def _ended(self, key: DownloadKey, task: asyncio.Task[None]) -> None:
        del self._tasks[key]
        if task.cancelled():  # perhaps before it began
            self._tell(replace(self._halted(key), state=State.NOT_STARTED, note=CALLED_OFF))
        elif error := task.exception():
            raise error  # a mistake of ours: the loop's handler reports it, the others go on

    def _forget(self, key: DownloadKey) -> None:
        del self._transfers[key]
        self._register.remove(key)
        self._publish(DownloadForgotten(key))

    def _tell(self, transfer: Transfer) -> None:
        before = self._transfers.get(transfer.key)
        self._transfers[transfer.key] = transfer
        if transfer != before:
            self._publish(DownloadChanged(transfer, before))


def link_of(client: BreadClient) -> Ask:
    """Asks that server for links."""

    async def ask(model: str) -> Secret:
        link = await client.download_model(model)
        if not link.url:
            raise NotFound(f"{client.host} gave no link to the weights of {model}. Ask whoever runs it.")
        return Secret(link.url)

    return ask
