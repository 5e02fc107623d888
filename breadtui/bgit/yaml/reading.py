"""Reads YAML as bgit does, and tells where in the text everything stands.

Loads the YAML library: whoever needs it imports this late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from breadtui.api.refusals import bounded
from breadtui.api.text import one_line
from breadtui.bakery.authoring.faults import in_words
from breadtui.bakery.authoring.fields import Path
from breadtui.bgit.yaml.nodes import ListNode, expand
from breadtui.bgit.yaml.page import Event, Finding, Mark, Page, Stop
from breadtui.bgit.yaml.signs import Signs

_STREAM_END = "<stream end>"
MOST_TABS = 100
"""Tabs between words, at most: the library takes none, so each costs another reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, and the character where each key and list item begins."""

    value: object
    marks: Mapping[Path, int]
    findings: tuple[Finding, ...]


def read_yaml(text: str) -> Reading:
    """Read `text`; never raises. Where anything is wrong the value is not to be trusted."""
    signs = Signs(text)
    for left in range(MOST_TABS, -1, -1):
        page = Page(signs)
        try:
            events: Iterator[Event] = YAML(typ="safe", pure=True).parse(signs.hidden)
            for event in events:
                page.take(event)
        except Stop as stop:
            page.findings.append(stop.finding)
        except ReaderError as error:
            page.findings.append(_unprintable(text, error))
        except MarkedYAMLError as error:
            if left and signs.hide_tab(_place(error)):
                continue
            page.findings.append(_misspelt(text, error, page))
        # A number escaped in a text may be no character's, and ruamel.yaml 0.19 asserts that a %YAML is 1.1 or 1.2.
        except (YAMLError, ValueError, OverflowError, AssertionError) as error:
            words = f"this cannot be read as YAML: {bounded(one_line(str(error)))}."
            page.findings.append(Finding(0, (), words))
        return _reading(page)
    raise AssertionError  # the last time, a tab is a finding as any other


class _Complaint(Protocol):
    """What the library finds wrong: while reading what, and what it is."""

    context: str | None
    context_mark: Mark | None
    problem: str | None
    problem_mark: Mark | None


class _Stray(Protocol):
    """A character that YAML does not have."""

    position: int


def _reading(page: Page) -> Reading:
    if page.top is None or any(not finding.warning for finding in page.findings):
        return Reading(None, {}, tuple(page.findings))
    marks: dict[Path, int] = {(): page.top.at}
    return Reading(expand(page.top, (), marks), marks, tuple(page.findings))


def _misspelt(text: str, error: _Complaint, page: Page) -> Finding:
    opened, words = in_words(error.context or "", error.problem or "")
    begun = error.context_mark
    index = begun.index if opened and begun else _place(error)
    if _STREAM_END in (error.problem or "") and page.open and page.open[-1].brackets:
        around = page.open[-1].node
        opened, words = in_words("flow sequence" if isinstance(around, ListNode) else "flow mapping", _STREAM_END)
        index = around.at
    before = text[text.rfind("\n", 0, index) + 1 : index]
    if text[index : index + 1] == "\t" and before.strip():
        words = "a tab cannot stand here: use spaces."
    elif "more indented follow up line" in (error.context or ""):
        words = "the text with | or > above begins with a line of nothing but spaces: leave that line empty."
    return Finding(index, page.open[-1].path if opened and page.open else page.path(), words)


def _place(error: _Complaint) -> int:
    at = error.problem_mark or error.context_mark
    return at.index if at else 0


def _unprintable(text: str, error: _Stray) -> Finding:
    position = error.position
    sign = f"U+{ord(text[position]):04X}" if position < len(text) else "of no name"
    return Finding(position, (), f"the character {sign} cannot stand in YAML: write it escaped, in quotes.")
