"""The tree of repositories: prompts, targets, bakes and checkpoints by name, filled as folders are opened.

It shows names it is given and notes it is lent; it asks nobody for anything.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import on
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from breadtui.actions import TREE, bindings
from breadtui.bakery.jobs import checkpoint_of
from breadtui.widgets.drawing import shorten

VISIBLE_AFTER = 0.08
"""Seconds the rows must rest before they count as looked at, so that scrolling past asks nothing."""


class Kind(StrEnum):
    """What a row of the tree stands for."""

    REPO = "repository"
    PROMPTS = "prompts"
    TARGETS = "targets"
    BAKES = "bakes"
    PROMPT = "prompt"
    TARGET = "target"
    BAKE = "bake"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Item:
    """A row: `name` is that of the prompt, target or bake, and the whole model name for a checkpoint."""

    kind: Kind
    repo: str
    name: str = ""
    bake: str = ""
    """The bake a checkpoint belongs to."""

    @property
    def label(self) -> str:
        """What the row reads, without sign and note."""
        match self.kind:
            case Kind.REPO:
                return self.repo
            case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
                return self.kind.capitalize()
            case Kind.CHECKPOINT:
                return checkpoint_of(self.name)
            case _:
                return self.name


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside a row's label: a sign before it, a few words at the right; theme colours by name."""

    sign: str = ""
    right: str = ""
    colour: str = "muted"


FOLDERS = {Kind.PROMPTS: Kind.PROMPT, Kind.TARGETS: Kind.TARGET, Kind.BAKES: Kind.BAKE}
INDENT = 2
SHORT = 30
"""Names in a folder that is unfolded along with its repository, at most."""


