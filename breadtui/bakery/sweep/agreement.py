"""How alike two texts are, so that what a model answered can be held against what its teacher said.

The measure is the share of words that both texts have in the same order (rapidfuzz's normalised Indel likeness, over
words instead of characters). On rehearsed rollouts it tells early checkpoints from late ones as well as any by
characters, and unrelated texts come out near 0.1 where those say 0.5; `token_set_ratio` and `partial_ratio` would
take an answer that breaks off after three words for a perfect one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

LONGEST = 20_000
"""Characters of a text that are compared, at most: the time goes with the product of both lengths."""
QUICK = 20_000
"""Characters, of all that is compared, that take a few milliseconds at most, and so no thread of their own."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word; of writing without spaces, a character."""


def agreement(answer: str, references: Sequence[str]) -> float | None:
    """The likeness of `answer` to the reference it is nearest to, from 0 to 1; None where there is none.

    The nearest one, and not the mean: a teacher who answers in several ways agrees with neither of them on average,
    and a student who gives any of them has learnt it.
    """
    return max((likeness(answer, reference) for reference in references), default=None)


async def agreement_of(answer: str, references: Sequence[str]) -> float | None:
    """The same, beside the loop where it takes long."""
    if len(answer) + sum(map(len, references)) <= QUICK:
        return agreement(answer, references)
    return await asyncio.to_thread(agreement, answer, references)


def likeness(one: str, other: str) -> float:
    """From 0, no word in common, to 1, the same words in the same order. Case, white space and signs do not count."""
    from rapidfuzz.distance import Indel

    ours, others = _words(one), _words(other)
    if not ours or not others:
        return float(one.strip() == other.strip())
    return Indel.normalized_similarity(ours, others)


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:LONGEST].casefold())
