"""What is said beside the field under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from breadtui.bakery.authoring.fields import Field, Shape
from breadtui.widgets.fields.rows import Row, RowKind

SHOWN = 7
"""Options listed around the one that is chosen."""

HOW = {
    RowKind.FIELD: "Type; ctrl+u empties it.",
    RowKind.CHOICE: "← → step, typing finds; backspace takes the choice back.",
    RowKind.FLAG: "space or y and n; backspace leaves it to the template.",
    RowKind.BUTTON: "enter does it.",
    RowKind.HEADING: "enter folds and unfolds.",
    RowKind.TEXT: "",
}


def of_row(row: Row, field: Field | None) -> Content:
    """A field: its name, what it is for, what may stand there, and what holds without it."""
    lines = [Content.styled(row.label.removeprefix("+ "), "bold $primary")]
    if field:
        lines.append(Content(field.help))
        facts = [_fact(name, value) for name, value in _facts(row, field)]
        lines += [Content(""), *facts] if facts else []
    if row.fault:
        lines.append(Content.styled(row.fault, "$warning" if row.warning else "$error"))
    lines += [Content(""), Content.styled(HOW[row.kind], "italic $muted")]
    return joined(lines)


def of_group(name: str, rows: Iterable[Row]) -> Content:
    """A group: what is set in it, and what the template gives."""
    fields = [row for row in rows if row.kind not in (RowKind.HEADING, RowKind.BUTTON)]
    width = max((len(row.label) for row in fields), default=0)
    told = [
        Content.assemble(
            (f"{row.label:<{width}}  ", "$muted"), (row.value or row.ghost, "bold" if row.value else "$muted")
        )
        for row in fields
    ]
    return joined(
        [
            Content.styled(name, "bold $primary"),
            *told,
            Content(""),
            Content.styled(HOW[RowKind.HEADING], "italic $muted"),
        ]
    )


def of_choice(row: Row, help: str, matches: Sequence[str], chosen: str, preview: Content | None = None) -> Content:
    """A choice: what it is for, the options around the chosen one, and what that holds."""
    lines = [Content.styled(row.label.removeprefix("+ "), "bold $primary"), Content(help), Content("")]
    at = matches.index(chosen) if chosen in matches else 0
    first = min(max(at - SHOWN // 2, 0), max(len(matches) - SHOWN, 0))
    shown = matches[first : first + SHOWN]
    for option in shown:
        mark = Content.styled("▸ ", "bold $accent") if option == chosen else Content("  ")
        lines.append(Content.assemble(mark, (option, "bold" if option == chosen else "")))
    if len(matches) > len(shown):
        lines.append(Content.styled(f"  … of {len(matches):,}", "$muted"))
    if row.fault:
        lines += [Content(""), Content.styled(row.fault, "$warning" if row.warning else "$error")]
    if preview is not None:
        lines += [Content(""), preview]
    lines += [Content(""), Content.styled(HOW[row.kind], "italic $muted")]
    return joined(lines)


def title(row: Row) -> str:
    """What stands above the pane in which a long text is written."""
    return f"{row.label} · tab leaves"


def joined(lines: Iterable[Content]) -> Content:
    """Lines, one below the other."""
    return Content("\n").join(list(lines))


def _facts(row: Row, field: Field) -> Iterable[tuple[str, str]]:
    if field.shape is not Shape.TEXT:
        yield "type", field.shape
    if field.bounds:
        yield "range", field.bounds
    if field.count:
        yield "count", str(field.count)
    if field.offers:
        yield "such as", " · ".join(field.offers)
    if row.ghost:
        yield "template", row.ghost


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name:<10}", "$muted"), value)