class RepoTree(Tree[Item]):
    """A Textual tree over `Item`s. `note` lends the sign and words of a row when it is drawn."""

    BINDINGS = bindings(TREE)
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "

    class Rested(Message):
        """The rows in view have rested: what is not known of `items` is worth asking for."""

        def __init__(self, items: tuple[Item, ...]) -> None:
            super().__init__()
            self.items = items

    emptiness: reactive[str] = reactive("")
    """What to read where there is no row yet."""

    def __init__(self, note: Callable[[Item], Note], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes)
        self.show_root = False
        self.show_guides = False
        self.guide_depth = INDENT
        self.auto_expand = False
        self._note = note
        self._contents: dict[Item, tuple[Item, ...]] = {}  # of each folder, kept until it is opened
        self._rows: dict[Item, TreeNode[Item]] = {}
        self._resting: Timer | None = None

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self.cursor_node.data if self.cursor_node else None

    def show_repos(self, names: Iterable[str]) -> None:
        """Make the repositories `names` the top of the tree; those that stay keep their folding."""
        self._sync(self.root, tuple(Item(Kind.REPO, name) for name in names))
        if self.cursor_node is None and self.root.children:
            self.call_after_refresh(self.move_cursor_to_line, 0)

    def show_shelf(
        self,
        repo: str,
        prompts: Sequence[str],
        targets: Sequence[str],
        bakes: Sequence[str],
        checkpoints: Callable[[str], tuple[str, ...]],
    ) -> None:
        """Make these the contents of `repo`; `checkpoints` gives the models of a bake, the latest first."""
        node = self._rows.get(Item(Kind.REPO, repo))
        if node is None:
            return
        folders = tuple(Item(kind, repo) for kind in FOLDERS)
        for folder, names in zip(folders, (prompts, targets, bakes), strict=True):
            self._contents[folder] = tuple(Item(FOLDERS[folder.kind], repo, name) for name in names)
        for name in bakes:
            self._contents[Item(Kind.BAKE, repo, name)] = tuple(
                Item(Kind.CHECKPOINT, repo, model, bake=name) for model in checkpoints(name)
            )
        self._sync(node, folders)
        for folder in folders:
            row = self._rows[folder]
            if row.is_expanded:
                self._fill(row)
            self._redraw(row)

    def reveal(self, item: Item) -> bool:
        """Open the folders above `item` and put the cursor on it; False if it is not there."""
        for above in self._above(item):
            row = self._rows.get(above)
            if row is None:
                return False
            row.expand()
            self._fill(row)
        row = self._rows.get(item)
        if row is None:
            return False
        self.call_after_refresh(self.move_cursor, row)
        return True

    def expand_repo(self, repo: str) -> bool:
        """Open a repository and its folders, those that are not long; False if its contents are not there yet."""
        node = self._rows.get(Item(Kind.REPO, repo))
        if node is None or not node.children:
            return False
        if not node.is_expanded:
            node.expand()  # which comes back here, by way of the message it posts
            return True
        for child in node.children:
            if child.data and not child.is_expanded and len(self._contents.get(child.data, ())) <= SHORT:
                self._fill(child)
                child.expand()
        return True

    def refresh_items(self, items: Iterable[Item]) -> None:
        """Draw rows again whose notes changed."""
        for item in items:
            if row := self._rows.get(item):
                self._redraw(row)

    def render_label(self, node: TreeNode[Item], base_style: Style, style: Style) -> Text:
        """Fold mark, sign and name at the left, the note at the right edge."""
        item = node.data
        if item is None:
            return Text("")
        note = self._note(item)
        colour = self.app.theme_variables.get(note.colour, "")
        mark = ""
        if node.allow_expand:
            mark = self.ICON_NODE_EXPANDED if node.is_expanded else self.ICON_NODE
        elif item.kind is not Kind.REPO:
            mark = "  "
        sign = f"{note.sign} " if note.sign else ""
        room = self.size.width - INDENT * self._depth(node) - cell_len(mark + sign) - 1
        right = shorten(note.right, max(room - 8, 0))
        name = shorten(item.label, max(room - cell_len(right) - 1, 4))
        gap = max(room - cell_len(name) - cell_len(right), 1)
        # On the cursor's line one colour rules, so that nothing is lost against its background.
        tint = (
            Style()
            if style.bgcolor is not None and style.bgcolor != base_style.bgcolor
            else Style(color=colour or None)
        )
        return Text.assemble(
            (mark, base_style + style),
            (sign, base_style + style + tint),
            (name, base_style + style),
            (" " * gap, base_style + style),
            (right, base_style + style + tint),
        )

    def render_line(self, y: int) -> Strip:
        """A row, or why there is none."""
        if self.root.children:
            return super().render_line(y)
        width = max(self.size.width - 1, 8)
        lines = [line for text in self.emptiness.splitlines() for line in textwrap.wrap(text, width) or [""]]
        style = self.rich_style + Style(color=self.app.theme_variables["muted"])
        return Strip([Segment(lines[y] if y < len(lines) else "", style)]).adjust_cell_length(self.size.width, style)

    def get_label_width(self, node: TreeNode[Item]) -> int:
        """Labels are made to fit, so none is wider than the tree."""
        return max(self.size.width - INDENT * self._depth(node) - 1, 1)

    def action_open_node(self) -> None:
        """Unfold the row under the cursor."""
        if self.cursor_node and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    def action_close_node(self) -> None:
        """Fold the row under the cursor, or go to the one above."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.allow_expand:
            node.collapse()
        elif node.parent and node.parent is not self.root:
            self.move_cursor(node.parent)

    def on_resize(self) -> None:
        """Labels follow the width."""
        self._clear_line_cache()
        self._rest()

    @on(Tree.NodeSelected)
    def _fold(self, event: Tree.NodeSelected[Item]) -> None:
        if event.node.allow_expand:
            event.node.toggle()

    @on(Tree.NodeExpanded)
    def _opened(self, event: Tree.NodeExpanded[Item]) -> None:
        self._fill(event.node)
        if event.node.data and event.node.data.kind is Kind.REPO:
            self.expand_repo(event.node.data.repo)
        self._rest()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Rows that scroll into view may be worth asking for."""
        super().watch_scroll_y(old_value, new_value)
        self._rest()

    def _rest(self) -> None:
        if self._resting is None:
            self._resting = self.set_timer(VISIBLE_AFTER, self._rested)

    def _rested(self) -> None:
        self._resting = None
        top = self.scroll_offset.y
        nodes = (self.get_node_at_line(line) for line in range(top, top + self.size.height))
        items = tuple(node.data for node in nodes if node is not None and node.data is not None)
        self.post_message(self.Rested(items))

    def _fill(self, node: TreeNode[Item]) -> None:
        if node.data is not None and (contents := self._contents.get(node.data)) is not None:
            self._sync(node, contents)

    def _sync(self, parent: TreeNode[Item], items: tuple[Item, ...]) -> None:
        """Make `items` the children of `parent`, touching only what differs."""
        present = tuple(child.data for child in parent.children)
        if present == items:
            return
        if present == items[: len(present)]:
            added = items[len(present) :]
        else:
            current, opened = self.current, {child.data for child in parent.children if child.is_expanded}
            parent.remove_children()
            added = items
            self.call_after_refresh(self._restore, current, opened)
        for item in added:
            leaf = item.kind in (Kind.PROMPT, Kind.TARGET, Kind.CHECKPOINT) or (
                item.kind is Kind.BAKE and not self._contents.get(item)
            )
            self._rows[item] = parent.add(item.label, item, allow_expand=not leaf)
        self._rest()

    def _restore(self, current: Item | None, opened: set[Item | None]) -> None:
        for item in opened:
            if item is not None and (row := self._rows.get(item)):
                self._fill(row)
                row.expand()
        if current is not None and (row := self._rows.get(current)):
            self.move_cursor(row)

    def _redraw(self, row: TreeNode[Item]) -> None:
        if row.data and row.data.kind is Kind.BAKE:
            contents = self._contents.get(row.data, ())
            row.allow_expand = bool(contents)
            if row.is_expanded:
                self._fill(row)
        row.refresh()

    def _above(self, item: Item) -> tuple[Item, ...]:
        repo = Item(Kind.REPO, item.repo)
        match item.kind:
            case Kind.REPO:
                return ()
            case Kind.PROMPTS | Kind.TARGETS | Kind.BAKES:
                return (repo,)
            case Kind.PROMPT:
                return (repo, Item(Kind.PROMPTS, item.repo))
            case Kind.TARGET:
                return (repo, Item(Kind.TARGETS, item.repo))
            case Kind.BAKE:
                return (repo, Item(Kind.BAKES, item.repo))
            case Kind.CHECKPOINT:
                return (repo, Item(Kind.BAKES, item.repo), Item(Kind.BAKE, item.repo, item.bake))

    def _depth(self, node: TreeNode[Item]) -> int:
        depth, above = 0, node.parent
        while above is not None and above is not self.root:
            depth += 1
            above = above.parent
        return depth
