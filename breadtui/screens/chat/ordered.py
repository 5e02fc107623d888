"""Opens the chat that was asked for at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.screens.chat import open_conversation

if TYPE_CHECKING:
    from textual.app import App

    from breadtui.bakery.chats.order import ChatOrder
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.settings import Connection


async def open_ordered(app: App[None], kitchen: Kitchen, order: ChatOrder, connection: Connection) -> None:
    """Open it; where its prompt cannot be had, say why instead."""
    try:
        column = await order.column(kitchen)
    except BreadError as error:
        app.notify(f"The chat was not opened. {error}", severity="error", timeout=10, markup=False)
        return
    open_conversation(app, kitchen, (column,), connection.label, rehearsal=connection.rehearsal)
