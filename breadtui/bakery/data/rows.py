"""What a row of stimuli or responses says, whatever keys it has. It never fails: what is not understood is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from breadtui.api.lenient import is_object, items, text_of, words
from breadtui.api.thinking import OPEN, ThinkSplitter

Fields = Mapping[str, object]

QUESTIONS = ("question", "stimulus", "instruction", "prompt", "query", "user", "input", "problem")
RESPONSES = ("response", "answer", "completion", "output", "assistant", "generation", "chosen", "solution")
CONVERSATIONS = ("messages", "conversation", "conversations", "history", "dialogue", "dialog", "turns", "chat")
REASONINGS = ("reasoning", "reasoning_content", "thinking", "thoughts", "thought")
TOKENS = ("tokens", "completion_tokens", "num_tokens", "n_tokens", "token_count", "output_tokens", "usage")
FINISHES = ("finish_reason", "stop_reason", "finish", "stop")
STIMULUS_IDS = ("stimulus_id", "question_id", "prompt_id", "stimulus_index")
TRAJECTORY_IDS = ("trajectory_id", "traj_id", "sample_id", "trajectory")
_USERS = ("user", "human")
_MODELS = ("assistant", "gpt", "model", "bot", "chatgpt")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came. `number` counts from 0.

    Of a line that is no row, `why` says what ails it, and `text` is what stands there. `origin` names the target it
    is from, where rows of several are shown together.
    """

    number: int
    fields: Fields = field(default_factory=dict[str, object])
    why: str = ""
    text: str = ""
    origin: str = ""

    @property
    def weight(self) -> int:
        """About how many bytes it takes in memory."""
        total, left = sys.getsizeof(self.text), [*self.fields.items()]
        while left:
            name, value = left.pop()
            total += sys.getsizeof(name) + sys.getsizeof(value)
            if is_object(value):
                left += value.items()
            else:
                left += [("", item) for item in items(value)]
        return total


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said before the question."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The best guess at what a row says. `response` is None where there is none, and empty where it is empty.

    `history` is what was said before the question, `stimulus` and `trajectory` are ids, `rest` the keys that none of
    this is from.
    """

    question: str = ""
    response: str | None = None
    history: tuple[Turn, ...] = ()
    reasoning: str = ""
    tokens: int | None = None
    most_tokens: int | None = None
    model: str = ""
    temperature: float | None = None
    finish: str = ""
    stimulus: str = ""
    trajectory: str = ""
    rest: tuple[tuple[str, object], ...] = ()

    @property
    def text(self) -> str:
        """What the row is about: the response, or of a stimulus the question."""
        return self.question if self.response is None else self.response


def read(row: Row) -> Reading:
    """What a row says."""
    if row.why:
        return Reading(question=row.text)
    keys = _Keys(row.fields)
    question, asked = _question(keys)
    response, reasoning, finish = _response(keys)
    turns = [*_turns(keys.take(CONVERSATIONS)), *asked]
    if response is None and turns and turns[-1].role in _MODELS:
        response = turns.pop().text
    if not question and turns and turns[-1].role in _USERS:
        question = turns.pop().text
    elif question and turns and turns[-1].text == question:
        turns.pop()
    thought, response = _unfolded(response)
    reading = Reading(
        question,
        response,
        tuple(turns),
        "\n\n".join(part for part in (as_text(keys.take(REASONINGS)) or reasoning, thought) if part),
        _count(keys.take(TOKENS)),
        _count(keys.take(("max_tokens",))),
        as_text(keys.take(("model", "model_name"))),
        _number(keys.take(("temperature",))),
        as_text(keys.take(FINISHES)) or finish,
        as_text(keys.take(STIMULUS_IDS)),
        as_text(keys.take(TRAJECTORY_IDS)),
        keys.rest,
    )
    return reading if question or response is not None or turns else _guessed(reading)


def as_text(value: object) -> str:
    """A value as text: a string itself, the text in a message's parts, nothing for null, and all else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_object(value) and isinstance(inner := value.get("content", value.get("text")), str):
        return inner
    return text_of(value) or words(value) or "…"


