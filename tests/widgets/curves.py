"""Curves for tests: made by rule, so that what is drawn of them is known."""

import math
from array import array
from collections.abc import Iterable, Sequence
from random import Random

from breadtui.bakery.metrics import Curve, Series


def curve(values: Iterable[float], steps: Iterable[float] | None = None) -> Curve:
    """Values at steps from 1 on, or at those given."""
    told = array("d", values)
    return Curve(array("d", steps) if steps is not None else array("d", range(1, len(told) + 1)), told)


def series(losses: Sequence[float], bake: str = "yoda_bake_v1", repo: str = "yoda_repo") -> Series:
    """A bake of which nothing but the loss is told."""
    return Series(repo, bake, curve(losses))


def training(steps: int, bake: str = "yoda_bake_v1", seed: int = 0) -> Series:
    """A bake as they come: a loss that falls from 1e-6 to 2e-7 with noise, a learning rate, and a time a step."""
    chance = Random(seed)
    done = [step / steps for step in range(1, steps + 1)]
    return Series(
        "yoda_repo",
        bake,
        curve((2e-7 + 8e-7 * math.exp(-5 * part)) * (1 + chance.gauss(0, 0.06)) for part in done),
        curve(5e-5 * (1 + math.cos(math.pi * part)) for part in done),
        curve(1.9 + 0.2 * chance.random() for _ in done),
    )
