"""A family tree of models: one line a node with guides before it, drawn by line, so that hundreds open at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
LEAST_LABEL = 4
"""Cells below which a label says nothing."""


@dataclass(frozen=True, slots=True)
class Label:
    """A word behind a name, such as a branch that is on this model, in the colour of a theme's variable."""

    text: str
    colour: str


class LineageList(CursorList):
    """Shows the branches it is given; the cursor stays on its node as others come and go."""

    COMPONENT_CLASSES = {"lineage--cursor"}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._branches: tuple[Branch, ...] = ()
        self._latest: frozenset[str] = frozenset()
        self._labels: Mapping[str, Sequence[Label]] = {}

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

    def show(self, branches: Sequence[Branch], labels: Mapping[str, Sequence[Label]] | None = None) -> None:
        """Show `branches`, with `labels` behind the nodes of these names; the cursor stays on its node, or near."""
        held = _identity(self.current) if self._branches else None
        before, self._branches = self._branches, tuple(branches)
        labelled, self._labels = self._labels, labels or {}
        bakes = (branch.node for branch in self._branches if branch.node.origin is Origin.BAKE)
        # A bake's first child is its latest checkpoint, if it has any.
        self._latest = frozenset(bake.children[0].name for bake in bakes if bake.children)
        self.measure()
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            if _drawn(before, labelled, y) != _drawn(self._branches, self._labels, y):
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
        labels = self._labels.get(node.name, ())
        behind = max(min(NOTE, width // 3), _least(labels, width) + cell_len(note) + 2 if labels else 0)
        room = max(width - cell_len(guides) - 3 - behind, 8)
        name = shorten(checkpoint_of(node.name) if node.origin is Origin.CHECKPOINT else node.name, room)
        bold = node.origin is not Origin.CHECKPOINT
        left = width - sum(map(cell_len, (guides, name, note))) - 7
        return [
            Segment(f" {guides}", self._style(guide_colour)),
            Segment(f"{sign} ", self._style(colour)),
            Segment(name, Style(bold=bold)),
            *(Segment(f"  {label.text}", self._style(label.colour)) for label in fitting(labels, left)),
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


def fitting(labels: Sequence[Label], room: int) -> tuple[Label, ...]:
    """As many labels as fit into `room` cells with two between them; behind them how many there are besides."""
    shown: list[Label] = []
    left = room
    for place, label in enumerate(labels):
        behind = len(labels) - place - 1
        more = cell_len(f"  +{behind}") if behind else 0
        cut = not shown and left - more >= LEAST_LABEL
        text = shorten(label.text, left - more) if cut else label.text
        if cell_len(text) + more > left:
            break
        shown.append(Label(text, label.colour))
        left -= cell_len(text) + 2
    rest = len(labels) - len(shown)
    number = Label(f"+{rest}", "muted")
    return (*shown, number) if rest and cell_len(number.text) <= left else tuple(shown)


def _sign(node: Node) -> tuple[str, str]:
    if node.origin is Origin.BAKE:
        return (node.state.sign, COLOURS[node.state]) if node.state else ("·", "muted")
    return SIGNS[node.origin], "accent" if node.origin is Origin.CHECKPOINT else "primary"


def _guides(branch: Branch) -> str:
    """The lines that lead to a node; of deep ones only the last."""
    if not branch.last:
        return ""
    *above, last = branch.last[-SHOWN_DEPTH:]
    lead = "⋯ " if len(branch.last) > SHOWN_DEPTH else ""
    return lead + "".join("   " if ended else "│  " for ended in above) + ("└─ " if last else "├─ ")


def _drawn(branches: Sequence[Branch], labels: Mapping[str, Sequence[Label]], y: int) -> object:
    """What there is to see of a line, but for which checkpoint is the latest: that changes with those around it."""
    if y >= len(branches):
        return None
    node = branches[y].node
    return branches[y].last, _identity(node), node.state, node.loss, labels.get(node.name)


def _least(labels: Sequence[Label], width: int) -> int:
    """Cells that the name leaves to the labels."""
    return min(sum(cell_len(label.text) + 2 for label in labels[:2]), width // 4)


def _identity(node: Node | None) -> tuple[Origin, str, str] | None:
    return (node.origin, node.bake, node.name) if node else None
