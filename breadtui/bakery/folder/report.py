"""A plan, and what came of it, as plain lines for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breadtui.api.lenient import as_object, items
from breadtui.api.text import one_line
from breadtui.bakery.folder.applying import Failure, Step
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.pieces import Piece, Standing
from breadtui.bakery.folder.plan import Plan
from breadtui.bakery.folder.problems import Concern
from breadtui.bakery.things import Thing

SHOWN = 5
"""Names that are shown of each group, at most."""
SHOWN_CONFLICTS = 20
_WEIGHTS_SHOWN = 8


def plan_lines(plan: Plan) -> list[str]:
    """The plan as it is shown before anybody is asked."""
    return [
        *_aligned(_heading(plan)),
        "",
        *_table(plan),
        *(line for standing in Standing for line in _group(plan, standing)),
        *_notes(plan),
    ]


def step_line(step: Step) -> str:
    """How far it is: `200 of 2,002 · targets`."""
    failed = f" · {len(step.failed):,} failed" if step.failed else ""
    return f"{step.done:,} of {step.total:,} · {_plural(step.thing)}{failed}"


def failure_line(failure: Failure) -> str:
    """One thing that was not made, and why."""
    return f"✖ {failure.thing.value} {failure.name}: {one_line(failure.reason)}"


def end_line(created: int, failed: int) -> str:
    """What came of it all."""
    made = f"{created:,} created" if created else "Nothing was created"
    if not failed:
        return f"{made}. Everything is there."
    return f"{made}, {failed:,} failed. Mend what they name, and run the same command again: it goes on with the rest."


def refusal_of_conflicts(plan: Plan) -> str:
    """Why a plan with conflicts is not begun."""
    conflicts = plan.of(Standing.CONFLICT)
    count = "1 name is" if len(conflicts) == 1 else f"{len(conflicts):,} names are"
    way = "--bake" if all(piece.thing is Thing.BAKE for piece in conflicts) else "--prefix and --bake"
    return (
        f"{count} taken in {plan.repo} by something else, and what exists is never changed. Nothing was created.\n"
        f"Give the new ones other names with {way}, or use another repository."
    )


def as_json(plan: Plan, created: Sequence[tuple[Thing, str]] = (), failed: Sequence[Failure] = ()) -> dict[str, object]:
    """All of a plan, and what came of it so far."""
    weights = _weights(plan)
    return {
        "repo": plan.repo,
        "new_repo": plan.new_repo,
        "folder": one_line(str(plan.folder.path)),
        "documents": len(plan.targets),
        "stimuli": plan.stimuli,
        "responses": plan.responses,
        "prompts": [_as_json(piece) for piece in plan.prompts],
        "targets": [{**_as_json(piece), "weight": weights[piece.name]} for piece in plan.targets],
        "bake": _as_json(plan.bake),
        "problems": [
            {"file": problem.path, "about": problem.concern.value, "why": problem.why}
            for problem in plan.folder.problems
        ],
        "created": [{"type": thing.value, "name": name} for thing, name in created],
        "failed": [{"type": failure.thing.value, "name": failure.name, "reason": failure.reason} for failure in failed],
    }


def _as_json(piece: Piece) -> dict[str, object]:
    told: dict[str, object] = {"name": piece.name, "standing": piece.standing.value}
    if piece.document:
        told["document"] = piece.document
    if piece.differs:
        told["differs"] = [*piece.differs]
    return told


def _heading(plan: Plan) -> list[tuple[str, str]]:
    folder, options = plan.folder, plan.options
    size = sum(len(document.text) for document in folder.documents)
    count = len(plan.targets)
    others = f"; {_counted(folder.others, 'other file')} left alone" if folder.others else ""
    asked = sum(len(document.questions) for document in folder.documents)
    responses = f"{plan.responses:,} = {plan.stimuli:,} questions × {options.trajectories:,}"
    return [
        ("folder", f"{one_line(str(folder.path))}: {_counted(count, 'document')}, {size:,} characters{others}"),
        ("repository", plan.repo + (" (new)" if plan.new_repo else "")),
        ("student", f"{plan.student.name} ({_of_student(plan)})"),
        ("questions", _questions(options, asked)),
        ("responses", responses),
        ("bake", f"{plan.bake.name}: {_counted(count, 'target')}, {_weighing(plan)}"),
    ]


def _of_student(plan: Plan) -> str:
    return "new, empty" if plan.student.standing is Standing.NEW else "as it is there"


def _questions(options: Options, asked: int) -> str:
    written = f"{options.numq:,} for each, by {one_line(options.model)}" if options.numq else ""
    given = f"{asked:,} from files" if asked or not written else ""
    return " + ".join(part for part in (written, given) if part)


def _weighing(plan: Plan) -> str:
    weights = [*_weights(plan).values()]
    if len(weights) <= _WEIGHTS_SHOWN:
        return f"weights {', '.join(map(_decimal, weights))}"
    least, most = _decimal(min(weights)), _decimal(max(weights))
    return f"weights {least} each" if least == most else f"weights {least} to {most}"


def _decimal(weight: float) -> str:
    return f"{weight:.12f}".rstrip("0").rstrip(".") or "0"


def _weights(plan: Plan) -> Mapping[str, float]:
    """Each target's weight in the bake."""
    datasets = map(as_object, items(plan.bake.body.get("datasets")))
    return {f"{entry['target']}": float(f"{entry['weight']}") for entry in datasets}


