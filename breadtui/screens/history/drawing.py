"""Labels and words of a history, as they are shown. Pure; theme colours only."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from breadtui.api.text import one_line
from breadtui.bakery.jobs import format_loss
from breadtui.bakery.lineage import NOT_TOLD, Node, Origin
from breadtui.bgit.git import Ref, RefKind
from breadtui.bgit.history import History, Moment
from breadtui.bgit.history.report import date, label, ranked
from breadtui.bgit.history.report import short as short_model
from breadtui.widgets.drawing import COLOURS, shorten, shorten_path
from breadtui.widgets.lineage_list import Label

NOW = "now"
"""Where an id stands: of the files as they are."""
NOT_COMMITTED = Label("not committed", "warning")
HERE = Label("here", "success")
ONLY_IN_GIT = Label("only in git", "muted")
LABELLED = 50
"""Labels that are made for a row, at most; more were never seen there."""
TOLD = 40
"""Names that are told in a row, at most."""
MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 30 * DAY
REF_COLOURS = {
    RefKind.HEAD: "warning",
    RefKind.BRANCH: "secondary",
    RefKind.TAG: "accent",
    RefKind.REMOTE: "muted",
}
NAMED = {Origin.BASE: "base", Origin.ELSEWHERE: "elsewhere"}
_KINDS = {RefKind.HEAD: "head", RefKind.BRANCH: "branches", RefKind.TAG: "tags", RefKind.REMOTE: "remotes"}


def ref_labels(refs: Sequence[Ref]) -> tuple[Label, ...]:
    """What stands behind a row for these refs, the current one first."""
    made = [Label(label(ref), _colour(ref)) for ref in ranked(refs)[:LABELLED]]
    unseen = [Label("…", "muted")] * len(refs[LABELLED:])  # they are counted, not read
    return (*made, *unseen)


def labels(moment: Moment) -> tuple[Label, ...]:
    """What points to a moment."""
    return ref_labels(moment.refs)


def short(model: str, width: int) -> str:
    """A model by bake and checkpoint in at most `width` cells; the bake gives way first."""
    bake, _, checkpoint = one_line(short_model(model)).rpartition("/")
    return shorten_path(bake, checkpoint, width) if bake else shorten(checkpoint, width)


def subject(moment: Moment) -> str:
    """What a commit says of itself."""
    return one_line(moment.commit.subject) if moment.commit else "The files as they are now"


def ago(seconds: float, when: float) -> str:
    """How long ago something was; the day it was, after a month. A clock that runs late has it just now."""
    if seconds < MINUTE:
        return "just now"
    if seconds >= MONTH:
        return date(when)
    size, unit = next((size, unit) for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")) if seconds >= size)
    return f"{int(seconds // size)} {unit} ago"


def node_detail(node: Node, parent: str, refs: Sequence[Ref], history: History, *, known: bool) -> Content:
    """A model or a bake with its whole names. `known` is False where the server was asked, and does not know it."""
    baked = history.bakes.get(node.bake)
    name = Content.styled(one_line(node.name), "bold")
    rows = [_row(NAMED.get(node.origin, str(node.origin)), name)]
    if node.origin is Origin.BAKE:
        made = [child.name for child in node.children if child.origin is Origin.CHECKPOINT]
        rows = [_row("bake", Content.assemble(name, "  ", _state(node, known)))]
        rows += [_row("on", Content(one_line(parent))), *_names("models", _briefly(made))]
    elif node.origin is Origin.CHECKPOINT:
        rows.append(_row("of", Content(one_line(node.bake))))
    elif node.name == NOT_TOLD:
        rows.append(_row("", Content.styled("The server does not tell its name.", "$muted")))
    rows += _refs(refs)
    if baked and node.origin is Origin.BAKE:
        rows += _names("told by", [label(ref) for ref in ranked(baked.refs)])
    return Content("\n").join(rows)


def moment_detail(moment: Moment, base: str) -> Content:
    """A commit with its whole names."""
    commit = moment.commit
    rows: list[Content] = []
    if commit:
        rows.append(_row("commit", Content.styled(commit.id, "bold")))
        rows.append(_row("by", Content(one_line(f"{commit.author}, {date(commit.when)}"))))
    rows.append(_row("says" if commit else "here", Content(subject(moment))))
    on = one_line(moment.model or base)
    rows.append(_row("on", Content(on if on in (moment.model, NOT_TOLD) else f"{on}, the base model")))
    if moment.recipe:
        rows += _names("bakes", [*moment.recipe.bakes])
    rows += _refs(moment.refs)
    return Content("\n").join(rows)


def _state(node: Node, known: bool) -> Content:
    if node.state is None:
        said = "not told by the server" if known else "only in git"
        return Content.styled(said, "$muted")
    loss = f", loss {format_loss(node.loss)}" if node.loss is not None else ""
    return Content.assemble((f"{node.state.sign} {node.state}", f"${COLOURS[node.state]}"), loss)


def _refs(refs: Sequence[Ref]) -> list[Content]:
    """A line for each kind of ref."""
    return [
        row
        for kind, name in _KINDS.items()
        for row in _names(name, [label(ref) for ref in ranked([ref for ref in refs if ref.kind is kind])])
    ]


def _briefly(models: Sequence[str]) -> list[str]:
    """The first whole; of those behind it, if they are of the same bake, only what differs."""
    bake = models[0].rpartition("/")[0] if models else ""
    same = [f"…/{model.rpartition('/')[2]}" if model.rpartition("/")[0] == bake else model for model in models[1:]]
    return [*models[:1], *same]


def _names(name: str, names: Sequence[str]) -> list[Content]:
    if not names:
        return []
    told = ", ".join(map(one_line, names[:TOLD]))
    more = f" and {len(names) - TOLD:,} more" if len(names) > TOLD else ""
    return [_row(name, Content(f"{told}{more}"))]


def _row(name: str, value: Content) -> Content:
    return Content.assemble((f"{name:<9} ", "$muted"), value)


def _colour(ref: Ref) -> str:
    return "success" if ref.current and ref.kind is not RefKind.HEAD else REF_COLOURS[ref.kind]
