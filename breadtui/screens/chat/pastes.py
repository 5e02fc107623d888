"""Large pastes, folded into a word each while a question is written: a field with all of it would be slow."""

from __future__ import annotations

import re

LONGEST = 8_000
"""Characters up to which a paste is shown as it is: with 10,000 on one line, every key takes 9 ms."""
MOST_LINES = 200


class Pastes:
    """Remembers what stands behind the words it gave."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """A word for `text` where it is large, such as `[pasted 12,345 characters]`; else the text."""
        if len(text) <= LONGEST and text.count("\n") <= MOST_LINES:
            return text
        for number in range(1, len(self._held) + 2):
            word = f"[pasted {len(text):,} characters{f', no. {number}' if number > 1 else ''}]"
            if self._held.setdefault(word, text) == text:
                return word
        raise AssertionError("more words than pastes")

    def unfold(self, text: str) -> str:
        """`text` with all that its words stand for."""
        if not self._held:
            return text
        words = "|".join(map(re.escape, self._held))
        return re.sub(words, lambda found: self._held[found.group()], text)

    def forget(self) -> None:
        """Nothing is being written any more."""
        self._held.clear()
