"""The names a server was last seen to hold, kept on disk, so that the tree stands before the server has answered.

Loads nothing heavy: it is read before the first picture. Names are all it keeps; what they stand for is asked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from breadtui.api.lenient import as_object, items, texts
from breadtui.api.secret import Secret
from breadtui.api.text import clean
from breadtui.files import safe_name, write_private

MOST = 300
"""Names kept of a kind: more than any first screen shows."""


@dataclass(frozen=True, slots=True)
class Known:
    """The repositories, and what the first of them, which is the one unfolded at the start, holds."""

    repos: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    bakes: tuple[str, ...] = ()


def place(folder: Path, server: str, key: Secret) -> Path:
    """Where the names of `server` are kept; another key may see others, so it has a file of its own."""
    digest = hashlib.sha256(key.reveal().encode()).hexdigest()[:8]
    return folder / "known" / f"{safe_name(server)}-{digest}.json"


def recall(path: Path) -> Known | None:
    """What was kept; None where nothing was, or it cannot be read."""
    try:
        kept = as_object(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None
    names = {kind: tuple(clean(name) for name in texts(items(kept.get(kind)))) for kind in Known.__slots__}
    return Known(**names) if names["repos"] else None


def keep(path: Path, known: Known) -> None:
    """Keep `known` for the next start.

    Raises:
        OSError: it cannot be written; the next start is then a little slower, and nothing else.
    """
    write_private(path, json.dumps({kind: _first(getattr(known, kind)) for kind in Known.__slots__}))


def _first(names: Sequence[str]) -> Sequence[str]:
    return names[:MOST]
