"""Finds texts that are the same, or nearly, among very many: in memory that has a bound, and without comparing all."""

from __future__ import annotations

import re
import zlib
from array import array
from hashlib import blake2b

BINS = 16
"""Values of a signature: so many parts of a text's shingles, of which each keeps the least."""
BANDS = 4
ALIKE = 13
"""Values out of `BINS` in which two signatures agree, for their texts to count as nearly the same: four fifths."""
FEWEST_SHINGLES = 8
MOST_WORDS = 600
"""Words of a text that are looked at: of a longer one, the beginning."""
MOST = 200_000
"""Texts that are remembered. Later ones are compared with these."""
_EMPTY = 0xFFFFFFFF


class Likeness:
    """Takes texts one by one, and tells of each which earlier one it repeats.

    Exact repeats are found by a digest of the words, whatever their case and the spaces between them. Near ones share
    most of their shingles (runs of three words, or of a short text five characters): of these each of sixteen parts
    keeps its least hash, and texts that agree in a quarter of those are compared in all (one-permutation MinHash with
    locality-sensitive hashing).
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._exact = Ledger(most)
        self._bands = Ledger(most * BANDS)
        self._signatures = array("I")
        self._texts = array("I")  # whose signatures they are
        self._place = array("i")  # of each text its signature, -1 for none
        self.taken = 0

    @property
    def full(self) -> bool:
        """Whether later texts are compared with the first ones only."""
        return self.taken > self._most

    def take(self, text: str) -> tuple[int | None, int | None]:
        """The number of the earlier text that this one repeats exactly, and of one that it nearly repeats."""
        number, self.taken = self.taken, self.taken + 1
        spoken = " ".join(text.lower().split())
        same = self._exact.put(_digest(spoken), number)
        if same is not None:
            return same, None
        signature = _signature(spoken)
        return None, None if signature is None else self._near(signature, number)

    def _near(self, signature: list[int], number: int) -> int | None:
        place = len(self._texts)
        found: int | None = None
        for band in range(BANDS):
            size = BINS // BANDS
            values = signature[band * size : (band + 1) * size]
            other = self._bands.put(_digest(f"{band} {values}"), place)
            if found is None and other is not None and self._agree(other, signature):
                found = self._texts[other]
        if place < self._most:
            self._signatures.extend(signature)
            self._texts.append(number)
        return found

    def _agree(self, place: int, signature: list[int]) -> bool:
        held = self._signatures[place * BINS : (place + 1) * BINS]
        return sum(one == other for one, other in zip(held, signature, strict=False)) >= ALIKE


class Ledger:
    """Remembers, of 64-bit keys, who came with one first: open addressing in flat arrays, 12 bytes a place."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 1024
        self._held = 0
        self._clear()

    def put(self, key: int, number: int) -> int | None:
        """Who came with that key before; else `number` did, while there is room."""
        place = self._place(key)
        if self._keys[place]:
            return self._numbers[place]
        if self._held < self._most:
            self._keys[place], self._numbers[place] = key, number
            self._held += 1
            if self._held * 3 > self._size * 2:
                self._grow()
        return None

    def _place(self, key: int) -> int:
        keys, mask = self._keys, self._size - 1
        place = key & mask
        while keys[place] and keys[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, numbers = self._keys, self._numbers
        self._size *= 2
        self._clear()
        for key, number in zip(keys, numbers, strict=True):
            if key:
                place = self._place(key)
                self._keys[place], self._numbers[place] = key, number

    def _clear(self) -> None:
        self._keys = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(4 * self._size))


def _digest(text: str) -> int:
    # 0 stands for a free place.
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) or 1


def _signature(spoken: str) -> list[int] | None:
    """The least hash of each part of the text's shingles; None where there are too few to compare."""
    words = re.findall(r"\w+", spoken)[:MOST_WORDS]
    if len(words) < 40:
        flat = " ".join(words)
        shingles = {flat[at : at + 5] for at in range(len(flat) - 4)}
    else:
        shingles = {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}
    if len(shingles) < FEWEST_SHINGLES:
        return None
    least = [_EMPTY] * BINS
    for shingle in shingles:
        value = zlib.crc32(shingle.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF
        part = value >> 28
        value &= 0x0FFFFFFF
        if value < least[part]:
            least[part] = value
    if _EMPTY not in least:
        return least
    # A part without a shingle borrows the next one's, marked by its distance, so that short texts are compared too.
    return [_borrowed(least, at) for at in range(BINS)]


def _borrowed(least: list[int], at: int) -> int:
    return next(
        (value + (step << 28) & 0xFFFFFFFF for step in range(BINS) if (value := least[(at + step) % BINS]) != _EMPTY),
        _EMPTY,
    )
