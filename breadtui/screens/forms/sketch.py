"""Turns the fields of a body into the rows of a form: what is set is bright, what the template gives is grey."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from breadtui.api.lenient import as_object, items
from breadtui.bakery.authoring.checks import Problem
from breadtui.bakery.authoring.fields import Field, Path, Repeated, Shape, get, write
from breadtui.bakery.authoring.manuscript import Manuscript
from breadtui.widgets.fields.rows import Key, Row, RowKind

LONG = (Shape.LONG, Shape.LINES, Shape.OBJECT, Shape.LIST)
"""What is written in a pane of its own."""
GROUP = "#group"
_UNTOLD = {RowKind.CHOICE: "none chosen", RowKind.TEXT: "(none)"}
"""What is read where nothing is said, and nothing inherited."""
_KINDS = {Shape.FLAG: RowKind.FLAG, **dict.fromkeys(LONG, RowKind.TEXT)}


@dataclass(slots=True)
class Sketch:
    """`problems` are those to be shown, `unfolded` the names of the open groups."""

    manuscript: Manuscript
    problems: Collection[Problem] = ()
    unfolded: Collection[str] = ()
    fields: dict[Key, Field] = field(default_factory=dict[Key, Field])
    """Every field that was made a row, by where it stands."""
    groups: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    """The rows of every group, folded or not."""

    def row(
        self, spec: Field, base: Path = (), *, label: str = "", indent: int = 0, options: Iterable[str] = ()
    ) -> Row:
        """The row of one field; `options` makes it a choice."""
        path = (*base, *spec.path)
        self.fields[path] = spec
        told, given = get(self.manuscript.body, path), self.manuscript.inherits(path)
        offered = tuple(options) or (spec.offers if spec.closed else ())
        long = spec.shape in LONG
        show = first_line if long else str
        row = Row(
            path,
            RowKind.CHOICE if offered else _KINDS.get(spec.shape, RowKind.FIELD),
            label or spec.label,
            show(write(spec, told)),
            show(write(spec, given)),
            amount(told) if long else spec.bounds,
            indent,
            offered,
            figure=spec.shape in (Shape.WHOLE, Shape.NUMBER),
        )
        return self.judged(row if row.value or row.ghost else replace(row, ghost=_UNTOLD.get(row.kind, "")))

    def judged(self, row: Row) -> Row:
        """The row with what is wrong in it."""
        inside = [problem for problem in self.problems if problem.path[: len(row.key)] == row.key]
        worst = next((problem for problem in inside if not problem.warning), next(iter(inside), None))
        return replace(row, fault=worst.sentence, warning=worst.warning) if worst else row

    def group(self, name: str, specs: Iterable[Field | Repeated], base: Path) -> list[Row]:
        """A heading that sums its fields up, or, unfolded, the fields below it."""
        self.groups[name] = rows = [row for spec in specs for row in self._rows(spec, base)]
        if name in self.unfolded:
            return [Row((GROUP, name), RowKind.HEADING, name, open=True), *rows]
        fields = [row for row in rows if row.kind not in (RowKind.BUTTON, RowKind.HEADING)]
        faulty = next((row for row in rows if row.fault and not row.warning), None)
        told = ", ".join(f"{row.label} {row.value}" for row in fields if row.value)
        given = ", ".join(f"{row.label} {row.ghost}" for row in fields if inherited(row))
        heading = Row((GROUP, name), RowKind.HEADING, name, value=told, ghost=given)
        return [replace(heading, fault=faulty.fault) if faulty else heading]

    def _rows(self, spec: Field | Repeated, base: Path) -> list[Row]:
        if isinstance(spec, Field):
            return [self.row(spec, base, indent=1)]
        path, found = (*base, *spec.path), list[Row]()
        for number, item in enumerate(items(self.manuscript.effective(path))):
            key = (*path, number)
            summary = ", ".join(f"{name} {value}" for name, value in as_object(item).items())
            found.append(self.judged(Row(key, RowKind.HEADING, f"{spec.noun} {number + 1}", summary, indent=1)))
            found += [self.row(one, key, indent=2) for one in spec.fields]
        found.append(Row((*path, "+"), RowKind.BUTTON, f"+ {spec.noun}", hint="enter adds one", indent=1))
        return found


def inherited(row: Row) -> bool:
    """Whether a row shows what the template gives."""
    return bool(row.ghost) and not row.value and row.ghost != _UNTOLD.get(row.kind)


def first_line(text: str) -> str:
    """As much of a long text as a line can show."""
    return " ".join(text[:400].split())


def amount(value: object) -> str:
    """How long a long text is."""
    if isinstance(value, str):
        return f"{len(value):,} characters" if value else ""
    count = len(items(value))
    return f"{count:,} {'line' if count == 1 else 'lines'}" if count else ""
