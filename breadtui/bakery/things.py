"""What can be made at a Bread server, and how the body that makes it names it."""

from __future__ import annotations

from enum import StrEnum


class Thing(StrEnum):
    """The four kinds of resources."""

    REPO = "repository"
    PROMPT = "prompt"
    TARGET = "target"
    BAKE = "bake"

    @property
    def name_key(self) -> str:
        """The key of the request body that holds the thing's own name."""
        return "repo_name" if self is Thing.REPO else f"{self.value}_name"
