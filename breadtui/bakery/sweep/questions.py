"""Where the questions of a sweep come from: typed lines, a file, or a sample of a target's stimuli."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from breadtui.api.client import BreadClient
from breadtui.api.errors import Conflict, Invalid, NotFound
from breadtui.api.lenient import as_object, is_object, items, text_of, texts
from breadtui.api.models import OutputPage
from breadtui.api.text import clean, clean_json
from breadtui.bakery.chats.conversation import Message
from breadtui.bakery.folder.files import Unusable, read_text
from breadtui.bakery.sweep.sweep import Question

LARGEST = 64 << 20
"""Bytes of a file of questions, at most."""
PAGE = 1000
"""Rows asked for together: the most a server gives."""
SAMPLED = 50
"""Stimuli that are sampled, if nothing else is asked for."""
_ASKED = ("question", "prompt", "content", "text", "input", "stimulus")
_ANSWERED = ("references", "reference", "answer", "response", "completion", "output")

Told = Callable[[int, int | None], None]
"""Hears how many rows were read, and of how many, where that is known."""


class NoQuestions(Exception):
    """There is nothing to ask; the text says why, and what to do."""


def typed(text: str) -> tuple[Question, ...]:
    """A question a line; empty lines do not count."""
    return tuple(Question(line.strip()) for line in clean(text).splitlines() if line.strip())


def read_file(path: Path) -> tuple[Question, ...]:
    """The questions of a file: of `.jsonl` a JSON value a line, of `.json` a list of them, of any other a line each.

    A value is a text, or an object with a `question` (or `prompt`, `content`, `text`, `input`) or `messages`, and with
    the teacher's `references` or `answer`, if there is one. The assistant's last word in `messages` is one too.

    Raises:
        NoQuestions: it cannot be read, or a line of it says no question.
    """
    path = path.expanduser()
    try:
        text = read_text(path, LARGEST)
    except Unusable as error:
        raise NoQuestions(f"{path} {error}. Nothing was asked.") from None
    match path.suffix.lower():
        case ".jsonl" | ".ndjson":
            # Not splitlines: a JSON text may hold the ends of lines that only Unicode knows.
            lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
            found = tuple(_value(path, f"line {number}", _parsed(path, line, number)) for number, line in lines)
        case ".json":
            value = _parsed(path, text, None)
            listed = items(as_object(value).get("questions")) if is_object(value) else items(value)
            found = tuple(_value(path, f"item {number}", item) for number, item in enumerate(listed, 1))
        case _:
            found = typed(text)
    if not found:
        raise NoQuestions(f"{path} holds no question. Write one a line, or name another file.")
    return found


async def sample(
    client: BreadClient, repo: str, target: str, count: int = SAMPLED, *, seed: int = 0, told: Told | None = None
) -> tuple[Question, ...]:
    """`count` of a target's stimuli, drawn by `seed`, in their order, each with the teacher's answers to it.

    All pages are read, and of each only what was drawn is kept. A target without a rollout has no answers.

    Raises:
        BreadError: the stimuli could not be read.
        NoQuestions: there are none yet.
    """
    drawn: list[tuple[int, Mapping[str, object]]] = []
    roll = random.Random(seed)  # noqa: S311 - a sample that repeats, no secret
    number = 0
    async with aclosing(_rows(lambda at: client.stim_output(repo, target, at, PAGE), told)) as rows:
        async for row, _ in rows:
            # Each is kept with the same chance, however many there will be (reservoir sampling).
            place = number if number < count else roll.randrange(number + 1)
            if place < count:
                drawn[place : place + 1] = [(number, row)]
            number += 1
    if not drawn:
        raise NoQuestions(f"{repo}/{target} has no stimuli yet. Run its stim first.")
    asked = [(row, _question(row)) for _, row in sorted(drawn, key=lambda one: one[0])]
    answers = await _answers(client, repo, target, [row for row, _ in asked], number, told)
    pairs = zip(asked, answers, strict=True)
    found = [Question(one.text, one.messages, tuple(said)) for (_, one), said in pairs if one]
    if not found:
        raise NoQuestions(f"The stimuli of {repo}/{target} say no questions that breadtui could read.")
    return tuple(found)


async def _answers(
    client: BreadClient, repo: str, target: str, asked: Sequence[Mapping[str, object]], stimuli: int, told: Told | None
) -> list[list[str]]:
    """What the teacher answered to each of the stimuli `asked`, of `stimuli` in all."""
    found: list[list[str]] = [[] for _ in asked]
    by_id = {row["stimulus_id"]: said for row, said in zip(asked, found, strict=True) if _names(row)}
    by_text = {_words(row): said for row, said in zip(asked, found, strict=True)}
    left = len(asked)
    try:
        async with aclosing(_rows(lambda at: client.rollout_output(repo, target, at, PAGE), told)) as rows:
            async for row, total in rows:
                said = by_id.get(row["stimulus_id"]) if _names(row) else by_text.get(_words(row))
                answer = next((row[key] for key in _ANSWERED if isinstance(row.get(key), str)), None)
                if said is None or not isinstance(answer, str):
                    continue
                said.append(answer)
                left -= len(said) * stimuli == total
                if not left:  # each has as many as it can have
                    break
    except (NotFound, Invalid, Conflict):
        pass  # there is no rollout yet: what is answered is compared with nothing
    return found


async def _rows(
    ask: Callable[[int], Awaitable[OutputPage]], told: Told | None
) -> AsyncGenerator[tuple[Mapping[str, object], int | None], None]:
    """The rows of an output, page by page, each with how many there are."""
    at = 0
    while True:
        page = await ask(at)
        for row in page.output:
            yield row, page.lines
        at += len(page.output)
        if told:
            told(at, page.lines)
        if not page.has_more or not page.output:
            return


def _parsed(path: Path, text: str, line: int | None) -> object:
    try:
        return clean_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        where = f"line {line or getattr(error, 'lineno', 1)}"
        raise NoQuestions(f"{path} is not JSON in {where}. Nothing was asked: mend it, or name another file.") from None


def _value(path: Path, where: str, value: object) -> Question:
    found = Question(value) if isinstance(value, str) and value.strip() else _question(as_object(value))
    if found is None:
        keys = "“question”, “prompt” or “messages”"
        raise NoQuestions(f"{path}, {where}, says no question: it needs a text, or an object with {keys}.")
    return found


def _question(row: Mapping[str, object]) -> Question | None:
    """The question of a row or a file's object; None where there is none."""
    talk = next((found for key in ("messages", *_ASKED) if (found := items(row.get(key)))), list[object]())
    messages: list[Message] = [message for message in talk if is_object(message) and message.get("role")]
    references = [text for key in _ANSWERED for text in texts(row.get(key)) if text.strip()]
    while messages and messages[-1].get("role") == "assistant":
        references[:0] = [text_of(messages.pop().get("content"))]
    if messages:
        asked = next((text_of(said.get("content")) for said in reversed(messages) if said.get("role") == "user"), "")
        plain = len(messages) == 1 and messages[0].get("role") == "user" and {*messages[0]} <= {"role", "content"}
        return Question(asked, () if plain and asked else tuple(messages), tuple(references))
    text = _words(row)
    return Question(text, (), tuple(references)) if text.strip() else None


def _words(row: Mapping[str, object]) -> str:
    return next(_strings(row), "")


def _strings(row: Mapping[str, object]) -> Iterator[str]:
    return (value for key in _ASKED if isinstance(value := row.get(key), str))


def _names(row: Mapping[str, object]) -> bool:
    return isinstance(row.get("stimulus_id"), int | str)
