"""What may stand in a prompt: roles, tools in OpenAI's form, how long it is, and reading one from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from breadtui.api.lenient import is_object, items, text_of
from breadtui.bakery.authoring.check_values import check_fields, named
from breadtui.bakery.authoring.fields import Field, Path, Shape, is_list
from breadtui.bakery.authoring.problems import Problem, shown
from breadtui.bakery.authoring.text_files import Unreadable, read_text

ROLES = ("system", "user", "assistant", "tool")
MOST_FILE_BYTES = 5 << 20
Objects = list[dict[str, object]]

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FUNCTION = (
    Field(("name",), Shape.TEXT, "How the model calls it.", required=True),
    Field(("description",), Shape.TEXT, "What it does, and when to use it."),
    Field(("parameters",), Shape.OBJECT, "Its arguments, as a JSON schema."),
    Field(("strict",), Shape.FLAG, "Whether the arguments keep to the schema."),
)
_TOKENS = re.compile(
    r"[_ ]?[A-Za-z]{1,8}"  # a word with what leads to it, or a piece of a long one
    r"| ?[0-9]{1,2}"
    r"|[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{1,2}"  # Han
    r"|[\u3040-\u30ff\uac00-\ud7af]{1,2}"  # kana, hangul
    r"| ?[^\W\d_A-Za-z\u2e80-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]{1,3}"  # other alphabets
    r"|\s+(?=\s)|\n"  # an indentation, a line's end
    r"|[^\w\s]{1,2}"  # signs often come in pairs
    r"|\w"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds of a prompt; None for what it does not."""

    messages: Objects | None
    tools: Objects | None


class LoadProblem(Exception):
    """A file holds no prompt; the text says what is wrong with it."""


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is, without any model's vocabulary; expect it to be a quarter off.

    Counted as one: a word of up to eight Latin letters with the blank before it, two digits, two Chinese, Japanese or
    Korean signs, three letters of any other alphabet, an indentation, a line's end, two signs. That comes to about
    four characters of English a token, three of code and nearly two of Chinese, as tokenizers of today have it.
    """
    return sum(1 for _ in _TOKENS.finditer(text))


def lengths(messages: object) -> tuple[int, int]:
    """The characters in the texts of all messages, and about how many tokens they are."""
    texts = [text_of(message.get("content")) for message in items(messages) if is_object(message)]
    return sum(map(len, texts)), sum(map(estimate_tokens, texts))


def check_tools(tools: object) -> list[Problem]:
    """What is wrong with a prompt's `tools`: each must be a function as OpenAI describes one."""
    if tools is None:
        return []
    if not is_list(tools):
        return [Problem(("tools",), _no_list(tools))]
    return [problem for number, tool in enumerate(tools) for problem in _check_tool(tool, ("tools", number))]


def load(path: FilePath) -> Loaded:
    """A prompt from a JSON file (UTF-8, at most 5 MiB): messages, tools, or an object with `messages` or `tools`.

    Raises:
        LoadProblem: the file cannot be read, is no JSON, or holds something else.
    """
    try:
        held = json.loads(read_text(path, MOST_FILE_BYTES), parse_constant=_refuse_constant)
    except Unreadable as error:
        raise LoadProblem(str(error)) from None
    except json.JSONDecodeError as error:
        raise LoadProblem(f"Line {error.lineno}, column {error.colno}: {_lower(error.msg)}.") from None
    except (ValueError, RecursionError):
        raise LoadProblem("The file is nested too deeply, or holds a number too long, to be sent.") from None
    return _loaded(held)


def _no_list(tools: object) -> str:
    """What is wrong with tools that are no list; of a text, where it ceases to be JSON."""
    if isinstance(tools, str):
        try:
            json.loads(tools)
        except json.JSONDecodeError as error:
            return f"tools are no JSON: line {error.lineno}, column {error.colno}: {_lower(error.msg)}."
        except (ValueError, RecursionError):
            pass
    return f"tools must be a JSON list, not {shown(tools)}."


def _loaded(held: object) -> Loaded:
    if is_object(held):
        if not ("messages" in held or "tools" in held):
            raise LoadProblem("The object in the file has neither messages nor tools.")
        return Loaded(*(_objects(held.get(key), key) for key in ("messages", "tools")))
    if not is_list(held):
        raise LoadProblem("The file must hold a list of messages or of tools, or an object with messages and tools.")
    found = _objects(held, "the list")
    if found and all("function" in item and "role" not in item for item in found):
        return Loaded(None, found)
    for number, item in enumerate(found or (), 1):
        if "role" not in item:
            raise LoadProblem(f"Item {number} of the list is no message: it has no role.")
    return Loaded(found, None)


def _objects(value: object, name: str) -> Objects | None:
    if value is None:
        return None
    if not is_list(value):
        raise LoadProblem(f"{name} must be a list, not {shown(value)}.")
    found: Objects = []
    for number, item in enumerate(value, 1):
        if not is_object(item):
            raise LoadProblem(f"Item {number} of {name} must be an object, not {shown(item)}.")
        found.append({**item})
    return found


def _check_tool(tool: object, path: Path) -> Iterator[Problem]:
    if not is_object(tool):
        yield Problem(path, f"{named(path)} must be an object, not {shown(tool)}.")
        return
    if tool.get("type") != "function":
        yield Problem((*path, "type"), f"The type of a tool must be “function”, not {shown(tool.get('type'))}.")
    function, here = tool.get("function"), (*path, "function")
    if not is_object(function):
        yield Problem(here, f"function must be an object with a name, not {shown(function)}.")
        return
    known = {field.label for field in _FUNCTION}
    # What else stands there is left alone: the service asks for OpenAI's form and closes it to nothing.
    yield from check_fields(_FUNCTION, {key: item for key, item in function.items() if key in known}, here)
    name = function.get("name")
    if isinstance(name, str) and not _TOOL_NAME.fullmatch(name):
        yield Problem((*here, "name"), "The name of a function is 1 to 64 letters (a to z), digits, “_” and “-”.")


def _refuse_constant(name: str) -> float:
    raise LoadProblem(f"{name} is no number that can be sent.")


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:].rstrip(".")
