"""Tells reasoning from answer where a model writes both into one text, as `<think>…</think>`."""

OPEN, CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits a text that comes in pieces, wherever they were torn, into (is reasoning, piece).

    Think blocks are recognised anywhere. The tags are dropped; what only resembles one passes unchanged, and
    so does a closing tag without an opening one. No piece is empty.
    """

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""

    def feed(self, text: str) -> list[tuple[bool, str]]:
        """What is certain once `text` has come; the beginning of a possible tag is held back."""
        pieces: list[tuple[bool, str]] = []
        rest = self._held + text
        while True:
            before, tag, after = rest.partition(self._awaited)
            if not tag:
                break
            pieces.append((self._thinking, before))
            self._thinking = not self._thinking
            rest = after
        sure = len(rest) - _start_of_tag(rest, self._awaited)
        pieces.append((self._thinking, rest[:sure]))
        self._held = rest[sure:]
        return [piece for piece in pieces if piece[1]]

    def finish(self) -> list[tuple[bool, str]]:
        """What was still held back, once nothing more will come."""
        held, self._held = self._held, ""
        return [(self._thinking, held)] if held else []

    @property
    def _awaited(self) -> str:
        return CLOSE if self._thinking else OPEN


def _start_of_tag(text: str, tag: str) -> int:
    """The length of the longest end of `text` that begins `tag` and is not all of it."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
