"""Gives a terminal back to its user on behalf of a program that was killed before it could."""

from __future__ import annotations

import contextlib
import os
import termios

LEAVE = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # bracketed paste, focus, resize reports
    "\x1b[<u"  # kitty's keyboard, which must end before the alternate screen does
    "\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"  # line wrap, alternate screen, cursor, colours
)
"""Undoes all that Textual 8.2's driver switches on; a terminal that has it off already ignores it."""


def give_back(fd: int) -> None:
    """Put the terminal behind `fd` into the state a shell expects; a terminal that is gone is let be."""
    with contextlib.suppress(OSError, termios.error):
        os.write(fd, LEAVE.encode())
        state = termios.tcgetattr(fd)
        state[0] |= termios.ICRNL | termios.IXON | termios.BRKINT
        state[1] |= termios.OPOST | termios.ONLCR
        state[3] |= termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ICANON | termios.ISIG | termios.IEXTEN
        termios.tcsetattr(fd, termios.TCSANOW, state)
