"""Opens the kitchen of a server, and says in people's words why it cannot be opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from breadtui.bakery.known import place
from breadtui.settings import Connection, state_path

if TYPE_CHECKING:
    from breadtui.bakery.drafts import Drafts
    from breadtui.bakery.kitchen import Kitchen


def load_kitchen() -> Callable[[Connection, Drafts | None], Kitchen]:
    """Import what talks to servers; takes as long as the first paint itself, so it is done after that, in a thread.

    The drafts of a kitchen on the same server are handed on; a demo's are of no use to the next start.
    """
    from breadtui.api.client import BreadClient
    from breadtui.bakery.downloads.register import Register
    from breadtui.bakery.drafts import Drafts
    from breadtui.bakery.history import History
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.bakery.runs import Runs, folder_of

    def make(connection: Connection, drafts: Drafts | None) -> Kitchen:
        server = place(state_path(), connection.label, connection.api_key).stem
        folder = None if connection.rehearsal else state_path() / "drafts" / server
        client = BreadClient(connection.base_url, connection.api_key, insecure_http=connection.insecure_http)
        history = History(None if connection.rehearsal else state_path() / "jobs" / f"{server}.json")
        runs = None if connection.rehearsal else Runs(folder_of(state_path(), connection.label, connection.api_key))
        kept = drafts if drafts and drafts.folder == folder else Drafts(folder)
        register = Register(None if connection.rehearsal else state_path() / "downloads" / f"{server}.json")
        return Kitchen(client, kept, runs=runs, history=history, register=register)

    return make


def sentence(error: Exception) -> str:
    """Why it could not be opened."""
    return str(error) if expected(error) else f"Something in breadtui went wrong: {type(error).__name__}."


def expected(error: Exception) -> bool:
    """Errors made for people, not mistakes of ours."""
    from breadtui.api.errors import BreadError
    from breadtui.demo import OvenFailed

    return isinstance(error, BreadError | OvenFailed)
