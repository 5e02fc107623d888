"""Opens the kitchen of a server, and says in people's words why it cannot be opened."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from breadtui.bakery.known import place
from breadtui.settings import Connection, state_path

if TYPE_CHECKING:
    from breadtui.api.client import BreadClient
    from breadtui.bakery.chats.kept import Chats
    from breadtui.bakery.kitchen import Kitchen


NAMING = 0.1
"""Seconds that a server is given to name its repositories before more is loaded."""


async def open_kitchen(
    connection: Connection,
    before: Kitchen | None,
    *,
    keep_chats: bool = True,
    named: Callable[[tuple[str, ...]], None] | None = None,
) -> Kitchen:
    """A kitchen of a server. `named` is told of its repositories as soon as they are known, which may be before that.

    Raises:
        BreadError: address or key cannot be used.
    """
    client = await asyncio.to_thread(connect, connection)
    naming = asyncio.create_task(_name(client, named)) if named else None
    if naming:
        # What is looked for first needs the half of what is to be loaded, and loading takes all of the processor.
        await asyncio.wait([naming], timeout=NAMING)
    make = await asyncio.to_thread(load_kitchen, keep_chats=keep_chats, client=client)
    if naming:
        naming.cancel()  # the kitchen goes on with the same question
    return make(connection, before)


async def _name(client: BreadClient, named: Callable[[tuple[str, ...]], None]) -> None:
    """Ask for the repositories; what goes wrong, the kitchen will tell."""
    from breadtui.api.errors import BreadError
    from breadtui.bakery.catalog import PAGE

    with contextlib.suppress(BreadError):
        named(tuple(repo.repo_name for repo in (await client.list_ahead(PAGE)).repos))


def connect(connection: Connection) -> BreadClient:
    """A client for a server; takes half as long as the first paint, so it is made after that, in a thread."""
    from breadtui.api.client import BreadClient

    return BreadClient(connection.base_url, connection.api_key, insecure_http=connection.insecure_http)


def load_kitchen(
    *, keep_chats: bool = True, client: BreadClient | None = None
) -> Callable[[Connection, Kitchen | None], Kitchen]:
    """Import what knows a server's things; takes as long as the first paint itself, so it is done after that too.

    It asks by `client`, where there is one. Drafts and chats of the kitchen before, if that was on the same server, are
    handed on; a demo's are of no use to the next start.
    """
    from breadtui.bakery.downloads.register import Register
    from breadtui.bakery.drafts import Drafts
    from breadtui.bakery.history import History
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.runs import Runs, folder_of

    def make(connection: Connection, before: Kitchen | None) -> Kitchen:
        server = place(state_path(), connection.label, connection.api_key).stem
        folder = None if connection.rehearsal else state_path() / "drafts" / server
        history = History(None if connection.rehearsal else state_path() / "jobs" / f"{server}.json")
        runs = None if connection.rehearsal else Runs(folder_of(state_path(), connection.label, connection.api_key))
        drafts = before.drafts if before and before.drafts.folder == folder else Drafts(folder)
        chats = chats_of(connection, keep=keep_chats)
        if before and before.chats.folder == chats.folder:
            chats = before.chats
        register = Register(None if connection.rehearsal else state_path() / "downloads" / f"{server}.json")
        return Kitchen(
            client or connect(connection), drafts, runs=runs, history=history, chats=chats, register=register
        )

    return make


def chats_of(connection: Connection, *, keep: bool = True) -> Chats:
    """The chats that were kept on a server; a demo's are not, nor any where the user wants none to be."""
    from breadtui.bakery.chats.kept import Chats

    server = place(state_path(), connection.label, connection.api_key).stem
    return Chats(None if connection.rehearsal or not keep else state_path() / "chats" / server)


def sentence(error: Exception) -> str:
    """Why it could not be opened."""
    return str(error) if expected(error) else f"Something in breadtui went wrong: {type(error).__name__}."


def expected(error: Exception) -> bool:
    """Errors made for people, not mistakes of ours."""
    from breadtui.api.errors import BreadError
    from breadtui.demo import OvenFailed

    return isinstance(error, BreadError | OvenFailed)
