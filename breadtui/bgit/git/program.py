"""Starts git, the program, and tells what it says: with no prompt, no pager, and for no longer than is allowed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from breadtui.api.text import one_line

PATIENCE = 30.0
"""Seconds for a question."""
HOOKS_PATIENCE = 120.0
"""Seconds for a commit: it may take as long as its hooks."""
_FAREWELL = 5.0
"""Seconds to take its locks away before it is killed."""
_MOST_COMPLAINT = 64 * 1024
"""Bytes of what hooks say that are looked at, the last ones."""
_MOST_WORDS = 400
"""Characters of what git says; the last of them tell why."""

NONSENSE = "What is started as git does not answer as git does: it may be another program of that name."
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_OUTSIDE = "not a git repository (or any"
_COLOURS = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_SAFE = ("-c", "core.quotepath=off", "-c", "log.showSignature=false", "-c", "i18n.commitEncoding=UTF-8")
_SILENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "GIT_SEQUENCE_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
    "SSH_ASKPASS_REQUIRE": "never",
}
_ASKING = {**_SILENT, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
"""For questions: words that can be recognised, no index written on the way, nothing fetched from afar."""
_DRAWS = ("GPG_TTY", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_TRACE", "GIT_TRACE2")
"""What would let a program below git draw on the terminal, or git talk of itself."""


class GitError(Exception):
    """Git refuses, in its own words, cleaned; or it is not installed, or the directory is in no repository of its."""


class NoGit(GitError):
    """There is no git here: not installed, or the directory is not under it. Nothing is wrong with that."""


def answer(directory: Path, *arguments: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> bytes:
    """What git answers to a question. `fine` are the exit codes that are answers as well.

    Raises:
        NoGit, GitError
    """
    return _checked(directory, arguments, given, _environ(_ASKING), PATIENCE, fine)


def order(directory: Path, *arguments: str) -> None:
    """Have git do something, hooks included: they find the user's language, and nobody to ask.

    Raises:
        NoGit, GitError
    """
    _checked(directory, arguments, b"", _environ(_SILENT), HOOKS_PATIENCE, (0,))


def fields(answered: bytes, count: int) -> list[list[str]]:
    """The parts of an answer that ends each with a NUL, so many at a time.

    Raises:
        GitError: they do not come out even.
    """
    parts = lines(answered)
    if len(parts) % count:
        raise GitError(NONSENSE)
    return [parts[at : at + count] for at in range(0, len(parts), count)]


def object_id(answered: bytes) -> str:
    """The id of an object, or none.

    Raises:
        GitError: it is something else.
    """
    told = answered.decode(errors="replace").strip()
    if told and not _ID.fullmatch(told):
        raise GitError(NONSENSE)
    return told


def literal(path: str) -> str:
    """A path that git takes as it is written, whatever signs are in it."""
    return f":(literal){path}"


def lines(answered: bytes) -> list[str]:
    """The parts of an answer that ends each with a NUL."""
    return answered.decode(errors="surrogateescape").split("\0")[:-1]


def _checked(
    directory: Path,
    arguments: tuple[str, ...],
    given: bytes,
    environ: Mapping[str, str],
    patience: float,
    fine: tuple[int, ...],
) -> bytes:
    code, said, complaint = _ended(directory, arguments, given, environ, patience)
    if code in fine:
        return said
    if _OUTSIDE.encode() in complaint:
        raise NoGit(f"{one_line(str(directory))} is not under git; `git init` there begins a history.")
    raise GitError(f"git {arguments[0]} did not work: {_words(complaint, said) or f'it ended with {code}'}")


def _ended(
    directory: Path, arguments: tuple[str, ...], given: bytes, environ: Mapping[str, str], patience: float
) -> tuple[int, bytes, bytes]:
    """The exit code, and both outputs. These go to files: a hook may leave behind a program that holds a pipe open."""
    with _kept() as said, _kept() as complaint:
        process = _started(directory, arguments, environ, given, said.fileno(), complaint.fileno())
        try:
            process.communicate(given or None, timeout=patience)
        except subprocess.TimeoutExpired:
            raise GitError(
                f"git {arguments[0]} was stopped: it took longer than {patience:.0f} seconds. "
                "Try it by hand in that directory to see what it waits for."
            ) from None
        finally:
            if process.poll() is None:
                _stop(process)
        said.seek(0)
        complaint.seek(max(0, complaint.seek(0, os.SEEK_END) - _MOST_COMPLAINT))
        return process.returncode, said.read(), complaint.read()


def _kept() -> BinaryIO:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise GitError(
            f"What git says has no place: {error.strerror or error}. It needs a folder for temporary files, as TMPDIR"
            " names one."
        ) from None


def _started(
    directory: Path, arguments: tuple[str, ...], environ: Mapping[str, str], given: bytes, said: int, complaint: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - names and paths stand behind `--`, and no shell sees them
            ["git", "--no-pager", *_SAFE, *arguments],  # noqa: S607 - the git that the user's own shell would find
            cwd=directory,
            env=environ,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=said,
            stderr=complaint,
            # A session of its own has no terminal that an editor or a passphrase's dialogue could draw on.
            start_new_session=True,
        )
    except OSError as error:
        if not directory.is_dir():
            raise GitError(f"{one_line(str(directory))} is no directory, or not one that may be entered.") from None
        raise NoGit(f"git cannot be started ({error.strerror}): without it, history and commits are missing.") from None
    except ValueError:
        raise GitError("Git takes no path and no message that holds a NUL, or what UTF-8 cannot carry.") from None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git and its hooks; first in a way that lets it take away its locks."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_FAREWELL)
            return


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DRAWS}
    if "GIT_WORK_TREE" not in kept:
        # By itself it makes every directory one of that repository's, and this one has its own.
        kept.pop("GIT_DIR", None)
    return {**kept, **more}


def _words(complaint: bytes, said: bytes) -> str:
    """The last of what git and its hooks said, in one line."""
    words = complaint.strip() or said.strip()
    text = one_line(_COLOURS.sub(b"", words).decode(errors="replace")).removeprefix("fatal: ").removeprefix("error: ")
    return text if len(text) <= _MOST_WORDS else f"…{text[1 - _MOST_WORDS :]}"
