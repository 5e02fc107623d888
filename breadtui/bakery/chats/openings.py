"""What a prompt of a repository tells a model first, and which prompts there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING

from breadtui.api.errors import BreadError
from breadtui.api.lenient import is_object, items, text_of
from breadtui.bakery.chats.conversation import Message, Opening
from breadtui.bakery.things import Thing

if TYPE_CHECKING:
    from breadtui.bakery.kitchen import Kitchen


LISTS_AT_ONCE = 4
"""Lists of names asked for together, at most: nobody looks at those repositories."""


async def load_opening(kitchen: Kitchen, repo: str, prompt: str) -> Opening:
    """A prompt whole, all its messages and tools. Of one that says nothing, as an empty student, nothing is sent.

    Raises:
        BreadError: it is not there, or cannot be asked for.
    """
    body = await kitchen.body_of(Thing.PROMPT, repo, prompt)
    messages = _objects(body.get("messages"))
    if not any(_says(message) for message in messages):
        messages = ()
    return Opening(messages, _objects(body.get("tools")), f"{repo}/{prompt}")


async def prompt_names(
    kitchen: Kitchen, repos: Iterable[str]
) -> AsyncGenerator[tuple[str, tuple[str, ...] | BreadError]]:
    """The names of the prompts of each repository, or why they cannot be told, as the answers come."""
    gate = asyncio.Semaphore(LISTS_AT_ONCE)

    async def ask(repo: str) -> tuple[str, tuple[str, ...] | BreadError]:
        async with gate:
            try:
                return repo, await kitchen.client.list_prompts(repo)
            except BreadError as error:
                return repo, error

    asking = [asyncio.create_task(ask(repo)) for repo in repos]
    try:
        for answer in asyncio.as_completed(asking):
            yield await answer
    finally:
        for task in asking:
            task.cancel()


def _objects(value: object) -> tuple[Message, ...]:
    return tuple(item for item in items(value) if is_object(item))


def _says(message: Message) -> bool:
    """Whether there is anything in it: text, parts, or a tool's call."""
    content = message.get("content")
    return bool(text_of(content).strip() if isinstance(content, str) else content) or bool(message.get("tool_calls"))
