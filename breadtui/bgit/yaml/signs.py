"""Puts a text so that the YAML library reads it as bgit's reader does: each character stays at its place."""

from __future__ import annotations

import re

_ENDS = re.compile("[\x85\u2028\u2029]")
"""What the library takes for ends of lines, and YAML of today does not."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_PRIVATE = range(0xE000, 0xF900)
_BLANKS = re.compile(r"[ \t]*")
_TAB = "\t"
_COLON = re.compile(r":(\s|$)")
_LEADS = frozenset({"-", "?", "---"})
"""What begins an item, a key or the file itself."""
_LINE_END = re.compile(r"[\r\n]")


class Signs:
    """A text, with other signs for some of its own while it is read."""

    def __init__(self, text: str) -> None:
        # bgit's reader ends the last line itself, which counts for a block that is there.
        self.hidden = text if text.endswith(("\n", "\r")) else f"{text}\n"
        """What the library is given."""
        self._back: dict[int, str] = {}
        for sign in sorted(set(_ENDS.findall(text))):
            self.hidden = self.hidden.replace(sign, self._stand_in(sign))

    def shown(self, text: str) -> str:
        """A text of the library's as it stands in the file; the halves of a character escaped in two are one."""
        text = text.translate(self._back) if self._back else text
        if not _SURROGATES.search(text):
            return text
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

    def hide_tab(self, index: int) -> bool:
        """Hide the tabs at a place where bgit's reader takes them: between words, or where they indent nothing.

        False if they indent, or are none.
        """
        text = self.hidden
        end = _LINE_END.search(text, index)
        begin = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
        before, rest = text[begin:index].split(), text[index : end.start() if end else len(text)].strip()
        nothing = not rest or rest.startswith("#")
        if text[index : index + 1] != "\t" or not (before or nothing):
            return False
        blanks = _BLANKS.match(text, index)
        stop = blanks.end() if blanks else index + 1
        apart = nothing or _COLON.match(rest) or _leads_on(before)
        sign = " " if apart else self._stand_in("\t")
        self.hidden = f"{text[:index]}{text[index:stop].replace(_TAB, sign)}{text[stop:]}"
        return True

    def _stand_in(self, sign: str) -> str:
        """A character that stands nowhere in the text, for one that the library would not leave as it is."""
        known = next((code for code, back in self._back.items() if back == sign), None)
        code = known or next((code for code in _PRIVATE if chr(code) not in self.hidden), _PRIVATE[0])
        self._back[code] = sign
        return chr(code)


def _leads_on(before: list[str]) -> bool:
    """Whether the words that stand on a line before a value are no part of it."""
    if before and before[-1][0] in "&*!":  # names it, or its kind
        return _leads_on(before[:-1])
    return all(word in _LEADS for word in before) or before[-1].endswith(":")
