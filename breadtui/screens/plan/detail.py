"""What is under the cursor: what would be sent, how a job goes, what differs, or where a mistake is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content

from breadtui.api.lenient import is_object, items
from breadtui.api.text import clean, one_line
from breadtui.bakery.authoring.differences import ABSENT, Difference, path_text
from breadtui.bakery.authoring.document import to_yaml
from breadtui.bakery.comparison.compared import Comparison, Heading, Row, Section
from breadtui.bakery.comparison.lines import Sign, compared_lines
from breadtui.bakery.comparison.settings import Setting
from breadtui.bakery.comparison.subject import Subject
from breadtui.bakery.jobs import JobKey, JobStatus, State, format_loss
from breadtui.bakery.recipes.foresight import Standing
from breadtui.bakery.recipes.plan import StepKey
from breadtui.bgit.problems import INPUT, Mistake
from breadtui.bgit.project import Project
from breadtui.screens.plan.sight import Course
from breadtui.screens.recipe.drawing import detail
from breadtui.widgets.details.parts import GAP, LABEL, Lines, Stage, field, joined, listed, stage_lines
from breadtui.widgets.diff.drawing import draw
from breadtui.widgets.drawing import shorten_path

AROUND = 3
"""Lines shown before and behind the one with a mistake."""
LONG = 60
"""Characters above which a text is written on lines of its own."""
AT_SERVER, IN_INPUT = "at the server", f"in {INPUT}"

Look = Callable[[JobKey], JobStatus | None]


def mistake_detail(mistake: Mistake, text: str, width: int) -> Content:
    """What is wrong, and the lines of the file around it, with a caret below the place."""
    colour = "$warning" if mistake.warning else "$error"
    lines: Lines = [Content.styled(mistake.key, "bold")] if mistake.key else []
    lines += [Content.styled(one_line(mistake.sentence), colour), Content("")]
    shown = text.splitlines()
    first = max(mistake.line - 1 - AROUND, 0)
    label = len(f"{mistake.line + AROUND}")
    for at, line in enumerate(shown[first : mistake.line + AROUND], first + 1):
        here = at == mistake.line
        skipped = _skipped(mistake.column, width - label - 4) if here else 0
        cut = clean(line[skipped:]).expandtabs(4)[: max(width - label - 4, 8)]
        number = Content.styled(f"{at:>{label}} │ ", "bold $primary" if here else "$muted")
        lines.append(Content.assemble(number, ("…" if skipped else "", "$muted"), cut))
        if here:
            before = clean(line[skipped : mistake.column - 1]).expandtabs(4)
            lines.append(Content.styled(" " * (label + 3 + cell_len(before) + bool(skipped)) + "^", f"bold {colour}"))
    return joined(lines)


def step_detail(course: Course, key: StepKey, look: Look, width: int) -> Content:
    """What a step makes, or how its job goes."""
    repo = course.plan.foresight.recipe.repo
    why = one_line(course.why.get(key, ""))
    job = key.job(repo)
    if job is None:
        return detail(course.plan.foresight.recipe, key.action.thing, key.name, why)
    standing, status = course.standings.get(key), look(job)
    waits = "what comes before it" if standing is Standing.UNDER_WAY and _waits(status) else ""
    lines = stage_lines(Stage(job.phase, status or JobStatus(job, State.NOT_STARTED), waits=waits), width)
    lines += field("of", key.name, width)
    if status and status.loss is not None:
        lines += field("loss", format_loss(status.loss), width)
    if status and status.models:
        lines += listed("made", [Content(_short(model, width - LABEL - GAP)) for model in status.models], width)
    if standing in (Standing.FAILED, Standing.HELD_UP):
        lines += [Content(""), *Content.styled(why or "The server does not say why.", "$error").wrap(max(width, 2))]
    return joined(lines)


def conflict_detail(course: Course, key: StepKey, width: int, *, two: bool) -> Content:
    """What has the name at the server, beside what the input asks for. Of long texts this takes a while."""
    repo, thing = course.plan.foresight.recipe.repo, key.action.thing
    rows = [row for difference in course.plan.conflicts.get(key, ()) for row in _rows(difference)]
    sections = (Section("What differs", tuple(rows), (AT_SERVER, IN_INPUT)),)
    compared = Comparison(Subject(thing, repo, key.name), Subject(thing, repo, key.name), sections)
    other = course.plan.instead.get(key)
    said = f"{key.name} is taken by something else, and what exists is never changed."
    lines = Content.styled(said, "$error").wrap(max(width, 2))
    if other:
        lines += Content.assemble(("n makes yours under the name ", "$muted"), other, (".", "$muted")).wrap(
            max(width, 2)
        )
    if not rows:
        return joined([*lines, Content(""), Content.styled(one_line(course.why.get(key, "")), "$muted")])
    return joined([*lines, Content(""), *draw(compared, width, two=two).lines])


def before_detail(project: Project, bake: str, width: int) -> Content:
    """The models that a bake made, as `.bread` tells them."""
    models = project.bread.bakes.get(bake, ())
    lines = [Content.styled("Recorded in .bread, the latest checkpoint first:", "$muted"), Content("")]
    for model in models:
        here = model == project.bread.parent_model
        told = Content.assemble(one_line(model), ("  the next bake is on it" if here else "", "$success"))
        lines += told.wrap(max(width, 2))
    return joined(lines)


def _short(model: str, width: int) -> str:
    """A model in at most `width` cells; the bake gives way to the checkpoint, by which they differ."""
    bake, _, checkpoint = one_line(model).rpartition("/")
    return shorten_path(bake, checkpoint, max(width, 4))


def _waits(status: JobStatus | None) -> bool:
    return status is None or status.state is State.NOT_STARTED


def _skipped(column: int, room: int) -> int:
    """Characters that are left out before the place, where the line would not show it."""
    return max(column - 1 - room // 2, 0) if column - 1 > room - 4 else 0


def _rows(difference: Difference) -> Sequence[Row]:
    name, before, after = path_text(difference.path) or "all of it", difference.before, difference.after
    if any(map(_long, (before, after))):
        return [Heading(Sign.SAME, name), *compared_lines(_text(before), _text(after))]
    sign = Sign.NEW if before is ABSENT else Sign.GONE if after is ABSENT else Sign.OTHER
    return [Setting(sign, name, before, after)]


def _long(value: object) -> bool:
    """Whether it takes lines of its own."""
    if isinstance(value, str):
        return "\n" in value or len(value) > LONG
    return is_object(value) or bool(items(value))


def _text(value: object) -> str:
    if isinstance(value, str) or value is ABSENT:
        return value if isinstance(value, str) else ""
    return to_yaml(value)
