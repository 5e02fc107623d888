"""Keeps a screen still while nothing happens, so that an idle terminal costs a slow line nothing."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.widgets import Input, TextArea


def steady(screen: DOMNode) -> None:
    """Stop the cursors of a screen's fields from blinking, which is two writes a second for ever."""
    for field in screen.query("Input, TextArea"):
        if isinstance(field, Input | TextArea):
            field.cursor_blink = False
