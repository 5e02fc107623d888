"""A conversation as it is said: one line-API widget, in which a finished block is rendered once for a width and kept.

Only the block still open is rendered as it grows, so the cost of a token does not grow with the conversation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from breadtui.widgets.drawing import shorten
from breadtui.widgets.markdown_blocks import render_markdown, split_finished

GATHER = 0.05
"""Seconds that what arrives is gathered before it is drawn."""

Render = Callable[[int], list[Strip]]
"""Strips of a block at a width in cells."""


@dataclass(slots=True)
class Block:
    """A piece of the conversation that does not change any more, but for the width it is shown at."""

    render: Render
    strips: list[Strip] = field(default_factory=list[Strip])


class Transcript(ScrollView, can_focus=False):
    """Shows questions, answers and remarks in order; follows the end unless the reader has scrolled up."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks: list[Block] = []
        self._tops: list[int] = []  # the first line of each block
        self._height = 0
        self._source = ""  # of the open block
        self._reasoning = ""
        self._pending: list[str] = []
        self._frozen = 0  # blocks before the open answer's tail
        self._answering = False
        self._gathering: Timer | None = None
        self.show_reasoning = False

    def ask(self, question: str) -> None:
        """The user said something, and wants to see what comes of it."""
        self._add(lambda width: self._bubble(question, width))
        self._to_the_end()

    def begin(self, model: str) -> None:
        """An answer begins, by this model."""
        self._add(
            lambda width: [
                Strip([]),
                Strip([Segment(shorten(model, width), self._style("primary", bold=True))]),
            ]
        )
        self._answering = True
        self._frozen = len(self._blocks)
        self._redraw_tail(self._frozen)

    def say(self, text: str) -> None:
        """More of the answer."""
        self._pending.append(text)
        self._gather()

    def reason(self, text: str) -> None:
        """More of the model's reasoning, which comes before its answer."""
        self._reasoning += text
        self._gather()

    def finish(self) -> None:
        """The answer is complete, or as complete as it will be."""
        self._flush()
        self._answering = False
        self._cut(self._frozen)
        self._freeze_reasoning()
        if self._source.strip():
            self._add_markdown(self._source)
        self._source = ""
        self._relayout(self._frozen)
        self._frozen = len(self._blocks)

    def remark(self, text: str, colour: str = "muted") -> None:
        """A word of the program's own, in a theme colour."""
        self._add(lambda width: self._wrapped(text, width, self._style(colour, italic=True)))

    def clear(self) -> None:
        """Empty the page."""
        self._blocks.clear()
        self._frozen = 0
        self._source = self._reasoning = ""
        self._pending.clear()
        self._answering = False
        self._relayout()
        self.scroll_home(animate=False)

    def toggle_reasoning(self) -> None:
        """Unfold or fold the reasoning of every answer."""
        self.show_reasoning = not self.show_reasoning
        self._render_all()

    def render_line(self, y: int) -> Strip:
        """A line of the block that covers it."""
        line = y + self.scroll_offset.y
        width, base = self.size.width, self.rich_style
        if not 0 <= line < self._height:
            return Strip.blank(width, base)
        index = bisect_right(self._tops, line) - 1
        strip = self._blocks[index].strips[line - self._tops[index]]
        return strip.adjust_cell_length(width).apply_style(base)

    def on_resize(self, event: events.Resize) -> None:
        """Lines break anew."""
        following = self._at_the_end
        self._rows_seen = event.size.height
        if event.size.width != self._width_rendered:
            self._render_all()
        if following:
            self._to_the_end()

    def notify_style_update(self) -> None:
        """Colours are part of what is kept."""
        super().notify_style_update()
        if self.is_mounted:
            self._render_all()

    _width_rendered = 0
    _rows_seen = 0

    @property
    def _width(self) -> int:
        return max(self.size.width - 1, 8)

    def _gather(self) -> None:
        if self._gathering is None:
            self._gathering = self.set_timer(GATHER, self._flush)

    def _flush(self) -> None:
        """Take in what was gathered: finished blocks are kept, the open one is drawn anew."""
        if self._gathering is not None:
            self._gathering.stop()
            self._gathering = None
        if not self._answering:
            return
        since = self._frozen
        self._source += "".join(self._pending)
        self._pending.clear()
        finished, self._source = split_finished(self._source)
        if finished:
            self._cut(self._frozen)
            self._freeze_reasoning()
            for block in finished:
                self._add_markdown(block)
            self._frozen = len(self._blocks)
        self._redraw_tail(since)

    def _redraw_tail(self, since: int) -> None:
        """Draw what is still open, and place the blocks from `since` on."""
        self._cut(self._frozen)
        if self._reasoning:
            self._blocks.append(self._made(self._reasoning_block(self._reasoning, open_=not self._source)))
        if self._source.strip():
            source = self._source
            self._blocks.append(self._made(lambda width: self._markdown(source, width)))
        elif not self._reasoning and self._frozen and self._answering:
            self._blocks.append(self._made(lambda _: [Strip([Segment("…", self._style("muted"))])]))
        self._relayout(since)

    def _freeze_reasoning(self) -> None:
        if self._reasoning:
            self._blocks.append(self._made(self._reasoning_block(self._reasoning, open_=False)))
            self._reasoning = ""

    def _reasoning_block(self, text: str, *, open_: bool) -> Render:
        def render(width: int) -> list[Strip]:
            style = self._style("muted", italic=True)
            if self.show_reasoning:
                return [*self._wrapped(text.strip(), width, style), Strip([])]
            words = len(text.split())
            folded = f"{'reasoning …' if open_ else 'reasoned'} · {words} words · ctrl+t shows them"
            return [Strip([Segment(shorten(folded, width), style)])]

        return render

    def _add(self, render: Render) -> None:
        self._blocks.append(self._made(render))
        self._frozen = len(self._blocks)
        self._relayout(len(self._blocks) - 1)

    def _add_markdown(self, source: str) -> None:
        self._blocks.append(self._made(lambda width: self._markdown(source, width)))

    def _made(self, render: Render) -> Block:
        block = Block(render)
        block.strips = render(self._width)
        return block

    def _cut(self, count: int) -> None:
        del self._blocks[count:]

    def _render_all(self) -> None:
        following = self._at_the_end
        self._width_rendered = self.size.width
        for block in self._blocks:
            block.strips = block.render(self._width)
        self._relayout()
        if following:
            self._to_the_end()

    @property
    def _at_the_end(self) -> bool:
        # By the height it was laid out with: after a resize Textual's own figures are of two different layouts.
        return self.scroll_offset.y + self._rows_seen >= self._height - 1

    def _to_the_end(self) -> None:
        self.scroll_to(y=max(self._height - self.size.height, 0), animate=False, force=True)

    def _relayout(self, since: int = 0) -> None:
        """Place the blocks from `since` on, and follow the end if the reader is there."""
        following = self._at_the_end
        del self._tops[since:]
        line = self._tops[-1] + len(self._blocks[since - 1].strips) if since else 0
        first_changed = line
        for block in self._blocks[since:]:
            self._tops.append(line)
            line += len(block.strips)
        changed = max(self._height, line) - first_changed
        self._height = line
        self.virtual_size = Size(self.size.width, line)
        if following:
            self._to_the_end()
        if changed > 0:
            self.refresh_lines(first_changed, changed)

    def _markdown(self, source: str, width: int) -> list[Strip]:
        strips = render_markdown(source, width, self.app.theme_variables, dark=self.app.current_theme.dark)
        return [*strips, Strip([])]

    def _bubble(self, text: str, width: int) -> list[Strip]:
        bar = Segment("▌ ", self._style("secondary"))
        lines = self._wrapped(text, width - 2, self._style("foreground", bold=True))
        return [Strip([]), *(Strip([bar, *line]) for line in lines)]

    def _wrapped(self, text: str, width: int, style: Style) -> list[Strip]:
        from rich.text import Text

        lines = Text(text, style).wrap(self.app.console, max(width, 8))
        return [Strip(list(line.render(self.app.console))) for line in lines]

    def _style(self, colour: str, *, bold: bool = False, italic: bool = False) -> Style:
        return Style(color=self.app.theme_variables[colour], bold=bold or None, italic=italic or None)
