"""Asks where a recipe is replayed, and under which names; shows what that would do before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from breadtui.api.errors import BreadError
from breadtui.bakery.recipes.foresight import Foresight, Standing, foresee
from breadtui.bakery.recipes.plan import Recipe, bad_name
from breadtui.bakery.recipes.problems import RecipeError
from breadtui.bakery.recipes.rename import renamed, with_suffix
from breadtui.bakery.recipes.replay import refuse
from breadtui.bakery.recipes.report import SHOWN, summary
from breadtui.screens.recipe.drawing import STANDING_COLOURS
from breadtui.screens.steady import steady
from breadtui.sheets import sheet

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


class Replaying(ModalScreen[Foresight | None]):
    """Answers with what shall be done, once it was seen; or None. Nothing is made here."""

    CSS_PATH = sheet("recipe")
    HELP = "Recipe"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("down", "scroll(1)", "Down", show=False, priority=True),
        Binding("up", "scroll(-1)", "Up", show=False, priority=True),
        Binding("f1", "app.help", "Help", show=False),
    ]

    def __init__(self, kitchen: Kitchen, recipe: Recipe) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._recipe = recipe
        self._seen: Foresight | None = None
        """What enter does."""
        self._for: tuple[str, str] | None = None
        """Repository and suffix that it was looked up for."""

    def compose(self) -> ComposeResult:
        """Two fields, what that would do, and what enter does."""
        with Vertical(id="replaying") as box:
            box.border_title = Content(f"Replay {self._recipe.bake}")
            box.border_subtitle = "enter looks first · esc goes back"
            with Horizontal(classes="field"):
                yield Static("Into repository", markup=False)
                yield Input(self._recipe.repo, id="replay-repo")
            with Horizontal(classes="field"):
                yield Static("Suffix of names", markup=False)
                yield Input("", id="replay-suffix", placeholder="none: the names stay")
            with VerticalScroll(id="replay-plan", classes="scrolls", can_focus=False):
                yield Static("", markup=False)
            yield Static("", id="replay-state", markup=False)

    def on_mount(self) -> None:
        """The repository is typed over at once."""
        steady(self)
        field = self.query_one("#replay-repo", Input)
        field.focus()
        field.select_all()
        self._say("Enter shows what would be made and run; nothing is done before you have seen it.")

    def action_scroll(self, lines: int) -> None:
        """Scroll the plan."""
        self.query_one("#replay-plan").scroll_relative(y=lines, animate=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._for != self._asked:
            self._seen = self._for = None
            self.query_one("#replay-plan Static", Static).update("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._seen and self._for == self._asked:
            self._do(self._seen)
        else:
            self._look()

    def _do(self, seen: Foresight) -> None:
        try:
            refuse(seen)
        except RecipeError as error:
            self._say(str(error), "$error")
            return
        if seen.of(Standing.TO_DO, Standing.UNDER_WAY):
            self.dismiss(seen)

    @work(group="foresight", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        into, suffix = asked = self._asked
        if wrong := bad_name(into):
            self._say(f"The repository {wrong}.", "$error")
            return
        self._say("Asking the server what is there already …")
        try:
            seen = await foresee(self._kitchen, renamed(self._recipe, into, with_suffix(suffix)))
        except (BreadError, RecipeError) as error:
            self._say(str(error), "$error")
            return
        if asked == self._asked:
            self._seen, self._for = seen, asked
            self._show(seen)

    @property
    def _asked(self) -> tuple[str, str]:
        return self.query_one("#replay-repo", Input).value.strip(), self.query_one("#replay-suffix", Input).value

    def _show(self, seen: Foresight) -> None:
        steps = seen.recipe.steps
        lines = [_line(seen, place) for place in range(min(len(steps), SHOWN))]
        if len(steps) > SHOWN:
            lines.append(Content.styled(f"… and {len(steps) - SHOWN:,} more", "$muted"))
        self.query_one("#replay-plan Static", Static).update(Content("\n").join(lines))
        new = f"{seen.recipe.repo} is made anew. " if seen.new_repo else ""
        try:
            refuse(seen)
        except RecipeError as error:
            self._say(f"{summary(seen)}\n{error}", "$error")
            return
        todo = seen.of(Standing.TO_DO, Standing.UNDER_WAY)
        end = "Enter does it." if todo else "Nothing is left to do: another repository or a suffix makes it anew."
        self._say(f"{new}{summary(seen)}\n{end}", "$success" if todo else "$muted")

    def _say(self, words: str, style: str = "$muted") -> None:
        self.query_one("#replay-state", Static).update(Content.styled(words, style))


def _line(seen: Foresight, place: int) -> Content:
    key = seen.recipe.steps[place].key
    standing = seen.standings[key]
    colour = f"${STANDING_COLOURS[standing]}"
    why = f"  {seen.why[key]}" if key in seen.why else ""
    return Content.assemble((f"{standing.sign} ", colour), f"{key}  ", (f"{standing}{why}", colour))
