"""The blocks of a piece of Markdown: where each begins and ends. How they look is left to `markdown`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from markdown_it import MarkdownIt

TORN = "x"
TORN_LINE = "x\n"
"""Put before the rest of a paragraph, these make it parse as a paragraph, whatever it begins with."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block from `start` to `end`. `items` are where those of a list begin, `number` is of the first one."""

    kind: str
    start: int
    end: int
    markup: str = ""
    items: tuple[int, ...] = ()
    number: int | None = None


def outline(source: str, lead: str = "") -> list[Block]:
    """The blocks of `source` if `lead` stood before it. A block ends where the next one begins."""
    tokens = blocks_only().parse(lead + source)
    lines = (lead + source).split("\n")
    begins = [max(at - len(lead), 0) for at in accumulate((len(line) + 1 for line in lines), initial=0)]
    tops = [(token, begins[token.map[0]]) for token in tokens if not token.level and token.nesting >= 0 and token.map]
    ends = [start for _, start in tops[1:]] + [len(source)]
    items: dict[int, list[int]] = {}
    top = -1
    for token in tokens:
        if not token.level and token.nesting >= 0 and token.map:
            top += 1
        elif token.type == "list_item_open" and token.level == 1 and token.map:
            items.setdefault(top, []).append(begins[token.map[0]])
    return [
        Block(
            token.type,
            start if n else 0,
            end,
            token.markup if n in items else "",
            tuple(items.get(n, ())),
            int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None,
        )
        for n, ((token, start), end) in enumerate(zip(tops, ends, strict=True))
    ]


def markdown_parser() -> MarkdownIt:
    """Markdown as it is shown here: nothing that would hide a part of the text."""
    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).disable("reference")


@lru_cache(maxsize=1)
def blocks_only() -> MarkdownIt:
    """A parser that leaves alone what stands within the lines, which takes half the time."""
    parser = markdown_parser()
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser
