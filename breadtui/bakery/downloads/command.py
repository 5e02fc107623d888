"""`breadtui download` from the models' names to the exit code."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from breadtui.api.client import BreadClient
from breadtui.bakery.changes import Change, DownloadChanged
from breadtui.bakery.downloads.display import Display, display
from breadtui.bakery.downloads.download import Order
from breadtui.bakery.downloads.downloads import Downloads, Offer
from breadtui.bakery.downloads.names import target_of
from breadtui.bakery.downloads.part import left_at, taken
from breadtui.bakery.downloads.problems import Away, Busy, DownloadError, Taken
from breadtui.bakery.downloads.transfer import DownloadKey, format_bytes
from breadtui.bakery.jobs import State
from breadtui.bakery.signals import KILLED, told_to_end
from breadtui.settings import Connection

COMPLETE = 0
FAILED = 1
REFUSED = 2
LOST = 3


@dataclass(frozen=True, slots=True)
class DownloadOrder:
    """What was asked for at the command line. After `patience` seconds without a byte, it is given up."""

    models: tuple[str, ...]
    output: str = ""
    force: bool = False
    patience: float = 300.0


def download(found: Connection, order: DownloadOrder) -> int:
    """Fetch the weights of models, and say on standard output where they are; gives the exit code.

    Raises:
        DownloadError, BreadError: nothing was begun.
    """
    return asyncio.run(_download(found, order))


async def _download(found: Connection, order: DownloadOrder) -> int:
    async with BreadClient(found.base_url, found.api_key, insecure_http=found.insecure_http) as client:
        shown = display(sys.stderr)
        ended = asyncio.Event()
        signals: list[signal.Signals] = []

        def end(number: signal.Signals) -> None:
            signals.append(number)
            ended.set()

        downloads = Downloads.of(client, lambda change: _show(change, shown), patience=order.patience)
        orders = await _orders(client, downloads, order)
        with told_to_end(end):
            for each in orders:
                downloads.begin(each)
            done = asyncio.create_task(downloads.settled())
            stopping = asyncio.create_task(ended.wait())
            await asyncio.wait({done, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (done, stopping):
                task.cancel()
            await downloads.close()
            shown.close()
            if signals:
                _complain(_stopped([each.key for each in orders]))
                return KILLED + signals[0]
            return _told(downloads)


async def _orders(client: BreadClient, downloads: Downloads, order: DownloadOrder) -> list[Order]:
    """What to fetch, and where it goes; nothing is begun unless all can be."""
    if len(order.models) > 1 and order.output and not target_of(order.output, "").is_dir():
        raise DownloadError(f"{order.output} is no folder, and several models do not go into one file.")
    models = dict.fromkeys([await _model(client, name) for name in order.models])
    offers = [await downloads.offer(model) for model in models]
    orders = [_order(offer, order) for offer in offers]
    for path in (paths := [each.key.path for each in orders]):
        if path.exists() and not order.force:
            raise Taken(f"{taken(path)} Add --force to overwrite it, or name another file with -o.")
        if paths.count(path) > 1:
            raise Taken(f"Two of the models would become {path}. Fetch them one by one, with -o.")
    return orders


def _order(offer: Offer, order: DownloadOrder) -> Order:
    path = target_of(order.output, offer.name)
    return Order(DownloadKey(offer.model, path), order.force, offer.link)


async def _model(client: BreadClient, name: str) -> str:
    """The model that is meant by `user/repo/bake/checkpoint`, `repo/bake/checkpoint` or `repo/bake`."""
    parts = name.strip("/").split("/")
    if len(parts) not in (2, 3):
        return name
    bake = await client.get_bake(parts[0], parts[1])
    found = [model for model in bake.model_name if len(parts) == 2 or model.endswith(f"/{parts[2]}")]
    if not bake.model_name:
        raise DownloadError(f"The bake {name} has no weights: it is {bake.status.replace('_', ' ') or 'not complete'}.")
    if not found:
        known = ", ".join(model.rpartition("/")[2] for model in bake.model_name)
        raise DownloadError(f"The bake {parts[0]}/{parts[1]} has no checkpoint {parts[2]}; it has {known}.")
    return found[0]


def _show(change: Change, shown: Display) -> None:
    if isinstance(change, DownloadChanged):
        shown.changed(change.transfer)


def _told(downloads: Downloads) -> int:
    """Say what came of each."""
    for transfer in downloads.transfers.values():
        if transfer.state is State.COMPLETE:
            with contextlib.suppress(BrokenPipeError):
                sys.stdout.write(f"{transfer.key.path}\n")
                sys.stdout.flush()
        else:
            _complain(transfer.note)
    errors = [*downloads.errors.values()]
    if not errors:
        return COMPLETE
    if all(isinstance(error, Away) for error in errors):
        return LOST
    unbegun = all(isinstance(error, Taken | Busy) for error in errors) and len(errors) == len(downloads.transfers)
    return REFUSED if unbegun else FAILED


def _stopped(keys: Sequence[DownloadKey]) -> str:
    left = [(key, found) for key in keys if (found := left_at(key.path))]
    if not left:
        return "Stopped. Nothing is kept."
    kept = ", ".join(f"{format_bytes(found.received)} of {key.path.name}" for key, found in left)
    return f"Stopped. {kept} are kept: the same command goes on with {'it' if len(left) == 1 else 'them'}."


def _complain(sentence: str) -> None:
    sys.stderr.write(f"breadtui: {sentence}\n")
