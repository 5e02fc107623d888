"""Builds nodes of YAML's events, and finds what no value of JSON's can be, and what grows without bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from breadtui.api.refusals import bounded
from breadtui.api.text import one_line
from breadtui.bakery.authoring.check_values import DEEPEST
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.problems import shown
from breadtui.bgit.yaml.nodes import Entry, ListNode, Node, ObjectNode, Scalar, can_merge
from breadtui.bgit.yaml.scalars import as_written, is_date, meant
from breadtui.bgit.yaml.signs import Signs

DEEPEST_BRACKETS = 64
"""Brackets and braces in one another, at most: they take the library the longer the deeper they are."""
MOST_VALUES = 100_000
"""All values together, at most, those that aliases stand for counted each time."""

_CORE = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a character of the text; a warning keeps it from nothing."""

    index: int
    path: Path
    words: str
    warning: bool = False


class Mark(Protocol):
    """A place in the text, as the library tells it, counted from 0."""

    index: int


class Event(Protocol):
    """What the library tells of: which of its events has what is left untyped there."""

    crepr: str
    """The kind, in the marks of YAML's own test suite."""
    start_mark: Mark
    value: str
    style: str | None
    tag: str | None
    anchor: str | None
    flow_style: bool | None


class Stop(Exception):
    """Nothing after this can be read."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


@dataclass(slots=True)
class _Open:
    """An object or list that is being read."""

    node: ObjectNode | ListNode
    path: Path
    brackets: bool
    anchor: str | None
    keys: set[str] = field(default_factory=set[str])
    key: Entry | None = None
    """The key whose value comes next."""


@dataclass(slots=True)
class Page:
    """What was read so far."""

    signs: Signs
    top: Node | None = None
    begun: bool = False
    findings: list[Finding] = field(default_factory=list[Finding])
    open: list[_Open] = field(default_factory=list[_Open])
    anchors: dict[str, Node | None] = field(default_factory=dict[str, Node | None])
    """None for one that is still open."""

    def path(self) -> Path:
        """Where in the file it is."""
        if not self.open:
            return ()
        around = self.open[-1]
        if isinstance(around.node, ListNode):
            return (*around.path, len(around.node.items))
        return around.path if around.key is None or around.key.key is None else (*around.path, around.key.key)

    def take(self, event: Event) -> None:
        """Go on by one event."""
        at = event.start_mark.index
        match event.crepr:
            case "+DOC":
                if self.begun:
                    raise self._stop(at, "a second document begins here, and the file is one: leave out the ---.")
                self.begun = True
            case "=ALI":
                self._put(self._named(event, at), at)
            case "=VAL":
                node = Scalar(at, self._value(event), _bare(event) and not event.tag, self.signs.shown(event.value))
                self._put(node, at)
                if event.anchor:
                    self.anchors[event.anchor] = node
            case "+MAP" | "+SEQ":
                self._go_in(event, at)
            case "-MAP" | "-SEQ":
                self._go_out()
            case _:
                pass

    def _value(self, event: Event) -> object:
        at, word = event.start_mark.index, self.signs.shown(event.value)
        tag = (event.tag or "").removeprefix(_CORE)
        if tag in ("!", "str") or (not tag and not _bare(event)):
            return word
        if tag not in ("", "int", "float", "bool", "null"):
            self._refuse_tag(event.tag, at)
            return word
        try:
            value = meant(word)
        except ValueError:
            self._find(at, f"the number {_short(word)} is more than JSON can carry; in quotes it is text.")
            return None
        if tag and not _is(value, tag):
            self._find(at, f"{shown(word)} is nothing that the tag !!{tag} could stand before: leave the tag out.")
        elif not tag:
            self._warn(at, word, value)
        return value

    def _warn(self, at: int, word: str, value: object) -> None:
        """Of what bgit takes for something else than people may think."""
        if self._awaits_key():
            return
        if is_date(word):
            said = f"This is taken as text here, and bgit would read {_short(word)} as a date: put it in quotes."
            self._find(at, said, warning=True)
        elif isinstance(value, int | float) and as_written(word) not in (None, value):
            said = (
                f"The number has more digits than bgit keeps, and is read as {value}: put it in quotes if it is text."
            )
            self._find(at, said, warning=True)

    def _named(self, event: Event, at: int) -> Node:
        """What an alias stands for."""
        name = event.anchor or ""
        if name not in self.anchors:
            words = f"“*{_short(name)}” stands for what &{_short(name)} names, and there is none above: write it out"
            self._find(at, f"{words}, or put the text in quotes.")
            return Scalar(at, "")
        node = self.anchors[name]
        if node is None:
            raise self._stop(at, f"“*{_short(name)}” stands within what it stands for: write it out.")
        if len(self.open) + node.height > DEEPEST:
            raise self._too_deep(at)
        return node

    def _go_in(self, event: Event, at: int) -> None:
        wanted = "seq" if event.crepr == "+SEQ" else "map"
        if event.tag not in (None, "!", f"{_CORE}{wanted}"):
            self._refuse_tag(event.tag, at)
        brackets = event.flow_style is True
        node: ObjectNode | ListNode = ListNode(at) if event.crepr == "+SEQ" else ObjectNode(at)
        here = self.path()
        self._put(node, at)
        deep = brackets and sum(box.brackets for box in self.open) >= DEEPEST_BRACKETS
        if deep or len(self.open) >= DEEPEST:
            raise self._too_deep(at)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(node, here, brackets, event.anchor))

    def _go_out(self) -> None:
        done = self.open[-1]
        if done.anchor:
            self.anchors[done.anchor] = done.node
        self._check_merged(done.node)
        self.open.pop()

    def _put(self, node: Node, at: int) -> None:
        """Put what is read into what it stands in, of which nothing is known to be wrong by that."""
        if not self.open:
            self.top = node
            return
        around = self.open[-1]
        if isinstance(around.node, ListNode):
            around.node.items.append((at, node))
        elif around.key is None:
            around.key = self._key(node, at, around)
            return
        else:
            around.key.node, around.key = node, None
        self._grow(node, at)

    def _grow(self, node: Node, at: int) -> None:
        for depth, box in enumerate(reversed(self.open), 1):
            box.node.size += node.size
            box.node.height = max(box.node.height, depth + node.height)
        if self.open[0].node.size > MOST_VALUES:
            most = f"at most {MOST_VALUES:,} values may stand in the file, each as often as it is named"
            raise self._stop(at, f"this is too much: {most}.")

    def _key(self, node: Node, at: int, around: _Open) -> Entry:
        entry = Entry(None, at, Scalar(at, None))
        if isinstance(node, Scalar) and node.bare and node.word == "<<":
            entry.merged = True
        elif not isinstance(node, Scalar):
            words = "a key must be text, not a list or other keys. Text that begins with [ or { needs quotes."
            self._find(at, words)
        elif node.bare and not node.word:
            self._find(at, "a colon stands here without a key before it.")
        elif not isinstance(node.value, str) or (node.bare and is_date(node.word)):
            self._find(at, f"a key must be text: put “{_short(node.word)}” in quotes.")
        elif node.value in around.keys:
            self._find(at, f"{shown(node.value)} is given twice: leave one of them out.")
        else:
            around.keys.add(node.value)
            entry.key = node.value
        if isinstance(around.node, ObjectNode):
            around.node.entries.append(entry)
        return entry

    def _check_merged(self, node: ObjectNode | ListNode) -> None:
        for entry in node.entries if isinstance(node, ObjectNode) else ():
            if entry.merged and not can_merge(entry.node):
                self._find(entry.at, "only keys, or a list of such, can be merged in by <<: name them with a *.")

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].node, ObjectNode) and self.open[-1].key is None

    def _refuse_tag(self, tag: str | None, at: int) -> None:
        short = _short(tag or "").replace(_CORE, "!!")
        self._find(at, f"a tag ({short}) has no meaning here: leave it out, or put the text in quotes.")

    def _find(self, at: int, words: str, *, warning: bool = False) -> None:
        self.findings.append(Finding(at, self.path(), words, warning))

    def _stop(self, at: int, words: str) -> Stop:
        return Stop(Finding(at, self.path(), words))

    def _too_deep(self, at: int) -> Stop:
        most = f"at most {DEEPEST} keys and lists may stand one in the other, and {DEEPEST_BRACKETS} brackets"
        return self._stop(at, f"this is nested too deeply: {most}.")


def _is(value: object, tag: str) -> bool:
    match tag:
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case _:
            return value is None


def _bare(event: Event) -> bool:
    """Whether it stands without quotes, and is no block."""
    return event.style in (None, "")


def _short(text: str) -> str:
    return bounded(one_line(text), 60)
