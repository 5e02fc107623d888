"""Tells reasoning from answer where a model writes both into one text, as `<think>…</think>`."""

from collections.abc import Iterator

OPEN, CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits a text that comes in pieces, wherever they were torn, into (is reasoning, piece).

    Think blocks are recognised anywhere. The tags are dropped; what only resembles one passes unchanged, and so does a
    closing tag without an opening one. No piece is empty.
    """

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""

    def feed(self, text: str) -> Iterator[tuple[bool, str]]:
        """What is certain once `text` has come; the beginning of a possible tag is held back."""
        rest = self._held + text
        self._held = ""
        while True:
            before, tag, after = rest.partition(CLOSE if self._thinking else OPEN)
            if not tag:
                break
            if before:
                yield self._thinking, before
            self._thinking = not self._thinking
            rest = after
        held = _start_of_tag(rest, CLOSE if self._thinking else OPEN)
        self._held = rest[len(rest) - held :]
        if sure := rest[: len(rest) - held]:
            yield self._thinking, sure

    def finish(self) -> Iterator[tuple[bool, str]]:
        """What was still held back, once nothing more will come."""
        held, self._held = self._held, ""
        if held:
            yield self._thinking, held


def _start_of_tag(text: str, tag: str) -> int:
    """The length of the longest end of `text` that begins `tag` and is not all of it."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
