"""Commits some files of a directory as they are on disk, and leaves all else to its user, what is staged included."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from breadtui.api.text import one_line
from breadtui.bgit.git.program import NONSENSE, GitError, answer, fields, lines, literal, object_id, order

_UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
_NAMES = ("--name-only", "--relative", "--no-ext-diff", "--no-renames", "-z")
"""For `git diff`: the names of files alone, as seen from the directory."""


@dataclass(frozen=True, slots=True)
class Made:
    """A commit; its id is abbreviated, and empty where nothing was different."""

    id: str = ""
    by_hooks: tuple[str, ...] = ()
    """The files that hooks changed on the way, or added to it."""


def commit_only(directory: Path, paths: Sequence[str], message: str, *, hooks: bool) -> Made:
    """Commit `paths`, untracked ones included, in one commit of their own.

    Raises:
        NoGit, GitError: nothing was committed, and the index is what it was.
    """
    _refuse_halfway(directory)
    _refuse_ignored(directory, paths)
    with _intended(directory, paths):
        changed = _changed(directory, paths)
        if not changed:
            return Made()
        before, asked = _head(directory), _on_disk(directory, changed)
        checks = () if hooks else ("--no-verify",)
        order(directory, "commit", "--only", "--quiet", *checks, f"--message={message}", "--", *map(literal, changed))
    return Made(_abbreviated(directory), _settled(directory, before, changed, asked))


def _refuse_halfway(directory: Path) -> None:
    folder = Path(answer(directory, "rev-parse", "--absolute-git-dir").decode(errors="surrogateescape").rstrip("\n"))
    what = next((what for name, what in _UNDER_WAY.items() if (folder / name).exists()), None)
    if what is not None:
        raise GitError(
            f"A git {what} is under way here: finish it (or call it off with `git {what} --abort`), then commit."
        )


def _refuse_ignored(directory: Path, paths: Sequence[str]) -> None:
    given = "".join(f"{path}\0" for path in paths).encode(errors="surrogateescape")
    told = fields(answer(directory, "check-ignore", "--verbose", "-z", "--stdin", given=given, fine=(0, 1)), 4)
    if told:
        source, line, pattern, path = map(one_line, told[0])
        raise GitError(
            f"{path} is ignored by git ({source}, line {line}: {pattern}): take that line out, "
            f"or commit the file once by hand, after `git add -f {path}`."
        )


@contextlib.contextmanager
def _intended(directory: Path, paths: Sequence[str]) -> Generator[None]:
    """Let git know of the files that it does not track yet; taken back unless they come to be in a commit."""
    tracked = lines(answer(directory, "ls-files", "-z", "--", *map(literal, paths)))
    new = [path for path in paths if path not in tracked and (directory / path).exists()]
    if new:
        order(directory, "add", "--intent-to-add", "--", *map(literal, new))
    try:
        yield
    finally:
        # What is but intended is new to whoever compares the disk with the index.
        left = lines(answer(directory, "diff", *_NAMES, "--diff-filter=A", "--", *map(literal, new))) if new else []
        if left:
            order(directory, "update-index", "--force-remove", "--", *left)


def _changed(directory: Path, paths: Sequence[str]) -> list[str]:
    """Those of the files that are different on disk from the last commit."""
    if not _head(directory):
        return [path for path in paths if (directory / path).exists()]
    differing = lines(answer(directory, "diff", *_NAMES, "HEAD", "--", *map(literal, paths)))
    return [path for path in paths if path in differing]


def _settled(directory: Path, before: str, paths: Sequence[str], asked: Mapping[str, str]) -> tuple[str, ...]:
    """What hooks changed or added. Git commits what they staged, but forgets to note it in the index of the user."""
    committed = _in_head(directory, paths)
    changed = [path for path in paths if committed.get(path) != asked.get(path)]
    added = [path for path in _touched(directory, before) if path not in paths]
    staged = (
        lines(answer(directory, "diff", "--cached", *_NAMES, before, "--", *map(literal, added)))
        if before and added
        else []
    )
    forgotten = [*changed, *(path for path in added if path not in staged)]
    if forgotten:
        order(directory, "reset", "--quiet", "HEAD", "--", *map(literal, forgotten))
    now = _on_disk(directory, paths)
    rewritten = [path for path in paths if path not in changed and now.get(path) != asked.get(path)]
    return tuple(map(one_line, (*changed, *rewritten, *added)))


def _touched(directory: Path, before: str) -> list[str]:
    """The files below the directory that the last commit changed."""
    since = (before, "HEAD") if before else ("--root", "HEAD")
    return lines(answer(directory, "diff-tree", "--no-commit-id", "-r", *_NAMES, *since))


def _on_disk(directory: Path, paths: Sequence[str]) -> dict[str, str]:
    """The id that each of the files has as git would store it; one that is gone has none."""
    there = [path for path in paths if (directory / path).exists()]
    ids = answer(directory, "hash-object", "--", *there).split() if there else []
    if len(ids) != len(there):
        raise GitError(NONSENSE)
    return dict(zip(there, map(object_id, ids), strict=True))


def _in_head(directory: Path, paths: Sequence[str]) -> dict[str, str]:
    """The id of each of the files in the last commit: `mode type id`, a tab, the path."""
    told = (line.partition("\t") for line in lines(answer(directory, "ls-tree", "-z", "HEAD", "--", *paths)))
    return {path: about.rpartition(" ")[2] for about, _, path in told}


def _head(directory: Path) -> str:
    """The id of the last commit; empty before the first."""
    return object_id(answer(directory, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", fine=(0, 1)))


def _abbreviated(directory: Path) -> str:
    return one_line(answer(directory, "rev-parse", "--short", "HEAD").decode(errors="replace").strip())
