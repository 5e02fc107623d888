"""Where the long texts of a form are written: Textual's text area, left by tab."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea

from breadtui.widgets.fields.rows import Host


class TextPane(TextArea):
    """Tells its host when it is left for another field."""

    def __init__(self, host: Host, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, soft_wrap=True, tab_behavior="focus")
        self._host = host
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        """Tab leaves."""
        if event.key in ("tab", "shift+tab"):
            self._host.stepped_out(1 if event.key == "tab" else -1)
            event.stop()
            event.prevent_default()