def _table(plan: Plan) -> list[str]:
    """How many of each kind stand how."""
    rows = [["", *(standing.value for standing in Standing)]]
    for thing, pieces in ((Thing.PROMPT, plan.prompts), (Thing.TARGET, plan.targets), (Thing.BAKE, (plan.bake,))):
        counts = (sum(piece.standing is standing for piece in pieces) for standing in Standing)
        rows.append([_plural(thing), *(f"{count:,}" for count in counts)])
    first, *others = (max(len(row[column]) for row in rows) for column in range(len(rows[0])))
    return [
        "  ".join((row[0].ljust(first), *(cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))))
        for row in rows
    ]


def _group(plan: Plan, standing: Standing) -> list[str]:
    """The first few of a standing; of what is there already the number in the table is enough."""
    pieces = plan.of(standing)
    if not pieces or standing is Standing.SAME:
        return []
    most = SHOWN_CONFLICTS if standing is Standing.CONFLICT else SHOWN
    rows: list[tuple[str, str]] = []
    for thing in (Thing.PROMPT, Thing.TARGET, Thing.BAKE):
        kind = [piece for piece in pieces if piece.thing is thing]
        rows += [(piece.name, _about(piece)) for piece in kind[:most]]
        if len(kind) > most:
            rows.append(("…", f"and {len(kind) - most:,} more {_plural(thing)}"))
    return ["", f"{standing.value.capitalize()}:", *(f"  {line}" for line in _aligned(rows))]


def _about(piece: Piece) -> str:
    differs = f"differs in {', '.join(piece.differs)}" if piece.differs else ""
    made_of = f"of {piece.document}" if piece.document else ""
    return " ".join(part for part in (piece.thing.value, made_of, differs) if part)


def _notes(plan: Plan) -> list[str]:
    """What is worth knowing of the files: those left out, and those told apart."""
    lines: list[str] = []
    for concern, heading in ((Concern.DOCUMENT, "Left out:"), (Concern.NAME, "Told apart:")):
        if problems := plan.folder.of(concern):
            lines += ["", heading, *(f"  {problem}" for problem in problems[:SHOWN_CONFLICTS])]
            if len(problems) > SHOWN_CONFLICTS:
                lines.append(f"  and {len(problems) - SHOWN_CONFLICTS:,} more")
    return lines


def _aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name.ljust(width)}  {value}" for name, value in rows]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _plural(thing: Thing) -> str:
    return "repositories" if thing is Thing.REPO else f"{thing.value}s"
