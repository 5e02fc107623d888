"""Alt and a digit, as keys of their own."""

from __future__ import annotations

from dataclasses import dataclass

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


@dataclass(frozen=True, slots=True)
class Named:
    """A key, as Textual's table of what terminals send has it: by name."""

    value: str


def hear_alt_digits() -> None:
    """From now on alt and a digit are keys, in whatever way the terminal sends them.

    Textual 8.2 takes what most terminals send for the signs of a Mac's keyboard, `¡` for alt+1, so that they are typed
    into whatever has the focus. A terminal that sends such a sign itself does so still.
    """
    if not isinstance(ANSI_SEQUENCES_KEYS, dict):
        return
    for digit in range(10):
        # The table's keys are an enumeration that lacks these; of a key Textual reads the value alone.
        ANSI_SEQUENCES_KEYS[f"\x1b{digit}"] = (Named(f"alt+{digit}"),)  # pyright: ignore[reportArgumentType]
