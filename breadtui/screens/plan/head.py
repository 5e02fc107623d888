"""What stands above the list: which repository and branch, on what it is baked, how much it makes, what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from breadtui.api.text import one_line
from breadtui.bakery.authoring import target as targets
from breadtui.bgit.problems import BREAD, RECIPE
from breadtui.bgit.project import Project
from breadtui.bgit.recording import NO_GIT, Anchor, Record
from breadtui.screens.plan.sight import Course, Sight
from breadtui.widgets.details.parts import Lines, count, field

LABEL = 10
"""Cells given to the names at the left."""
REHEARSED = "! rehearsal: nothing is trained, and recording writes down rehearsed models"
SHORT = 7
"""Characters of a commit's id that are told."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is done with what was baked, as it is asked for now."""

    record: Record | None = None
    """None where nothing is written down when the bake is complete."""
    commit: bool = False
    """Whether what is written down on demand is committed."""
    rehearsed: bool = False
    """Whether the server trains nothing."""


def head(sight: Sight, course: Course | None, habits: Habits, base: str, width: int) -> Lines:
    """The lines, `width` cells wide; `base` is the repository's base model, as far as it is known."""
    project = sight.project
    if project is None:
        return field("directory", one_line(str(sight.directory)), width, LABEL)
    lines = field("repository", _repository(project, sight, course), width, LABEL)
    lines += field("baked on", _parent(project, course, base), width, LABEL)
    if not project.ready:
        lines += field("makes", _makes(project, course), width, LABEL)
        if course and course.plan.names != project.names:
            told = "others than its own, which are taken; n takes those again"
            lines += field("names", Content.styled(told, "$secondary"), width, LABEL)
        if course and course.plan.names.bake and course.standings and not course.taken:
            lines += _recorded(sight, course, habits, width)
    for note in dict.fromkeys((*project.notes, *(course.plan.notes if course else ()))):
        lines += Content.styled(f"! {one_line(note)}", "$warning").wrap(max(width, 2))
    return lines


def branch_content(where: Anchor | None) -> Content:
    """What is checked out."""
    if where is None or where.branch == NO_GIT:
        return Content.styled("no git here", "$muted")
    commit = (where.commit or "")[:SHORT]
    if where.branch is None:
        return Content.styled(f"detached at {commit or 'nothing'}", "$warning")
    on = Content.assemble(("on ", "$muted"), (one_line(where.branch), "$accent"))
    return on if commit else Content.assemble(on, ("  no commits yet", "$muted"))


def _repository(project: Project, sight: Sight, course: Course | None) -> Content:
    anew = course is not None and course.plan.foresight.new_repo and not course.begun
    new = "  not on this server: it is made first" if anew else ""
    return Content.assemble((project.repo, "bold"), "  ", branch_content(sight.where), (new, "$secondary"))


def _parent(project: Project, course: Course | None, base: str) -> Content:
    parent = course.plan.parent if course else project.parent
    if parent:
        return Content.styled(one_line(parent), "$accent")
    return Content.assemble("the base model", (f"  {one_line(base)}" if base else "", "$muted"))


def _makes(project: Project, course: Course | None) -> Content:
    parts = [*_amounts(project)]
    if course and (phases := course.phases):
        parts.append(Content.assemble(("runs ", "$muted"), " → ".join(phases)))
    elif course and course.all_there:
        parts.append(Content.styled("nothing is left to run", "$muted"))
    return Content("   ").join(parts) if parts else Content.styled("nothing as it stands", "$muted")


def _amounts(project: Project) -> Iterator[Content]:
    section = project.input.target
    if section is None or not project.input.usable:
        return
    stimuli, times = targets.stimuli(section), targets.trajectories(section)
    each = "1 trajectory" if times == 1 else f"{times:,} trajectories"
    if stimuli is None:
        yield Content.assemble(("as many stimuli as its generators give", "$muted"), f" × {each}")
        return
    made = "1 stimulus" if stimuli == 1 else f"{stimuli:,} stimuli"
    yield Content.assemble(f"{made} × {each} = ", (count(stimuli * times, "response"), "bold"))


def _recorded(sight: Sight, course: Course, habits: Habits, width: int) -> Lines:
    rehearsed = Content.styled(REHEARSED, "$warning").wrap(max(width, 2)) if habits.rehearsed else []
    if not course.complete:
        return [*field("when done", _when_done(sight.where, habits.record), width, LABEL), *rehearsed]
    if not sight.recorded:
        return [*field("recorded", _not_yet(sight.where, commit=habits.commit), width, LABEL), *rehearsed]
    model = sight.project.bread.parent_model if sight.project else None
    return field("recorded", Content.styled(f"the next bake is on {one_line(model or '')}", "$success"), width, LABEL)


def _not_yet(where: Anchor | None, *, commit: bool) -> Content:
    also = " and commits them" if commit and where and where.branch != NO_GIT else ""
    return Content.assemble(("not yet; ", "$warning"), (f"w writes {BREAD} and {RECIPE}{also}", "$muted"))


def _when_done(where: Anchor | None, record: Record | None) -> Content:
    files = f"{BREAD} and {RECIPE}"
    if record is None:
        commits = "" if where is None or where.branch == NO_GIT else ", C has it committed too"
        return Content.styled(f"nothing is written down; w has it done{commits}", "$muted")
    if not record.commit:
        return Content.styled(f"{files} are written", "$success")
    if where is None or where.branch == NO_GIT:
        return Content.assemble((f"{files} are written", "$success"), (", not committed: no git here", "$warning"))
    return Content.styled(f"{files} are written, and committed", "$success")
