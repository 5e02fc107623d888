"""Two prompts message by message: those of a role that are most alike stand beside each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breadtui.bakery.comparison.words import words

if TYPE_CHECKING:
    from breadtui.api.models import Message

PAIRS = 10_000
"""Pairs of messages that are looked at, at most; of longer prompts the messages are paired in their order."""
TOGETHER = 0.05
"""What it is worth to pair two messages of a role that have no word in common."""
READ = 20_000
"""Characters of a message by which it is found again."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages that stand for each other, by number from 0; None where there is none."""

    before: int | None
    after: int | None


def message_text(message: Message) -> str:
    """The words of a message; what is not all text as JSON."""
    content = message.content
    if isinstance(content, str) or content is None:
        return content or ""
    if all(part.get("type") == "text" and set(part) <= {"type", "text"} for part in content):
        return message.text
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def paired(before: Sequence[Message], after: Sequence[Message]) -> list[Pair]:
    """All messages of both, in order."""
    if [_key(message) for message in after] < [_key(message) for message in before]:
        return [Pair(pair.after, pair.before) for pair in paired(after, before)]
    if len(before) * len(after) > PAIRS:
        return _in_order(before, after)
    return _best(_likeness(before, after), len(before), len(after))


def _key(message: Message) -> tuple[str, str]:
    return message.role, message_text(message)


def _in_order(before: Sequence[Message], after: Sequence[Message]) -> list[Pair]:
    pairs: list[Pair] = []
    for at in range(max(len(before), len(after))):
        there = at < len(before), at < len(after)
        if all(there) and before[at].role == after[at].role:
            pairs.append(Pair(at, at))
        else:
            pairs += [Pair(at, None)] * there[0] + [Pair(None, at)] * there[1]
    return pairs


def _likeness(before: Sequence[Message], after: Sequence[Message]) -> list[list[float]]:
    """How alike two messages are, 0 for those of different roles."""
    one = [(message.role, Counter(words(message_text(message)[:READ]))) for message in before]
    other = [(message.role, Counter(words(message_text(message)[:READ]))) for message in after]
    return [[_alike(mine, theirs) if role == role2 else 0.0 for role2, theirs in other] for role, mine in one]


def _alike(one: Counter[str], other: Counter[str]) -> float:
    size = one.total() + other.total()
    return TOGETHER + (2 * (one & other).total() / size if size else 1.0)


def _best(likeness: Sequence[Sequence[float]], height: int, width: int) -> list[Pair]:
    """The pairs, in both orders, that are most alike all together."""
    worth = [[0.0] * (width + 1) for _ in range(height + 1)]
    for x in range(height - 1, -1, -1):
        for y in range(width - 1, -1, -1):
            together = worth[x + 1][y + 1] + likeness[x][y] if likeness[x][y] else 0.0
            worth[x][y] = max(together, worth[x + 1][y], worth[x][y + 1])
    pairs: list[Pair] = []
    x = y = 0
    while x < height or y < width:
        if x < height and y < width and likeness[x][y] and worth[x][y] == worth[x + 1][y + 1] + likeness[x][y]:
            pairs.append(Pair(x, y))
            x, y = x + 1, y + 1
        elif y == width or (x < height and worth[x][y] == worth[x + 1][y]):
            pairs.append(Pair(x, None))
            x += 1
        else:
            pairs.append(Pair(None, y))
            y += 1
    return pairs
