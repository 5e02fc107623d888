"""Asks for the file that a recipe is written to, or read from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from breadtui.bakery.recipes.document import load_recipe, save_recipe
from breadtui.bakery.recipes.plan import Recipe
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.files import safe_name
from breadtui.screens.recipe.screen import RecipeScreen
from breadtui.screens.steady import steady
from breadtui.sheets import sheet

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


class _FileDialog(ModalScreen[RecipeScreen | None]):
    """One field for a path, and a word about it."""

    CSS_PATH = sheet("recipe")
    HELP = "Recipe"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("f1", "app.help", "Help", show=False),
    ]

    def __init__(self, title: str, does: str, path: str = "") -> None:
        super().__init__()
        self._heading = title
        self._does = does
        self._path = path

    def compose(self) -> ComposeResult:
        """The field, and the word."""
        with Vertical(id="recipe-file") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = f"enter {self._does} · esc goes back"
            yield Input(self._path, id="recipe-path", placeholder="path of a .yaml file")
            yield Static("", id="recipe-file-word", markup=False)

    def on_mount(self) -> None:
        """One writes at the end of what is there."""
        steady(self)
        self.query_one(Input).focus()
        self.query_one(Input).cursor_position = len(self._path)

    @property
    def chosen(self) -> Path | None:
        """The path that was typed."""
        typed = self.query_one(Input).value.strip()
        return Path(typed).expanduser() if typed else None

    def say(self, words: str, style: str = "$error") -> None:
        """Tell something about the file."""
        self.query_one("#recipe-file-word", Static).update(Content.styled(words, style))


class SaveRecipe(_FileDialog):
    """Writes a recipe. What is there already goes only when enter says so twice."""

    def __init__(self, recipe: Recipe) -> None:
        name = f"{safe_name(recipe.repo or 'recipe')}-{safe_name(recipe.bake or 'bake')}.yaml"
        super().__init__("Export the recipe", "writes it", str(Path.cwd() / name))
        self._recipe = recipe
        self._warned: Path | None = None

    @on(Input.Changed)
    def _typed(self) -> None:
        self._warned = None
        self.say("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        path = self.chosen
        if path is None:
            return
        if path.exists() and path != self._warned:
            self._warned = path
            self.say("It is there already. enter again overwrites, esc goes back.", "$warning")
            return
        self._write(path)

    @work(group="recipe-file", exclusive=True, exit_on_error=False)
    async def _write(self, path: Path) -> None:
        try:
            await asyncio.to_thread(save_recipe, path, self._recipe, overwrite=path == self._warned)
        except RecipeError as error:
            self.say(str(error))
            return
        self.app.notify(f"Wrote {path}", markup=False)
        self.dismiss(None)


class OpenRecipe(_FileDialog):
    """Reads a recipe; answers with the screen that shows it, or None."""

    def __init__(self, kitchen: Kitchen) -> None:
        super().__init__("Recipe from a file", "opens it")
        self._kitchen = kitchen

    @on(Input.Changed)
    def _typed(self) -> None:
        self.say("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if path := self.chosen:
            self._read(path)

    @work(group="recipe-file", exclusive=True, exit_on_error=False)
    async def _read(self, path: Path) -> None:
        self.say("Reading …", "$muted")
        try:
            recipe = await asyncio.to_thread(load_recipe, path)
        except RecipeError as error:
            self.say(str(error))
            return
        self.dismiss(RecipeScreen(self._kitchen, recipe=recipe, source=path.name))
