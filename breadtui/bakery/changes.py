"""What the kitchen tells its subscribers: facts in the past tense, each a small frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from breadtui.bakery.jobs import JobStatus


@dataclass(frozen=True, slots=True)
class CatalogChanged:
    """The list of repositories, or what is known of one of them (`repo`), is new."""

    repo: str | None = None


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job was seen to differ from what was known of it."""

    status: JobStatus
    before: JobStatus | None


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The server began to answer, or ceased to; `problem` says why in people's words, `ailment` in two or three.

    When it is asked again is the watcher's to say (`next_try`), for that changes by the second.
    """

    problem: str | None
    ailment: str = ""


@dataclass(frozen=True, slots=True)
class PipelineChanged:
    """A run went on or came to a halt; `message` says so. `failed` where it could not do its work."""

    message: str
    failed: bool = False


Change = CatalogChanged | JobChanged | LinkChanged | PipelineChanged
Publish = Callable[[Change], None]
