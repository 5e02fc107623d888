"""The lines above and below the columns: who is asked, and how the last answers came."""

from __future__ import annotations

from textual.content import Content

from breadtui.bakery.chats.conversation import Answer, Conversation, Ending
from breadtui.screens.chat.columns import Columns, Tabs
from breadtui.screens.chat.figures import estimate_prompt, figures, heading, short_name

MARGIN = 4
"""Cells beside the words of a line."""


def show_heads(columns: Columns, conversation: Conversation) -> None:
    """Bring them up to date."""
    if len(columns.views) != len(conversation.columns):
        return  # it is being rearranged
    columns.query_one(Tabs).show([short_name(column.model) for column in conversation.columns], columns.front)
    alone = len(columns.views) == 1 or columns.narrow
    for view, column in zip(columns.views, conversation.columns, strict=True):
        width, front = max(view.size.width - MARGIN, 8), view.number == columns.front
        view.head(heading(None if alone else view.number, column, width, active=front and not alone))
        view.foot(Content.styled(_last_figures(conversation, view.number, width), "$muted"))


def prompt_estimate(conversation: Conversation, column: int, answer: Answer) -> int:
    """About how many tokens the last question was asked with; nought where the server counted them."""
    return 0 if answer.usage else estimate_prompt(conversation.messages(column))


def _last_figures(conversation: Conversation, column: int, width: int) -> str:
    leaf = conversation.leaf
    answer = conversation.exchanges[leaf].answer(column) if leaf is not None else None
    if answer is None:
        return ""
    if answer.ending is Ending.OPEN:
        return "answering …"
    told = figures(answer, prompt_estimate(conversation, column, answer), width=width)
    return told or str(answer.ending)
