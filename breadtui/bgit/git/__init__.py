"""Asks git, the program, about a directory. Nothing is checked out, and no index is touched by asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from breadtui.api.text import one_line
from breadtui.bgit.git.program import NONSENSE, GitError, NoGit, answer, fields, literal, object_id

__all__ = ["LARGEST", "Commit", "Git", "GitError", "Head", "NoGit", "Ref", "RefKind"]

LARGEST = 8 * 2**20
"""Bytes of a file that are read; one that is larger is none of bgit's."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is checked out."""

    branch: str | None
    """None where the head is detached."""
    commit: str | None
    """The full id; None before the first commit."""


class RefKind(StrEnum):
    """What points to a commit."""

    BRANCH = "branch"
    REMOTE = "remote branch"
    TAG = "tag"
    HEAD = "detached head"


@dataclass(frozen=True, slots=True)
class Ref:
    """A name for a commit."""

    kind: RefKind
    name: str
    """As people say it: `main`, `origin/main`, `v1`, `HEAD`."""
    commit: str
    current: bool = False
    """Whether it is checked out."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit."""

    id: str
    parents: tuple[str, ...]
    author: str
    when: float
    """Seconds since 1970, as committed."""
    subject: str


class Git:
    """A directory under git. The program is started for each question: no object or ref is read without it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.by_hooks: tuple[str, ...] = ()
        """The files, relative to the directory, that hooks changed while the last commit was made, or added to it."""

    def head(self) -> Head:
        """What is checked out.

        Raises:
            NoGit, GitError
        """
        ref = self._ask("symbolic-ref", "--quiet", "HEAD", fine=(0, 1)).decode(errors="replace").strip()
        # Before the first commit there is no such commit, which is the answer.
        commit = object_id(self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}", fine=(0, 1)))
        return Head(one_line(ref.removeprefix("refs/heads/")) or None, commit or None)

    def refs(self) -> list[Ref]:
        """Branches, remote branches and tags; the current one first. A detached head is one of its own.

        Raises:
            NoGit, GitError
        """
        head = self.head()
        told = self._told_refs()
        peeled = self._peeled({ref.id for ref in told if ref.type == "tag"})
        refs = [Ref(RefKind.HEAD, "HEAD", head.commit, current=True)] if head.commit and head.branch is None else []
        for ref in told:
            commit = ref.id if ref.type == "commit" else peeled.get(ref.id)
            # `origin/HEAD` is but another word for a branch that is told anyway.
            if commit is not None and not (ref.points_to and ref.kind is RefKind.REMOTE):
                refs.append(Ref(ref.kind, ref.name, commit, current=ref.current))
        return sorted(refs, key=lambda ref: (not ref.current, tuple(RefKind).index(ref.kind)))

    def commits(self, *paths: str, limit: int) -> list[Commit]:
        """The commits, of all refs and of the head, that changed one of `paths` of the directory; newest first.

        Raises:
            NoGit, GitError
        """
        here = ("HEAD",) if self.head().commit else ()
        where = ("--branches", "--remotes", "--tags", *here)
        told = self._ask("log", *_LOG, f"--max-count={limit}", *where, "--", *map(literal, paths))
        return [
            Commit(full, tuple(parents.split()), one_line(author), _seconds(when), one_line(subject))
            for full, parents, author, when, subject in fields(told, 5)
        ]

    def read(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The files of commits: (commit, path relative to the directory) → text. What is not there is left out.

        So is what is larger than `LARGEST`. Bytes that are no UTF-8 become U+FFFD.

        Raises:
            NoGit, GitError
        """
        usable = [(commit, path) for commit, path in dict.fromkeys(wanted) if not {"\n", "\0"} & {*commit, *path}]
        found = self._found(f"{commit}:./{path}" for commit, path in usable)
        blobs = {at: it.id for at, it in found.items() if it.type == "blob" and it.size <= LARGEST}
        texts = self._texts(list(dict.fromkeys(blobs.values())))
        return {usable[at]: texts[blob] for at, blob in blobs.items() if blob in texts}

    def commit(self, paths: Sequence[str], message: str, *, hooks: bool = True) -> str:
        """Commit these files as they are on disk and nothing else; gives the abbreviated id, or "" if none changed.

        What is staged of other files stays staged. Where it fails, nothing is committed, and the files stay.

        Raises:
            NoGit, GitError
        """
        from breadtui.bgit.git.committing import commit_only

        made = commit_only(self._directory, paths, message, hooks=hooks)
        self.by_hooks = made.by_hooks
        return made.id

    def _ask(self, *arguments: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> bytes:
        return answer(self._directory, *arguments, given=given, fine=fine)

    def _told_refs(self) -> list[_ToldRef]:
        # No ref has a line break or a NUL in its name.
        told = self._ask("for-each-ref", f"--format={_REF_FORMAT}", *_KINDS).split(b"\n")
        return [_told_ref(line.decode(errors="surrogateescape").split("\0")) for line in told if line]

    def _peeled(self, tags: Iterable[str]) -> dict[str, str]:
        """The commits that tag objects are for in the end; those of something else are left out."""
        asked = sorted(tags)
        return {asked[at]: it.id for at, it in self._found(f"{tag}^{{commit}}" for tag in asked).items()}

    def _found(self, names: Iterable[str]) -> dict[int, _Object]:
        """The objects that are there, by their places in `names`."""
        given = "".join(f"{name}\n" for name in names).encode(errors="surrogateescape")
        told = self._ask("cat-file", "--batch-check", given=given).split(b"\n") if given else []
        heads = ((at, _object(line)) for at, line in enumerate(told))
        return {at: head for at, head in heads if head is not None}

    def _texts(self, blobs: Sequence[str]) -> dict[str, str]:
        given = "".join(f"{blob}\n" for blob in blobs).encode()
        return dict(_contents(self._ask("cat-file", "--batch", given=given))) if given else {}


_LOG = (
    "-z",
    f"--format={'%x00'.join(('%H', '%P', '%an', '%ct', '%s'))}",
    # Without the full history, a merge that took one side's files would hide what was baked on the other.
    "--full-history",
    "--date-order",
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--encoding=UTF-8",
)
_KINDS = {"refs/heads/": RefKind.BRANCH, "refs/remotes/": RefKind.REMOTE, "refs/tags/": RefKind.TAG}
_REF_FORMAT = "%00".join(("%(objecttype)", "%(objectname)", "%(HEAD)", "%(symref)", "%(refname)"))


@dataclass(frozen=True, slots=True)
class _ToldRef:
    """A ref as git tells it; `type` and `id` are those of the object, which may be a tag's own."""

    type: str
    id: str
    current: bool
    points_to: str
    kind: RefKind
    name: str


@dataclass(frozen=True, slots=True)
class _Object:
    id: str
    type: str
    size: int


def _told_ref(parts: Sequence[str]) -> _ToldRef:
    folder = next((folder for folder in _KINDS if parts[-1].startswith(folder)), None)
    if folder is None or len(parts) != _REF_FORMAT.count("%00") + 1:
        raise GitError(NONSENSE)
    type_, id_, mark, points_to, full = parts
    return _ToldRef(type_, id_, mark == "*", points_to, _KINDS[folder], one_line(full.removeprefix(folder)))


def _seconds(told: str) -> float:
    return float(told) if told.isdecimal() else 0.0  # of a commit that says no time, git tells none


def _object(line: bytes) -> _Object | None:
    """What git says of an object; None for one that is missing, or for a name of several."""
    words = line.decode(errors="replace").split(" ")
    if len(words) != 3 or not words[2].isdecimal():
        return None
    return _Object(words[0], words[1], int(words[2]))


def _contents(told: bytes) -> Iterator[tuple[str, str]]:
    """The objects, one behind the other: a line with the size, then as many bytes and a line break."""
    at = 0
    while (end := told.find(b"\n", at)) >= 0:
        head = _object(told[at:end])
        at = end + 1
        if head is not None:
            yield head.id, told[at : at + head.size].decode(errors="replace")
            at += head.size + 1
