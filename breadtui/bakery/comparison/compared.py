"""What two things come to beside each other: sections of rows, each with the sign of how the sides differ in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breadtui.api.models import Message
from breadtui.bakery.comparison.lines import Line, Sign, compared_lines
from breadtui.bakery.comparison.loading import PROMPT, STUDENT, TEACHER
from breadtui.bakery.comparison.messages import message_text, paired
from breadtui.bakery.comparison.settings import Setting, compared_settings
from breadtui.bakery.comparison.subject import ComparisonError, Side, Subject, Text
from breadtui.bakery.things import Thing

CONFIGURATION, OUTCOME = "Configuration", "What came of it"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a message: its role, and its number on either side."""

    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a side could not be read; empty for one that could."""

    before: str
    after: str


Row = Setting | Heading | Line | Trouble


@dataclass(frozen=True, slots=True)
class Section:
    """A part of two things. `names` are those of the prompts, where it is about prompts."""

    title: str
    rows: tuple[Row, ...]
    names: tuple[str, str] = ("", "")

    @property
    def differences(self) -> int:
        """How many there are: settings by themselves, lines that stand together as one."""
        return sum(1 for _ in starts(self.rows))

    @property
    def troubled(self) -> bool:
        """Whether a side of it could not be read."""
        return any(isinstance(row, Trouble) or row.sign is Sign.UNKNOWN for row in self.rows)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two things beside each other."""

    before: Subject
    after: Subject
    sections: tuple[Section, ...]

    @property
    def differences(self) -> int:
        """How many there are in all."""
        return sum(section.differences for section in self.sections)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it is not whole."""
        rows = [row for section in self.sections for row in section.rows if isinstance(row, Trouble)]
        return tuple(dict.fromkeys(told for row in rows for told in (row.before, row.after) if told))


def compare(before: Side, after: Side) -> Comparison:
    """Compare what was read. Of long prompts this takes a while: not for the loop.

    Raises:
        ComparisonError: they are of two kinds.
    """
    check(before.subject, after.subject)
    return Comparison(before.subject, after.subject, tuple(_sections(before, after)))


def check(before: Subject, after: Subject) -> None:
    """Whether two things can be compared.

    Raises:
        ComparisonError: they are of two kinds.
    """
    if before.thing is not after.thing:
        raise ComparisonError(
            f"{before.label} is a {before.thing}, {after.label} a {after.thing}: only two of a kind can be compared."
        )


def starts(rows: Sequence[Row | int]) -> Iterator[int]:
    """The numbers of the rows at which a difference begins; a number among them stands for rows left out."""
    within = False
    for number, row in enumerate(rows):
        differs = not isinstance(row, Trouble | int) and row.sign.differs
        if differs and (isinstance(row, Setting | Heading) or not within):
            yield number
        within = differs and not isinstance(row, Setting)


def _sections(before: Side, after: Side) -> Iterator[Section]:
    if before.subject.thing is not Thing.PROMPT:
        yield Section(CONFIGURATION, _whole(before, after, _settings))
    if before.subject.thing is Thing.BAKE and (before.outcome or after.outcome):
        yield Section(OUTCOME, _untroubled(before, after, _outcome(before.outcome, after.outcome)))
    for slot in (PROMPT, TEACHER, STUDENT):
        if slot in before.texts or slot in after.texts:
            section = _prompt(slot, _text(before, slot), _text(after, slot))
            yield replace(section, rows=_untroubled(before, after, section.rows))


def _whole(before: Side, after: Side, rows: Callable[[Side, Side], tuple[Row, ...]]) -> tuple[Row, ...]:
    trouble = (Trouble(before.problem, after.problem),) if before.problem or after.problem else ()
    return (*trouble, *_untroubled(before, after, rows(before, after)))


def _untroubled(before: Side, after: Side, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """What stands beside nothing that could be read is no difference."""
    return _unknown(rows) if before.problem or after.problem else rows


def _unknown(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(row if isinstance(row, Trouble) else replace(row, sign=Sign.UNKNOWN) for row in rows)


def _settings(before: Side, after: Side) -> tuple[Row, ...]:
    return compared_settings(before.config, after.config, (before.defaults, after.defaults))


def _outcome(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Row, ...]:
    rows = compared_settings(before, after)
    return tuple(replace(row, name=row.name.removeprefix('["').removesuffix('"]')) for row in rows)


def _text(side: Side, slot: str) -> Text:
    return side.texts.get(slot) or Text("?" if side.problem else "")


def _prompt(slot: str, before: Text, after: Text) -> Section:
    trouble = (Trouble(before.problem, after.problem),) if before.problem or after.problem else ()
    rows = (*_messages(before.messages, after.messages), *_tools(before, after))
    return Section(slot, (*trouble, *_unknown(rows)) if trouble else rows, (before.name, after.name))


def _messages(before: Sequence[Message], after: Sequence[Message]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for pair in paired(before, after):
        one = None if pair.before is None else before[pair.before]
        other = None if pair.after is None else after[pair.after]
        sign = Sign.NEW if one is None else Sign.GONE if other is None else Sign.SAME
        rows.append(Heading(sign, _numbered(one or other, pair.before, pair.after)))
        lines = compared_lines(message_text(one) if one else "", message_text(other) if other else "")
        rows += lines if sign is Sign.SAME else [replace(line, sign=sign) for line in lines]
        rows += compared_settings(_rest(one), _rest(other))
    return tuple(rows)


def _numbered(message: Message | None, before: int | None, after: int | None) -> str:
    numbers = dict.fromkeys(str(at + 1) for at in (before, after) if at is not None)
    return f"message {' / '.join(numbers)}, {(message.role if message else '') or 'without a role'}"


def _rest(message: Message | None) -> Mapping[str, object]:
    return (message.model_extra or {}) if message else {}


def _tools(before: Text, after: Text) -> tuple[Row, ...]:
    one, other = ({"tools": text.tools} if text.tools else dict[str, object]() for text in (before, after))
    return compared_settings(one, other)
