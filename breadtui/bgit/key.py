"""The key that bgit keeps in the user's home. It is read and never written; whether to use it is for people to say."""

from __future__ import annotations

import json
import re
from pathlib import Path

from breadtui.api.lenient import as_object
from breadtui.api.secret import Secret

KEY_FILE = "~/.bgit/config.json"

LARGEST = 64 * 1024
"""Bytes. A file that holds a key is a hundred; what is larger is something else."""


def kept_key() -> Secret:
    """The key in `KEY_FILE`; an empty one where there is none, or nothing that a client could send."""
    try:
        path = Path(KEY_FILE).expanduser()
        if not path.is_file():
            return Secret("")  # what is no file, such as a pipe, might never end
        with path.open("rb") as file:
            found = file.read(LARGEST + 1)
        said: object = json.loads(found.decode("utf-8")) if len(found) <= LARGEST else None
    except (OSError, ValueError, RecursionError, RuntimeError):  # the last: no home is known
        return Secret("")
    key = as_object(said).get("apiKey")
    return Secret(key.strip() if isinstance(key, str) and re.fullmatch("[!-~]+", key.strip()) else "")
