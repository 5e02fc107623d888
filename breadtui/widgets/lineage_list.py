"""A family tree of models: one line a node with guides before it, drawn by line, so that hundreds open at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from breadtui.bakery.jobs import State, checkpoint_of, format_loss
from breadtui.bakery.lineage import Branch, Node, Origin
from breadtui.widgets.cursor_list import CursorList
from breadtui.widgets.drawing import COLOURS, shorten

SIGNS = {Origin.BASE: "■", Origin.ELSEWHERE: "□", Origin.CHECKPOINT: "◆"}
"""Of models; bakes have the sign of their state."""
SHOWN_DEPTH = 12
"""Guides that are drawn, at most: deeper ones would leave no room for the names."""
NOTE = 26
"""Cells for state and loss at the right."""


class LineageList(CursorList):
    """Shows the branches it is given; the cursor stays on its node as others come and go."""

    COMPONENT_CLASSES = {"lineage--cursor"}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._branches: tuple[Branch, ...] = ()
        self._latest: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._branches)

    @property
    def current(self) -> Node | None:
        """The node under the cursor."""
        return self._branches[self.cursor].node if self._branches else None

    @property
    def in_view(self) -> list[Node]:
        """The nodes that can be seen."""
        top = self.scroll_offset.y
        return [branch.node for branch in islice(self._branches, top, top + self.size.height)]

    def show(self, branches: Sequence[Branch]) -> None:
        """Show `branches`; the cursor stays on the node it is on, or near."""
        held = _identity(self.current) if self._branches else None
        before, self._branches = self._branches, tuple(branches)
        bakes = (branch.node for branch in self._branches if branch.node.origin is Origin.BAKE)
        # A bake's first child is its latest checkpoint, if it has any.
        self._latest = frozenset(bake.children[0].name for bake in bakes if bake.children)
        self.measure()
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            if _drawn(before, y) != _drawn(self._branches, y):
                self.refresh_line(y)
        at = next((y for y, branch in enumerate(self._branches) if _identity(branch.node) == held), None)
        self.cursor = self.cursor if at is None else at

    def reveal(self, bake: str, model: str = "") -> None:
        """Put the cursor on a bake, or on one of its checkpoints."""
        wanted = model or bake
        at = next((y for y, b in enumerate(self._branches) if (b.node.bake, b.node.name) == (bake, wanted)), None)
        if at is not None:
            self.cursor = at

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Others are in view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """A node: guides, sign and name, state and loss."""
        width, base, index = self.size.width, self.rich_style, y + self.scroll_offset.y
        if index >= len(self._branches):
            return Strip.blank(width, base)
        here = index == self.cursor
        # On the cursor's line the guides would be of the colour that they stand on.
        strip = Strip(self._segments(self._branches[index], width, "muted" if here else "border"))
        strip = strip.adjust_cell_length(width)
        if here:
            return strip.apply_style(self.get_component_rich_style("lineage--cursor"))
        return strip.apply_style(base)

    def _segments(self, branch: Branch, width: int, guide_colour: str) -> list[Segment]:
        node, guides = branch.node, _guides(branch)
        sign, colour = _sign(node)
        note, note_colour = self._note(node)
        room = max(width - cell_len(guides) - 3 - min(NOTE, width // 3), 8)
        name = shorten(checkpoint_of(node.name) if node.origin is Origin.CHECKPOINT else node.name, room)
        bold = node.origin is not Origin.CHECKPOINT
        return [
            Segment(f" {guides}", self._style(guide_colour)),
            Segment(f"{sign} ", self._style(colour)),
            Segment(name, Style(bold=bold)),
            Segment(f"  {note}", self._style(note_colour)),
        ]

    def _note(self, node: Node) -> tuple[str, str]:
        """What stands behind the name, and its colour."""
        match node.origin:
            case Origin.BASE | Origin.ELSEWHERE:
                return str(node.origin), "muted"
            case Origin.CHECKPOINT:
                return ("latest" if node.name in self._latest else ""), "muted"
            case Origin.BAKE:
                if node.loss is not None:
                    return f"loss {format_loss(node.loss)}", "muted"
                return ("" if node.state is State.COMPLETE else str(node.state or "")), _sign(node)[1]

    def _style(self, colour: str) -> Style:
        return Style(color=self.app.theme_variables[colour])


def _sign(node: Node) -> tuple[str, str]:
    if node.origin is Origin.BAKE:
        state = node.state or State.UNRECOGNISED
        return state.sign, COLOURS[state]
    return SIGNS[node.origin], "accent" if node.origin is Origin.CHECKPOINT else "primary"


def _guides(branch: Branch) -> str:
    """The lines that lead to a node; of deep ones only the last."""
    if not branch.last:
        return ""
    *above, last = branch.last[-SHOWN_DEPTH:]
    lead = "⋯ " if len(branch.last) > SHOWN_DEPTH else ""
    return lead + "".join("   " if ended else "│  " for ended in above) + ("└─ " if last else "├─ ")


def _drawn(branches: Sequence[Branch], y: int) -> object:
    """What there is to see of a line, but for which checkpoint is the latest: that changes with those around it."""
    if y >= len(branches):
        return None
    node = branches[y].node
    return branches[y].last, _identity(node), node.state, node.loss


def _identity(node: Node | None) -> tuple[Origin, str, str] | None:
    return (node.origin, node.bake, node.name) if node else None
