"""What a plan comes to in one sentence, and what is asked before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from breadtui.api.text import one_line
from breadtui.bakery.jobs import Phase
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.report import end_line, summary
from breadtui.bgit.plan import Plan
from breadtui.bgit.problems import BREAD, INPUT, RECIPE
from breadtui.bgit.recording import Record
from breadtui.bgit.report import REHEARSED, REHEARSED_DOWN, intent
from breadtui.screens.plan.sight import Course, Sight
from breadtui.widgets.details.parts import Lines, count

if TYPE_CHECKING:
    from breadtui.bgit.applying import Applying

LISTED = 8
"""Things that are named in a question, at most."""
NOT_RECORDED = "Nothing is written down when it is complete; w asks for that, before this or while it bakes."

Word = tuple[str, str]
"""A sentence, and the theme's variable for its colour."""


def word(sight: Sight, course: Course | None) -> Word:
    """How a directory stands, and what to do next."""
    project, plan = sight.project, sight.plan
    if project is None:
        return (f"{sight.problem} R reads again.", "error") if sight.problem else ("Reading the files …", "muted")
    if sight.wrong:
        keep = "mistake keeps" if sight.wrong == 1 else "mistakes keep"
        return f"{sight.wrong:,} {keep} it from being baked. e opens {INPUT}.", "error"
    if sight.away:
        return f"{sight.away} R asks again.", "warning"
    if project.ready:
        return _ready(project.bread.parent_model), "success"
    if plan is None or course is None:
        return "Asking the server what is there already …", "muted"
    if plan.foresight.problem:
        return plan.foresight.problem, "error"
    if plan.conflicts:
        number = len(plan.conflicts)
        names = "1 name is" if number == 1 else f"{number:,} names are"
        as_it_is = " w records it as it is there." if plan.baked_otherwise and not sight.recorded else ""
        told = f"{names} taken in {plan.project.repo} by something else. n makes it under other names.{as_it_is}"
        return told, "error"
    return _standing(sight, course)


def progress(applying: Applying, problem: str = "") -> Word:
    """How far it is; `problem` says why the server cannot be asked now."""
    standings = [*applying.replay.standings.values()]
    done = sum(standing.good for standing in standings)
    said = f"Under way: {done:,} of {len(standings):,} steps are done."
    if paused := applying.replay.paused:
        return f"{said} Paused: {paused} a goes on.", "warning"
    if problem:
        return f"{said} {problem} It is asked again by itself, and what runs there runs on.", "warning"
    return f"{said} It goes on when this screen is left, as long as breadtui runs.", "primary"


def ended(applying: Applying) -> Word:
    """What came of it."""
    said = end_line(applying.replay.standings)
    if applying.recorded:
        return f"{said} {applying.recorded.sentence}", "warning" if applying.recorded.problem else "success"
    if applying.problem:
        return f"{said} It was not recorded: {applying.problem}", "error"
    if not applying.replay.complete:
        failed = Standing.FAILED in applying.replay.standings.values()
        return said, "error" if failed else "secondary"
    return f"{said} w records it." if applying.baked else said, "success"


def question(plan: Plan, record: Record | None, server: str, *, rehearsed: bool) -> Content:
    """What is made and run, in which repository and on what, and what is written down."""
    seen = plan.foresight
    where = f"In {plan.project.repo} at {server}{', which is made first' if seen.new_repo else ''}, on "
    made = [str(key) for key in seen.of(Standing.TO_DO) if not key.action.phase]
    lines = [Content(f"{where}{one_line(plan.parent or 'the base model')}."), Content.styled(summary(seen), "bold")]
    if plan.phases and plan.names.bake:
        lines.append(Content.styled(intent(record) if record else NOT_RECORDED, "$success" if record else "$muted"))
    if rehearsed and plan.phases:
        lines.append(Content.styled(REHEARSED_DOWN if record and plan.names.bake else REHEARSED, "$warning"))
    runs = {key.action.phase for key in seen.of(Standing.TO_DO)}
    if phases := [phase for phase in Phase if phase in runs]:
        lines += [Content(""), Content.assemble(("To run:  ", "$primary"), " → ".join(phases))]
    return Content("\n").join([*lines, *_listed("To make:", made)])


def _ready(parent: str | None) -> str:
    on = f"on {one_line(parent)}" if parent else "the first one, on the base model"
    return f"Ready for the next bake, {on}: {INPUT} asks for nothing. e writes what it shall be."


def _standing(sight: Sight, course: Course) -> Word:
    if course.all_there and course.complete:
        if sight.recorded:
            return f"All of it is there, and recorded. x clears {INPUT} for the next bake.", "success"
        return f"All of it is there, and not recorded yet: w writes {BREAD} and {RECIPE}.", "warning"
    if course.all_there:
        return "All that it asks for is there.", "success"
    told = summary(course.plan.foresight)
    if course.plan.foresight.of(Standing.TO_DO):
        return f"{told} enter bakes it." if course.plan.names.bake else f"{told} enter makes it.", "secondary"
    if course.plan.foresight.of(Standing.UNDER_WAY):
        return f"{told} The server is at it already; enter follows it to its end.", "primary"
    return told, "warning"


def _listed(heading: str, names: list[str]) -> Lines:
    if not names:
        return []
    shown = [Content(f"  {name}") for name in names[:LISTED]]
    if len(names) > LISTED:
        shown.append(Content.styled(f"  and {count(len(names) - LISTED, 'more step')}", "$muted"))
    return [Content(""), Content.styled(heading, "$primary"), *shown]
