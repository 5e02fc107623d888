"""Bodies that are being written: kept on disk, so that neither a crash nor a lost connection takes them away."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from breadtui.api.lenient import as_object, is_object
from breadtui.bakery.things import Thing
from breadtui.files import safe_name, write_private


@dataclass(frozen=True, slots=True)
class DraftKey:
    """What is being written: a thing in a repository (empty for a repository itself), anew or as a copy."""

    thing: Thing
    repo: str
    origin: str = ""
    """The name of what is being copied; empty where nothing is."""


class Drafts:
    """The drafts of one server, one file each in `folder`; without a folder, in memory alone.

    A body that was put is a value: change a copy of it. Each `put` that changes a draft waits for the disk (a few
    milliseconds, many on a slow one), so whoever types fast gathers what was typed for half a second.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._bodies: dict[DraftKey, dict[str, object] | None] = {}
        """What was put or read; None for what was dropped, or could not be read."""
        self._written: dict[DraftKey, str] = {}
        """What stands in the files, as far as it is known."""

    def get(self, key: DraftKey) -> dict[str, object] | None:
        """The draft; None where there is none, or none that can be read."""
        if key not in self._bodies:
            self._bodies[key] = self._read(key)
        return self._bodies[key]

    def put(self, key: DraftKey, body: Mapping[str, object]) -> None:
        """Keep `body`; where it is the same as before, nothing is written.

        Raises:
            OSError: it cannot be written. While the program runs, it is kept all the same.
        """
        self._bodies[key] = {**body}
        if self.folder is None:
            return
        text = _text(key, body)
        if self._written.get(key) != text:
            write_private(_place(self.folder, key), text)
            self._written[key] = text

    def drop(self, key: DraftKey) -> None:
        """Forget a draft, as when its thing was made."""
        self._bodies[key] = None
        self._written.pop(key, None)
        if self.folder is not None:
            with contextlib.suppress(OSError):  # it is offered once more after the next start, and that is all
                _place(self.folder, key).unlink()

    def _read(self, key: DraftKey) -> dict[str, object] | None:
        if self.folder is None:
            return None
        try:
            text = _place(self.folder, key).read_text(encoding="utf-8")
            kept = as_object(json.loads(text))
        except (OSError, ValueError, RecursionError):
            return None
        body = kept.get("body")
        # Names come from anywhere, and a file's name holds a few digits of them only.
        if not is_object(body) or kept.get("of") != _of(key):
            return None
        self._written[key] = text
        return {**body}


def _place(folder: Path, key: DraftKey) -> Path:
    return folder / f"{safe_name('/'.join(_of(key)))}.json"


def _of(key: DraftKey) -> list[str]:
    return [str(key.thing), key.repo, key.origin]


def _text(key: DraftKey, body: Mapping[str, object]) -> str:
    try:
        return json.dumps({"of": _of(key), "body": body}, indent=1)
    except (TypeError, ValueError, RecursionError) as error:
        raise OSError(f"this draft cannot be written as JSON: {error}") from None
