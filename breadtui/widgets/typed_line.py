"""A line that is typed at its end, such as a filter behind `/`."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 24
"""Characters of what was typed that are told, at most: its end."""


@dataclass(slots=True)
class TypedLine:
    """While `typing`, keys belong to it."""

    text: str = ""
    typing: bool = False

    def __bool__(self) -> bool:
        """Whether there is a line, or one is being typed."""
        return self.typing or bool(self.text)

    def take(self, key: str, character: str | None) -> bool:
        """Change the text as a key says; False if the key is none of the line's."""
        if character and character.isprintable():
            self.text += character
            return True
        match key:
            case "backspace" | "ctrl+h":
                self.text = self.text[:-1]
            case "ctrl+u":
                self.text = ""
            case "ctrl+w":
                self.text = self.text.rstrip().rpartition(" ")[0]
            case _:
                return False
        return True

    def paste(self, text: str) -> None:
        """Add the first line of what was pasted."""
        first = next(iter(text.splitlines()), "")
        self.text += "".join(character for character in first if character.isprintable())

    @property
    def told(self) -> str:
        """The line as it is shown."""
        return self.shown(LONGEST)

    def shown(self, most: int) -> str:
        """The line with its `/`, and of a long one the last `most` characters; empty where there is none."""
        if not self:
            return ""
        typed = self.text if len(self.text) <= most else f"…{self.text[1 - most :]}"
        return f"/{typed}▌" if self.typing else f"/{typed}"
