"""How a bake was made: a tree of what it rests on, or the steps that make it, with the configuration beside.

A replay that was begun here shows how it goes on; left alone it goes on all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from breadtui.actions import bindings
from breadtui.actions.data import RECIPE
from breadtui.api.errors import BreadError
from breadtui.bakery.changes import CatalogChanged, JobChanged, PipelineChanged
from breadtui.bakery.recipes.foresight import Foresight
from breadtui.bakery.recipes.loading import recipe_of
from breadtui.bakery.recipes.plan import Recipe, StepKey
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.replay import Replay
from breadtui.bakery.recipes.report import end_line
from breadtui.bakery.things import Thing
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.recipe.drawing import detail, progress, step_rows, thing_of, tree_rows
from breadtui.sheets import sheet
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.recipe_list import RecipeList
from breadtui.widgets.top_bar import Place, TopBar
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

NARROW = 100
"""Below this many columns the configuration stands under the list."""
KINDS = {Thing.PROMPT: Kind.PROMPT, Thing.TARGET: Kind.TARGET, Thing.BAKE: Kind.BAKE}


class RecipeScreen(Screen[Item | None]):
    """The recipe of `bake` in `repo`; or of a file: then `recipe` is what it says, and `source` its name.

    Answers with what is to be shown in the tree of repositories, or None.
    """

    CSS_PATH = sheet("recipe")
    HELP = "Recipe"
    BINDINGS = bindings(RECIPE)
    AUTO_FOCUS = "RecipeList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]

    def __init__(
        self, kitchen: Kitchen, repo: str = "", bake: str = "", *, recipe: Recipe | None = None, source: str = ""
    ) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._repo = repo
        self._bake = bake
        self._recipe = recipe
        self._from_file = recipe is not None
        self._source = source or f"{repo}/{bake}"
        self._replay: Replay | None = None
        self._under_way = False
        self._steps = self._from_file  # whether the steps are shown, or else the tree
        self._problem = ""
        self._said = ""

    def compose(self) -> ComposeResult:
        """Place, list and configuration, a word about it all, and the keys."""
        bar = TopBar()
        bar.place = Place(f"Recipe of {self._source}", rehearsal=self._kitchen.client.rehearsal)
        yield bar
        with Container(id="recipe"):
            yield RecipeList(id="recipe-list", classes="scrolls")
            yield Page(id="recipe-detail", classes="scrolls")
        yield Static("", id="recipe-word", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known, and ask for the rest."""
        self.query_one("#recipe-list").border_title = "Steps"
        if self._recipe is None:
            self._ask()
        self._draw()

    # -- what happens elsewhere --

    @on(KitchenChanged)
    def _changed(self, event: KitchenChanged) -> None:
        match event.change:
            case JobChanged(status=status) if self.recipe and status.key.repo == self.recipe.repo:
                self._draw()
            case CatalogChanged(repo=repo) if self.recipe and repo == self.recipe.repo:
                self._draw()
            case PipelineChanged():
                self._draw()
            case _:
                pass

    @on(RecipeList.Moved)
    def _moved(self) -> None:
        self._show_detail()
        self.refresh_bindings()

    # -- actions --

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        match action:
            case "replay":
                return self._recipe is not None and not self._under_way
            case "turn" | "export":
                return self.recipe is not None
            case "go_on":
                return bool(self._under_way and self._kitchen.pipeline.paused)
            case "show":
                return self._under_cursor is not None and self._is_at_server
            case "copy_name":
                return self._under_cursor is not None
            case "refresh":
                return not self._from_file and not self._under_way
            case _:
                return True

    def action_turn(self) -> None:
        """From the tree to the steps, or back; the cursor stays with the thing that it is on."""
        found = self._under_cursor
        self._steps = not self._steps
        self._draw()
        self.query_one(RecipeList).reveal(lambda row: thing_of(row.key) == found)

    def action_replay(self) -> None:
        """Ask where to, show what that would do, and do it."""
        from breadtui.screens.recipe.replaying import Replaying

        if self._recipe:
            self.app.push_screen(Replaying(self._kitchen, self._recipe), self._begin)

    def action_go_on(self) -> None:
        """Start again what waits for credits."""
        self._kitchen.pipeline.go_on()

    def action_export(self) -> None:
        """Write the recipe to a file."""
        from breadtui.screens.recipe.files import SaveRecipe

        if recipe := self.recipe:
            self.app.push_screen(SaveRecipe(recipe))

    def action_show(self) -> None:
        """Go to it in the tree of repositories."""
        if (found := self._under_cursor) and self.recipe:
            thing, name = found
            self.dismiss(Item(KINDS[thing], self.recipe.repo, name))

    def action_copy_name(self) -> None:
        """Copy a name to the terminal's clipboard."""
        if found := self._under_cursor:
            self.app.copy_to_clipboard(found[1])
            self.notify(f"Copied {found[1]}", markup=False)

    def action_next_pane(self) -> None:
        """To the other pane."""
        self.screen.focus_next()

    def action_refresh(self) -> None:
        """Ask for the plan again."""
        self._replay = None
        self._said = ""
        self._ask()

    def action_back(self) -> None:
        """Go back."""
        if self._under_way:
            self.app.notify("The replay goes on; J shows its jobs.", markup=False)
        self.dismiss(None)

    # -- what is known --

    @property
    def recipe(self) -> Recipe | None:
        """The recipe that is shown: while one is replayed, as it is made."""
        return self._replay.recipe if self._replay else self._recipe

    @property
    def _stands(self) -> bool:
        """Whether there is something to draw on: not before it is composed, nor after it was left."""
        return self.is_attached and bool(self.query(RecipeList))

    @property
    def _is_at_server(self) -> bool:
        return not self._from_file or self._replay is not None

    @property
    def _under_cursor(self) -> tuple[Thing, str] | None:
        row = self.query_one(RecipeList).current if self._stands else None
        return thing_of(row.key) if row else None

    # -- the work --

    @work(group="recipe", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        self._problem = "" if self._recipe else "Asking the server …"
        self._draw()
        try:
            self._recipe = await recipe_of(self._kitchen, self._repo, self._bake)
            self._problem = ""
            self._draw()
            # Where each thing stands; what is not there any more is told by its missing state.
            await self._kitchen.look_at_bake(self._repo, self._bake)
            await self._kitchen.look_at_all(self._repo, self._recipe.names(Thing.TARGET))
        except BreadError as error:
            self._problem = f"{error} R asks again."
        self._draw()

    def _begin(self, foresight: Foresight | None) -> None:
        if foresight is None:
            return
        self._replay = Replay(self._kitchen, foresight, lambda _: self._draw())
        self._under_way = self._steps = True
        self._said = ""
        # Of the app, so that it goes on when this screen is left.
        self.app.run_worker(self._carry_out(self._replay), group="replay", exit_on_error=False)
        self._draw()

    async def _carry_out(self, replay: Replay) -> None:
        into = replay.recipe.repo
        try:
            await replay.carry_out()
            said, good = f"Replay into {into}: {end_line(replay.standings)}", replay.complete
        except (BreadError, RecipeError) as error:
            said, good = f"Replay into {into}: {error} What was made stays: replay it again to go on.", False
        self._under_way = False
        self._said = said
        if not self.is_current:
            self.app.notify(said, severity="information" if good else "error", timeout=8, markup=False)
        self._draw()

    # -- showing --

    def _draw(self) -> None:
        if not self._stands:
            return
        rows = self.query_one(RecipeList)
        recipe = self.recipe
        rows.border_title = "Steps" if self._steps else "Rests on"
        if recipe:
            told = self._kitchen if self._is_at_server else None
            rows.show(step_rows(recipe, told, self._replay) if self._steps else tree_rows(recipe, told))
        self._show_detail()
        self._show_word()
        self.refresh_bindings()

    def _show_detail(self) -> None:
        page, found, recipe = self.query_one(Page), self._under_cursor, self.recipe
        if found is None or recipe is None:
            page.show(Content(""))
            return
        thing, name = found
        page.head(Content(f"{thing} {name}"))
        row = self.query_one(RecipeList).current
        key = row.key if row and isinstance(row.key, StepKey) else None
        why = self._replay.why.get(key, "") if self._replay and key else ""
        page.show(detail(recipe, thing, name, why), (recipe.repo, thing, name))

    def _show_word(self) -> None:
        word = self.query_one("#recipe-word", Static)
        said, colour = self._problem or self._said, "$warning" if self._problem else "$secondary"
        if not said and self._replay:
            said = progress(self._replay)
        elif not said and self.recipe:
            said, colour = "\n".join(f"! {problem}" for problem in self.recipe.problems), "$warning"
        word.display = bool(said)
        word.update(Content.styled(said, colour))
