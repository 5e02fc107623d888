"""The code in an answer."""

from __future__ import annotations

from breadtui.widgets.transcript.outline import blocks_only


def code_blocks(text: str) -> tuple[str, ...]:
    """What the fenced code blocks of a Markdown text hold, in order, without their last line break."""
    return tuple(token.content.removesuffix("\n") for token in blocks_only().parse(text) if token.type == "fence")
