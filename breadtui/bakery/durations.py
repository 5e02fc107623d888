"""How long a job of a kind and size is likely to take: from those that were seen to end, or else the vendor's guide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.pace import Basis, Eta

NEAREST = 5
"""Jobs of like size that an estimate rests on."""
GUIDE = ((4.0, 750.0), (75.0, 2700.0), (1000.0, 5400.0))
"""(Questions, seconds) of a bake: the middles of the ranges in Bread's quickstart guide, 10–15 minutes for 4
questions, 30–60 for 50–100, 1–2 hours for 1,000 and more."""
_GROWTH = {Phase.STIM: 1.0, Phase.ROLLOUT: 1.0, Phase.BAKE: 0.45}
"""The power of its size with which a job's time grows; a bake's is the guide's own, from 4 questions to 75."""


@dataclass(frozen=True, slots=True)
class Took:
    """A job that was complete at `ended` (seconds since 1970) after `seconds`.

    `size` counts the lines it made; a bake's those it learnt from; None where that was not known.
    """

    key: JobKey
    size: float | None
    seconds: float
    ended: float


def likely(past: Iterable[Took], key: JobKey, size: float | None) -> Eta | None:
    """How long the job `key` of that size takes as a whole; None where nothing tells."""
    similar = [took for took in past if took.key.phase is key.phase and took.seconds > 0]
    if similar:
        return Eta(_from_history(similar, key, size), Basis.HISTORY)
    if key.phase is Phase.BAKE and size:
        return Eta(_from_guide(size), Basis.GUIDE)
    return None


def _from_history(similar: list[Took], key: JobKey, size: float | None) -> float:
    similar = sorted(similar, key=lambda took: (_distance(took, size), took.key != key, -took.ended))[:NEAREST]
    scaled = sorted(took.seconds * _scale(took, size) for took in similar)
    return scaled[len(scaled) // 2]


def _distance(took: Took, size: float | None) -> float:
    """How many times larger or smaller, as a logarithm; a size that is not known is farther than any other."""
    return abs(log(took.size / size)) if took.size and size else 1e3


def _scale(took: Took, size: float | None) -> float:
    return (size / took.size) ** _GROWTH[took.key.phase] if took.size and size else 1.0


def _from_guide(size: float) -> float:
    """Between the guide's sizes by their logarithms; beyond them, as at the nearest."""
    size = min(max(size, GUIDE[0][0]), GUIDE[-1][0])
    for (less, sooner), (more, later) in pairwise(GUIDE):
        if size <= more:
            part = log(size / less) / log(more / less)
            return exp(log(sooner) + part * (log(later) - log(sooner)))
    return GUIDE[-1][1]
