"""The words that changed between two texts. Bounded: what differs too much is compared by its lines.

Words are those of any script; of Chinese, Japanese and their like every character is one. White space counts.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

MANY = 20_000
"""Words in both texts together; more are compared by lines from the beginning."""
EDITS = 500
"""Words taken out and put in, at most, until texts are compared by lines instead. The cost is the square of it."""
BLOCK_EDITS = 60
"""The same between two lines that stayed."""

# Kana, bopomofo, ideographs of every plane, and Hangul: written without spaces, or with few.
_IDEOGRAPHS = "\u2e80-\u312f\u31a0-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\n|[^\S\n]+|[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+|.", re.DOTALL)
_JOINER = "\u200d"

REACH = 2_000
"""Characters that a change is moved by, at most, to be whole lines."""

Tokens = Sequence[str]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of both texts; the runs one after the other are the whole of each."""

    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether it stayed as it was."""
        return self.before == self.after

    @property
    def mirrored(self) -> Run:
        """The same change, looked at from the other side."""
        return Run(self.after, self.before)


def word_diff(before: str, after: str) -> tuple[Run, ...]:
    """What stayed and what changed, in turns. From the other side it is the same, mirrored."""
    if before == after:
        return (Run(before, after),) if before else ()
    # Of several ways to tell a change, either side must choose the same.
    if (len(after), after) < (len(before), before):
        return tuple(run.mirrored for run in word_diff(after, before))
    return tuple(_slid(_tidied(_compared(words(before), words(after)))))


def words(text: str) -> list[str]:
    """The text in pieces that are compared as a whole: words, line breaks, other white space, single signs."""
    found: list[str] = _TOKEN.findall(text)
    if text.isascii():
        return found
    joined: list[str] = []
    for token in found:
        # A mark belongs to the letter before it, and what a joiner joins is one sign.
        if joined and (joined[-1].endswith(_JOINER) or token[0] == _JOINER or unicodedata.category(token[0])[0] == "M"):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _compared(before: Tokens, after: Tokens) -> Iterator[Run]:
    if len(before) + len(after) <= MANY and (found := _in_block(before, after, EDITS)) is not None:
        return iter(found)
    return _by_lines(before, after)


def _in_block(before: Tokens, after: Tokens, most: int) -> list[Run] | None:
    """The fewest changes from one to the other, if `most` words are enough."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    ends = len(before) - tail, len(after) - tail
    stayed = _stayed(before[head : ends[0]], after[head : ends[1]], most)
    if stayed is None:
        return None
    places = [(head + one, head + other) for one, other in stayed]
    kept = [(at, at) for at in range(head)] + places + [(ends[0] + at, ends[1] + at) for at in range(tail)]
    return list(_runs(before, after, kept))


def _alike(before: Tokens, after: Tokens) -> int:
    """How many tokens are the same from the beginning."""
    for at, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            return at
    return min(len(before), len(after))


def _stayed(before: Tokens, after: Tokens, most: int) -> list[tuple[int, int]] | None:
    """The places of tokens that stayed: Myers, "An O(ND) difference algorithm", 1986. None beyond `most` changes."""
    reached, steps = {1: 0}, list[dict[int, int]]()
    for changes in range(min(len(before) + len(after), most) + 1):
        steps.append(reached.copy())
        for line in range(-changes, changes + 1, 2):
            down = line == -changes or (line != changes and reached[line - 1] < reached[line + 1])
            x = reached[line + 1] if down else reached[line - 1] + 1
            while x < len(before) and x - line < len(after) and before[x] == after[x - line]:
                x += 1
            reached[line] = x
            if x >= len(before) and x - line >= len(after):
                return _walked_back(steps, len(before), len(after))
    return None


