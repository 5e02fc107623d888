"""What the kitchen tells its subscribers: facts in the past tense, each a small frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from breadtui.bakery.downloads.transfer import DownloadKey, Transfer
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


@dataclass(frozen=True, slots=True)
class DownloadChanged:
    """A download went on, or came to its end; `before` is what was known of it, None where it is new."""

    transfer: Transfer
    before: Transfer | None = None


@dataclass(frozen=True, slots=True)
class DownloadForgotten:
    """A download is of no interest any more."""

    key: DownloadKey


Change = CatalogChanged | JobChanged | LinkChanged | PipelineChanged | DownloadChanged | DownloadForgotten
Publish = Callable[[Change], None]
