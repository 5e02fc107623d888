"""Savings as a table, as a sentence, and as Markdown.

Retrieval stands beside what was measured: with the figures of the vendor's guide, or those of one's own settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from breadtui.bakery.jobs import format_span
from breadtui.settings import Chat

if TYPE_CHECKING:
    from breadtui.bakery.chats.savings import Savings, Side

HEADS = ("", "prompted", "baked", "saved", "retrieval adds")
REHEARSED = "Rehearsal figures: this oven trains nothing, and its tokens and times are made by rule."
UNPROMPTED = "no prompt"

_GUIDE = Chat()
"""Its figures of retrieval are the guide's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; one without figures is a heading. `worse` where the baked column takes more."""

    label: str
    prompted: str = ""
    baked: str = ""
    saved: str = ""
    share: str = ""
    """What is saved of the prompted column's, in per cent."""
    retrieval: str = ""
    worse: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands under `HEADS`."""
        saved = f"{self.saved} ({self.share})" if self.share else self.saved
        return self.label, self.prompted, self.baked, saved, self.retrieval


def table(savings: Savings, terms: Chat) -> list[Line]:
    """For one request, in the mean and in the median, and for a month's; only headings where no question counts."""
    requests = f"{terms.requests:,} {'request' if terms.requests == 1 else 'requests'} a month"
    if not savings.questions:
        return [Line("A request"), Line(requests)]
    return [Line("A request"), *_of_one(savings, terms), Line(requests), *_of_a_month(savings, terms)]


def verdict(savings: Savings) -> str:
    """In words what a request to the baked column saves, or takes more."""
    if not savings.questions:
        return "No question was answered by both columns yet: ask one, and what is saved stands here."
    tokens, seconds = (_difference(savings, values, fmean) for values in (_tokens, _seconds))
    told = (
        (tokens, f"{_roughly(savings)}{_number(abs(tokens)) if tokens else 'no'}", "more", "prompt tokens"),
        (seconds, _time(abs(seconds)) if seconds else "no time", "longer", "to the first word"),
    )
    saved = " and ".join(f"{amount} {what}" for difference, amount, _, what in told if difference >= 0)
    taken = " and ".join(f"{amount} {more} {what}" for difference, amount, more, what in told if difference < 0)
    parts = [f"saves {saved}"] * bool(saved) + [f"takes {taken}"] * bool(taken)
    return f"With each request the baked column {' and '.join(parts)}, in the mean."


def worse(savings: Savings) -> bool:
    """Whether the baked column takes more than the prompted one of anything that is measured."""
    return (
        any(_difference(savings, values, fmean) < 0 for values in (_tokens, _seconds)) if savings.questions else False
    )


def notes(savings: Savings, terms: Chat, *, rehearsal: bool) -> Iterator[str]:
    """What one has to know to read the figures."""
    if rehearsal:
        yield REHEARSED
    asked = "question" if savings.asked == 1 else "questions"
    yield f"Measured over {savings.questions:,} of {savings.asked:,} {asked}: those that both columns answered."
    if estimated := savings.prompted.estimated + savings.baked.estimated:
        yield f"≈ is an estimate: with {estimated:,} of {2 * savings.questions:,} answers the server sent no usage."
    if savings.followed:
        yield f"{savings.followed:,} of them came behind another, and carry what had been said in their prompt tokens."
    if not terms.price:
        yield "Without a price for a million prompt tokens nothing is said of cost."
    figures = f"{_number(terms.retrieval_ms)} ms and {terms.retrieval_tokens:,} tokens a request"
    guide = f"{_number(_GUIDE.retrieval_ms)} ms and {_GUIDE.retrieval_tokens:,} tokens"
    if _guides(terms):
        yield f"What retrieval adds, {figures}, are the vendor's figures, from its guide. Nothing of it was measured."
    else:
        yield f"What retrieval adds, {figures}, are figures of your own; the vendor's guide says {guide}."


def as_markdown(savings: Savings, terms: Chat, *, title: str = "", rehearsal: bool = False) -> str:
    """The whole report."""
    sides = (("Prompted", savings.prompted), ("Baked", savings.baked))
    lines = [f"# What it saves{f': {_plain(title)}' if title else ''}", ""]
    lines += [f"- {role}: {_plain(side.model)}, {_plain(side.prompt or UNPROMPTED)}" for role, side in sides]
    lines += ["", verdict(savings), "", *_markdown_table(table(savings, terms)), ""]
    lines += [f"- {note}" for note in notes(savings, terms, rehearsal=rehearsal)]
    return "\n".join(lines) + "\n"


