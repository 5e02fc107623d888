"""The lines above the columns: who is asked."""

from __future__ import annotations

from breadtui.bakery.chats.conversation import Answer, Conversation
from breadtui.screens.chat.columns import Columns, Tabs
from breadtui.screens.chat.figures import estimate_prompt, heading, short_name

MARGIN = 4
"""Cells beside the words of a line."""


def show_heads(columns: Columns, conversation: Conversation) -> None:
    """Bring them up to date."""
    if len(columns.views) != len(conversation.columns):
        return  # it is being rearranged
    columns.query_one(Tabs).show([short_name(column.model) for column in conversation.columns], columns.front)
    alone = len(columns.views) == 1 or columns.narrow
    # Not the width of the view: a column that is not shown, or new, has none yet.
    width = max(columns.size.width // (1 if alone else len(columns.views)) - MARGIN, 8)
    for view, column in zip(columns.views, conversation.columns, strict=True):
        front = view.number == columns.front
        view.head(heading(None if alone else view.number, column, width, active=front and not alone))


def prompt_estimate(conversation: Conversation, column: int, answer: Answer) -> int:
    """About how many tokens the last question was asked with; nought where the server counted them."""
    return 0 if answer.usage else estimate_prompt(conversation.messages(column))
