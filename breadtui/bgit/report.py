"""A plan of a directory, and what came of it, as plain lines for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from breadtui.api.text import one_line
from breadtui.bakery.authoring import target as targets
from breadtui.bakery.authoring.differences import ABSENT, Difference, path_text
from breadtui.bakery.jobs import Phase
from breadtui.bakery.recipes import report
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bgit.files.bread import Named
from breadtui.bgit.files.input import Input
from breadtui.bgit.naming.names import Names
from breadtui.bgit.plan import Plan
from breadtui.bgit.problems import Mistake
from breadtui.bgit.recording import Anchor, Record, Recorded, is_recorded

SHOWN_DIFFERENCES = 20
"""Differences of one thing that are listed, at most."""
REHEARSED = "This server rehearses: nothing is trained."
REHEARSED_DOWN = "This server rehearses: nothing is trained, and what is written down names rehearsed models."
_WIDEST = 60
"""Characters of a value that a line shows."""
_BEFORE = 15
"""Characters that are shown before the first one that differs."""
_INDENT = "    "


def heading(plan: Plan, where: Anchor) -> list[str]:
    """Which directory it is, what it is on, and what it asks for."""
    project, empty = plan.project, plan.project.input.empty
    rows = [
        ("repository", one_line(project.repo) + (" (new)" if plan.foresight.new_repo else "")),
        ("directory", one_line(str(project.directory))),
        ("branch", _branch(where)),
        ("parent model", one_line(plan.parent or "none: it is on the repository's base model")),
        ("asked for", "nothing: input.yml is ready for the next bake" if project.ready else _asked(project.input)),
        *(_amounts(plan) if project.input.usable else ()),
        *([("recorded", _recorded(plan))] if project.names.bake and not empty else []),
    ]
    return [*_aligned([row for row in rows if row[1]]), *(f"! {one_line(note)}" for note in plan.notes)]


def mistake_lines(plan: Plan) -> list[str]:
    """All that is wrong with the input, each with file, line and column."""
    return [_mistake_line(mistake) for mistake in plan.mistakes]


def name_lines(plan: Plan) -> list[str]:
    """What everything will be called at the server."""
    return _aligned([(what, named.name) for what, named in _named(plan.project.input, plan.names)])


def plan_lines(plan: Plan) -> list[str]:
    """Every step, what would become of it, and what differs where its name is taken."""
    foresight = plan.foresight
    steps = foresight.recipe.steps
    lines: list[str] = []
    for step in steps[: report.SHOWN]:
        lines.append(report.step_line(step.key, foresight.standings[step.key], foresight.why.get(step.key, "")))
        lines += _conflict(plan, step.key)
    more = [f"… and {len(steps) - report.SHOWN:,} more"] if len(steps) > report.SHOWN else []
    problem = [f"! {one_line(foresight.problem)}"] if foresight.problem else []
    return [*lines, *more, *problem, "", report.summary(foresight)]


def difference_line(difference: Difference) -> str:
    """`temperature: 0.5 → 0.7`: what the server has, and what the input says."""
    before, after = _shortened(_text(difference.before), _text(difference.after))
    return f"{path_text(difference.path) or 'all of it'}: {before} → {after}"


def intent(how: Record) -> str:
    """What will be done when the bake is complete, besides what is at the server."""
    committed = (" and committed" if how.hooks else " and committed, past the hooks") if how.commit else ""
    clear = ", and input.yml is cleared" if how.clear else ""
    return f"When the bake is complete, .bread and recipe.yml are written{committed}{clear}."


def refusal(plan: Plan) -> str:
    """Why a plan is not carried out, and what to do; empty where it can be."""
    if any(not mistake.warning for mistake in plan.mistakes):
        return "Nothing was made: mend what is named of input.yml first."
    if plan.foresight.problem:
        return f"Nothing was made. {one_line(plan.foresight.problem)}"
    if count := len(plan.conflicts):
        names = "1 name is" if count == 1 else f"{count:,} names are"
        return (
            f"{names} taken in {one_line(plan.project.repo)} by something else, and what exists is never changed."
            " Nothing was made. Add --rename to give the new ones the names that are shown."
        )
    return ""


def as_json(
    plan: Plan,
    where: Anchor,
    standings: Mapping[StepKey, Standing] | None = None,
    why: Mapping[StepKey, str] | None = None,
    written: Recorded | None = None,
    problem: str = "",
) -> dict[str, object]:
    """All of a plan, and what came of it: how its steps stand by now, and what was written down."""
    project, foresight = plan.project, plan.foresight
    standings = foresight.standings if standings is None else standings
    told = report.as_json(foresight, standings, foresight.why if why is None else why)
    recorded = {"files": [*written.files], "model": written.model, "commit": written.commit} if written else None
    return {
        "repo": project.repo,
        "new_repo": foresight.new_repo,
        "directory": str(project.directory),
        "branch": where.branch or None,
        "commit": where.commit,
        "parent": plan.parent,
        "ready": project.ready,
        "names": _names(plan.names),
        "mistakes": [_mistake(mistake) for mistake in plan.mistakes],
        "notes": [*plan.notes],
        "problem": problem or foresight.problem or (written.problem if written else "") or None,
        "steps": told["steps"],
        "conflicts": [_clash(plan, key) for key in plan.conflicts],
        "stimuli": foresight.stimuli,
        "trajectories": targets.trajectories(project.input.target) if project.input.target else None,
        "responses": foresight.responses,
        "phases": [phase for phase in Phase if phase in plan.phases],
        "complete": bool(standings) and all(standing.good for standing in standings.values()),
        "recorded": is_recorded(plan) or written is not None,
        "written": recorded,
        "note": (written.note if written else "") or None,
    }


def _branch(where: Anchor) -> str:
    if where.branch:
        return one_line(where.branch)
    if where.branch == "":
        return "none: there is no git here"
    return f"none: {where.commit[:7] if where.commit else 'a commit'} is checked out by itself"


def _asked(found: Input) -> str:
    """`prompts teacher and student, target t, bake one`."""
    parts = [f"prompt{'s' if len(found.prompts) > 1 else ''} {_listed([*found.prompts])}"] if found.prompts else []
    parts += [f"{what} {section.get('name') or what}" for what, section in _sections(found)]
    return one_line(", ".join(parts))


def _amounts(plan: Plan) -> Iterator[tuple[str, str]]:
    """How much the target of the input makes, and which jobs are to run."""
    section, foresight = plan.project.input.target, plan.foresight
    asked = targets.stimuli(section) if section else None
    if section and asked is not None:
        times = targets.trajectories(section)
        stimuli = f"{asked:,} {'stimulus' if asked == 1 else 'stimuli'}"
        each = f"{times:,} {'trajectory' if times == 1 else 'trajectories'}"
        yield "responses", f"{stimuli} × {each} = {asked * times:,}"
    if foresight.recipe.steps:
        phases = {key.action.phase for key in foresight.of(Standing.TO_DO)}
        yield "to run", _listed([phase for phase in Phase if phase in phases]) or "nothing"


def _recorded(plan: Plan) -> str:
    if not is_recorded(plan):
        return "not yet"
    return f"yes: the next bake is on {one_line(plan.project.bread.parent_model or '')}"


def _mistake_line(mistake: Mistake) -> str:
    told = f"note: {mistake.sentence}" if mistake.warning else mistake.sentence
    return one_line(str(replace(mistake, sentence=told)))


def _named(found: Input, names: Names) -> Iterator[tuple[str, Named]]:
    """What has a name of its own, as the input calls it."""
    for key, named in names.prompts.items():
        yield one_line(f"prompt {key}" + ("" if key in found.prompts else " (empty)")), named
    made = {"target": names.target, "bake": names.bake}
    for what, section in _sections(found):
        if named := made[what]:
            yield one_line(f"{what} {section.get('name') or ''}").strip(), named


def _sections(found: Input) -> list[tuple[str, Mapping[str, object]]]:
    pairs = (("target", found.target), ("bake", found.bake))
    return [(what, section) for what, section in pairs if section is not None]


def _conflict(plan: Plan, key: StepKey) -> Iterator[str]:
    """What differs of a thing whose name is taken, and the name that it could have."""
    found = plan.conflicts.get(key, ())
    for difference in found[:SHOWN_DIFFERENCES]:
        yield _INDENT + difference_line(difference)
    if len(found) > SHOWN_DIFFERENCES:
        yield f"{_INDENT}… and {len(found) - SHOWN_DIFFERENCES:,} more"
    if key in plan.conflicts and key in plan.instead:
        yield f"{_INDENT}With --rename it is made as {plan.instead[key]}."


def _text(value: object) -> str:
    return "nothing" if value is ABSENT else one_line(json.dumps(value, ensure_ascii=False, default=str))


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Both, beginning shortly before the first character that differs, if that is far in."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    skipped = same - _BEFORE if same > _WIDEST // 2 else 0
    return _cut(before, skipped), _cut(after, skipped)


def _cut(text: str, skipped: int) -> str:
    shown = f"…{text[skipped:]}" if skipped else text
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _names(names: Names) -> dict[str, object]:
    return {
        "prompts": {key: _name(named) for key, named in names.prompts.items()},
        "target": _name(names.target),
        "bake": _name(names.bake),
        "targets": dict(names.targets),
    }


def _name(named: Named | None) -> dict[str, str] | None:
    return {"name": named.name, "hash": named.hash} if named else None


def _mistake(mistake: Mistake) -> dict[str, object]:
    return {
        "line": mistake.line,
        "column": mistake.column,
        "key": mistake.key,
        "sentence": mistake.sentence,
        "warning": mistake.warning,
    }


def _clash(plan: Plan, key: StepKey) -> dict[str, object]:
    differing = [
        {"path": path_text(difference.path), **_sides(difference)} for difference in plan.conflicts.get(key, ())
    ]
    return {
        "type": key.action.thing.value,
        "name": key.name,
        "instead": plan.instead.get(key),
        "differences": differing,
    }


def _sides(difference: Difference) -> dict[str, object]:
    """What stands on either side; a side without it is left out. What JSON has no word for is null."""
    sides = {"there": difference.before, "asked": difference.after}
    known = {side: value for side, value in sides.items() if value is not ABSENT}
    plain: dict[str, object] = json.loads(json.dumps(known, default=str), parse_constant=lambda _: None)
    return plain


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name.ljust(width)}  {value}" for name, value in rows]
