"""A sweep as lines of JSON: the sweep itself, its questions, then each answer as it came; of a cell the last counts.

A line that cannot be understood is passed over, so that a torn end takes nothing else away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from breadtui.api.lenient import as_object, is_object, items, texts
from breadtui.api.text import clean_json
from breadtui.bakery.chats.conversation import Column, Opening, Settings
from breadtui.bakery.sweep.sweep import Cell, Place, Question, Standing, Sweep, short_name

VERSION = 1

Record = dict[str, object]


def line(record: Mapping[str, object]) -> bytes:
    """A record as it stands in a file."""
    return json.dumps(record, ensure_ascii=False).encode(errors="replace") + b"\n"


def read(found: bytes) -> Mapping[str, object]:
    """A line as a record, cleaned; an empty one if it is none."""
    try:
        return as_object(clean_json(json.loads(found)))
    except (ValueError, RecursionError):
        return {}


def whole(sweep: Sweep) -> Iterator[Record]:
    """All of a sweep."""
    yield {
        "is": "sweep",
        "version": VERSION,
        "id": sweep.id,
        "title": sweep.title,
        "begun": sweep.begun,
        "questions": len(sweep.questions),
        "columns": [_of_column(column) for column in sweep.columns],
    }
    for question in sweep.questions:
        yield {
            "is": "question",
            "text": question.text,
            "messages": [*question.messages],
            "references": [*question.references],
        }
    for place, cell in sweep.cells.items():
        if cell.standing in (Standing.ANSWERED, Standing.FAILED):
            yield of_cell(place, cell)


def of_cell(place: Place, cell: Cell) -> Record:
    """An answer."""
    return {
        "is": "cell",
        "at": [*place],
        "standing": cell.standing.value,
        "text": cell.text,
        "why": cell.why,
        "agreement": cell.agreement,
        "tokens": cell.tokens,
        "estimated": cell.estimated,
        "first": cell.first,
        "seconds": cell.seconds,
        "finish": cell.finish_reason,
    }


def replay(lines: Iterable[bytes]) -> Sweep | None:
    """The sweep that lines tell of; None if they do not begin one that this program knows to read."""
    head: Mapping[str, object] = {}
    questions: list[Question] = []
    cells: dict[Place, Cell] = {}
    for found in lines:
        record = read(found)
        match record.get("is"):
            case "sweep" if not head:
                head = record
            case "question":
                questions.append(_question(record))
            case "cell" if place := _place(record):
                cells[place] = _cell(record)
            case _:
                pass
    columns = columns_of(head)
    if head.get("version") != VERSION or not columns or not questions:
        return None
    sweep = Sweep(columns, tuple(questions), _text(head.get("title")), begun=number(head.get("begun")) or 0.0)
    sweep.cells = {at: cell for at, cell in cells.items() if at[0] < len(questions) and at[1] < len(columns)}
    return sweep


def columns_of(head: Mapping[str, object]) -> tuple[Column, ...]:
    """The columns that the first line of a sweep tells of."""
    found = (_column(as_object(column)) for column in items(head.get("columns")))
    return tuple(column for column in found if column.model)


def exported(sweep: Sweep) -> Iterator[bytes]:
    """For other programs, a line an answer, question by question: what was asked, who answered what, and how it went.

    Fields: question, messages (where there is a talk), references, model, opening, standing (answered, failed,
    waiting), answer, why, agreement, tokens, tokens_estimated, first (seconds to the first token), seconds,
    finish_reason.
    """
    for row, question in enumerate(sweep.questions):
        for at, column in enumerate(sweep.columns):
            yield line(_exported(question, column, sweep.cell(row, at)))


def _exported(question: Question, column: Column, cell: Cell) -> Record:
    waits = cell.standing is Standing.ASKING
    return {
        "question": question.text,
        **({"messages": [*question.messages]} if question.messages else {}),
        "references": [*question.references],
        "model": column.model,
        **({"opening": column.opening.source or [*column.opening.messages]} if column.opening.messages else {}),
        "standing": (Standing.WAITING if waits else cell.standing).value,
        "answer": cell.text,
        "why": cell.why,
        "agreement": cell.agreement,
        "tokens": cell.tokens,
        "tokens_estimated": cell.estimated,
        "first": cell.first,
        "seconds": cell.seconds,
        "finish_reason": cell.finish_reason,
    }


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return found if isfinite(found := float(value)) else None
    except OverflowError:  # an integer of any length is JSON
        return None


def called(column: Column) -> str:
    """A column in a few words: its model, and the prompt it is told first."""
    name = short_name(column.model)
    told = column.opening.source.rpartition("/")[2] or "a prompt"
    return f"{name} + {told}" if column.opening.messages else name


def _of_column(column: Column) -> Record:
    settings, opening = column.settings, column.opening
    return {
        "model": column.model,
        "messages": [*opening.messages],
        "tools": [*opening.tools],
        "source": opening.source,
        "settings": {name: getattr(settings, name) for name in Settings.__slots__},
    }


def _column(told: Mapping[str, object]) -> Column:
    given, thinking = as_object(told.get("settings")), as_object(told.get("settings")).get("thinking")
    settings = Settings(
        number(given.get("temperature")),
        _whole(given.get("max_tokens")),
        thinking if isinstance(thinking, bool) else None,
        _whole(given.get("seed")),
    )
    messages, tools = _objects(told.get("messages")), _objects(told.get("tools"))
    return Column(_text(told.get("model")), Opening(messages, tools, _text(told.get("source"))), settings)


def _question(record: Mapping[str, object]) -> Question:
    references = tuple(texts(record.get("references")))
    return Question(_text(record.get("text")), _objects(record.get("messages")), references)


def _place(record: Mapping[str, object]) -> Place | None:
    match [_whole(at) for at in items(record.get("at"))]:
        case [int(row), int(column)] if row >= 0 and column >= 0:
            return row, column
        case _:
            return None


def _cell(record: Mapping[str, object]) -> Cell:
    failed, finish = record.get("standing") == Standing.FAILED, record.get("finish")
    agreement = number(record.get("agreement"))
    return Cell(
        Standing.FAILED if failed else Standing.ANSWERED,
        _text(record.get("text")),
        _text(record.get("why")),
        None if agreement is None else min(max(agreement, 0.0), 1.0),
        _whole(record.get("tokens")),
        record.get("estimated") is True,
        number(record.get("first")),
        number(record.get("seconds")) or 0.0,
        finish if isinstance(finish, str) else None,
    )


def _objects(value: object) -> tuple[Mapping[str, object], ...]:
    return tuple(item for item in items(value) if is_object(item))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
