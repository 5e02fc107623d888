"""The token stream of a chat: what a server sends, as typed events. What becomes of them is left to the reader."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

import httpx
from httpx_sse import EventSource, ServerSentEvent

from breadtui.api import errors, lenient
from breadtui.api.refusals import bounded, parse_json, server_words
from breadtui.api.text import DeltaCleaner, clean, clean_json
from breadtui.api.thinking import ThinkSplitter
from breadtui.api.transport import LARGEST, Transport, path


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thinks before, or between, what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A piece of the call of a tool, as it comes: pieces with the same `index` are one call, its `arguments` JSON."""

    index: int
    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class Done:
    """The end. `finish_reason` is the server's word (`stop`, `length`, `tool_calls`…), None if it said none.

    `cut_off` means that the stream ended without saying that this was all.
    """

    finish_reason: str | None
    cut_off: bool


ChatEvent = Text | Reasoning | ToolCall | Usage | Done
