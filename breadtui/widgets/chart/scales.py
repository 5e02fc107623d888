"""Where a value stands on an axis, and which values are worth a tick. Pure.

On a logarithmic axis positions are those of the logarithm, so whatever is drawn there must be above `LEAST`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NARROWEST = 1e-290
"""The width of the narrowest linear axis."""
LEAST, MOST = 1e-300, 1e300
"""What is not above the one has no place on a logarithmic axis, and what is beyond the other, up or down, on none:
floats end soon after."""
FAR = 1e9
"""Dots from the picture at which anything further off is taken to be."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, both included; `low` < `high`, and above zero where it is logarithmic."""

    low: float
    high: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where `value` stands: 0 at the low end, 1 at the high one, outside of both beyond them."""
        if self.log:
            low = math.log10(self.low)
            return (math.log10(value) - low) / (math.log10(self.high) - low)
        return (value - self.low) / (self.high - self.low)

    def placing(self, dots: int) -> Callable[[float], float]:
        """The same in dots from the top of an axis `dots` high; not rounded, and never far outside."""
        low = math.log10(self.low) if self.log else self.low
        high = math.log10(self.high) if self.log else self.high
        each = (dots - 1) / (high - low)
        log10 = math.log10

        def place_log(value: float) -> float:
            return min(max((high - log10(value)) * each, -FAR), FAR)

        def place(value: float) -> float:
            return min(max((high - value) * each, -FAR), FAR)

        return place_log if self.log else place

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most `most` round values on the axis with their labels, ascending."""
        if most < 1:
            return []
        found = _decades(self.low, self.high, most) if self.log else []
        if len(found) < 2:
            found = [value for value in _rounds(self.low, self.high, most) if self.low <= value <= self.high]
        return label(found)


def scale_for(low: float, high: float, *, log: bool, near: float | None = None) -> Scale:
    """An axis that holds `low` to `high`, with a little air. Where they are the same, they stand in the middle.

    It holds `near` as well, if that is no further off than they are from one another, and of their order.
    """
    if near is not None and not low / 10 <= near <= high * 10:
        near = None
    if not log:
        return _linear(low, high, near)
    bottom, top = math.log10(low), math.log10(high)
    span = max(top - bottom, 0.3)
    if near is not None and bottom - span <= math.log10(near) <= top + span:
        bottom, top = min(bottom, math.log10(near)), max(top, math.log10(near))
    air = 0.04 * (top - bottom) if top > bottom else 0.15
    return Scale(10 ** max(bottom - air, -306), 10 ** min(top + air, 306), log=True)


def label(values: list[float]) -> list[tuple[float, str]]:
    """Each value with the shortest label that tells it from the others: `2e-07`, `2.5e-07`, `400`, `1,000`."""
    for digits in range(1, 17):
        written = [number(value, digits) for value in values]
        exact = all(_near(value, _read(text), values) for value, text in zip(values, written, strict=True))
        if exact and len(set(written)) == len(set(values)):
            return list(zip(values, written, strict=True))
    return [(value, number(value, 17)) for value in values]


def number(value: float, digits: int = 3) -> str:
    """A number of `digits` figures for people: very small and very large ones as `2.5e-07`, others as `1,250`."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return str(value)
    if 1e-3 <= abs(value) < 1e6:
        whole = len(str(int(abs(value))))
        text = f"{value:,.{max(digits - whole, 0)}f}" if abs(value) >= 1 else f"{value:.{digits}g}"
        return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{exponent}"


def _linear(low: float, high: float, near: float | None) -> Scale:
    span = max(high - low, 0.5 * max(abs(low), abs(high)) if low == high else 0.0)
    if near is not None and low - span <= near <= high + span:
        low, high = min(low, near), max(high, near)
    # Wide enough for the difference of its ends to be more than a rounding error.
    least = max(abs(low) * 1e-12, NARROWEST)
    air = 0.04 * (high - low) if high > low else 0.25 * abs(low) or 1.0
    air = max(air, least)
    return Scale(low - air, high + air)


def _decades(low: float, high: float, most: int) -> list[float]:
    """Powers of ten, with their doubles and halves where there is room, every so many decades where there is not."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in ((1.0, 2.0, 5.0), (1.0,)):
        if (last - first) * len(steps) > 8 * most:
            continue
        found = [v for power in range(first, last + 1) for step in steps if low <= (v := _power(step, power)) <= high]
        if len(found) <= most:
            return found
    every = next((n for n in (1, 2, 3, 5, 10, 20, 50, 100, 200) if (last - first) // n + 1 <= most), last - first)
    return [v for power in range(-(-first // every) * every, last + 1, every) if low <= (v := _power(1, power)) <= high]


def _power(step: float, exponent: int) -> float:
    # The text is read to the nearest float, which a product need not be: 5 × 1e-7 is not 5e-07.
    return float(f"{step}e{exponent}") if exponent < 308 else math.inf


def _rounds(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / most
    if not rough > 0:
        return [low]
    power = math.floor(math.log10(rough))
    for step in _steps(power):
        if step < rough / 2:
            continue
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= most:
            return sorted({float(f"{n * step:.15g}") for n in range(first, last + 1)})
    return [low]


def _steps(power: int) -> Iterator[float]:
    for exponent in (power, power + 1):
        if exponent < 308:
            yield from (float(f"{mantissa}e{exponent}") for mantissa in (1, 2, 2.5, 5))


def _read(text: str) -> float:
    return float(text.replace(",", ""))


def _near(value: float, read: float, values: list[float]) -> bool:
    """Whether what was written may stand for the value: what it is off is nothing beside what lies between two."""
    span = max(values) - min(values)
    return abs(value - read) <= (span / max(len(values) - 1, 1) if span else abs(value)) * 0.01
