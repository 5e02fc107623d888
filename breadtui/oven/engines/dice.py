"""Chance that repeats: the same words give the same throws, in every process."""

import random


def dice(*parts: object) -> random.Random:
    """A generator seeded by `parts`."""
    return random.Random("\x1f".join(map(str, parts)))  # noqa: S311 - rehearsed text, no secret
