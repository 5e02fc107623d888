"""The ways from the workspace to a form: something new, a copy of what is there, something on top of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.bakery.things import Thing
from breadtui.screens.forms import NewMenu, OnTopMenu, edit_form, form_for, form_on_top
from breadtui.screens.forms.menu import RECIPE
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from textual.screen import Screen

    from breadtui.bakery.kitchen import Kitchen
    from breadtui.screens.forms.form import Form


@dataclass(frozen=True, slots=True)
class Making:
    """Opens menus and forms over `screen`; `item` is what was selected when the key was pressed.

    `made` is told what was made, or None; `refused` why the server could not tell what a form needs.
    """

    screen: Screen[None]
    kitchen: Kitchen
    item: Item | None
    made: Callable[[Item | None], None]
    refused: Callable[[BreadError], None]

    def new(self, targets: Sequence[str]) -> None:
        """Ask what to make, and open its form; a bake begins with `targets`."""

        def chosen(kind: str | None) -> None:
            if kind == RECIPE:
                self._open_recipe()
            elif kind is not None:
                self._open(partial(form_for, kind, self.kitchen, self._repo, targets))

        # Pushed at once, not by a worker: keys that come right behind are the menu's.
        self.screen.app.push_screen(NewMenu(self.item), chosen)

    def edit(self) -> None:
        """Open the form of the selected thing as it is, to make another like it."""
        if item := self.item:
            self._open(partial(edit_form, self.kitchen, item))

    def on_top(self, model: str) -> None:
        """Ask what to make on top of `model`, and open its form."""

        def chosen(thing: Thing | None) -> None:
            if thing is not None:
                self._open(partial(form_on_top, thing, self.kitchen, self._repo, model))

        self.screen.app.push_screen(OnTopMenu(model), chosen)

    def _open_recipe(self) -> None:
        from breadtui.screens.recipe.files import OpenRecipe
        from breadtui.screens.recipe.screen import RecipeScreen

        def opened(screen: RecipeScreen | None) -> None:
            if screen is not None:
                self.screen.app.push_screen(screen, self.made)

        self.screen.app.push_screen(OpenRecipe(self.kitchen), opened)

    @property
    def _repo(self) -> str:
        return self.item.repo if self.item else ""

    def _open(self, form: Callable[[], Form]) -> None:
        """Open a form, at once if it can be: it shows what the repository holds, which may not be known yet."""
        if self._repo and self.kitchen.catalog.shelf(self._repo) is None:
            self.screen.run_worker(self._read_then_open(form), group="open", exit_on_error=False)
        else:
            self.screen.app.push_screen(form(), self.made)

    async def _read_then_open(self, form: Callable[[], Form]) -> None:
        try:
            await self.kitchen.open(self._repo)
        except BreadError as error:
            self.refused(error)
        else:
            await self.screen.app.push_screen(form(), self.made)
