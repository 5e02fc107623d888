"""A sweep: its questions, the models that are asked, and a cell for each question and model."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from breadtui.bakery.chats.conversation import Column, Message

AT_ONCE = 4
"""Questions under way together, if nothing else is asked for."""
MOST_AT_ONCE = 64


class Standing(StrEnum):
    """How a cell stands."""

    WAITING = "waiting"
    ASKING = "asking"
    ANSWERED = "answered"
    FAILED = "failed"

    @property
    def sign(self) -> str:
        """One character, so that colour is never alone."""
        return {"waiting": "○", "asking": "◐", "answered": "✔", "failed": "✖"}[self]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `messages` is the talk that ends in it, where there is more than the question itself.

    `references` are the teacher's answers to it, one a trajectory.
    """

    text: str
    messages: tuple[Message, ...] = ()
    references: tuple[str, ...] = ()

    def sent_to(self, column: Column) -> list[Message]:
        """What a model is sent: what it is told first, then the question."""
        return [*column.opening.messages, *(self.messages or ({"role": "user", "content": self.text},))]


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer, or how far it is. Times are seconds from when the request was sent.

    `agreement` is the likeness to the teacher's answer that it is nearest to, from 0 to 1; None without a teacher.
    `tokens` is the server's count of the answer's tokens, else an estimate (`estimated`).
    """

    standing: Standing = Standing.WAITING
    text: str = ""
    why: str = ""
    """What went wrong, or is worth knowing, for people."""
    agreement: float | None = None
    tokens: int | None = None
    estimated: bool = False
    first: float | None = None
    seconds: float = 0.0
    finish_reason: str | None = None

    @property
    def empty(self) -> bool:
        """Whether the model answered nothing."""
        return self.standing is Standing.ANSWERED and not self.text.strip()


WAITING = Cell()
ASKING = Cell(Standing.ASKING)

Place = tuple[int, int]
"""A cell's question and column, both from 0."""


@dataclass(slots=True)
class Sweep:
    """Questions, columns, and a cell for each pair of them; those that wait are not in `cells`."""

    columns: tuple[Column, ...]
    questions: tuple[Question, ...]
    title: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    begun: float = field(default_factory=time.time)
    cells: dict[Place, Cell] = field(default_factory=dict[Place, Cell])

    @property
    def size(self) -> int:
        """How many answers make it whole."""
        return len(self.questions) * len(self.columns)

    @property
    def compared(self) -> bool:
        """Whether any question has a teacher's answer."""
        return any(question.references for question in self.questions)

    def cell(self, row: int, column: int) -> Cell:
        """How a question stands with a model."""
        return self.cells.get((row, column), WAITING)

    def missing(self, *, failed_too: bool = False) -> Iterator[Place]:
        """The cells that nothing came of yet, question by question, so that models can be compared early."""
        for row in range(len(self.questions)):
            for column in range(len(self.columns)):
                standing = self.cell(row, column).standing
                if standing is Standing.WAITING or (failed_too and standing is Standing.FAILED):
                    yield row, column

    def count(self, standing: Standing) -> int:
        """The cells that stand so."""
        if standing is Standing.WAITING:
            return self.size - len(self.cells)
        return sum(cell.standing is standing for cell in self.cells.values())


def titled(columns: Iterable[Column], source: str) -> str:
    """What a sweep is called: its models by their last names, and where its questions are from."""
    names = list(dict.fromkeys(short_name(column.model) for column in columns))
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{told} · {source}" if source else told


def short_name(model: str) -> str:
    """The end of a model's name that tells it from its like: `bake/21` of a checkpoint, `Qwen3-32B` of a base model."""
    parts = model.split("/")
    return "/".join(parts[-2:]) if len(parts) == 4 else parts[-1]
