"""What a question can ask of a rehearsal, behind `/rehearse`: lengths, speeds and faults, to try a client with.

`tokens=5000` that many tokens; `speed=2000` tokens a second; `wait=1.5` seconds before the first.
`think` reasons inside the text, between `<think>` and `</think>`; `tool` calls a tool; `silent` says nothing; `escape`
says what could drive a terminal, markup, CJK and emoji; `nousage` counts no tokens.
`cut` ends the line, and `error` reports a failure, after `tokens`, or half-way where no number is given.
`refuse=429` refuses with that status (400 to 599), and asks to wait a second; with `times=2` the first two times only.
"""

import re
from dataclasses import dataclass

_ORDERS = r"(?:(?:tokens|speed|wait|refuse|times)=\d{1,9}(?:\.\d{1,3})?|cut|error|silent|escape|tool|think|nousage)\b"
_TRIGGER = re.compile(rf"/rehearse((?:\s+{_ORDERS})+)")


@dataclass(frozen=True, slots=True)
class Directives:
    """What was asked for: `words` without a value, and numbers, None where there is none."""

    words: frozenset[str] = frozenset()
    tokens: int | None = None
    speed: float | None = None
    wait: float | None = None
    refuse: int | None = None
    times: int | None = None

    def __contains__(self, word: str) -> bool:
        return word in self.words


def directives(question: str) -> Directives:
    """Those of a question."""
    found = _TRIGGER.search(question)
    if found is None:
        return Directives()
    given = dict(order.split("=") for order in found[1].split() if "=" in order)
    status = _whole(given.get("refuse"))
    return Directives(
        frozenset(order for order in found[1].split() if "=" not in order),
        _whole(given.get("tokens")),
        _number(given.get("speed")),
        _number(given.get("wait")),
        status if status and 400 <= status < 600 else None,
        _whole(given.get("times")),
    )


def without_directives(question: str) -> str:
    """The question itself."""
    return _TRIGGER.sub("", question)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _whole(text: str | None) -> int | None:
    return None if text is None else int(float(text))
