"""Chats: opened here, and kept as they are while the program runs, so that one comes back to where one was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from breadtui.bakery.chats.conversation import Column, Conversation
from breadtui.screens.chat.screen import Chat

if TYPE_CHECKING:
    from textual.app import App

    from breadtui.bakery.kitchen import Kitchen

__all__ = ["Chat", "chat_of", "go_to", "open_chat", "open_conversation"]

_OPEN: WeakKeyDictionary[App[None], list[Chat]] = WeakKeyDictionary()
"""The chats of each running program, in the order in which they were opened."""


def open_chat(
    app: App[None],
    kitchen: Kitchen,
    models: Sequence[str],
    server: str,
    *,
    rehearsal: bool = False,
    problem: str | None = None,
) -> None:
    """Go to the chat with just these models, side by side; where there is none yet, begin it."""
    known = next((chat for chat in reversed(_OPEN.get(app, [])) if chat.models == tuple(models)), None)
    if known:
        go_to(app, known)
    else:
        columns = tuple(map(Column, models))
        open_conversation(app, kitchen, columns, server, rehearsal=rehearsal, problem=problem)


def open_conversation(
    app: App[None],
    kitchen: Kitchen,
    columns: Sequence[Column],
    server: str,
    *,
    rehearsal: bool = False,
    problem: str | None = None,
) -> None:
    """Begin a chat of these columns and show it. `problem` is what ails the link to `server`, None if nothing does."""
    chats = _OPEN.setdefault(app, [])
    chat = Chat(kitchen, columns, server, rehearsal=rehearsal, problem=problem)
    chats.append(chat)
    app.install_screen(chat, f"chat {len(chats)}")
    go_to(app, chat)


def chat_of(app: App[None], conversation: Conversation) -> Chat | None:
    """The chat in which a conversation goes on already."""
    return next((chat for chat in _OPEN.get(app, []) if chat.conversation is conversation), None)


def go_to(app: App[None], chat: Chat) -> None:
    """Show a chat that was opened."""
    if chat not in app.screen_stack:
        app.push_screen(chat)
