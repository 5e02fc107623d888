"""Names for what is made after something else: what exists cannot be changed, so its next version needs a name."""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST = 255
"""Characters of a name, at most."""
_VERSIONED = re.compile(r"(.*)_v([0-9]{1,9})", re.DOTALL)


def fresh_name(name: str, taken: Collection[str]) -> str:
    """The name of the next version of `name` that is not `taken`: `yoda`, then `yoda_v2`, then `yoda_v3`."""
    found = _VERSIONED.fullmatch(name)
    base, number = (found[1], int(found[2])) if found else (name, 1)
    while True:
        number += 1
        version = f"_v{number}"
        fresh = base[: LONGEST - len(version)] + version
        if fresh not in taken:
            return fresh
