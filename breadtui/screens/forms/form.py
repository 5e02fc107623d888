"""What all forms do with what is written: keep it, send it, compare it with what stands there already, leave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.timer import Timer

from breadtui.api.errors import BreadError, Conflict, Invalid
from breadtui.api.lenient import as_object
from breadtui.bakery.authoring.differences import differences
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.templates import merge
from breadtui.bakery.drafts import DraftKey
from breadtui.bakery.things import Thing
from breadtui.screens.forms.conflict import Comparison, Verdict, compared
from breadtui.screens.forms.leave import Leave
from breadtui.screens.forms.writing import SEND, Writing
from breadtui.terminal.editor import NoEditor, edit, outside
from breadtui.widgets.fields.rows import Row, RowKind
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

KEEP_AFTER = 0.5
"""Seconds after which what was typed is on disk: what a crash can lose, at most."""
BROKEN = "#yaml"
"""Where a draft holds a YAML text that cannot be read yet."""


class Form(Writing):
    """Answers with the item made, or None when it was left.

    `copy_of` names what is being copied; `origin` tells its draft from others of the repository.
    """

    def __init__(
        self,
        kitchen: Kitchen,
        repo: str,
        body: Mapping[str, object] | None = None,
        *,
        copy_of: str = "",
        origin: str = "",
    ) -> None:
        super().__init__(kitchen, repo, body)
        self._draft = DraftKey(self.THING, repo, origin or copy_of)
        self.copy_of = copy_of
        self._keeping: Timer | None = None
        self._made = False

    def aside(self, row: Row, option: str) -> Content:
        """Beside the name of a copy, how it differs from the original."""
        said = super().aside(row, option)
        if not self.copy_of or row.key != (self.THING.name_key,):
            return said
        before, after = self.versions()
        found = compared(differences(before, after), self.page.size.width - 1)
        same = Content.styled("nothing yet", "$muted")
        return Content("\n").join(
            [said, Content(""), Content.styled(f"Differs from {self.copy_of} in", "bold"), found or same]
        )

    def versions(self) -> tuple[Mapping[str, object], Mapping[str, object]]:
        """The original of a copy, and what has become of it; of a prompt, whole; else as far as it is configuration."""
        opened, body, given = self.manuscript.opened_with, self.manuscript.body, self.manuscript.around.template
        if given is None:
            return {**opened, self.THING.name_key: ""}, {**body, self.THING.name_key: ""}
        return given, merge(given, as_object(body.get("overrides")))

    async def prepare(self) -> None:
        """Ask the server for what the form needs to know of its surroundings; raises BreadError."""

    def on_mount(self) -> None:
        """Take up the draft there may be."""
        self.begin()
        if draft := self.kitchen.drafts.get(self._draft):
            self._take_up(draft)
        self._prepare()

    def on_unmount(self) -> None:
        """What was typed last is kept as well."""
        if self._keeping is not None and not self._made:
            self._keep()

    # -- the draft --

    def keep(self) -> None:
        """See to it that what is written is on disk soon."""
        if self._keeping is None:
            self._keeping = self.set_timer(KEEP_AFTER, self._keep)

    def _keep(self) -> None:
        self._keeping = None
        broken = self.in_yaml and self.yaml.read.body is None
        try:
            self.kitchen.drafts.put(self._draft, {BROKEN: self.yaml.text} if broken else self.manuscript.body)
        except OSError as error:
            why = error.strerror or str(error)
            self.say(f"What you write cannot be kept on disk ({why}). It is safe as long as breadtui runs.", "warning")

    def _take_up(self, draft: Mapping[str, object]) -> None:
        broken = draft.get(BROKEN)
        if isinstance(broken, str):
            self.action_yaml()
            self.yaml.show_text(broken)
            self.say()
        elif draft != self.manuscript.body:
            self.manuscript.replace(draft)
            self.redraw(anew=True)
            self.say("What you wrote before is here again; ctrl+z begins afresh.", "muted")

    # -- leaving --

    def action_leave(self) -> None:
        """Go back; what was written is kept or thrown away, as the user says."""
        self.commit()
        if self.manuscript.touched or (self.in_yaml and self.yaml.read_again().body is None):
            self._keep()
            self.app.push_screen(Leave(self.THING), self._left)
        else:
            self._left(keep=False)

    def _left(self, keep: bool | None) -> None:
        if keep is None:
            return
        if not keep:
            self.forget()
        self.dismiss(None)

    def forget(self) -> None:
        """It is made, or thrown away: there is no draft any more."""
        self._made = True
        self.kitchen.drafts.drop(self._draft)

    # -- sending --

    def send(self) -> None:
        """As the key does."""
        self.action_send()

    def action_send(self) -> None:
        """Check, and send; on success the form closes, else it says what is wrong and keeps everything."""
        if self.in_yaml:
            self.read_yaml()
        self.commit()
        self.attempted = True
        self.redraw()
        if self.in_yaml and self.yaml.read.body is None:
            self.refuse_yaml()
        elif errors := self.manuscript.errors:
            self._show_field(errors[0].path)
            self.say()
        else:
            self.send_body()

    @work(group="send", exclusive=True, exit_on_error=False)
    async def send_body(self) -> None:
        """Ask the server to make it."""
        self.say("Sending …", "muted")
        there = self.manuscript.name in self._taken()
        try:
            name = await self.kitchen.create(self.THING, self.repo, self.manuscript.body)
        except Conflict as error:
            await self._compare(error)
        except BreadError as error:
            if isinstance(error, Invalid) and error.fields:
                self._show_field(_path(error.fields[0].loc))
            self.say(str(error))
        else:
            if there:
                self.notify(f"{name} was there already, just as it is written here.", markup=False)
            self._done(name)

    def _done(self, name: str) -> None:
        self.forget()
        self.dismiss(Item(Kind(self.THING.value), self.repo or name, name if self.repo else ""))

    async def _compare(self, conflict: Conflict) -> None:
        """Something else has the name: show it beside ours."""
        try:
            theirs = await self.kitchen.body_of(self.THING, self.repo, self.manuscript.name)
        except BreadError:
            self.say(str(conflict))
            return
        inherited = self.manuscript.around.template
        comparison = Comparison(self.THING, self.manuscript.body, theirs, inherited, self._taken())
        self.app.push_screen(comparison, self._judged)

    def _judged(self, verdict: Verdict | None) -> None:
        self.say("Another one has this name. Give yours a name of its own.")
        match verdict:
            case Verdict(use_existing=True):
                self._done(self.manuscript.name)
            case Verdict(new_name=str(name)):
                self.manuscript.change((self.THING.name_key,), name)
                self.redraw(anew=True)
                self.action_send()
            case _:
                self._show_field((self.THING.name_key,))

    def _taken(self) -> tuple[str, ...]:
        """Names that are in use."""
        if self.THING is Thing.REPO:
            return tuple(repo.repo_name for repo in self.kitchen.catalog.repos or ())
        shelf = self.kitchen.catalog.shelf(self.repo)
        return getattr(shelf, f"{self.THING}s", ()) if shelf else ()

    def _show_field(self, path: Path) -> None:
        """Put the cursor on what is wrong, in whichever view is shown."""
        if self.in_yaml:
            self.yaml.go_to(path)
            return
        self.unfold_to(path)
        self.set_focus(self.list)
        self.list.go_to(path)

    # -- surroundings, lists, and the editor --

    @work(group="prepare", exclusive=True, exit_on_error=False)
    async def _prepare(self) -> None:
        try:
            await self.prepare()
        except BreadError as error:
            self.say(str(error), "warning")

    def prepare_again(self) -> None:
        """Ask anew, as after another template was chosen."""
        self._prepare()

    def action_add(self) -> None:
        """Another item, behind the one under the cursor."""
        self.commit()
        row = self.list.current
        if row and row.kind is RowKind.BUTTON and row.key != SEND:
            self.add(row.key[:-1], self.list.picked)
        elif item := self.item_here:
            self.add(item[:-1], "", int(item[-1]) + 1)

    def action_remove(self) -> None:
        """Take out the item under the cursor."""
        if item := self.item_here:
            self.commit()
            self.manuscript.remove(item)
            self.set_focus(self.list)
            self.changed(anew=True)

    def action_move(self, by: int) -> None:
        """Move the item under the cursor."""
        if item := self.item_here:
            self.commit()
            moved = self.manuscript.move(item, by)
            self.changed(anew=True)
            self.list.go_to(moved)

    def action_undo(self) -> None:
        """Take back the last step."""
        self.commit()
        if self.manuscript.undo():
            self.changed(anew=True)

    def action_editor(self) -> None:
        """Write the text under the cursor, or the YAML, in the user's own editor."""
        self.commit()
        area = self.yaml if self.in_yaml else self.pane
        try:
            text = outside(self, lambda: edit(area.text, ".yaml" if self.in_yaml else ".md"))
        except NoEditor as error:
            self.say(str(error))
        else:
            area.text = text
            self.commit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that could do nothing here are neither bound nor shown."""
        row = self.list.current if self.is_mounted else None
        match action:
            case "add":
                button = bool(row and row.kind is RowKind.BUTTON and row.key != SEND)
                return (button or self.item_here is not None) and not self.in_yaml
            case "remove" | "move":
                return self.item_here is not None and not self.in_yaml
            case "editor":
                return self.in_yaml or bool(row and row.kind is RowKind.TEXT)
            case "load":
                return hasattr(self, "action_load") and not self.in_yaml
            case "undo":
                return not self.in_yaml and self.focused is self.list
            case _:
                return True


def _path(loc: str) -> Path:
    """A place as the server names it: `overrides.generators.0.numq`."""
    return tuple(int(step) if step.isdecimal() else step for step in loc.split("."))
