"""What the YAML library finds wrong, in people's words."""

from __future__ import annotations

from breadtui.api.refusals import bounded, ended
from breadtui.api.text import one_line

_OPENED = (
    ("quoted scalar", "a quote is opened here, and not closed."),
    ("flow sequence", "a bracket [ is opened here, and its list does not end, or has no comma between two items."),
    ("flow mapping", "a brace { is opened here, and its keys do not end, or have no comma between two of them."),
)
"""By what was being read, where the fault lies in its beginning."""
_WORDS = (
    ("mapping values are not allowed", "a colon cannot stand here: put the text in quotes, or indent this line more."),
    ("mapping keys are not allowed", "a key cannot stand here: begin a line with it."),
    ("sequence entries are not allowed", "a list cannot begin here: begin a line with its dash."),
    (
        "could not find expected ':'",
        "this should be a key with its colon; a text of several lines needs a | above it and must be indented.",
    ),
    ("expected <block end>", "this does not belong to what stands above: indent it as that is, or put it in quotes."),
    (
        "found unknown escape character",
        "this means nothing after a backslash in double quotes: write two of them.",
    ),
    ("expected escape sequence", "an escape lacks digits: write two backslashes where one is meant."),
    (r"'\t' that cannot start any token", "a tab cannot indent: use spaces."),
    ("that cannot start any token", "a text cannot begin with this sign: put the text in quotes."),
    ("more indented follow up line", "the first line of a text with | is blank, and longer than those below it."),
    ("chomping or indentation indicators", "after | only -, + or a number may stand: begin the text on the next line."),
    ("expected a comment or a line break", "after | nothing more may stand: begin the text on the next line."),
    ("expected alphabetic or numeric character", "a text that begins with * or & needs quotes."),
    ("expected the node content", "a value should stand here; one that begins with this sign needs quotes."),
    ("found unexpected document separator", "a line of --- or ... stands in the middle of a text."),
)
"""By what the library says of the fault itself."""
_ENDINGS = ("found unexpected end of stream", "found unexpected document separator", "expected ','", "<stream end>")


def in_words(reading: str, problem: str) -> tuple[bool, str]:
    """Whether the fault lies where what was being read began, rather than where it was found; and a sentence."""
    if any(ending in problem for ending in _ENDINGS):
        for what, words in _OPENED:
            if what in reading:
                return True, words
    for said, words in _WORDS:
        if said in problem:
            return False, words
    return False, ended(bounded(f"this cannot be read as YAML: {one_line(problem) or 'it breaks a rule of its own'}"))