def _walked_back(steps: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    stayed: list[tuple[int, int]] = []
    for changes in range(len(steps) - 1, -1, -1):
        reached, line = steps[changes], x - y
        down = line == -changes or (line != changes and reached[line - 1] < reached[line + 1])
        line += 1 if down else -1
        from_x = reached[line]
        from_y = from_x - line
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            stayed.append((x, y))
        x, y = from_x, from_y
    return stayed[::-1]


def _by_lines(before: Tokens, after: Tokens) -> Iterator[Run]:
    """What stands between lines that are in both texts once, and in the same order, compared by itself."""
    one, other = _lines(before), _lines(after)
    starts = [list(accumulate(map(len, lines), initial=0)) for lines in (one, other)]
    anchors = [(starts[0][a], starts[1][b], len(one[a])) for a, b in _anchors(one, other)]
    x = y = 0
    for from_x, from_y, size in [*anchors, (len(before), len(after), 0)]:
        yield from _block(before[x:from_x], after[y:from_y])
        x, y = from_x + size, from_y + size
        if text := "".join(before[from_x:x]):
            yield Run(text, text)


def _block(before: Tokens, after: Tokens) -> list[Run]:
    found = _in_block(before, after, BLOCK_EDITS)
    if found is not None:
        return found
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    one, other = len(before) - tail, len(after) - tail
    parts = ((before[:head], after[:head]), (before[head:one], after[head:other]), (before[one:], after[other:]))
    return [Run("".join(a), "".join(b)) for a, b in parts if a or b]


def _lines(tokens: Tokens) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    start = 0
    for at, word in enumerate(tokens, 1):
        if word == "\n" or at == len(tokens):
            lines.append(tuple(tokens[start:at]))
            start = at
    return lines


def _anchors(before: Sequence[tuple[str, ...]], after: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """The places of lines that both have once: the longest row of them in which both orders agree."""
    once = {line for line, times in Counter(after).items() if times == 1}
    places = {line: at for at, line in enumerate(after) if line in once}
    mine = Counter(before)
    pairs = [(at, places[line]) for at, line in enumerate(before) if line in places and mine[line] == 1]
    tops: list[int] = []  # the pair that ends the best row of each length
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        previous.append(tops[length - 1] if length else -1)
        if length == len(tops):
            tops.append(index)
            ends.append(there)
        else:
            tops[length], ends[length] = index, there
    row: list[tuple[int, int]] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        row.append(pairs[at])
        at = previous[at]
    return row[::-1]


def _runs(before: Tokens, after: Tokens, stayed: Sequence[tuple[int, int]]) -> Iterator[Run]:
    x = y = 0
    for at_x, at_y in [*stayed, (len(before), len(after))]:
        if at_x > x or at_y > y:
            yield Run("".join(before[x:at_x]), "".join(after[y:at_y]))
        if at_x < len(before) and at_y < len(after):
            yield Run(before[at_x], after[at_y])
        x, y = at_x + 1, at_y + 1


def _tidied(runs: Iterator[Run]) -> list[Run]:
    """Neighbours of a kind joined; a mere space between two changes says nothing by having stayed."""
    tidy: list[Run] = []
    for run in runs:
        if tidy and tidy[-1].same is run.same:
            tidy[-1] = _joined(tidy[-1], run)
        elif not run.same and len(tidy) > 1 and tidy[-1].before.isspace() and "\n" not in tidy[-1].before:
            space = tidy.pop()
            tidy[-1] = _joined(_joined(tidy[-1], space), run)
        else:
            tidy.append(run)
    return tidy


def _slid(runs: list[Run]) -> list[Run]:
    """What was put in or taken out stands in whole lines, where it could as well."""
    slid = [Run("", "")]
    runs = [*runs, Run("", "")]
    for at, run in enumerate(runs):
        text = run.before or run.after
        by = 0
        if not run.same and not (run.before and run.after) and "\n" in text:
            by = _slide(slid[-1].before[-REACH:], text, runs[at + 1].before[:REACH])
        if by:
            behind, ahead = slid[-1].before, runs[at + 1].before
            stream, begin = behind + text + ahead, len(behind) + by
            kept, moved, rest = stream[:begin], stream[begin : begin + len(text)], stream[begin + len(text) :]
            slid[-1], runs[at + 1] = Run(kept, kept), Run(rest, rest)
            slid.append(Run(moved, "") if run.before else Run("", moved))
        else:
            slid.append(run)
    return _without_gaps(slid)


def _without_gaps(runs: Sequence[Run]) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        if found and found[-1].same is run.same:
            found[-1] = _joined(found[-1], run)
        elif run.before or run.after:
            found.append(run)
    return found


def _slide(behind: str, text: str, ahead: str) -> int:
    """By how many characters a change moves, so that it is whole lines; 0 where it cannot be."""
    stream, size, start = behind + text + ahead, len(text), len(behind)
    left = right = 0
    while left < len(behind) and stream[start - left - 1] == stream[start - left - 1 + size]:
        left += 1
    while right < len(ahead) and stream[start + right] == stream[start + right + size]:
        right += 1
    ways = [start + by for by in sorted(range(-left, right + 1), key=abs)]
    whole = [at for at in ways if stream[at - 1 : at] == "\n" and stream[at + size - 1] == "\n"]
    broken = [at for at in ways if stream[at] == "\n" and stream[at + size : at + size + 1] in ("\n", "")]
    return (whole or broken or [start])[0] - start


def _joined(one: Run, other: Run) -> Run:
    return Run(one.before + other.before, one.after + other.after)
