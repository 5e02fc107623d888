"""What things are called after the files they are made of: one name that every server takes, and people know again."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePosixPath

LONGEST = 180
"""Bytes of a name in UTF-8, at most: what is put before and behind it fits into the 255 that a server allows."""
RESERVED = frozenset({"batch", "default"})
"""What no target is called: the one is an address of the server's, the other the name of its own template."""


def teacher_of(name: str) -> str:
    """The name of the teacher prompt that belongs to a target."""
    return f"{name}_teacher"


def told_apart(paths: Iterable[str]) -> dict[str, str]:
    """Each path (within the folder, with `/`) with its name: `phones/iphone.md` is `phones_iphone`.

    Of paths that would meet in one name, the plainest keeps it (fewest folders, nothing to replace, `.md`), and the
    others bear a few digits of their own path's SHA-256: what they are called does not depend on who else is there.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for path in sorted(paths, key=_rank):
        tries = (plain_name(path), *(_signed(path, digits) for digits in (8, 16, 32, 64)))
        name = next(name for name in tries if name not in taken)
        names[path] = name
        taken.add(name)
    return names


def plain_name(path: str) -> str:
    """The name of a path that meets no other."""
    bare = _bare(path)
    usable = bare and bare not in RESERVED and bare.strip(".") and len(bare.encode()) <= LONGEST
    return bare if usable else _signed(path, 8)


def name_of_folder(name: str) -> str:
    """What a bake is called after its folder."""
    return plain_name(f"{name}.md") if _replaced(name) else "bake"


def _rank(path: str) -> tuple[int, bool, bool, str]:
    pure = PurePosixPath(path)
    return len(pure.parts), pure.stem != _bare(pure.name), pure.suffix != ".md", path


def _bare(path: str) -> str:
    pure = PurePosixPath(path)
    return "_".join(part for part in map(_replaced, (*pure.parts[:-1], pure.stem)) if part)


def _replaced(part: str) -> str:
    """A part of a path with every run of what is no letter, digit, `.`, `_` or `-` made one `_`."""
    # One form for letters with accents: a Mac may write them as two signs, where others write one.
    signs = unicodedata.normalize("NFC", part)
    runs = groupby(signs, key=lambda sign: sign in "._-" or unicodedata.category(sign)[0] in "LMN")
    kept = ["".join(run) if fits else "\0" for fits, run in runs]
    return "".join(kept).strip("\0").replace("\0", "_")


def _signed(path: str, digits: int) -> str:
    """A path's name with digits that no other path has."""
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:digits]
    bare = _bare(path).encode()[: LONGEST - digits - 1].decode(errors="ignore").strip(".")
    return f"{bare or 'document'}-{digest}"
