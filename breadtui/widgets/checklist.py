"""A list of which several can be chosen: `[x]` and `[ ]`, so that colour is not alone in telling them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets.option_list import Option

from breadtui.widgets.menu import Menu


class Checklist(Menu):
    """Holds which of `names` are chosen; space and enter change the one under the cursor."""

    BINDINGS = [Binding("space", "select", "Choose", show=False)]

    def __init__(self, names: Sequence[str], *, chosen: Iterable[str] = (), id: str | None = None) -> None:
        self.names = tuple(names)
        self._chosen = set(chosen)
        super().__init__(*(Option(self._line(name), f"name-{i}") for i, name in enumerate(self.names)), id=id)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names chosen, in the list's order."""
        return tuple(name for name in self.names if name in self._chosen)

    @chosen.setter
    def chosen(self, names: Iterable[str]) -> None:
        self._chosen = set(names)
        for index, name in enumerate(self.names):
            self.replace_option_prompt_at_index(index, self._line(name))

    @on(Menu.OptionSelected)
    def _toggle(self, event: Menu.OptionSelected) -> None:
        event.stop()
        self.chosen = self._chosen ^ {self.names[event.option_index]}

    def _line(self, name: str) -> Content:
        mark = ("[x] ", "$success") if name in self._chosen else ("[ ] ", "$muted")
        return Content.assemble(mark, name)
