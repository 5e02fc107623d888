"""The words of messages, whichever of the contract's three forms their content takes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard


def message_text(message: Mapping[str, object]) -> str:
    """The text of a message: of a list of parts the texts among them, of a null nothing."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    return " ".join(_texts(content)) if _is_list(content) else ""


def prompt_text(messages: Sequence[Mapping[str, object]]) -> str:
    """The text of a whole prompt."""
    return "\n".join(filter(None, map(message_text, messages)))


def _texts(parts: list[object]) -> Iterator[str]:
    for part in parts:
        text = part.get("text") if _is_object(part) else None
        if isinstance(text, str):
            yield text


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
