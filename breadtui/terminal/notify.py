"""Tells of news where nobody looks at the program: by the terminal's own notifications, its title, or a command."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

from breadtui.api.text import one_line

LONGEST = 200
"""Characters of a notification, at most."""
AT_ONCE = 8
"""Commands under way together, at most: one that hangs must not become a crowd."""
_NINE = ("iTerm.app", "ghostty", "WezTerm", "vscode")
_TOO_SIMPLE = ("", "dumb", "linux")

SAVE_TITLE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b[23;2t"


def notification(text: str, environ: Mapping[str, str]) -> str:
    """What, written to the terminal, has it show `text` above other windows; empty where it would garble the screen.

    OSC 9 is iTerm2's, OSC 777 rxvt's; most that take one take no other, and those that know neither pass them over.
    Inside tmux they are handed on to the terminal around it (tmux lets them through with `allow-passthrough on`).
    """
    if environ.get("TERM", "") in _TOO_SIMPLE or _in_screen(environ):
        return ""
    said = _bounded(text)
    nine, triple = f"\x1b]9;{said}\x1b\\", f"\x1b]777;notify;breadtui;{said}\x1b\\"
    sequences = [nine] if _takes_nine(environ) else [triple] if _takes_triple(environ) else [nine, triple]
    return "".join(map(_through_tmux, sequences)) if environ.get("TMUX") else "".join(sequences)


def title(text: str, environ: Mapping[str, str]) -> str:
    """What, written to the terminal, makes `text` its title; tmux takes it for the pane's."""
    return "" if environ.get("TERM", "") in _TOO_SIMPLE else f"\x1b]2;{_bounded(text)}\x1b\\"


class Command:
    """The command of the user's choice. `failed` is called, from another thread, with a sentence; once for each."""

    def __init__(self, words: Sequence[str], failed: Callable[[str], None]) -> None:
        self._words = tuple(words)
        self._failed = failed
        self._told: set[str] = set()
        self._free = threading.Semaphore(AT_ONCE)

    def run(self, facts: Mapping[str, str]) -> None:
        """Start it with `facts` in its environment, by no shell, and wait for its end in a thread of its own.

        The thread ends with the program and the command does not: it may be telling of the very last job.
        """
        if self._words and self._free.acquire(blocking=False):
            threading.Thread(target=self._run, args=(dict(facts),), name="notify", daemon=True).start()

    def _run(self, facts: Mapping[str, str]) -> None:
        told = {name: value.replace("\0", "") for name, value in facts.items()}
        try:
            ended = subprocess.run(  # noqa: S603 - the user's own words, interpreted by nobody
                self._words,
                env={**os.environ, **told},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # what ends this program by a key must not end it
                check=False,
            )
            if ended.returncode:
                self._tell(f"The command of [notify] ended with an error ({ended.returncode}): {self._words[0]}")
        except (OSError, ValueError) as error:
            self._tell(f"The command of [notify] could not be started: {error}")
        finally:
            self._free.release()

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._failed(one_line(sentence))


def _bounded(text: str) -> str:
    said = one_line(text).replace("\x1b", "").replace("\x07", "")
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _in_screen(environ: Mapping[str, str]) -> bool:
    """GNU screen prints what it does not know."""
    return bool(environ.get("STY")) and not environ.get("TMUX")


def _takes_nine(environ: Mapping[str, str]) -> bool:
    named = environ.get("TERM_PROGRAM", "") in _NINE or environ.get("LC_TERMINAL") == "iTerm2"
    kitty = bool(environ.get("KITTY_WINDOW_ID")) or "kitty" in environ.get("TERM", "")
    return named or kitty or bool(environ.get("WEZTERM_PANE")) or "ghostty" in environ.get("TERM", "")


def _takes_triple(environ: Mapping[str, str]) -> bool:
    term = environ.get("TERM", "")
    return term.startswith(("rxvt", "foot")) or bool(environ.get("VTE_VERSION") or environ.get("KONSOLE_VERSION"))


def _through_tmux(sequence: str) -> str:
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
