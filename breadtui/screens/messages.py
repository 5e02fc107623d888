"""What the app tells its screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from breadtui.bakery.changes import Change
    from breadtui.settings import Connection


class KitchenChanged(Message, bubble=False):
    """Something that the kitchen knows is new."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change


class ConnectFailed(Message, bubble=False):
    """The server could not be opened; `sentence` says why and what to do, `ailment` what ails it, in two words."""

    def __init__(self, sentence: str, ailment: str) -> None:
        super().__init__()
        self.sentence = sentence
        self.ailment = ailment


class Reconnect(Message):
    """The user asked to try the server again."""


class ConnectTo(Message):
    """The user chose a server, and gave the key for it."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection


class StartDemo(Message):
    """The user chose the oven on this machine."""
