"""What is said beside the field under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from breadtui.bakery.authoring.fields import Field, Shape
from breadtui.widgets.fields.rows import Row, RowKind

SHOWN = 12
"""Options listed around the one that is chosen, at most."""

HOW = {
    RowKind.FIELD: "type; ctrl+u empties it",
    RowKind.CHOICE: "← → step, typing finds, backspace clears",
    RowKind.FLAG: "space, or y and n; backspace clears",
    RowKind.BUTTON: "enter adds; ← → step, typing finds",
    RowKind.HEADING: "enter folds and unfolds",
    RowKind.TEXT: "enter writes it",
}


def of_row(row: Row, field: Field | None) -> Content:
    """A field: its name, what it is for, what may stand there, and what holds without it."""
    lines = [_head(row)]
    if row.fault:
        lines.append(Content.styled(row.fault, "$warning" if row.warning else "$error"))
    if field:
        lines.append(Content(field.help))
        facts = [_fact(name, value) for name, value in _facts(row, field)]
        lines += [Content(""), *facts] if facts else []
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


def of_choice(
    row: Row, help: str, matches: Sequence[str], chosen: str, height: int, preview: Content | None = None
) -> Content:
    """A choice: what it is for, the options around the chosen one as far as `height` lines hold them, and what that
    one holds.
    """
    lines = [_head(row), Content(help)]
    if row.fault:
        lines.append(Content.styled(row.fault, "$warning" if row.warning else "$error"))
    room = min(max(height - len(lines) - (2 if preview else 0), 3), SHOWN)
    first = min(max(matches.index(chosen) - room // 2 if chosen in matches else 0, 0), max(len(matches) - room, 0))
    for option in matches[first : first + room]:
        mark = Content.styled("▸ ", "bold $accent") if option == chosen else Content("  ")
        lines.append(Content.assemble(mark, (option, "bold" if option == chosen else "")))
    return joined([*lines, Content(""), preview] if preview is not None else lines)


def title(row: Row) -> str:
    """What stands above the pane in which a long text is written."""
    return f"{row.label} · tab leaves"


def joined(lines: Iterable[Content]) -> Content:
    """Lines, one below the other."""
    return Content("\n").join(list(lines))


def _head(row: Row) -> Content:
    """What it is called, and how it is filled in."""
    how = HOW[row.kind] if row.options or row.kind is not RowKind.BUTTON else "enter does it"
    return Content.assemble((row.label.removeprefix("+ "), "bold $primary"), (f"  {how}", "italic $muted"))


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
