"""A value that must not be seen, such as an API key. Where it is kept is left to others."""

from typing import NoReturn, Self, final

VEIL = "••••"
"""What stands in place of a secret wherever people look."""


@final
class Secret:
    """Holds `value` and shows it by `reveal()` alone: not in repr, str, format, pickle or a frame's locals.

    Falsy when empty. Equal when the values are; the comparison takes the same time either way.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Keep it out of variables that outlive the call it is for."""
        return self._value

    def veil(self, text: str) -> str:
        """`text` with every occurrence of the value covered; a value too short to be a key is left alone."""
        return text.replace(self._value, VEIL) if len(self._value) >= _SHORTEST_KEY else text

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # loads OpenSSL's hashes: too slow for a module read at start-up

        return compare_digest(_bytes(self._value), _bytes(other._value))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return VEIL

    def __format__(self, spec: str) -> str:
        return format(VEIL, spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")


_SHORTEST_KEY = 6
"""Characters. Covering less would make ordinary words unreadable and hide nothing worth hiding."""


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
