"""A list whose filter is typed behind `/`: the part that takes the keys, and tells below the list what was typed."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.scroll_view import ScrollView

from breadtui.widgets.typed_line import TypedLine


class Filtered(ScrollView):
    """What is found, and what becomes of the list without a filter, is left to the list itself.

    It stands behind the list among the bases: Textual 8.2 looks for styles along the first of them alone.
    """

    @property
    def typed(self) -> TypedLine:
        """The filter."""
        raise NotImplementedError

    def sift(self) -> None:
        """Show what is found: the filter changed."""
        raise NotImplementedError

    def end_filter(self) -> None:
        """Take the filter away."""
        raise NotImplementedError

    def tell(self) -> None:
        """Bring what is told below the list up to date."""
        raise NotImplementedError

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While the filter is typed, letters do nothing else."""
        return self.typed.typing and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """While a filter is typed, keys belong to it."""
        if not self.typed.typing:
            return
        if event.key == "enter":
            self.end_typing()
        elif event.key == "escape":
            self.end_filter()
        elif self.typed.take(event.key, event.character):
            self.sift()
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is looked for."""
        if self.typed.typing:
            event.stop()
            self.typed.paste(event.text)
            self.sift()

    def on_blur(self) -> None:
        """Whoever went elsewhere is done with typing; the filter stays."""
        self.end_typing()

    def end_typing(self) -> None:
        """Keys do what they do elsewhere again; the filter stays."""
        if self.typed.typing:
            self.typed.typing = False
            self.tell()
            self.refresh_bindings()

    def say_below(self, *parts: str) -> bool:
        """Write these on the lower border; False if they stand there already."""
        told = Content(" · ".join(part for part in parts if part))
        if told.is_same(self._border_subtitle or Content("")):
            return False
        self._border_subtitle = told  # Textual 8.2 draws the whole widget anew for a `border_subtitle`
        left, top = self.content_offset
        self.refresh(Region(-left, self.outer_size.height - top - 1, self.outer_size.width, 1))
        return True
