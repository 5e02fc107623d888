"""Deletes things of the server, after it said what goes, what depends on it and what cannot go, and was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from breadtui.api.errors import BreadError
from breadtui.bakery.deletion import Named, dependents
from breadtui.bakery.jobs import JobKey, Phase, checkpoint_of
from breadtui.bakery.things import Thing
from breadtui.screens.messages import KitchenChanged
from breadtui.screens.steady import steady
from breadtui.sheets import sheet
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from breadtui.bakery.kitchen import Kitchen

LISTED = 12
"""Names that are listed of a kind of news, at most; the rest is counted."""
THINGS = {
    Kind.REPO: Thing.REPO,
    Kind.PROMPT: Thing.PROMPT,
    Kind.TARGET: Thing.TARGET,
    Kind.BAKE: Thing.BAKE,
}
DEPENDS = "What depends on it may keep it from going; mark it as well:"
KEPT = {
    Kind.REPO: "Bread has no way to delete repositories",
    Kind.PROMPT: "this server has no way to delete prompts",
    Kind.CHECKPOINT: "it goes with its bake",
}
"""Why some things stay."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be deleted, and what cannot."""

    going: tuple[Item, ...]
    kept: tuple[Item, ...]

    @property
    def word(self) -> str:
        """What must be typed."""
        return self.going[0].name if len(self.going) == 1 else f"delete {len(self.going)}"


class Deletion(ModalScreen[None]):
    """Asks for the name, or for `delete 3` where several go; enter deletes once that is typed, esc goes back."""

    CSS_PATH = sheet("deletion")
    HELP = "Workspace"
    BINDINGS = [Binding("escape", "leave", "Back", show=False), Binding("f1", "app.help", "Help", show=False)]

    def __init__(self, kitchen: Kitchen, items: Sequence[Item]) -> None:
        super().__init__()
        self._kitchen = kitchen
        self._items = tuple(items)
        self._sorted: Verdict | None = None

    def compose(self) -> ComposeResult:
        """What goes, a line to confirm it, and what came of it."""
        with Vertical(id="deletion") as box:
            box.border_title = "Delete"
            box.border_subtitle = "esc goes back"
            with VerticalScroll(id="deletion-text", classes="scrolls", can_focus=False):
                yield Static(Content("Asking the server what it can delete …"), markup=False)
            yield Static("", id="deletion-ask", markup=False)
            yield Input(id="deletion-name")
            yield Static("", id="deletion-state", markup=False)

    def on_mount(self) -> None:
        """What is typed at once is kept; it counts when it is clear what can go."""
        steady(self)
        self.query_one(Input).focus()
        self._sort()

    def action_leave(self) -> None:
        """Go back; what is being deleted is the last."""
        self.dismiss(None)

    @work(group="sort", exit_on_error=False)
    async def _sort(self) -> None:
        """Find out what can go. Only about prompts must the server be asked."""
        can: dict[str, bool] = {}
        try:
            for repo in dict.fromkeys(item.repo for item in self._items if item.kind is Kind.PROMPT):
                can[repo] = await self._kitchen.can_delete(Thing.PROMPT, repo)
        except BreadError as error:
            self._tell(Content(str(error)))
            return
        going = {item: None for item in self._items if _can_go(item, can)}
        self._sorted = Verdict(tuple(going), tuple(item for item in self._items if item not in going))
        self._ask(self._sorted)

    def _ask(self, it: Verdict) -> None:
        parts = [self._list("This will be deleted, and cannot be brought back:", it.going, "error")]
        if depending := self._dependents(it.going):
            parts.append(_lines(DEPENDS, depending, "warning"))
        if it.kept:
            why = [f"{_named(item)}: {KEPT[item.kind]}" for item in it.kept]
            parts.append(_lines("This stays:", why, "muted"))
        if not it.going:
            self.query_one("#deletion").border_title = "Cannot be deleted"
        self._tell(Content("\n\n").join([part for part in parts if part]))
        field = self.query_one(Input)
        if not it.going:
            field.display = False
            return
        self.query_one("#deletion-ask", Static).update(
            Content.assemble("Type ", (it.word, "bold"), " and press enter.")
        )
        self._typed()

    def _list(self, heading: str, items: Sequence[Item], colour: str) -> Content:
        return _lines(heading, [_named(item) + self._with(item) for item in items], colour) if items else Content("")

    def _with(self, item: Item) -> str:
        """What goes along with a bake: its checkpoints, and with them the weights."""
        models = self._models(item) if item.kind is Kind.BAKE else ()
        steps = " · ".join(checkpoint_of(model) for model in models)
        noun = "checkpoint" if len(models) == 1 else "checkpoints"
        return f", with its {len(models)} {noun} and their weights: {steps}" if models else ""

    def _models(self, item: Item) -> tuple[str, ...]:
        status = self._kitchen.watcher.status(JobKey(item.repo, item.name, Phase.BAKE))
        return status.models if status else ()

    def _dependents(self, going: Sequence[Item]) -> list[str]:
        """What is known to depend on what goes, and does not go with it."""
        known = {repo: dependents(self._kitchen.catalog, repo) for repo in {item.repo for item in going}}
        gone = {_thing(item) for item in going}
        found: dict[Named, list[str]] = {}
        for named in gone:
            for other in known[named[1]].get(named, ()):
                if other not in gone:
                    found.setdefault(other, []).append(named[2])
        if len(going) == 1:
            return [f"{thing} {name}" for thing, _, name in found]
        return [f"{thing} {name}, on {_few(names)}" for (thing, _, name), names in sorted(found.items())]

    @on(Input.Changed)
    def _typed(self) -> None:
        it = self._sorted
        matches = it is not None and it.going and self.query_one(Input).value.strip() == it.word.strip()
        self._state(Content.styled("enter deletes", "bold $error") if matches else Content(""))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        it, field = self._sorted, self.query_one(Input)
        if it is None or not it.going or field.disabled:
            return
        if field.value.strip() != it.word.strip():
            self._state(Content.styled(f"That is not “{it.word}”. Nothing was deleted.", "$warning"))
            return
        field.disabled = True
        self._delete(it)

    @work(group="delete", exit_on_error=False)
    async def _delete(self, it: Verdict) -> None:
        self._state(_progress(0, len(it.going)))
        failures = await self._kitchen.delete_all(map(_thing, it.going))
        if not failures:
            what = _named(it.going[0]) if len(it.going) == 1 else f"{len(it.going):,}"
            self.app.notify(f"Deleted {what}.", markup=False)
            self.dismiss(None)
            return
        self._tell(_failed(failures, len(it.going)))
        self.query_one("#deletion-ask", Static).display = False
        self.query_one(Input).display = False
        self._state(Content.styled("What could not be deleted stays as it was, and marked if it was.", "$muted"))

    @on(KitchenChanged)
    def _changed(self) -> None:
        """What is deleted is off its shelf at once."""
        if self._sorted and self.query_one(Input).disabled:
            left = sum(map(self._is_there, self._sorted.going))
            self._state(_progress(len(self._sorted.going) - left, len(self._sorted.going)))

    def _is_there(self, item: Item) -> bool:
        shelf = self._kitchen.catalog.shelf(item.repo)
        return shelf is not None and item.name in getattr(shelf, f"{item.kind}s")

    def _tell(self, text: Content) -> None:
        self.query_one("#deletion-text Static", Static).update(text)

    def _state(self, text: Content) -> None:
        self.query_one("#deletion-state", Static).update(text)


