"""Says in words what was measured, and where the data is thin."""

from __future__ import annotations

from collections.abc import Iterator

from breadtui.bakery.data.measure import Figures
from breadtui.bakery.data.signs import Sign
from breadtui.bakery.data.source import What

FEW = 30
"""Rows below which a bake learns from little."""
MANY_ALIKE = 0.2
"""The share of rows with the same opening from which on it is worth a word."""
BAR = 24

LABELS = {
    Sign.EMPTY: "empty",
    Sign.DUPLICATE: "duplicate",
    Sign.NEAR: "nearly duplicate",
    Sign.REFUSAL: "like a refusal",
    Sign.TRUNCATED: "truncated",
    Sign.BROKEN: "no JSON",
}


def noun(what: What, number: int = 2) -> str:
    """What rows are called, one or several."""
    one = {What.STIMULI: "stimulus", What.RESPONSES: "response", What.ROWS: "row"}[what]
    return one if number == 1 else str(what)


def counted(what: What, number: int) -> str:
    """`1 row`, `1,200 responses`."""
    return f"{number:,} {noun(what, number)}"


def share(part: int, whole: int) -> str:
    """A part of a whole: `12 %`, never 0 or 100 where it is not."""
    if not whole:
        return "0 %"
    percent = part * 100 / whole
    if 0 < percent < 1:
        return "under 1 %"
    return f"{min(round(percent), 99) if part < whole else 100} %"


def verdicts(figures: Figures, what: What) -> list[str]:
    """Where the data is thin, the worst first; or that nothing stands out."""
    found = list(_verdicts(figures, what))
    return found or ["Nothing stands out: no empty, cut, refused or repeated texts, and no opening used by many."]


def told(figures: Figures, what: What, done: bool = True) -> list[str]:
    """All that was measured, in lines of plain text."""
    if not figures.rows:
        return [f"There are no {what} yet."]
    lines = [
        f"{counted(what, figures.rows)}{'' if done else ', measured so far'}",
        "",
        "Where it is thin",
        *(f"  {sentence}" for sentence in verdicts(figures, what)),
        "",
        "Found",
        *(
            f"  {LABELS[sign]:<18}{number:>9,}   {share(number, figures.rows)}"
            for sign, number in figures.signs.items()
            if number or sign is not Sign.BROKEN
        ),
        "",
        "Lengths, in characters",
        f"  shortest {figures.shortest:,} · median {figures.median:,} · longest {figures.longest:,}",
        f"  nine in ten are between {figures.low:,} and {figures.high:,}",
        *histogram(figures),
    ]
    if figures.questions:
        same = figures.fewest == figures.most
        each = f"{figures.fewest:,}" if same else f"{figures.fewest:,} to {figures.most:,}"
        answers = noun(What.RESPONSES, figures.most)
        lines += ["", f"{figures.questions:,} question{'s' * (figures.questions != 1)}, {each} {answers} to each"]
    if figures.tokens:
        lines.append(f"{figures.tokens:,} tokens in all, {figures.tokens / figures.rows:,.0f} to a response")
    if figures.bounded:
        lines += ["", "Repeats were looked for among the first 200,000 texts, and of all others in those."]
    return lines


def histogram(figures: Figures) -> Iterator[str]:
    """A bar for each class of lengths."""
    most = max((count for _, _, count in figures.histogram), default=0)
    for low, high, count in figures.histogram:
        halves = max(round(count / most * BAR * 2), 1) if count else 0
        bar = "━" * (halves // 2) + ("╸" if halves % 2 else "")
        name = f"{low:,}" if high == low else f"{low:,}–{high:,}"
        yield f"  {name:>15}  {bar:<{BAR}} {count:>8,}".rstrip()


def _verdicts(figures: Figures, what: What) -> Iterator[str]:
    rows, signs = figures.rows, figures.signs

    def some(sign: Sign, one: str, many: str) -> str:
        return f"{counted(what, signs[sign])} ({share(signs[sign], rows)}) {one if signs[sign] == 1 else many}"

    if signs[Sign.BROKEN]:
        yield f"{signs[Sign.BROKEN]:,} of {rows:,} lines cannot be read as JSON."
    if signs[Sign.EMPTY]:
        yield f"{some(Sign.EMPTY, 'says', 'say')} nothing at all: a bake learns silence of that."
    if signs[Sign.TRUNCATED]:
        yield f"{some(Sign.TRUNCATED, 'breaks', 'break')} off: more max_tokens would let them end."
    if signs[Sign.REFUSAL]:
        yield f"{some(Sign.REFUSAL, 'begins', 'begin')} like a refusal: look whether the teacher should have answered."
    if signs[Sign.DUPLICATE]:
        more = (
            "other questions, or a higher temperature, would tell more"
            if what is What.RESPONSES
            else "they add nothing"
        )
        yield f"{some(Sign.DUPLICATE, 'repeats', 'repeat')} an earlier one word for word: {more}."
    if signs[Sign.NEAR]:
        yield f"{some(Sign.NEAR, 'is', 'are')} nearly the same as an earlier one."
    words, begun = figures.opening
    if rows >= FEW and begun / rows >= MANY_ALIKE:
        yield f"{share(begun, rows)} begin with “{words}”."
    if figures.questions and figures.fewest < figures.most:
        yield f"Some questions have {figures.fewest:,} responses, others {figures.most:,}."
    if rows - signs[Sign.BROKEN] < FEW:
        yield f"{counted(what, rows)} are few: a bake sees little variety."
    elif figures.high and figures.high <= figures.low * 1.2:
        yield f"Nearly all are equally long, {figures.low:,} to {figures.high:,} characters."
