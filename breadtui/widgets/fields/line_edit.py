"""One line of text being typed, and a cursor in it: a value, so that every key makes a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class LineEdit:
    """`at` is where the next character goes: 0 is before the first."""

    text: str = ""
    at: int = 0

    @classmethod
    def ending(cls, text: str) -> LineEdit:
        """`text`, with the cursor behind it."""
        return cls(text, len(text))

    def insert(self, text: str) -> LineEdit:
        """Put `text` in at the cursor; its line breaks become spaces."""
        line = " ".join(text.splitlines())
        return LineEdit(self.text[: self.at] + line + self.text[self.at :], self.at + len(line))

    def press(self, key: str) -> LineEdit | None:
        """What an editing key, by Textual's name for it, makes of the line; None for a key that edits nothing."""
        match key:
            case "left":
                return self._to(self.at - 1)
            case "right":
                return self._to(self.at + 1)
            case "home" | "ctrl+a":
                return self._to(0)
            case "end" | "ctrl+e":
                return self._to(len(self.text))
            case "ctrl+left":
                return self._to(self._word_before())
            case "ctrl+right":
                return self._to(self._word_behind())
            case "backspace":
                return self._cut(max(self.at - 1, 0), self.at)
            case "delete":
                return self._cut(self.at, self.at + 1)
            case "ctrl+w":
                return self._cut(self._word_before(), self.at)
            case "ctrl+u":
                return self._cut(0, self.at)
            case "ctrl+k":
                return self._cut(self.at, len(self.text))
            case _:
                return None

    def window(self, width: int) -> tuple[str, int]:
        """The part of the line that fits into `width` cells with the cursor in it, and the cursor's place there."""
        start = 0
        while cell_len(self.text[start : self.at]) >= max(width, 1):
            start += 1
        shown = self.text[start:]
        while cell_len(shown) > width:
            shown = shown[:-1]
        return shown, self.at - start

    def _cut(self, start: int, end: int) -> LineEdit:
        return LineEdit(self.text[:start] + self.text[end:], start)

    def _to(self, at: int) -> LineEdit:
        return LineEdit(self.text, min(max(at, 0), len(self.text)))

    def _word_before(self) -> int:
        found = re.search(r"\w*\W*$", self.text[: self.at])
        return found.start() if found else 0

    def _word_behind(self) -> int:
        found = re.match(r"\W*\w*", self.text[self.at :])
        return self.at + (found.end() if found else 0)
