"""A conversation as it is said: its entries, how Markdown is split and drawn as it comes, and the widget itself."""

from breadtui.widgets.transcript.entries import Call, Question, Remark, Reply
from breadtui.widgets.transcript.transcript import Transcript

__all__ = ["Call", "Question", "Remark", "Reply", "Transcript"]