def _thing(item: Item) -> Named:
    return THINGS[item.kind], item.repo, item.name


def _few(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")


def _progress(done: int, of: int) -> Content:
    return Content.styled(f"Deleting, {done:,} of {of:,} …" if of > 1 else "Deleting …", "$primary")


def _can_go(item: Item, prompts: Mapping[str, bool]) -> bool:
    """`prompts` tells of each repository whether its prompts can be deleted."""
    return item.kind in (Kind.TARGET, Kind.BAKE) or (item.kind is Kind.PROMPT and prompts[item.repo])


def _named(item: Item) -> str:
    """Kind and name. A checkpoint's name is short only within its bake."""
    match item.kind:
        case Kind.REPO:
            return f"{item.kind} {item.repo}"
        case Kind.CHECKPOINT:
            return f"{item.kind} {item.label} of {item.bake}"
        case _:
            return f"{item.kind} {item.name}"


def _failed(failures: Sequence[tuple[tuple[Thing, str, str], BreadError]], tried: int) -> Content:
    gone = tried - len(failures)
    lines = [f"{thing} {name}: {error}" for (thing, _, name), error in failures]
    heading = f"{len(failures):,} of {tried:,} could not be deleted:" if tried > 1 else "It could not be deleted:"
    told = _lines(heading, lines, "error")
    return Content("\n\n").join([told, Content(f"{gone:,} deleted.")]) if gone else told


def _lines(heading: str, names: Iterable[str], colour: str) -> Content:
    """A heading and what it is about, a line each; what is too much is counted."""
    names = list(names)
    shown = [Content.assemble(("  ▪ ", f"${colour}"), name) for name in names[:LISTED]]
    if len(names) > LISTED:
        shown.append(Content.styled(f"    and {len(names) - LISTED:,} more", "$muted"))
    return Content("\n").join([Content.styled(heading, "bold"), *shown])
