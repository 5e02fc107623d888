"""The footer: the keys that work right now, on one line, drawn without a widget for each."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

KEPT = ("help", "app.help", "leave", "back", "stop", "send", "command_palette")
"""Actions whose keys stay where there is not room for all."""


class KeyBar(Widget):
    """Shows `key Label` for each binding of the screen and the focus that is meant for the footer and enabled."""

    ALLOW_SELECT = False
    _drawn = Content("")

    def on_mount(self) -> None:
        """Follow the bindings as focus and state change them."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self.app.screen_change_signal.subscribe(self, self._turned)

    def _turned(self, screen: Screen[object]) -> None:
        self._changed(self.screen)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and not self._line().is_same(self._drawn):
            self.refresh()

    def render(self) -> RenderResult:
        """The line, remembered, so that it is drawn again only when it reads otherwise."""
        self._drawn = self._line()
        return self._drawn

    def _line(self) -> Content:
        """As many keys as fit; those at the end give way first, but never help. None while another screen is on top."""
        if self.app.screen is not self.screen:
            return Content("")
        shown: list[tuple[str, str, str]] = []
        seen: set[str] = set()
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in seen:
                seen.add(binding.action)
                shown.append((self.app.get_key_display(binding), binding.description, binding.action))
        room = self.size.width
        help_first = sorted(shown, key=lambda entry: entry[2] not in KEPT)
        kept: set[str] = set()
        for key, label, action in help_first:
            width = cell_len(key) + cell_len(label) + 3
            if width <= room:
                room -= width
                kept.add(action)
        parts = [
            Content.assemble(
                (f" {key} ", "bold $footer-key-foreground"), (f"{label} ", "$footer-description-foreground")
            )
            for key, label, action in shown
            if action in kept
        ]
        return Content.assemble(*parts)
