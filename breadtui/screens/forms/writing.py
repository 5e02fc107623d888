"""A body being written, as rows or as YAML: what all forms show, and how it is edited.

Keeping it, and sending it, is left to `form`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from breadtui.actions import FORM, bindings
from breadtui.bakery.authoring.checks import Around, Problem, check
from breadtui.bakery.authoring.fields import Field, Path, read, write
from breadtui.bakery.authoring.manuscript import Manuscript
from breadtui.bakery.things import Thing
from breadtui.screens.forms import asides
from breadtui.screens.forms.sketch import GROUP, Sketch
from breadtui.screens.forms.yaml_view import YamlView
from breadtui.sheets import sheet
from breadtui.widgets.fields.field_list import FieldList
from breadtui.widgets.fields.rows import Key, Row, RowKind
from breadtui.widgets.fields.text_pane import TextPane
from breadtui.widgets.key_bar import KeyBar
from breadtui.widgets.page import Page
from breadtui.widgets.tree.repo_tree import Item

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen

GATHER = 0.15
"""Seconds that what is typed into a long text is gathered before it is read and checked."""
SEND: Key = ("#send",)


class Writing(ModalScreen[Item | None]):
    """Shows a manuscript and edits it. `body` is what it opens on."""

    CSS_PATH = sheet("forms")
    HELP = "Forms"
    THING: ClassVar[Thing]
    HEADING: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings(FORM)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(self, kitchen: Kitchen, repo: str, body: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self.kitchen = kitchen
        self.repo = repo
        self.manuscript = Manuscript(self.THING, self.blank() if body is None else body, self.judge)
        self.unfolded: set[str] = set()
        self._specs: dict[Key, Field] = {}
        self._groups: dict[str, list[Row]] = {}
        self.touched: set[Key] = set()
        self.attempted = False
        self._bound: Key | None = None  # whose text is in the pane
        self._loaded = ""
        self._gathering: Timer | None = None
        self._said: tuple[str, str] | None = None
        self.list = FieldList(self, classes="fields scrolls")
        self.page = Page(classes="aside scrolls")
        self.page.can_focus = False
        self.pane = TextPane(self, classes="text scrolls")
        self.yaml = YamlView(classes="yaml scrolls")

    # -- what each form brings --

    def blank(self) -> dict[str, object]:
        """The body that a new thing begins with."""
        raise NotImplementedError

    def judge(self, thing: Thing, body: Mapping[str, object], around: Around) -> list[Problem]:
        """What is wrong with a body."""
        return check(thing, body, around)

    def rows(self, sketch: Sketch) -> list[Row]:
        """The form's rows."""
        raise NotImplementedError

    def summary(self) -> Content:
        """What the body amounts to, in a line."""
        return Content("")

    def promise(self) -> str:
        """What sending does."""
        return f"Create the {self.THING}"

    def aside(self, row: Row, option: str) -> Content:
        """What there is to say about a row; `option` is what it stands at."""
        if row.key[0] == GROUP:
            return asides.of_group(row.label, self._groups.get(row.label, ()))
        return asides.of_row(row, self._specs.get(row.key))

    def choice(self, row: Row, help: str, chosen: str, preview: Content | None = None) -> Content:
        """What there is to say about a row with options."""
        return asides.of_choice(row, help, self.list.matches, chosen, self.page.size.height, preview)

    def new_item(self, path: Path, option: str) -> object:
        """What another item of the list at `path` holds."""
        return {}

    def text_of(self, key: Key) -> str:
        """The long text of a row."""
        return write(self._specs[key], self.manuscript.effective(key)) if key in self._specs else ""

    def put_text(self, key: Key, text: str) -> None:
        """Take in what was written as the long text of a row."""
        self.manuscript.change(key, read(self._specs[key], text))

    def keep(self) -> None:
        """Something was written that ought not to be lost."""

    def send(self) -> None:
        """The last row was pressed."""

    # -- laying out --

    def compose(self) -> ComposeResult:
        """The rows, beside or above what is said about one of them; or the YAML; what is wrong; the keys."""
        with Vertical(classes="form") as box:
            # As content: a title that is a string is read as markup, and the name is not ours.
            box.border_title = Content(self.HEADING + (f" in {self.repo}" if self.repo else ""))
            with Container(classes="halves"):
                yield self.list
                yield self.page
                yield self.pane
            yield self.yaml
            yield Static("", classes="said", markup=False)
            yield KeyBar()

    def begin(self) -> None:
        """Begin with the first field."""
        self.redraw(anew=True)
        self.set_focus(self.list)

    @property
    def in_yaml(self) -> bool:
        """Whether the YAML is what is shown."""
        return self.has_class("-yaml")

    @property
    def item_here(self) -> Path | None:
        """The innermost item of a list that the cursor is in."""
        key = self.list.current.key if self.list.current else ()
        ends = (end for end in range(len(key), 0, -1) if isinstance(key[end - 1], int))
        return next((key[:end] for end in ends), None)

    # -- showing --

    def redraw(self, *, anew: bool = False) -> None:
        """Show the body as it is now; `anew` where what is being typed is not what it was."""
        sketch = Sketch(self.manuscript, self._shown_problems(), self.unfolded)
        send = Row(SEND, RowKind.BUTTON, self.promise(), hint="ctrl+o")
        self.list.show([*self.rows(sketch), send], anew=anew)
        self._specs, self._groups = sketch.fields, sketch.groups
        if anew:
            self._bound = None
        self._show_aside()
        self.say()

    def say(self, text: str = "", colour: str = "error") -> None:
        """Say `text` below the fields, or, without one, what the body amounts to and what is wrong with it."""
        self._said = text, colour
        lines = [Content.styled(text, f"${colour}")] if text else [self.summary(), *self._complaints()]
        self.query_one(".said", Static).update(Content("\n").join(lines), layout=False)

    def on_resize(self) -> None:
        """What is said is cut to the room there is."""
        if self._said:
            self.call_after_refresh(self.say, *self._said)

    def _shown_problems(self) -> list[Problem]:
        """Nobody wants to be told of a field that he has not come to yet."""
        found = self.manuscript.problems
        return found if self.attempted else [problem for problem in found if self._came_by(problem.path)]

    def _came_by(self, path: Path) -> bool:
        return any(path[: len(key)] == key or key[: len(path)] == path for key in self.touched)

    def _complaints(self) -> list[Content]:
        """What is wrong: with the row under the cursor first, then with the others."""
        problems = sorted(self._shown_problems(), key=lambda problem: (problem.warning, len(problem.path)))
        if self.in_yaml:
            problems = self.yaml.located(problems)
        row = None if self.in_yaml else self.list.current
        here = [problem for problem in problems if row and problem.path[: len(row.key)] == row.key]
        ordered = [*here, *(problem for problem in problems if problem not in here)]
        more = Content.styled(f"  and {len(ordered) - 2} more", "$muted") if len(ordered) > 2 else Content("")
        room = max(self.query_one(".said").content_size.width, 20)  # what does not fit is beside the field in full
        told = [_complaint(one.sentence, warning=one.warning).truncate(room, ellipsis=True) for one in ordered[:2]]
        return [*told[:-1], told[-1].truncate(room - more.cell_length, ellipsis=True) + more] if told else []

    @on(FieldList.Moved)
    def _show_aside(self) -> None:
        """What is said about the row under the cursor; where it is a long text, the text itself."""
        row = self.list.current
        if row is None or self.in_yaml:
            return
        long = row.kind is RowKind.TEXT
        self.set_class(long, "-long")
        if long:
            self._bind(row.key)
            self.pane.border_title = Content(asides.title(row))
        else:
            self.commit()
            self._bound = None
            self.page.show(self.aside(row, self.list.picked), row.key)
        self.refresh_bindings()
        self.say()

    # -- what the fields tell: see `Host` --

    def edited(self, key: Key, text: str) -> None:
        """A field was typed or chosen."""
        self.touched.add(key)
        self.manuscript.change(key, read(self._specs[key], text))
        self.changed()

    def stepped(self, key: Key, option: str) -> None:
        """The label of a text was stepped on."""

    def pressed(self, row: Row, option: str) -> None:
        """Fold, add, or send."""
        if row.key == SEND:
            self.send()
        elif row.key[0] == GROUP:
            self.unfolded ^= {str(row.key[1])}
            self.redraw()
        elif row.kind is RowKind.BUTTON:
            self.add(row.key[:-1], option)

    def opened(self, key: Key, typed: str) -> None:
        """Go on in the pane."""
        self.list.go_to(key)
        self._show_aside()
        self.set_focus(self.pane)
        if typed:
            self.pane.insert(typed)

    def ordered(self, key: Key, order: str) -> None:
        """A row's own orders."""

    def stepped_out(self, by: int) -> None:
        """The pane was left."""
        self.commit()
        self.set_focus(self.list)
        self.list.step(by)

    def add(self, path: Path, option: str, at: int | None = None) -> None:
        """Put another item into a list, and go to it."""
        made = self.manuscript.add(path, self.new_item(path, option), at)
        self.touched.add(made)
        self.changed(anew=True)
        self.land(made)

    def changed(self, *, anew: bool = False) -> None:
        """The body is new: show it, and keep it."""
        self.redraw(anew=anew)
        self.keep()

    def action_read(self, by: int) -> None:
        """Scroll what is said beside the fields."""
        self.page.scroll_relative(y=by * max(self.page.size.height // 2, 1), animate=False)

    def unfold_to(self, path: Path) -> None:
        """Open the group that a field is in."""
        for group, base in self.groups().items():
            if group not in self.unfolded and any(path[: len(place)] == place for place in base):
                self.unfolded.add(group)
                self.redraw()

    def groups(self) -> Mapping[str, Collection[Path]]:
        """Where the fields of each group stand that can be folded."""
        return {}

    def land(self, path: Path) -> None:
        """Put the cursor on an item, or on the first field of it."""
        inside = (row.key for row in self.list.rows if row.key[: len(path)] == path and row.kind is not RowKind.HEADING)
        self.list.go_to(next(inside, path))
        if (row := self.list.current) and row.kind is RowKind.TEXT:
            self.opened(row.key, "")

    # -- long texts --

    def _bind(self, key: Key) -> None:
        if key == self._bound:
            return
        self.commit()
        self._bound, self._loaded = key, self.text_of(key)
        self.pane.load_text(self._loaded)
        self.pane.move_cursor(self.pane.document.end)

    @on(TextArea.Changed, "TextPane")
    def _gather(self) -> None:
        if self._gathering is None:
            self._gathering = self.set_timer(GATHER, self.commit)

    def commit(self) -> None:
        """Take in what stands in the pane: called before anything is done with the body."""
        if self._gathering is not None:
            self._gathering.stop()
            self._gathering = None
        text = self.pane.text
        if self._bound is None or text == self._loaded:
            return
        self._loaded = text
        self.touched.add(self._bound)
        self.put_text(self._bound, text)
        self.changed()

    # -- the YAML --

    def action_yaml(self) -> None:
        """Turn to the YAML, or back to the fields."""
        if self.in_yaml:
            if self.yaml.read_again().body is None:
                self.refuse_yaml()
                return
            self.read_yaml()
            self.remove_class("-yaml")
            self.set_focus(self.list)
            self.redraw(anew=True)
            return
        self.commit()
        self.add_class("-yaml")
        self.yaml.show(self.manuscript.body)
        self.set_focus(self.yaml)
        self.say()

    @on(TextArea.Changed, "YamlView")
    def _gather_yaml(self) -> None:
        if self.in_yaml and self._gathering is None:
            self._gathering = self.set_timer(GATHER, self.read_yaml)

    def read_yaml(self) -> None:
        """Take in what the YAML says."""
        if self._gathering is not None:
            self._gathering.stop()
            self._gathering = None
        body = self.yaml.read_again().body
        if body is not None and body != self.manuscript.body:
            self.manuscript.change((), body)
            self.attempted = True
        self.keep()
        self.say()

    def refuse_yaml(self) -> None:
        """Show where the YAML cannot be read."""
        if problem := self.yaml.read.problem:
            self.yaml.go_to_line(problem.line)
            self.say(f"{problem.sentence} Mend it, or take it back with ctrl+z.")


def _complaint(text: str, *, warning: bool) -> Content:
    return Content.styled(f"! {text}", "$warning") if warning else Content.styled(f"✖ {text}", "$error")
