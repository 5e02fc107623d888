"""Which downloads were begun and are not complete, on disk, so that the next start can offer to go on with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from breadtui.api.lenient import as_object, items
from breadtui.api.text import clean
from breadtui.bakery.downloads.part import left_at
from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
from breadtui.bakery.jobs import State
from breadtui.files import write_private

LEFT = "left by an earlier start; r goes on"


class Register:
    """The downloads from one server, of all programs; without a file, nothing is kept.

    What cannot be read or written is passed over: each part tells itself what it is a part of.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def left(self) -> list[Transfer]:
        """Those of which a part is there."""
        found = ((key, left_at(key.path)) for key in self._read())
        return [
            Transfer(key, State.NOT_STARTED, left.received, left.origin.total, note=LEFT)
            for key, left in found
            if left and left.origin.model == key.model
        ]

    def add(self, key: DownloadKey) -> None:
        """It was begun."""
        known = self._read()
        if key not in known:
            self._write([*known, key])

    def remove(self, key: DownloadKey) -> None:
        """It is complete, or of no interest any more."""
        known = self._read()
        if key in known:
            self._write(other for other in known if other != key)

    def _read(self) -> list[DownloadKey]:
        if self._path is None:
            return []
        try:
            entries = map(as_object, items(json.loads(self._path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, RecursionError):
            return []
        pairs = [(entry.get("model"), entry.get("path")) for entry in entries]
        return [DownloadKey(clean(m), Path(p)) for m, p in pairs if isinstance(m, str) and isinstance(p, str)]

    def _write(self, keys: Iterable[DownloadKey]) -> None:
        if self._path is None:
            return
        text = json.dumps([{"model": key.model, "path": str(key.path)} for key in keys], indent=1)
        try:
            write_private(self._path, text)
        except OSError:
            return