def searched(row: Row) -> str:
    """All values of a row in one text, to look for words in."""
    found, left = [row.text, row.origin], [*row.fields.values()]
    while left:
        value = left.pop()
        if isinstance(value, str):
            found.append(value)
        elif is_object(value):
            left += value.values()
        elif isinstance(value, list | tuple):
            left += items(value)  # pyright: ignore[reportUnknownArgumentType] - JSON
        elif value is not None:
            found.append(words(value) or "")
    return "\n".join(found)


def as_json(fields: Fields) -> str:
    """A row's fields as JSON on one line; numbers that JSON lacks become null, and what cannot be written `{}`."""
    try:
        return json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except RecursionError:
        return "{}"
    except ValueError:
        pass
    try:
        finite: object = json.loads(json.dumps(fields, ensure_ascii=False), parse_constant=lambda _: None)
        return json.dumps(finite, ensure_ascii=False)
    except (ValueError, RecursionError):
        return "{}"


class _Keys:
    """The keys of a row, whatever their case; what was taken is not among the rest."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._names = {name.strip().lower(): name for name in reversed(list(fields))}
        self._taken: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether there is such a key."""
        return name in self._names

    def take(self, names: Iterable[str]) -> object:
        """The value of the first of `names` that has one."""
        for name in names:
            key = self._names.get(name)
            if key is not None and key not in self._taken and (value := self._fields[key]) is not None:
                self._taken.add(key)
                return value
        return None

    @property
    def rest(self) -> tuple[tuple[str, object], ...]:
        return tuple((name, value) for name, value in self._fields.items() if name not in self._taken)


def _question(keys: _Keys) -> tuple[str, list[Turn]]:
    """The question, or the messages that stand where it is expected."""
    value = keys.take(QUESTIONS)
    turns = _turns(value)
    if turns and any(turn.role for turn in turns):
        return "", turns
    question = as_text(value)
    if keys.has("instruction") and (more := as_text(keys.take(("input",)))):
        question = f"{question}\n\n{more}"  # Alpaca's form
    return question, []


def _response(keys: _Keys) -> tuple[str | None, str, str]:
    """The response, its reasoning, and how it ended; also of an answer in OpenAI's form."""
    value = keys.take(RESPONSES)
    if value is None and (choices := items(keys.take(("choices",)))) and is_object(first := choices[0]):
        message, finish = first.get("message"), as_text(first.get("finish_reason"))
        return as_text(message if message is not None else first.get("text")), _reasoning(message), finish
    if value is None:
        return None, "", ""
    turns = _turns(value)
    text = "\n\n".join(turn.text for turn in turns) if turns and any(turn.role for turn in turns) else as_text(value)
    return text, _reasoning(value), ""


def _turns(value: object) -> list[Turn]:
    return [_turn(item) for item in items(value) if is_object(item) or isinstance(item, str)]


def _turn(item: object) -> Turn:
    if not is_object(item):
        return Turn("", as_text(item))
    said = next((item[name] for name in ("content", "value", "text") if name in item), None)
    return Turn(as_text(item.get("role", item.get("from"))).lower(), as_text(said))


def _reasoning(message: object) -> str:
    return next((as_text(message[name]) for name in REASONINGS if name in message), "") if is_object(message) else ""


def _unfolded(response: str | None) -> tuple[str, str | None]:
    """The reasoning that stands within a response, and the response without it."""
    if response is None or OPEN not in response:
        return "", response
    splitter = ThinkSplitter()
    pieces = [*splitter.feed(response), *splitter.finish()]
    thought, said = ("".join(text for thinking, text in pieces if thinking is which) for which in (True, False))
    return thought.strip(), said.strip()


def _guessed(reading: Reading) -> Reading:
    """Of keys that nobody knows, the longest text is what the row is about."""
    texts = [(len(value), name) for name, value in reading.rest if isinstance(value, str) and value.strip()]
    if not texts:
        return reading
    chosen = max(texts)[1]
    rest = tuple(entry for entry in reading.rest if entry[0] != chosen)
    return replace(reading, question=as_text(dict(reading.rest)[chosen]), rest=rest)


def _count(value: object) -> int | None:
    """A number of tokens, whether it was counted, listed, or is part of a bill."""
    if is_object(value):
        value = next((value[name] for name in TOKENS if name in value), None)
    if isinstance(value, list | tuple):
        return len(items(value))  # pyright: ignore[reportUnknownArgumentType] - JSON
    number = _number(value)
    return None if number is None or number < 0 else int(number)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
