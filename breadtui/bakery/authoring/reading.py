"""Builds a body out of YAML's events, one by one, so that nothing is made that a body may not hold.

Loads the YAML library: whoever needs it imports this late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from breadtui.api.refusals import bounded
from breadtui.api.text import one_line
from breadtui.bakery.authoring.faults import in_words
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.scalars import meaning

DEEPEST = 1000
"""Objects and lists in one another, at most; Python's own JSON goes no deeper."""
DEEPEST_BRACKETS = 64
"""The same for brackets and braces, which take the library the longer the deeper they are."""


class Fault(Exception):
    """What is wrong in the text, in words; `line` and `column` count from 0."""

    def __init__(self, line: int, column: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.column = column


def read_body(text: str, lines: dict[Path, int]) -> dict[str, object]:
    """The body that `text` says; `lines` is given the line of each key and list item.

    Raises:
        Fault: it says none.
    """
    page = _Page(lines)
    try:
        events: Iterator[_Event] = YAML(typ="safe", pure=True).parse(text)
        for event in events:
            page.take(event)
    except ReaderError as error:
        raise _unprintable(text, error) from None
    except MarkedYAMLError as error:
        raise _misspelt(error) from None
    # A number escaped in a text may be no character's, and ruamel.yaml 0.19 asserts that a %YAML is 1.1 or 1.2.
    except (YAMLError, ValueError, OverflowError, AssertionError) as error:
        raise Fault(0, 0, f"this cannot be read as YAML: {bounded(one_line(str(error)))}.") from None
    if page.body is None:
        raise Fault(0, 0, "nothing is written here; a body is keys with their values.")
    return page.body


class _Mark(Protocol):
    """A place in the text, as the library tells it; both count from 0."""

    line: int
    column: int


class _Event(Protocol):
    """What the library tells of: which of its events has what is left untyped there."""

    crepr: str
    """The kind, in the marks of YAML's own test suite."""
    start_mark: _Mark
    value: str
    style: str | None
    tag: str | None
    anchor: str
    flow_style: bool | None


class _Complaint(Protocol):
    """What the library finds wrong: while reading what, and what it is."""

    context: str | None
    context_mark: _Mark | None
    problem: str | None
    problem_mark: _Mark | None


class _Stray(Protocol):
    """A character that YAML does not have."""

    position: int


@dataclass(slots=True)
class _Open:
    """An object or list that is being read."""

    path: Path
    box: dict[str, object] | list[object]
    brackets: bool
    key: str | None = None
    """The key whose value comes next."""


@dataclass(slots=True)
class _Page:
    """The body as far as it was read."""

    lines: dict[Path, int]
    body: dict[str, object] | None = None
    begun: bool = False
    open: list[_Open] = field(default_factory=list[_Open])

    def take(self, event: _Event) -> None:
        """Go on by one event."""
        at = event.start_mark
        match event.crepr:
            case "+DOC":
                if self.begun:
                    raise _fault(at, "a second document begins; a body is one.")
                self.begun = True
            case "=ALI":
                alias = f"“*{_short(event.anchor)}” stands for what is written elsewhere, which is not looked up here"
                raise _fault(at, f"{alias}: write that out, or put the text in quotes.")
            case "=VAL":
                _refuse_tag(event.tag, at)
                if self._awaits_key():
                    self._name(event)
                else:
                    self._put(_value(event), at)
            case "+MAP" | "+SEQ":
                _refuse_tag(event.tag, at)
                self._go_in(event)
            case "-MAP" | "-SEQ":
                self.open.pop()
            case _:
                pass

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].box, dict) and self.open[-1].key is None

    def _name(self, event: _Event) -> None:
        at, word, around = event.start_mark, event.value, self.open[-1]
        if _bare(event) and word == "<<":
            raise _fault(at, "keys cannot be merged in by << here: write them out.")
        if _bare(event) and not word:
            raise _fault(at, "a colon stands here without a key before it.")
        if not isinstance(_value(event), str):
            raise _fault(at, f"a key must be text: put “{_short(word)}” in quotes.")
        if word in around.box:
            raise _fault(at, f"a key is given twice: {_short(word)}.")
        around.key = word
        self.lines[*around.path, word] = at.line

    def _go_in(self, event: _Event) -> None:
        at = event.start_mark
        if self._awaits_key():
            raise _fault(at, "a key must be text, not a list or other keys. Text that begins with [ or { needs quotes.")
        brackets = event.flow_style is True
        if len(self.open) >= DEEPEST or (brackets and sum(box.brackets for box in self.open) >= DEEPEST_BRACKETS):
            raise _fault(at, "this is nested too deeply.")
        box: dict[str, object] | list[object] = [] if event.crepr == "+SEQ" else {}
        if self.open:
            self.open.append(_Open(self._put(box, at), box, brackets))
        elif isinstance(box, list):
            raise _fault(at, "this is a list; a body is keys with their values.")
        else:
            self.body = box
            self.open.append(_Open((), box, brackets))

    def _put(self, value: object, at: _Mark) -> Path:
        """Put a value where the next one belongs; gives its path."""
        if not self.open:
            raise _fault(at, "this is a single value; a body is keys with their values, such as `epochs: 3`.")
        around = self.open[-1]
        if isinstance(around.box, list):
            path = (*around.path, len(around.box))
            around.box.append(value)
            self.lines[path] = at.line
            return path
        key, around.key = around.key or "", None
        around.box[key] = value
        return (*around.path, key)


def _value(event: _Event) -> object:
    if not _bare(event):
        return event.value
    try:
        return meaning(event.value)
    except ValueError:
        said = f"the number {_short(event.value)} is more than JSON can carry"
        raise _fault(event.start_mark, f"{said}; in quotes it is text.") from None


def _bare(event: _Event) -> bool:
    """Whether it stands without quotes, and is no block."""
    return event.style in (None, "")


def _refuse_tag(tag: str | None, at: _Mark) -> None:
    if tag is not None:
        short = _short(tag).replace("tag:yaml.org,2002:", "!!")
        raise _fault(at, f"a tag ({short}) has no meaning here: leave it out, or put the text in quotes.")


def _fault(at: _Mark, words: str) -> Fault:
    return Fault(at.line, at.column, words)


def _misspelt(error: _Complaint) -> Fault:
    opened, words = in_words(error.context or "", error.problem or "")
    found, begun = error.problem_mark, error.context_mark
    at = begun if opened or found is None else found
    return _fault(at, words) if at else Fault(0, 0, words)


def _unprintable(text: str, error: _Stray) -> Fault:
    position = error.position
    before = text[:position]
    column = position - (before.rfind("\n") + 1)
    sign = f"U+{ord(text[position]):04X}" if position < len(text) else "of no name"
    return Fault(before.count("\n"), column, f"the character {sign} cannot stand in YAML: write it escaped, in quotes.")


def _short(text: object) -> str:
    return bounded(one_line(f"{text}"), 60)
