"""What is typed to filter jobs: words that all must be there, some of them about one column."""

from __future__ import annotations

from collections.abc import Callable

from breadtui.widgets.jobs.row import JobRow, Row

Holds = Callable[[Row], bool]


def matcher(text: str) -> Holds:
    """Whether a row fits `text`: each word must be part of its name or phase, or as `state:failed` asks.

    `state:` and `phase:` take the beginning of a word, `repo:` and `name:` any part. Case does not matter.
    """
    wanted = [_term(word) for word in text.lower().split()]
    return lambda row: all(holds(row) for holds in wanted)


def _term(word: str) -> Holds:
    column, colon, value = word.partition(":")
    match column if colon else "":
        case "state":
            return lambda row: any(told.startswith(value) for told in _states(row))
        case "phase":
            return lambda row: any(told.startswith(value) for told in _phases(row))
        case "repo":
            return lambda row: value in row.key.repo.lower()
        case "name":
            return lambda row: value in row.key.name.lower()
        case _:
            return lambda row: word in f"{row.key.repo}/{row.key.name} {' '.join(_phases(row))}".lower()


def _phases(row: Row) -> list[str]:
    return [row.key.phase] if isinstance(row, JobRow) else [row.key.phase, "download"]


def _states(row: Row) -> list[str]:
    """The words by which its state can be asked for: `waits` and `waiting` are the same."""
    note = row.note.lower()
    word = row.status.word.lower() if isinstance(row, JobRow) else ""
    words = [str(row.state), word, *note.split()[:1]]
    return [*words, *(["waiting"] if note.startswith("waits") else [])]
