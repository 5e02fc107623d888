"""What is different between two bodies, key by key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from breadtui.api.lenient import is_object, items
from breadtui.bakery.authoring.fields import Path


class Absence(Enum):
    """Its one member stands for a value that is not there, which null is not."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT

_SIMPLE = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Difference:
    """What stood at `path` before, and what stands there after; ABSENT where nothing does."""

    path: Path
    before: object
    after: object


def differences(before: object, after: object) -> list[Difference]:
    """What changed, in the order of `before`, then what is new.

    Objects are compared key by key, lists of the same length item by item, all else as a whole. 1 and 1.0 are the
    same number; true is none.
    """
    found: list[Difference] = []
    left: list[tuple[Path, object, object]] = [((), before, after)]
    while left:
        path, one, other = left.pop()
        if is_object(one) and is_object(other):
            keys = dict.fromkeys((*one, *other))
            inner = [((*path, key), one.get(key, ABSENT), other.get(key, ABSENT)) for key in keys]
            left.extend(reversed(inner))
        elif len(listed := items(one)) == len(others := items(other)) > 0:
            pairs = zip(listed, others, strict=True)
            left.extend(reversed([((*path, place), *pair) for place, pair in enumerate(pairs)]))
        elif isinstance(one, bool) is not isinstance(other, bool) or one != other:
            found.append(Difference(path, one, other))
    return found


def path_text(path: Path) -> str:
    """A path as it is written in programs: `model.baked_adapter_config.r`, `generators[0].numq`."""
    return "".join(_step(step) for step in path).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _SIMPLE.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
