"""Sums of many heights, of which each may change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate


class Sums:
    """Heights of which one may change and all before one be summed, each in steps as few as the logarithm of their
    number (a Fenwick tree)."""

    def __init__(self, heights: Sequence[int] = ()) -> None:
        totals = list(accumulate(heights, initial=0))
        self._tree = [0, *(totals[n] - totals[n - (n & -n)] for n in range(1, len(totals)))]

    def append(self, height: int) -> None:
        """One more."""
        n = len(self._tree)
        self._tree.append(height + self.before(n - 1) - self.before(n - (n & -n)))

    def add(self, index: int, more: int) -> None:
        """One of them grew."""
        index += 1
        while more and index < len(self._tree):
            self._tree[index] += more
            index += index & -index

    def before(self, index: int) -> int:
        """The sum of those before this one."""
        total = 0
        while index:
            total += self._tree[index]
            index -= index & -index
        return total

    def find(self, line: int) -> int:
        """Which one a row is in, counted over all; of no height is none."""
        index, step = 0, 1 << len(self._tree).bit_length()
        while step:
            if index + step < len(self._tree) and self._tree[index + step] <= line:
                index += step
                line -= self._tree[index]
            step >>= 1
        return index