def _markdown_table(rows: Sequence[Line]) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield "|---|--:|--:|--:|--:|"
    for line in rows:
        label = line.label if line.prompted else f"**{line.label}**"
        yield f"| {' | '.join((label, *line.cells[1:]))} |"


def _of_one(savings: Savings, terms: Chat) -> Iterator[Line]:
    for name, middle in (("mean", fmean), ("median", median)):
        tokens = f"+{terms.retrieval_tokens:,}"
        yield _line(savings, f"Prompt tokens, {name}", _tokens, middle, _number, tokens, _about(savings))
    for name, middle in (("mean", fmean), ("median", median)):
        wait = f"+{_time(terms.retrieval_ms / 1000)}"
        yield _line(savings, f"First word, {name}", _seconds, middle, _time, wait)


def _of_a_month(savings: Savings, terms: Chat) -> Iterator[Line]:
    def monthly(values: Sequence[float]) -> float:
        return fmean(values) * terms.requests

    def money(tokens: float) -> str:
        return f"{_signed(tokens)}{terms.currency}{abs(tokens) / 1e6 * terms.price:,.2f}"

    def waiting(seconds: float) -> str:
        return f"{_signed(seconds)}{format_span(abs(seconds))}"

    tokens = terms.retrieval_tokens * terms.requests
    wait = terms.retrieval_ms / 1000 * terms.requests
    about = _about(savings)
    yield _line(savings, "Prompt tokens", _tokens, monthly, _whole, f"+{tokens:,}", about)
    if terms.price:
        label = f"Cost at {terms.currency}{terms.price:,g} a million"
        yield _line(savings, label, _tokens, monthly, money, f"+{money(tokens)}", about)
    yield _line(savings, "Waiting, in all", _seconds, monthly, waiting, f"+{waiting(wait)}")


def _line(
    savings: Savings,
    label: str,
    values: Callable[[Side], Sequence[float]],
    middle: Callable[[Sequence[float]], float],
    shown: Callable[[float], str],
    retrieval: str,
    about: tuple[str, str] = ("", ""),
) -> Line:
    prompted, baked = middle(values(savings.prompted)), middle(values(savings.baked))
    saved = prompted - baked
    share = f"{saved / prompted:.0%}".replace("%", " %").replace("-", "−") if prompted else ""
    told = (about[0] + shown(prompted), about[1] + shown(baked), (about[0] or about[1]) + shown(saved))
    return Line(label, *told, share, retrieval, saved < 0)


def _tokens(side: Side) -> Sequence[float]:
    return side.tokens


def _seconds(side: Side) -> Sequence[float]:
    return side.seconds


def _difference(
    savings: Savings, values: Callable[[Side], Sequence[float]], middle: Callable[[Sequence[float]], float]
) -> float:
    return middle(values(savings.prompted)) - middle(values(savings.baked))


def _about(savings: Savings) -> tuple[str, str]:
    """The sign of an estimate for either side that has one."""
    return "≈" if savings.prompted.estimated else "", "≈" if savings.baked.estimated else ""


def _roughly(savings: Savings) -> str:
    return "about " if any(_about(savings)) else ""


def _guides(terms: Chat) -> bool:
    return (terms.retrieval_ms, terms.retrieval_tokens) == (_GUIDE.retrieval_ms, _GUIDE.retrieval_tokens)


def _signed(value: float) -> str:
    return "−" if value < 0 else ""


def _number(value: float) -> str:
    """With one decimal where it is no whole number."""
    shown = f"{abs(value):,.1f}".removesuffix(".0")
    return f"{_signed(value) if shown != '0' else ''}{shown}"


def _whole(value: float) -> str:
    return f"{_signed(value)}{abs(value):,.0f}"


def _time(seconds: float) -> str:
    shown = f"{abs(seconds) * 1000:,.0f} ms" if abs(seconds) < 1 else f"{abs(seconds):,.2f} s"
    return f"{_signed(seconds)}{shown}"


def _plain(text: str) -> str:
    """Text of others where Markdown would read signs in it."""
    one_line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in one_line)
