"""How things stand beside each other when they are sorted by state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breadtui.bakery.jobs import State
from breadtui.screens import describe
from breadtui.widgets.tree.repo_tree import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from breadtui.bakery.kitchen import Kitchen

STATES = (State.RUNNING, State.QUEUED, State.FAILED, State.UNRECOGNISED, State.NOT_STARTED, State.COMPLETE)
"""What asks for attention first."""
_RANKS = {state.sign: rank for rank, state in enumerate(STATES)}
_TEACHER, _STUDENT, _BOTH, _UNUSED = range(4)


def ranks(kitchen: Kitchen, items: Sequence[Item]) -> list[int]:
    """The rank of each of `items`, all from one folder: by the sign it shows, prompts by their role."""
    match items[0].kind:
        case Kind.TARGET | Kind.BAKE:
            return [_RANKS.get(describe.note(kitchen, item).sign, len(STATES)) for item in items]
        case Kind.PROMPT:
            return _roles(kitchen, items)
        case _:
            return [0] * len(items)


def _roles(kitchen: Kitchen, prompts: Sequence[Item]) -> list[int]:
    """By the targets seen so far, each looked at once: there may be thousands of both."""
    repo = prompts[0].repo
    shelf = kitchen.catalog.shelf(repo)
    targets = [kitchen.catalog.known_target(repo, name) for name in (shelf.targets if shelf else ())]
    teachers = {target.config.teacher_prompt for target in targets if target}
    students = {target.config.student_prompt for target in targets if target}
    return [_role(item.name in teachers, item.name in students) for item in prompts]


def _role(teacher: bool, student: bool) -> int:
    if teacher and student:
        return _BOTH
    return _TEACHER if teacher else _STUDENT if student else _UNUSED
