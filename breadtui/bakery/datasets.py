"""What a bake's configuration says it learns from."""

from __future__ import annotations

from collections.abc import Mapping

from breadtui.api.lenient import as_object, items


def dataset_weights(config: Mapping[str, object] | None) -> tuple[tuple[str, float], ...]:
    """(target, weight) of each dataset in a bake's configuration; an absent weight counts as 1 [contract]."""
    entries = map(as_object, items((config or {}).get("datasets")))
    return tuple(
        (target, _weight(entry.get("weight"))) for entry in entries if isinstance(target := entry.get("target"), str)
    )


def parent_model(config: Mapping[str, object] | None) -> str | None:
    """The model a bake starts from, where its configuration names one."""
    parent = as_object((config or {}).get("model")).get("parent_model_name")
    return parent if isinstance(parent, str) else None


def _weight(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float) else 1.0
    except OverflowError:  # an integer of any length is JSON
        return 1.0
