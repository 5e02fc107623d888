"""A body while it is being written: what it says, what it inherits, what is wrong, and how to take a step back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from breadtui.api.lenient import items
from breadtui.bakery.authoring.checks import Around, Problem, check
from breadtui.bakery.authoring.fields import Path, get, put
from breadtui.bakery.things import Thing

Judge = Callable[[Thing, Mapping[str, object], Around], list[Problem]]
"""Says what is wrong with a body."""


class Manuscript:
    """Holds a body that is only ever replaced, never changed in place, so that every earlier one can come back.

    A path leads into the body; what the template gives is looked up without the path's first key (`overrides`). A list
    replaces the template's as a whole, so the first change inside an inherited one copies it into the body.
    """

    def __init__(self, thing: Thing, body: Mapping[str, object], judge: Judge = check) -> None:
        self.thing = thing
        self._judge = judge
        self.body: dict[str, object] = {**body}
        self.opened_with = self.body
        self._around = Around()
        self._past: list[dict[str, object]] = []
        self._problems: list[Problem] | None = None

    @property
    def around(self) -> Around:
        """What is known of the repository it is written for."""
        return self._around

    @around.setter
    def around(self, around: Around) -> None:
        self._around, self._problems = around, None

    @property
    def name(self) -> str:
        """What the thing will be called."""
        name = self.body.get(self.thing.name_key)
        return name if isinstance(name, str) else ""

    @property
    def touched(self) -> bool:
        """Whether anything was written that was not there from the start."""
        return self.body != self.opened_with

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, or worth a warning."""
        if self._problems is None:
            self._problems = self._judge(self.thing, self.body, self._around)
        return self._problems

    @property
    def errors(self) -> list[Problem]:
        """What has to be mended before it can be sent."""
        return [problem for problem in self.problems if not problem.warning]

    def inherits(self, path: Path) -> object:
        """What the template gives at `path`; nothing within a list that the body has replaced."""
        if len(path) < 2:
            return None
        lists = (path[:length] for length, step in enumerate(path) if isinstance(step, int))
        return None if any(get(self.body, path) is not None for path in lists) else get(self._around.template, path[1:])

    def effective(self, path: Path) -> object:
        """What will hold at `path`: what the body says, else what the template gives."""
        told = get(self.body, path)
        return self.inherits(path) if told is None else told

    def open_with(self, body: Mapping[str, object]) -> None:
        """Begin with `body` instead, as if it had been there from the start."""
        self._become({**body})
        self.opened_with = self.body

    def change(self, path: Path, value: object) -> None:
        """Say `value` at `path`; None says nothing, so that the template's holds."""
        made = put(self._with_lists(path), path, value)
        if len(path) > 1 and (top := str(path[0])) not in made:
            made[top] = {}  # the last of the overrides taken back leaves none, and not no place for them
        self._become(made)

    def replace(self, body: Mapping[str, object]) -> None:
        """Another body altogether; `undo` brings back the one there was."""
        self._past.append(self.body)
        self._become({**body})

    def add(self, path: Path, item: object, at: int | None = None) -> Path:
        """Put `item` into the list at `path`, at its end or at number `at`; gives the item's own path."""
        held = items(self.effective(path))
        place = len(held) if at is None else at
        self.replace(put(self.body, path, [*held[:place], item, *held[place:]]))
        return (*path, place)

    def remove(self, path: Path) -> None:
        """Take out the item at `path`, which ends with its number."""
        self.replace(put(self._with_lists(path), path, None))

    def move(self, path: Path, by: int) -> Path:
        """Exchange the item at `path` with the one `by` (1 or -1) after it, if there is one; gives its new path."""
        above, number = path[:-1], path[-1]
        held = items(self.effective(above))
        if not isinstance(number, int) or not 0 <= number + by < len(held):
            return path
        held[number], held[number + by] = held[number + by], held[number]
        self.replace(put(self.body, above, held))
        return (*above, number + by)

    def undo(self) -> bool:
        """Take back what was added, removed, moved or replaced last; False if there is nothing."""
        if not self._past:
            return False
        self._become(self._past.pop())
        return True

    def _become(self, body: dict[str, object]) -> None:
        self.body, self._problems = body, None

    def _with_lists(self, path: Path) -> dict[str, object]:
        """The body with every inherited list on the way to `path` copied into it."""
        body = self.body
        for length, step in enumerate(path):
            if isinstance(step, int) and get(body, path[:length]) is None:
                body = put(body, path[:length], items(self.inherits(path[:length])))
        return body
